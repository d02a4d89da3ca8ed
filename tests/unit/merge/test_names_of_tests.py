"""One test under LOINC's formal name, its everyday name and a laboratory's own."""

from typing import Any

import pytest

from portal.merge.results.result_names import TESTS
from portal.refresh.compare import compare


def _result(name: str, value: float, unit: str, code: str = "") -> dict[str, Any]:
    coding = [{"system": "http://loinc.org", "code": code, "display": name}] if code else []
    return {
        "resourceType": "Observation",
        "status": "final",
        "category": [{"coding": [{"code": "laboratory"}]}],
        "code": {"coding": coding} if coding else {"text": name},
        "effectiveDateTime": "2025-05-06T08:15:00-05:00",
        "valueQuantity": {"value": value, "unit": unit},
    }


@pytest.mark.parametrize(
    ("code", "formal", "local", "value", "unit"),
    [
        ("6690-2", "Leukocytes [#/volume] in Blood by Automated count", "WBC", 6.3, "K/uL"),
        ("789-8", "Erythrocytes [#/volume] in Blood by Automated count", "Red Blood Cells", 4.6, "10*6/uL"),
        ("777-3", "Platelets [#/volume] in Blood by Automated count", "Plt Count", 212, "K/uL"),
        ("787-2", "Erythrocyte mean corpuscular volume [Entitic volume] by Automated count", "MCV", 88, "fL"),
        ("788-0", "Erythrocyte distribution width [Ratio] by Automated count", "RDW-CV", 12.9, "%"),
        ("2028-9", "Carbon dioxide, total [Moles/volume] in Serum or Plasma", "Total CO2", 25, "mmol/L"),
        ("2500-7", "Iron binding capacity [Mass/volume] in Serum or Plasma", "TIBC", 320, "ug/dL"),
        ("42637-9", "Natriuretic peptide B [Mass/volume] in Blood", "BNP", 88, "pg/mL"),
        ("2731-8", "Parathyrin.intact [Mass/volume] in Serum or Plasma", "PTH Intact", 44, "pg/mL"),
        ("770-8", "Neutrophils/100 leukocytes in Blood by Automated count", "Neutrophils", 58, "%"),
        ("769-0", "Neutrophils.segmented/100 leukocytes in Blood by Manual count", "Segs", 58, "%"),
        ("751-8", "Neutrophils [#/volume] in Blood by Automated count", "Neutrophils", 3.7, "K/uL"),
        ("736-9", "Lymphocytes/100 leukocytes in Blood by Automated count", "Lymphs", 30, "%"),
        (
            "6768-6",
            "Alkaline phosphatase [Enzymatic activity/volume] in Serum or Plasma",
            "Fosfatasa alcalina",
            70,
            "U/L",
        ),
    ],
)
def test_a_formal_name_is_the_everyday_one(code: str, formal: str, local: str, value: float, unit: str) -> None:
    verdict = compare(_result(formal, value, unit, code), _result(local, value, unit))
    assert (verdict.verdict, verdict.disagreements) == ("same", ())


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (("Neutrophils", 58, "%"), ("Neutrophils", 3.7, "K/uL")),
        (("MCH", 30, "pg"), ("MCHC", 33, "g/dL")),
        (("Troponin T", 12, "ng/L"), ("Troponin I", 12, "ng/L")),
        (("CRP", 1.1, "mg/L"), ("hs-CRP", 1.1, "mg/L")),
        (("Total Bilirubin", 0.6, "mg/dL"), ("Conjugated bilirubin", 0.6, "mg/dL")),
        (("Bilirubin", 0.6, "mg/dL"), ("D bili", 0.6, "mg/dL")),
        (("Bilirubin", 0.6, "mg/dL"), ("Bilirrubina indirecta", 0.6, "mg/dL")),
        (("Direct bilirubin", 0.6, "mg/dL"), ("Unconjugated bilirubin", 0.6, "mg/dL")),
        (("T4", 1.2, "ng/dL"), ("T4 libre", 1.2, "ng/dL")),
        (("Segs", 58, "%"), ("Neutrophils", 58, "%")),  # without the bands
        (("Segs %", 58, "%"), ("Neutrophils/100 leukocytes in Blood", 58, "%")),
        (("Thyroxine", 1.2, "ng/dL"), ("Tiroxina libre", 1.2, "ng/dL")),
    ],
)
def test_neighbours_are_other_tests(left: tuple[str, float, str], right: tuple[str, float, str]) -> None:
    assert compare(_result(*left), _result(*right)).verdict == "different"


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Direct bilirubin", "DBili"),
        ("Conjugated bilirubin", "Bilirrubina directa"),
        ("Indirect bilirubin", "Unconjugated bilirubin"),
        ("FT4", "T4 libre"),
    ],
)
def test_a_part_of_a_substance_is_one_in_any_words(left: str, right: str) -> None:
    assert compare(_result(left, 0.6, "mg/dL"), _result(right, 0.6, "mg/dL")).verdict == "same"


