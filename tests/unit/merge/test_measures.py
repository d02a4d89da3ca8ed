"""Values with their units as one number of one dimension; words of values; strengths and orders of odd shapes."""

import pytest

from portal.domain.entry import Code, Dose, Entry, Ingredient, Medication, Quantity, Result, Status
from portal.domain.plans import Dispense
from portal.domain.sections import Section
from portal.merge import Bond, read
from portal.merge.medications.dosing import read_doses
from portal.merge.medications.medicines import read_product
from portal.merge.results.measures import measured, unit_of, worded


@pytest.mark.parametrize(
    ("value", "unit", "analyte", "measure"),
    [
        ("98.6", "degF", "", "= 37 0.055555555556 temperature"),
        ("37", "Cel", "", "= 37 1 temperature"),
        ("5.5", "mmol/L", "glucose", "= 99.088 1.8016 mass/volume"),
        ("88", "umol/L", "creatinine", "= 0.995456 0.011312 mass/volume"),
        ("4.1", "mEq/L", "potassium", "= 4.1 0.1 amount/volume"),
        ("4.2", "mEq/L", "calcium", "= 8.4168 0.2004 mass/volume"),
        ("2.4", "mEq/L", "calcium ionized", "= 1.2 0.05 amount/volume"),
        ("4.1", "mEq/L", "phosphate", "= 4.1 0.1 charge/volume"),
        ("5.5", "mmol/L", "lactate", "= 5.5 0.1 amount/volume"),
        ("abc", "mg", "", "words abc mg"),
        ("1.2", "ug/mL FEU", "", "= 0.12 0.01 mass/volume feu"),
        ("1.2", "ug/mL{DDU}", "", "= 0.12 0.01 mass/volume ddu"),
        ("7", "10*3/uL", "", "= 7 1 cells"),
        ("7000", "cells/uL", "", "= 7 0.001 cells"),
        ("0.05", "1", "", "= 5 1 fraction"),
        ("150", "lbs", "", "= 68.0388555 0.45359237 mass"),
        ("1.5", "widgets", "", "= 1.5 0.1 widgets"),
        ("1.5", "", "", "= 1.5 0.1 -"),
    ],
)
def test_a_quantity(value: str, unit: str, analyte: str, measure: str) -> None:
    assert measured(Quantity(value=value, unit=unit), analyte) == measure


@pytest.mark.parametrize(
    ("text", "measure"),
    [
        ("1:80", "= 80 1 titer"),
        ("<1:20", "< 20 1 titer"),
        ("5'7\"", "= 170.18 2.54 length"),
        ("120-140 mg/dL", "range 120 140 mass/volume"),
        ("≥60", ">= 60 1 -"),
        ("≤ 60 mg/dL", "<= 60 1 mass/volume"),
        ("See note.", "words see note"),
        ("Detected", "words positive"),
    ],
)
def test_a_value_in_words(text: str, measure: str) -> None:
    assert worded(text) == measure


def test_units_in_their_spellings() -> None:
    assert unit_of("mm Hg")[:2] == unit_of("mm[Hg]")[:2]
    assert unit_of("µg / mL") == unit_of("ug/mL")
    assert unit_of("K/uL")[0] == unit_of("10^9/L")[0] == "cells"


def _says(title: str, **more: object) -> dict[str, tuple[str, ...]]:
    detail = more.pop("detail", Medication(intent="order"))
    entry = Entry(section=Section.MEDICATIONS, title=title, detail=detail, **more)  # type: ignore[arg-type]
    reading = read(entry, source="here")
    assert reading is not None
    return dict(reading.facts.says)


def test_what_a_title_leaves_out_is_in_its_code_or_its_parts() -> None:
    code = Code("http://www.nlm.nih.gov/research/umls/rxnorm", "314076", "lisinopril 10 MG Oral Tablet")
    assert _says("Lisinopril", codes=(code,))["strength"] == ("0 10000 mcg",)
    assert "strength" not in _says("Metformin", codes=(code,))
    parts = Medication(form="tablet", ingredients=(Ingredient("Lisinopril", strength="20 mg"),))
    assert (_says("Lisinopril", detail=parts)["strength"], _says("Lisinopril", detail=parts)["form"]) == (
        ("0 20000 mcg",),
        ("tablet",),
    )


