"""Orders, allergies and results as charts really write them: equal things in other words, and what only looks equal."""

from typing import Any

import pytest

from portal.refresh.compare import PairVerdict, compare
from tests.unit.merge.test_said_in_words import allergy

_RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"


def _order(title: str, sig: str = "1 tablet daily", *, code: str = "", note: str = "", **dosage: Any) -> dict[str, Any]:
    coding = [{"system": _RXNORM, "code": "1", "display": code}] if code else []
    return {
        "resourceType": "MedicationRequest",
        "status": "active",
        "intent": "order",
        "authoredOn": "2026-04-20",
        "medicationCodeableConcept": {"coding": coding, "text": title},
        "dosageInstruction": [{**({"text": sig} if sig else {}), **dosage}],
        "note": [{"text": note}] if note else [],
    }


def _amount(value: float, unit: str) -> list[dict[str, Any]]:
    return [{"doseQuantity": {"value": value, "unit": unit}}]


_DAILY = {"repeat": {"frequency": 1, "period": 1, "periodUnit": "d"}}


def _fields(verdict: PairVerdict) -> set[str]:
    assert verdict.verdict == "same"
    return {each.field for each in verdict.disagreements}


@pytest.mark.parametrize(
    ("unit", "sig"),
    [("{tbl}", "1 tablet daily"), ("tab(s)", "1 tablet daily"), ("cap(s)", "1 capsule daily")],
)
def test_units_as_charts_write_them(unit: str, sig: str) -> None:
    title = f"Ramipril 5 mg {sig.split()[1]}"
    left = _order(title, "", timing=_DAILY, doseAndRate=_amount(1, unit))
    assert _fields(compare(left, _order(title, sig))) == set()
    left = _order(title, "", timing=_DAILY, doseAndRate=_amount(2, unit))
    assert _fields(compare(left, _order(title, sig))) == {"dose"}


@pytest.mark.parametrize(
    ("title", "left", "right", "fields"),
    [
        (
            "Humulin N 100 unit/mL",
            "20 units every morning and 12 units every evening",
            "INJECT 20 UNITS EVERY MORNING AND INJECT 12 UNITS EVERY EVENING",
            set(),
        ),
        (
            "Humulin N 100 unit/mL",
            "20 units every morning and 12 units every evening",
            "INJECT 12 UNITS EVERY MORNING AND INJECT 20 UNITS EVERY EVENING",
            {"frequency"},
        ),
        (
            "Naratriptan 2.5 mg tablet",
            "1 tablet at onset of migraine",
            "1 tablet as needed for migraine",
            set(),
        ),
        ("Senna 8.6 mg tablet", "1 tablet 2 times every day", "1 TABLET TWICE A DAY", set()),
        ("Paracetamol 120 mg/5 mL", "Dar 5 mL cada 6 horas si fiebre", "5 mL every 6 hours as needed for fever", set()),
        ("Paracetamol 120 mg/5 mL", "Dar 5 mL cada 6 horas", "5 mL every 6 hours as needed for fever", {"prn"}),
        ("Rabeprazole 20 mg tablet", "1 tablet 30 min before breakfast", "1 tablet before breakfast", set()),
        (
            "Rabeprazole 20 mg tablet",
            "1 tablet 30 min before breakfast",
            "1 tablet 60 min before breakfast",
            {"instructions"},
        ),
        ("Potassium chloride ER 10 mEq tablet", "2 tablets daily", "20 mEq daily", set()),
        ("Potassium chloride ER 10 mEq tablet", "1 tablet daily", "20 mEq daily", {"dose"}),
        ("Torsemide 10 mg tablet", "20 mg = 2 tab(s) daily", "1 tablet daily", {"dose"}),
    ],
)
def test_instructions_in_two_hands(title: str, left: str, right: str, fields: set[str]) -> None:
    assert _fields(compare(_order(title, left), _order(title, right))) == fields


def test_text_and_structure_of_one_side_may_contradict_each_other() -> None:
    title = "Torsemide 10 mg tablet"
    left = _order(title, "20 mg = 2 tab(s), Oral, Daily", timing=_DAILY, doseAndRate=_amount(1, "tab(s)"))
    assert "dose" in _fields(compare(left, _order(title, "1 tablet daily")))


def test_ten_days_may_be_told_by_two_dates() -> None:
    title, twice = "Cefuroxime 500 mg tablet", {"frequency": 2, "period": 1, "periodUnit": "d"}
    left = _order(
        title,
        "1 tablet twice a day for 10 days",
        timing={"repeat": {"boundsPeriod": {"start": "2026-04-20", "end": "2026-04-30"}}},
    )
    for end, fields in (("2026-04-30", set()), ("2026-05-04", {"duration", "end"})):
        span = {"repeat": {**twice, "boundsPeriod": {"start": "2026-04-20", "end": end}}}
        right = _order(title, "", timing=span, doseAndRate=_amount(1, "tablet"))
        assert _fields(compare(left, right)) == fields


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("rosuvastatin (Crestor 20 mg oral tablet)", "rosuvastatin 20 mg tablet"),
        ("Insulina lispro 100 unidades/mL solución inyectable", "insulin lispro 100 unit/mL injection"),
        ("Ácido acetilsalicílico 81 mg tableta masticable", "aspirin 81 mg chewable tablet"),
        ("Levalbuterol Tartrate HFA 59 (45 Base) MCG/ACT inhaler", "levalbuterol HFA 45 mcg/actuation inhaler"),
        ("Albuterol HFA 108 MCG/ACT inhaler", "albuterol HFA 90 mcg/actuation inhaler"),
        ("norethindrone-ethinyl estradiol 1-20 mg-mcg tablet", "norethindrone 1 mg / ethinyl estradiol 20 mcg tablet"),
        ("Klor-Con M10 tablet, extended release", "potassium chloride ER 10 mEq tablet"),
    ],
)
def test_one_product_under_two_names(left: str, right: str) -> None:
    assert compare(_order(left, "as directed"), _order(right, "as directed")).verdict == "same"


