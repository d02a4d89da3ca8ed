"""Names that differ in what matters are two rows, whatever else agrees; so are two times of what comes and goes."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from portal.refresh.compare import compare

_SECTIONS = re.split(r"^\[(.+)\]\n", (Path(__file__).parent / "near_misses.txt").read_text(), flags=re.MULTILINE)
_LINES = {name: body.split("\n") for name, body in zip(_SECTIONS[1::2], _SECTIONS[2::2], strict=True)}


def _names(section: str) -> list[str]:
    return [line for line in _LINES[section] if line]


def _pairs() -> list[tuple[str, str, str]]:
    return [
        (section, *line.split("|"))  # type: ignore[misc]
        for section in _MAKERS
        for line in _names(section)
    ]


def issue(text: str, **more: Any) -> dict[str, Any]:
    status = {"coding": [{"code": more.pop("status", "active")}]}
    return {"resourceType": "Condition", "clinicalStatus": status, "code": {"text": text}, **more}


def procedure(text: str, day: str | None = "2024-01-05", **more: Any) -> dict[str, Any]:
    when = {"performedDateTime": day} if day else {}
    return {"resourceType": "Procedure", "status": "completed", "code": {"text": text}, **when, **more}


def result(text: str) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "status": "final",
        "category": [{"coding": [{"code": "laboratory"}]}],
        "code": {"text": text},
        "effectiveDateTime": "2024-05-01T08:00:00-04:00",
        "valueQuantity": {"value": 5, "unit": "mg/dL"},
    }


def vaccine(text: str) -> dict[str, Any]:
    return {
        "resourceType": "Immunization",
        "status": "completed",
        "vaccineCode": {"text": text},
        "occurrenceDateTime": "2024-05-01",
    }


def allergy(text: str) -> dict[str, Any]:
    status = {"coding": [{"code": "active"}]}
    return {"resourceType": "AllergyIntolerance", "clinicalStatus": status, "code": {"text": text}}


def order(text: str) -> dict[str, Any]:
    return {
        "resourceType": "MedicationRequest",
        "status": "active",
        "intent": "order",
        "authoredOn": "2024-05-01",
        "medicationCodeableConcept": {"text": text},
    }


_MAKERS: dict[str, Callable[[str], dict[str, Any]]] = {
    "health issues": lambda text: issue(text, onsetDateTime="2024-01-05"),
    "procedures": procedure,
    "results": result,
    "vaccines": vaccine,
    "allergies": allergy,
    "medications": order,
}


@pytest.mark.parametrize(("section", "left", "right"), _pairs())
def test_two_names_of_two_things(section: str, left: str, right: str) -> None:
    make = _MAKERS[section]
    assert compare(make(left), make(right)).verdict == "different"
    assert compare(make(left), make(left)).verdict == "same"
    assert compare(make(right), make(right)).verdict == "same"


@pytest.mark.parametrize("name", _names("episodes"))
def test_two_times_of_one_illness(name: str) -> None:
    first = issue(name, status="resolved", onsetDateTime="2015-03-02")
    second = issue(name, onsetDateTime="2023-06-09")
    verdict = compare(first, second)
    assert (verdict.verdict, verdict.may_be_same) == ("different", True)
    assert compare(first, issue(name, status="resolved", onsetDateTime="2015-03-03")).verdict == "same"


@pytest.mark.parametrize("name", ["Depression", "Asthma", "Low back pain"])
def test_what_ended_before_the_other_began_is_another_time_of_it(name: str) -> None:
    over = issue(name, status="resolved", onsetDateTime="2010", abatementDateTime="2012")
    assert compare(over, issue(name, onsetDateTime="2019-05-01")).may_be_same
    assert compare(over, issue(name, onsetDateTime="2012-11-01")).verdict == "same"
    assert compare(over, issue(name)).verdict == "same"


def test_procedures_without_a_day_are_marked_and_times_of_one_day_are_shown() -> None:
    undated = procedure("Steroid injection", None)
    assert compare(undated, undated).may_be_same
    assert compare(undated, procedure("Steroid injection")).may_be_same
    morning, noon = (procedure("Chest x-ray", f"2024-01-05T{hour}:00:00-05:00") for hour in ("08", "12"))
    assert [difference.field for difference in compare(morning, noon).disagreements] == ["time"]
    near = procedure("Chest x-ray", "2024-01-05T08:40:00-05:00")
    assert not compare(morning, near).disagreements
    assert not compare(morning, procedure("Chest x-ray", "2024-01-05T08:10:00")).disagreements


def test_a_site_that_one_side_leaves_unsaid_is_marked() -> None:
    knee = procedure("Injection", bodySite=[{"text": "Left knee"}])
    assert compare(knee, procedure("Injection")).may_be_same
    assert not compare(knee, procedure("Injection", bodySite=[{"text": "Left hip"}])).may_be_same
