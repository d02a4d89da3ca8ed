"""One value in two writings is one result; what differs in a word that matters is two."""

from typing import Any

import pytest

from portal.refresh.compare import compare


def _result(value: str | dict[str, Any], name: str = "Test", code: str = "") -> dict[str, Any]:
    coding = [{"system": "http://loinc.org", "code": code}] if code else []
    written = {"valueString": value} if isinstance(value, str) else {"valueQuantity": value}
    return {
        "resourceType": "Observation",
        "id": "r",
        "status": "final",
        "category": [{"coding": [{"code": "laboratory"}]}],
        "code": {"text": name, "coding": coding},
        "effectiveDateTime": "2026-04-27T08:15:00-05:00",
        **written,
    }


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("O Pos", "O POSITIVE"),
        ("AB neg", "AB Rh negative"),
        (">100,000 CFU/mL E. coli", ">100K CFU/ml Escherichia coli"),
        ("Strep group A", "Group A Streptococcus"),
        ("Staph epidermidis", "Staphylococcus epidermidis"),
        ("Yellow, clear", "Clear, yellow"),
        ("Non-Reactive", "Negative"),
        ("Nonreactive", "Not detected"),
        ("LESS THAN 2", "<2"),
        ({"value": 2.4, "unit": "{INR}"}, {"value": 2.4}),
        ({"value": 7.2, "unit": "10*3/uL"}, {"value": 7.2, "unit": "10*9/L"}),
        ({"value": 12, "unit": "mm/h"}, {"value": 12, "unit": "mm/hr"}),
    ],
)
def test_one_value(left: str | dict[str, Any], right: str | dict[str, Any]) -> None:
    verdict = compare(_result(left), _result(right))
    assert (verdict.verdict, verdict.disagreements) == ("same", ())


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("O Pos", "O Neg"),
        ("A pos", "AB pos"),
        ("HPV 16 pos, HPV 18 neg", "HPV 16 neg, HPV 18 pos"),
        ("Staph aureus", "Staph epidermidis"),
        (">100,000 CFU/mL E. coli", ">10,000 CFU/mL E. coli"),
        (">100K CFU/mL E. coli", ">100K CFU/mL K. pneumoniae"),
        ("E. coli, resistant to ampicillin", "E. coli, sensitive to ampicillin"),
        ("LESS THAN 2", "2"),
        ({"value": 2.4}, {"value": 2.5, "unit": "{INR}"}),
    ],
)
def test_two_values(left: str | dict[str, Any], right: str | dict[str, Any]) -> None:
    assert compare(_result(left), _result(right)).verdict == "different"


@pytest.mark.parametrize(
    ("mass", "moles", "name", "value", "converted"),
    [
        ("2345-7", "14749-6", "Glucose", (99, "mg/dL"), (5.5, "mmol/L")),
        ("2160-0", "14682-9", "Creatinine", (1.2, "mg/dL"), (106, "umol/L")),
        ("2093-3", "14647-2", "Cholesterol", (193, "mg/dL"), (5.0, "mmol/L")),
    ],
)
def test_codes_for_mass_and_for_moles_are_one_test(
    mass: str, moles: str, name: str, value: tuple[float, str], converted: tuple[float, str]
) -> None:
    ours = _result({"value": value[0], "unit": value[1]}, name, mass)
    theirs = _result({"value": converted[0], "unit": converted[1]}, name, moles)
    assert compare(ours, theirs).verdict == "same"
    assert compare(ours, _result({"value": converted[0] * 2, "unit": converted[1]}, name, moles)).verdict == "different"


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        ("HBsAg", "Hepatitis B surface antigen", True),
        ("HBsAg", "HBsAb", False),
        ("FT4", "Free T4", True),
        ("FT4", "T4", False),
        ("HCV Ab", "Hepatitis C antibody", True),
        ("HCV Ab", "HCV RNA", False),
        ("PAP", "Pap smear", True),
        ("Fe", "Iron", True),
        ("COVID-19 PCR", "SARS-CoV-2 RNA", True),
        ("COVID-19 PCR", "SARS-CoV-2 antibody", False),
        ("COVID-19 PCR", "COVID-19 antigen", False),
        ("Rapid strep", "Strep A Ag", True),
        ("Rapid strep", "Strep B culture", False),
        ("Urine pregnancy test", "hCG, urine, qualitative", True),
        ("Urine pregnancy test", "hCG, serum, quantitative", False),
    ],
)
def test_names_of_tests(left: str, right: str, *, same: bool) -> None:
    value = {"value": 1.2, "unit": "ng/dL"}
    assert (compare(_result(value, left), _result(value, right)).verdict == "same") is same