@pytest.mark.parametrize(
    ("left", "right", "marked"),
    [
        ("rosuvastatin (Crestor 10 mg oral tablet)", "rosuvastatin 20 mg tablet", True),
        ("Klor-Con M20 tablet, extended release", "potassium chloride ER 10 mEq tablet", True),
        ("oxycodone-acetaminophen 5-325 mg tablet", "hydrocodone-acetaminophen 5-325 mg tablet", False),
        ("amlodipine-valsartan 5-160 mg tablet", "hydrochlorothiazide-valsartan 12.5-160 mg tablet", False),
        ("hydrocodone-acetaminophen 5-325 mg tablet", "acetaminophen 325 mg tablet", True),
    ],
)
def test_two_products_name_each_other_unless_each_has_what_the_other_lacks(
    left: str, right: str, *, marked: bool
) -> None:
    verdict = compare(_order(left), _order(right))
    assert (verdict.verdict, verdict.may_be_same) == ("different", marked)


def test_a_slip_of_the_pen_beside_the_right_code_is_what_the_code_says() -> None:
    display = "spironolactone 25 MG Oral Tablet"
    assert (
        compare(_order("spironolactnoe 25 mg tab", code=display), _order("spironolactone 25 mg tablet")).verdict
        == "same"
    )
    # The name of another medicine is no slip, whatever code stands beside it.
    other = compare(
        _order("hydroxyzine 25 mg tab", code="hydralazine 25 MG Oral Tablet"), _order("hydralazine 25 mg tablet")
    )
    assert other.verdict == "different"


@pytest.mark.parametrize("route", ["Gastrostomy", "G-Tube", "Nasogastric"])
def test_by_mouth_and_through_a_tube_is_one_therapy_whose_route_disagrees(route: str) -> None:
    title = "Lamotrigine 25 mg tablet"
    left = _order(title, "1 tablet twice daily", route={"text": route})
    assert _fields(compare(left, _order(title, "1 tablet by mouth twice daily"))) == {"route"}


@pytest.mark.parametrize(
    ("note", "fields"),
    [
        ("K 6.1 on 5/2 - pt told by phone to STOP until repeat labs", {"status"}),
        ("Instructed via portal to discontinue", {"status"}),
        ("Told to stop at the front desk", set()),
        ("Patient takes it only at bedtime", {"frequency"}),
        ("Toma la pastilla por la noche solamente", {"frequency"}),
    ],
)
def test_a_note_that_says_how_it_really_is(note: str, fields: set[str]) -> None:
    title, sig = "Eplerenone 25 mg tablet", "1 tablet twice a day"
    assert _fields(compare(_order(title, sig, note=note), _order(title, sig))) == fields


def _sign(text: str) -> dict[str, Any]:
    return {"reaction": [{"manifestation": [{"text": text}]}]}


def test_signs_in_spanish() -> None:
    assert _fields(compare(allergy("Níquel") | _sign("Picor"), allergy("Nickel") | _sign("Itching"))) == set()


@pytest.mark.parametrize(
    ("left", "right", "marked"),
    [
        ("MRI contrast", "Iodinated contrast", False),
        ("Contrast dye", "Iodinated contrast", True),
        ("Contrast dye", "MRI contrast", True),
    ],
)
def test_two_kinds_of_contrast_have_nothing_to_do_with_each_other(left: str, right: str, *, marked: bool) -> None:
    verdict = compare(allergy(left), allergy(right))
    assert (verdict.verdict, verdict.may_be_same) == ("different", marked)


def _result(name: str, value: float | str, unit: str = "", comparator: str = "", loinc: str = "") -> dict[str, Any]:
    quantity = {"value": value, "unit": unit, **({"comparator": comparator} if comparator else {})}
    return {
        "resourceType": "Observation",
        "status": "final",
        "category": [{"coding": [{"code": "laboratory"}]}],
        "code": {"coding": [{"system": "http://loinc.org", "code": loinc}] if loinc else [], "text": name},
        "effectiveDateTime": "2026-04-20T07:00:00-04:00",
        **({"valueString": value} if isinstance(value, str) else {"valueQuantity": quantity}),
    }


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        (_result("Glucosa en suero", 5.5, "mmol/L"), _result("Glucose", 99, "mg/dL"), True),
        (_result("Glucosa en orina", 5.5, "mmol/L"), _result("Glucose", 99, "mg/dL"), False),
        (_result("Tirotropina", 4.1, "uUI/mL"), _result("TSH", 4.1, "mIU/L"), True),
        (_result("HCV RNA", 15, "{copies}/mL", "<"), _result("HCV RNA", "<15 copies/mL"), True),
        (_result("HCV RNA", 15, "{copies}/mL", "<"), _result("HCV RNA", 15, "copies/mL"), False),
    ],
)
def test_results_in_other_words_and_units(left: dict[str, Any], right: dict[str, Any], *, same: bool) -> None:
    assert (compare(left, right).verdict == "same") is same
