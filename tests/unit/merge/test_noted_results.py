"""Flags, ranges, statuses and values of results in words, in notes, in Spanish, in one text."""

from collections.abc import Mapping
from typing import Any

import pytest

from portal.domain.entry import Quantity
from portal.merge.results.measures import range_ends, worded
from portal.refresh.compare import compare

Fields = Mapping[str, Any]


def _potassium(**more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "status": "final",
        "category": [{"coding": [{"code": "laboratory"}]}],
        "code": {"coding": [{"system": "http://loinc.org", "code": "2823-3"}], "text": "Potassium"},
        "effectiveDateTime": "2026-05-01T08:00:00-05:00",
        "valueQuantity": {"value": 5.3, "unit": "mmol/L"},
        **more,
    }


def _flag(*texts: str) -> Fields:
    return {"interpretation": [{"text": text} for text in texts]}


def _note(text: str) -> Fields:
    return {"note": [{"text": text}]}


def _range(text: str) -> Fields:
    return {"referenceRange": [{"text": text}]}


def _shown(left: Fields, right: Fields) -> set[str]:
    verdict = compare(_potassium(**left), _potassium(**right))
    assert verdict.verdict == "same"
    return {each.field for each in verdict.disagreements}


@pytest.mark.parametrize(
    ("field", "left", "right"),
    [
        ("flag", _note("Flag: High"), _flag("Normal")),
        ("flag", _note("Critical value called to Dr. Smith"), _flag("High")),
        ("flag", _flag("Alto"), _flag("Bajo")),
        ("flag", _flag("Critical"), _flag("H")),
        ("range", _note("Reference range: 3.5-5.1 mmol/L"), _range("3.6 - 5.5")),
        ("range", _note("Ref range 3.6-5.5"), _range("3.5 - 5.1")),
        ("range", _range("up to 5.5"), _range("less than 5.1 mmol/L")),
        ("status", _note("Corrected result: previously reported as 5.9"), {}),
        ("status", _note("PRELIMINARY"), {}),
    ],
)
def test_what_two_laboratories_say_differently(field: str, left: Fields, right: Fields) -> None:
    assert field in _shown(left, right)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (_note("Flag: High"), _flag("Above range")),
        (_flag("(H)"), _flag("elevado")),
        (_flag("H", "HH"), _flag("critically high")),
        (_flag("CRITICAL"), _flag("HH")),
        (_flag("In range"), _flag("WNL")),
        (_range("(3.5-5.1)"), _range("Normal: 3.5 a 5.1 mEq/L")),
        (_range("< OR = 5.5"), {"referenceRange": [{"high": {"value": 5.5, "unit": "mmol/L"}}]}),
        (_range("hasta 5.5"), _range("up to 5.5")),
        (_note("Corrected calcium was not measured here by this laboratory at any time in this encounter"), {}),
    ],
)
def test_what_two_laboratories_say_alike(left: Fields, right: Fields) -> None:
    assert _shown(left, right) == set()


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("5.3 H", "5.3"),
        ("5.3 (H)", "5.3"),
        ("5,3 mmol/L", "5.3 mmol/L"),
        ("Positive (A)", "POSITIVO"),
        ("No detectado", "Not detected"),
    ],
)
def test_a_value_without_what_is_written_behind_it(text: str, other: str) -> None:
    assert worded(text) == worded(other)


@pytest.mark.parametrize(("text", "other"), [("5,300", "5.3"), ("Reactive", "Positive"), ("5 L", "5")])
def test_values_that_only_look_alike(text: str, other: str) -> None:
    assert worded(text) != worded(other)


def test_ends_of_ranges_in_words() -> None:
    assert range_ends("at least 60", "mL/min") == (Quantity(value="60", unit="mL/min"), None)
    assert range_ends("mayor de 60", "mL/min") == (Quantity(value="60", unit="mL/min"), None)
    assert range_ends("see note", "mL/min") is None


def test_a_blood_pressure_in_one_text_is_its_two_numbers() -> None:
    pressure = _potassium(
        code={"coding": [{"system": "http://loinc.org", "code": "85354-9"}], "text": "Blood pressure"}
    )
    parts = [
        {"code": {"text": name}, "valueQuantity": {"value": number, "unit": "mmHg"}}
        for name, number in (("Systolic blood pressure", 120), ("Diastolic blood pressure", 80))
    ]
    del pressure["valueQuantity"]
    verdict = compare(pressure | {"component": parts}, pressure | {"valueString": "BP 120/80 mm Hg"})
    assert (verdict.verdict, verdict.disagreements) == ("same", ())
    assert compare(pressure | {"component": parts}, pressure | {"valueString": "150/80"}).may_be_same


def _pressure(text: str = "Blood pressure", **more: Any) -> dict[str, Any]:
    parts = (("8480-6", 128), ("8462-4", 82))
    return (
        _potassium(
            category=[{"coding": [{"code": "vital-signs"}]}],
            code={"coding": [{"system": "http://loinc.org", "code": "85354-9"}], "text": text},
            valueQuantity=None,
            component=[
                {
                    "code": {"coding": [{"system": "http://loinc.org", "code": code}]},
                    "valueQuantity": {"value": value, "unit": "mmHg"},
                }
                for code, value in parts
            ],
        )
        | more
    )


@pytest.mark.parametrize(
    "other",
    [
        _pressure("Home blood pressure"),
        _pressure("Presión arterial en casa"),
        _pressure("Ambulatory blood pressure"),
        _pressure(method={"text": "Patient self-reported"}),
        _pressure(**_note("Home reading, patient reported")),
        _pressure(**_note("Taken at home by patient")),
        _pressure(**_note("Tomada en casa")),
    ],
)
def test_a_reading_at_home_is_not_that_of_the_office(other: dict[str, Any]) -> None:
    verdict = compare(_pressure(), other)
    assert (verdict.verdict, verdict.may_be_same) == ("different", True)
    assert compare(other, other).verdict == "same"


@pytest.mark.parametrize(
    "note",
    [
        *("Home BP log reviewed", "Recheck at home in 2 weeks", "Home readings average 130/80", "Home health referral"),
        *("Patient not measured at home", "Lives in nursing home", "Home today", "Ambulatory without assistance"),
    ],
)
def test_a_note_of_readings_at_home_is_not_where_this_one_was_taken(note: str) -> None:
    assert compare(_pressure(), _pressure(**_note(note))).verdict == "same"
