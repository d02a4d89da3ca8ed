"""How bad an allergy was, where only a note tells it, is shown beside a place that says nothing of that."""

from typing import Any

import pytest

from portal.refresh.compare import compare


def _allergy(note: str = "", sign: str = "rash", **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "AllergyIntolerance",
        "clinicalStatus": {"coding": [{"code": "active"}]},
        "code": {"text": "Cefazolin"},
        "reaction": [{"manifestation": [{"text": sign}], **more}],
        **({"note": [{"text": note}]} if note else {}),
    }


def _fields(left: dict[str, Any], right: dict[str, Any]) -> list[str]:
    verdict = compare(left, right)
    assert verdict.verdict == "same"
    return [each.field for each in verdict.disagreements]


@pytest.mark.parametrize(
    "note",
    [
        "Admitted to the ICU 2016, on a ventilator",
        "Needed epinephrine",
        "Epi x2 given in the OR",
        "Taken to the ER by ambulance",
        "Hospitalized for 3 days",
        "ED visit for the rash",
        "Hospitalizada por 3 días",
    ],
)
def test_what_a_note_tells_of_its_gravity_is_shown(note: str) -> None:
    assert _fields(_allergy(), _allergy(note)) == ["course"]
    assert _fields(_allergy(note), _allergy("Intubated")) == []


@pytest.mark.parametrize("other", [_allergy(sign="rash", severity="severe"), _allergy() | {"criticality": "high"}])
def test_what_the_other_codes_as_grave_is_no_news(other: dict[str, Any]) -> None:
    assert "course" not in _fields(other, _allergy("Was intubated"))


@pytest.mark.parametrize(
    "note",
    [
        "Never hospitalized",
        "No ICU stay",
        "Carries an EpiPen",
        "Itchy for a day",
        "Admitted for CHF",
        "Hospitalized, unrelated",
    ],
)
def test_what_is_denied_or_kept_at_hand_is_not(note: str) -> None:
    assert "course" not in _fields(_allergy(), _allergy(note))