@pytest.mark.parametrize(
    ("title", "dose"),
    [
        ("Humira 40 mg/0.4 mL pen", ("0 40000 mcg",)),
        ("0.3 ML epinephrine 1 MG/ML Auto-Injector", ("0 300 mcg",)),
        ("Amoxicillin 400 mg/5 mL", None),
        ("insulin lispro 100 units/mL 3 mL pen", None),
        ("Ketorolac 30 mg/mL 1 mL vial", None),
    ],
)
def test_the_amount_of_a_single_dose(title: str, dose: tuple[str, ...] | None) -> None:
    assert _says(title).get("single dose") == dose


def test_how_long_what_was_handed_out_lasts() -> None:
    dispensed = _says(
        "Lisinopril 10 mg tablet", detail=Dispense(supply="30 days"), start="2026-01-01", status=Status.PAST
    )
    assert dispensed["therapy"] == ("2026-01-01", "2026-01-31", "90")
    assert dispensed["stage"] == ("handed out",)
    odd = _says("Lisinopril 10 mg tablet", detail=Dispense(supply="30 days"), start="2026-02-31", status=Status.PAST)
    assert odd["therapy"] == ("2026-02-31", "2026-02-31", "90")


@pytest.mark.parametrize(
    ("dose", "frequency"),
    [
        (Dose(text="", repeat={"count": "1"}), "once"),
        (Dose(text="", days=("mon", "thu")), "1/1d on mon,thu"),
        (Dose(text="", repeat={"frequency": "1", "period": "72", "periodUnit": "h"}), "1/3d"),
        (Dose(text="", repeat={"frequency": "1", "period": "14", "periodUnit": "d"}), "1/2wk"),
        (Dose(text="once a week at bedtime on sundays"), "1/1d@HS on sun"),
        (Dose(text="stat"), "once"),
    ],
)
def test_how_often(dose: Dose, frequency: str) -> None:
    (reading,) = read_doses((dose,), strengths={})
    assert reading.frequency == frequency


def test_what_sort_of_order_it_is() -> None:
    assert _says("Lisinopril", detail=Medication(intent="plan"))["intent"] == ("plan",)
    assert _says("Lisinopril", detail=Medication(intent="filler-order"))["intent"] == ("order",)
    denied = _says("Lisinopril", detail=Medication(intent="order", do_not_perform=True))
    assert denied["do not perform"] == ("yes",)
    not_taken = _says("Lisinopril", detail=Medication(do_not_perform=True, statement=True))
    assert not_taken["do not perform"] == ("no",)


def test_a_brand_in_brackets_however_it_is_parted() -> None:
    assert read_product("(PRO AIR) 90 mcg inhaler").ingredients == ("albuterol",)
    assert read_product("(PROAIR RESPICLICK NEW) 90 mcg inhaler").ingredients == ("albuterol",)


@pytest.mark.parametrize(
    ("start", "keys"),
    [
        ("2026-05-01T08:00:00-05:00", {(Bond.SEEK, "2026-05-01T13:00Z"), (Bond.MEET, "2026-05-01")}),
        ("2026-05-01T08:00:00", {(Bond.SEEK, "2026-05-01")}),
        ("2026-05-01", {(Bond.SEEK, "2026-05-01")}),
        (None, set()),
    ],
)
def test_when_results_meet(start: str | None, keys: set[tuple[Bond, str]]) -> None:
    detail = Result(quantity=Quantity(value="5", unit="mmol/L"))
    reading = read(Entry(section=Section.TEST_RESULTS, title="Potassium", start=start, detail=detail), source="here")
    assert reading is not None
    assert {(bond, key.removeprefix("result|words|potassium|")) for bond, key in reading.keys} == keys