def test_no_name_of_a_test_hides_which_part_of_the_substance_is_measured() -> None:
    parts = {"free", "libre", "direct", "indirect", "conjugated", "unconjugated", "ionized", "dbili"}
    assert [name for name, meaning in TESTS.items() if set(name.split()) & parts - set(meaning.split())] == []


@pytest.mark.parametrize(("mass", "moles"), [(24, 59.9), (30.5, 76.1), (12, 30.0)])
def test_a_vitamin_that_its_code_names_is_converted_to_moles(mass: float, moles: float) -> None:
    left = _result("25-Hydroxyvitamin D3 [Mass/volume] in Serum or Plasma", mass, "ng/mL", "1989-3")
    right = _result("25-Hydroxyvitamin D3 [Moles/volume] in Serum or Plasma", moles, "nmol/L", "14635-7")
    assert (compare(left, right).verdict, compare(left, right).disagreements) == ("same", ())


def test_a_vitamin_without_a_code_or_with_another_value_is_not() -> None:
    by_code = _result("25-Hydroxyvitamin D3 [Mass/volume] in Serum or Plasma", 24, "ng/mL", "1989-3")
    for name, moles, code in (("Vitamin D, 25-OH", 59.9, ""), ("25-Hydroxyvitamin D3", 75.0, "14635-7")):
        verdict = compare(by_code, _result(name, moles, "nmol/L", code))
        assert (verdict.verdict, verdict.may_be_same) == ("different", True)


def _culture(organism: str) -> dict[str, Any]:
    coding = [{"system": "http://loinc.org", "code": "600-7", "display": "Bacteria identified in Blood by Culture"}]
    return {**_result("x", 1, "1"), "code": {"coding": coding}, "valueQuantity": None, "valueString": organism}


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("E. faecium", "Enterococcus faecium"),
        ("Candida sp.", "Candida species"),
        ("S. epidermidis", "Staph epidermidis"),
        ("Coag-neg Staph", "Coagulase-negative Staphylococcus"),
        ("Strep agalactiae", "Group B Streptococcus"),
        ("MSSA", "Methicillin-susceptible Staph aureus"),
    ],
)
def test_one_germ_is_one_in_full_and_in_short(left: str, right: str) -> None:
    assert compare(_culture(left), _culture(right)).verdict == "same"


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("E. faecium", "E. faecalis"),
        ("Candida species", "Candida glabrata"),
        ("Staph epidermidis", "Staph aureus"),
        ("Staph epidermidis", "Coagulase-negative Staphylococcus"),
        ("MSSA", "MRSA"),
    ],
)
def test_two_germs_or_one_less_precisely_are_two_values(left: str, right: str) -> None:
    verdict = compare(_culture(left), _culture(right))
    assert (verdict.verdict, [each.field for each in verdict.disagreements]) == ("different", ["value"])
