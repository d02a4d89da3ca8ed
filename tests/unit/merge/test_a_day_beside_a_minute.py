"""A result of a day is that of a minute of it with its value; where anything else differs, a row has both times."""

from typing import Any

import pytest

from portal.refresh.compare import compare

_DAY, _MINUTE = "2025-11-03", "2025-11-03T14:40:00-05:00"


def _result(when: str, **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "status": "final",
        "category": [{"coding": [{"code": "laboratory"}]}],
        "code": {"coding": [{"system": "http://loinc.org", "code": "2823-3"}], "text": "Potassium"},
        "effectiveDateTime": when,
        "valueQuantity": {"value": 4.1, "unit": "mmol/L"},
        **more,
    }


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ({"performer": [{"display": "Quest"}]}, {"performer": [{"display": "Lakeside Laboratory"}]}),
        ({"note": [{"text": "Drawn at the emergency department"}]}, {"note": [{"text": "Before dialysis"}]}),
        ({"interpretation": [{"text": "High"}]}, {"interpretation": [{"text": "Normal"}]}),
        ({"status": "preliminary"}, {}),
    ],
)
def test_both_times_stand_where_something_else_differs(left: dict[str, Any], right: dict[str, Any]) -> None:
    verdict = compare(_result(_DAY, **left), _result(_MINUTE, **right))
    assert verdict.verdict == "same"
    assert [(each.left, each.right) for each in verdict.wordings if each.field == "time"] == [(_DAY, _MINUTE)]
    assert "time" not in [each.field for each in verdict.disagreements]


@pytest.mark.parametrize("right", [_result(_MINUTE), _result(_MINUTE, performer=[{"display": "Quest"}])])
def test_nothing_is_said_of_times_where_nothing_differs(right: dict[str, Any]) -> None:
    assert compare(_result(_DAY), right).wordings == ()
    assert compare(_result(_DAY, performer=[{"display": "Quest"}]), right).wordings == ()


def test_one_minute_in_two_zones_is_one_time() -> None:
    elsewhere = _result("2025-11-03T19:40:00Z", performer=[{"display": "Lakeside Laboratory"}])
    assert compare(_result(_MINUTE, performer=[{"display": "Quest"}]), elsewhere).wordings == ()
