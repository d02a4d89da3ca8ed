"""Marked are a laboratory's own name beside LOINC's with one number at one minute, and a part beside its panel."""

from typing import Any

import pytest

from portal.merge.results.near_tests import number_of
from portal.refresh.compare import compare

_LOINC = "http://loinc.org"


def _result(name: str, value: float, unit: str, code: str = "", at: str = "2025-05-06T08:15:00Z") -> dict[str, Any]:
    coding = [{"system": _LOINC, "code": code, "display": name}] if code else []
    return {
        "resourceType": "Observation",
        "status": "final",
        "category": [{"coding": [{"code": "laboratory"}]}],
        "code": {"coding": coding} if coding else {"text": name},
        "effectiveDateTime": at,
        "valueQuantity": {"value": value, "unit": unit},
    }


_VANCOMYCIN = _result("Vancomycin [Mass/volume] in Serum or Plasma --trough", 14.2, "ug/mL", "4092-3")


@pytest.mark.parametrize(
    ("name", "formal", "code", "value", "unit"),
    [
        ("Apo B", "Apolipoprotein B [Mass/volume] in Serum or Plasma", "1884-6", 88, "mg/dL"),
        ("VLDL", "Cholesterol in VLDL [Mass/volume] in Serum or Plasma by calculation", "13458-5", 24, "mg/dL"),
        ("Morning cortisol", "Cortisol [Mass/volume] in Serum or Plasma", "2143-6", 12.4, "ug/dL"),
        ("RF", "Rheumatoid factor [Units/volume] in Serum or Plasma", "11572-5", 14, "IU/mL"),
    ],
)
def test_one_number_under_names_that_say_one_thing_is_marked(
    name: str, formal: str, code: str, value: float, unit: str
) -> None:
    verdict = compare(_result(name, value, unit), _result(formal, value, unit, code))
    assert (verdict.verdict, verdict.may_be_same) == ("different", True)


@pytest.mark.parametrize(
    "other",
    [
        _result("Vanco trough", 15.2, "ug/mL"),
        _result("Vanco trough", 14.2, "ug/mL", at="2025-05-06T09:15:00Z"),
        _result("Tobramycin trough", 14.2, "ug/mL"),
        _result("Vanco trough", 14.2, "%"),
    ],
    ids=["number", "minute", "name", "unit"],
)
def test_what_differs_in_anything_else_is_not(other: dict[str, Any]) -> None:
    assert compare(_VANCOMYCIN, _result("Vanco trough", 14.2, "ug/mL")).may_be_same
    assert not compare(_VANCOMYCIN, other).may_be_same


@pytest.mark.parametrize(("left", "right"), [("SGOT", "SGPT"), ("Sodium", "Chloride"), ("Rubella IgG", "Rubeola IgG")])
def test_two_names_that_are_two_tests_are_not(left: str, right: str) -> None:
    assert not compare(_result(left, 99, "U/L"), _result(right, 99, "U/L")).may_be_same


def _pressures(systolic: int, diastolic: int) -> dict[str, Any]:
    parts = {"8480-6": systolic, "8462-4": diastolic}
    return {
        **_result("Blood pressure panel", 1, "1", "85354-9"),
        "category": [{"coding": [{"code": "vital-signs"}]}],
        "valueQuantity": None,
        "component": [
            {"code": {"coding": [{"system": _LOINC, "code": code}]}, "valueQuantity": {"value": value, "unit": "mmHg"}}
            for code, value in parts.items()
        ],
    }


@pytest.mark.parametrize(("name", "code"), [("Systolic blood pressure", "8480-6"), ("Systolic BP", "")])
def test_a_part_is_marked_beside_its_panel_with_the_same_value(name: str, code: str) -> None:
    part = {**_result(name, 131, "mmHg", code), "category": [{"coding": [{"code": "vital-signs"}]}]}
    assert compare(_pressures(131, 82), part).may_be_same
    assert not compare(_pressures(118, 82), part).may_be_same


@pytest.mark.parametrize(
    ("values", "number"),
    [
        (["value== 12.4 0.1 mass/volume"], "12.4 mass/volume"),
        (["value== 7 1 mass/volume"], ""),
        (["value=< 12.4 0.1 mass/volume"], ""),
        (["value=words negative"], ""),
        (["8462-4== 80 1 pressure", "8480-6== 120 1 pressure"], ""),
        ([], ""),
    ],
)
def test_a_number_is_one_of_two_digits_at_least(values: list[str], number: str) -> None:
    assert number_of(values) == number
