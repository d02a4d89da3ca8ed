"""How somebody stood or lay, that a sample was no good, and that the allergic deny it: told in notes, shown."""

from typing import Any

import pytest

from portal.refresh.compare import compare


def _pressure(note: str = "") -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "status": "final",
        "category": [{"coding": [{"code": "vital-signs"}]}],
        "code": {"coding": [{"system": "http://loinc.org", "code": "8480-6"}], "text": "Systolic blood pressure"},
        "effectiveDateTime": "2025-02-03T09:10:00-05:00",
        "valueQuantity": {"value": 104, "unit": "mmHg"},
        **({"note": [{"text": note}]} if note else {}),
    }


def _shown(left: dict[str, Any], right: dict[str, Any]) -> list[tuple[str, str, str]]:
    verdict = compare(left, right)
    assert verdict.verdict == "same"
    return [(each.field, each.left, each.right) for each in verdict.disagreements]


def test_another_posture_is_shown() -> None:
    assert _shown(_pressure("Standing"), _pressure("Sitting, rested 5 min")) == [
        ("method", "Standing", "Sitting, rested 5 min")
    ]
    assert _shown(_pressure("Acostado"), _pressure("De pie")) == [("method", "Acostado", "De pie")]


@pytest.mark.parametrize(("left", "right"), [("Sitting", "Seated"), ("Sitting", ""), ("Supine", "Lying down")])
def test_the_same_posture_or_none_is_not(left: str, right: str) -> None:
    assert _shown(_pressure(left), _pressure(right)) == []


@pytest.mark.parametrize("note", ["Supine then standing", "Per standing order of Dr. Bell"])
def test_what_tells_of_no_posture_contradicts_none(note: str) -> None:
    assert _shown(_pressure(note), _pressure("Sitting")) == []


@pytest.mark.parametrize("note", ["Specimen inadequate, repeat", "QNS", "Muestra insuficiente"])
def test_a_sample_that_was_no_good_is_shown(note: str) -> None:
    assert [field for field, _left, _right in _shown(_pressure(note), _pressure())] == ["status"]


@pytest.mark.parametrize("note", ["Patient denies this allergy", "Pt denies the allergy"])
def test_an_allergy_that_the_patient_denies_is_marked(note: str) -> None:
    allergy = {"resourceType": "AllergyIntolerance", "code": {"text": "Codeine"}}
    verdict = compare(allergy, allergy | {"note": [{"text": note}]})
    assert [each.field for each in verdict.disagreements] == ["verification"]
