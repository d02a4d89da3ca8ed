"""One thing in the shapes of two charts: status codes of allergies, formal names, what a code says without words."""

from typing import Any

import pytest

from portal.merge.allergies.read_allergies import substance
from portal.refresh.compare import PairVerdict, compare

_ICD = "http://hl7.org/fhir/sid/icd-10-cm"
_CPT = "http://www.ama-assn.org/go/cpt"
_LOINC = "http://loinc.org"


def _coded(system: str, code: str, display: str = "", text: str = "") -> dict[str, Any]:
    coding = {"system": system, "code": code, **({"display": display} if display else {})}
    return {"coding": [coding], **({"text": text} if text else {})}


def _both(kind: str, left: dict[str, Any], right: dict[str, Any], **more: Any) -> PairVerdict:
    first, second = ({"resourceType": kind, **more, **each} for each in (left, right))
    return compare(first, second)


@pytest.mark.parametrize(
    "words",
    [
        "Iodine-based contrast dye",
        "Contrast, iodinated (IV)",
        "IVP dye with iodine",
        "Contraste yodado intravenous",
        "X-ray dye containing iodine",
    ],
)
def test_a_contrast_agent_with_iodine_is_one_in_any_words(words: str) -> None:
    assert substance(words) == "iodinated contrast"


@pytest.mark.parametrize("words", ["Povidone iodine", "Iodine", "Contrast dye", "Gadolinium contrast"])
def test_iodine_alone_or_a_contrast_alone_is_another(words: str) -> None:
    assert substance(words) != "iodinated contrast"


@pytest.mark.parametrize(
    ("code", "display", "name"),
    [
        ("Z91.040", "Latex allergy status", "Natural rubber latex"),
        ("Z91.010", "Allergy to peanuts", "Peanut"),
        ("Z88.2", "Allergy status to sulfonamides", "Sulfa antibiotics"),
    ],
)
def test_a_status_code_of_an_allergy_is_the_allergy(code: str, display: str, name: str) -> None:
    left = {"code": _coded(_ICD, code, display)}
    assert _both("AllergyIntolerance", left, {"code": {"text": name}}).verdict == "same"


def test_what_a_code_says_is_not_unsaid_where_it_has_no_words() -> None:
    done = {"status": "completed", "performedDateTime": "2024-06-03"}
    bare, named = {"code": _coded(_CPT, "44970")}, {"code": _coded(_CPT, "44970", "Laparoscopic appendectomy")}
    assert _both("Procedure", bare, named, **done).verdict == "same"
    assert _both("Procedure", bare, {"code": {"text": "Laparoscopic appendectomy"}}, **done).verdict == "different"


def _result(code: str, display: str, value: float, unit: str) -> dict[str, Any]:
    return {"code": _coded(_LOINC, code, display), "valueQuantity": {"value": value, "unit": unit}}


_VITAL_SIGNS = {"category": [{"coding": [{"code": "vital-signs"}]}]}


def _named(name: str, value: float, unit: str) -> dict[str, Any]:
    return {"code": {"text": name}, "valueQuantity": {"value": value, "unit": unit}}


def test_another_fluid_by_the_names_of_both_codes_is_another_test() -> None:
    taken = {"status": "final", "effectiveDateTime": "2025-04-04T07:00:00Z"}
    blood = _result("2160-0", "Creatinine [Mass/volume] in Serum or Plasma", 1.1, "mg/dL")
    urine = _result("2161-8", "Creatinine [Mass/volume] in Urine", 88, "mg/dL")
    assert not _both("Observation", blood, urine, **taken).may_be_same
    assert _both("Observation", blood, _named("Creatinine", 1.2, "mg/dL"), **taken).may_be_same


@pytest.mark.parametrize(
    ("code", "display", "name", "value", "unit"),
    [
        ("29463-7", "Body weight", "Weight measured", 71.2, "kg"),
        ("39156-5", "Body mass index (BMI) [Ratio]", "BMI, calculated", 24.1, "kg/m2"),
        ("8302-2", "Body height", "Measured height", 170, "cm"),
    ],
)
def test_how_it_is_always_done_is_no_method(code: str, display: str, name: str, value: float, unit: str) -> None:
    taken = {"status": "final", "effectiveDateTime": "2025-04-04T07:00:00Z", **_VITAL_SIGNS}
    verdict = _both("Observation", _result(code, display, value, unit), _named(name, value, unit), **taken)
    assert (verdict.verdict, verdict.disagreements) == ("same", ())
    stated = _both("Observation", _result(code, display, value, unit), _named(f"Stated {name}", value, unit), **taken)
    assert (stated.verdict, stated.may_be_same) == ("different", True)


def test_the_pressure_of_the_blood_in_spanish_is_none_in_an_artery() -> None:
    taken = {"status": "final", "effectiveDateTime": "2025-04-04T07:00:00Z", "valueString": "132/81", **_VITAL_SIGNS}
    names = ({"code": {"text": "Tensión arterial"}}, {"code": _coded(_LOINC, "85354-9", "Blood pressure panel", "BP")})
    assert _both("Observation", *names, **taken).verdict == "same"


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Reparación de hernia inguinal laparoscópica", "Laparoscopic inguinal hernia repair"),
        ("Biopsia prostática", "Prostate biopsy"),
        ("Extracción de catarata, ojo izquierdo", "Cataract sx OS"),
        ("Reemplazo de válvula", "Reemplazo de valvula"),
        ("Cardioversión eléctrica", "DC cardioversion"),
    ],
)
def test_an_operation_in_spanish_is_that_operation(left: str, right: str) -> None:
    done = {"status": "completed", "performedDateTime": "2024-06-03"}
    assert _both("Procedure", {"code": {"text": left}}, {"code": {"text": right}}, **done).verdict == "same"


@pytest.mark.parametrize(
    ("title", "left", "right"),
    [
        ("Heart failure", "NYHA class II, doing well", "Follows with cardiology, NYHA III"),
        ("COPD", "GOLD 2", "Spirometry: GOLD 4"),
        ("Cirrhosis", "Child-Pugh B due to alcohol", "Compensated, Child-Pugh A"),
    ],
)
def test_scores_in_notes_that_differ_are_shown(title: str, left: str, right: str) -> None:
    first, second = ({"code": {"text": title}, "note": [{"text": note}]} for note in (left, right))
    verdict = _both("Condition", first, second)
    assert [each.field for each in verdict.disagreements] == ["stage"]
    assert not _both("Condition", first, {**first, "note": [{"text": f"Known {left}"}]}).disagreements
