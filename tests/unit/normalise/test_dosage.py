"""How to take it: parts, words and warnings together, in units that cannot be misread."""

from typing import Any

import pytest

from portal.domain.entry import Dose, Medication, Quantity
from portal.normalise import to_entry
from portal.normalise.dosage import dosage, dosages, doses, instructions, sentence
from portal.normalise.quantities import dose, dose_ratio, plain_number, quantity_text
from portal.normalise.timing import date_words
from tests.unit.normalise.samples import SNOMED, amount, concept, others, sample

_UCUM = "http://unitsofmeasure.org"


def told(**element: Any) -> str:
    return sentence(dosage(element))


def _amount(value: object, unit: str, **more: Any) -> dict[str, Any]:
    return {"doseAndRate": [{"doseQuantity": {"value": value, "unit": unit, **more}}]}


def _repeat(**repeat: Any) -> dict[str, Any]:
    return {"timing": {"repeat": repeat}}


def test_every_part_stands_in_its_place_and_the_words_behind() -> None:
    text = told(
        **_amount(1, "tablet"),
        method=concept(SNOMED, "1", "Swallow"),
        route=concept(SNOMED, "26643006", "Oral route"),
        site={"text": "left cheek"},
        asNeededCodeableConcept={"text": "Pain"},
        maxDosePerPeriod={"numerator": {"value": 8, "unit": "tablet"}, "denominator": amount(1, "day", "d")},
        timing={
            "repeat": {"frequency": 2, "period": 1, "periodUnit": "d", "dayOfWeek": ["mon", "fri"],
                       "boundsPeriod": {"start": "2024-04-01", "end": "2024-04-22"}}
        },
        text="one twice daily.",
        patientInstruction="Swallow it whole",
        additionalInstruction=[{"text": "Do not drive"}, {"text": "Avoid sun"}],
    )  # fmt: skip
    assert text == (
        "Swallow 1 tablet by mouth, at the site: Left cheek, twice a day, on Monday, Friday, as needed for pain, "
        "at most 8 tablets per day, from Apr 1, 2024, until Apr 22, 2024. one twice daily. Swallow it whole. "
        "Do not drive. Avoid sun"
    )


@pytest.mark.parametrize(
    ("element", "text"),
    [
        ({**_amount(1, "tablet"), "text": "Take 1 tablet daily"}, "Take 1 tablet daily"),
        ({**_amount(1, "tablet"), "text": "Take 11 tablets daily"}, "1 tablet. Take 11 tablets daily"),
        ({**_amount(2, "tablet"), "text": "Take 1 tablet daily"}, "2 tablets. Take 1 tablet daily"),
        ({"text": "Take one. With food", "patientInstruction": "Take one"}, "Take one. With food"),
        ({"text": "Take one", "patientInstruction": "Take one, with food"}, "Take one, with food"),
        ({"text": "A", "patientInstruction": "B"}, "A. B"),
        ({"text": "A!", "patientInstruction": "B"}, "A! B"),
        ({"text": "Take daily", "additionalInstruction": [{"text": "Take daily"}]}, "Take daily. Take daily"),
        (
            {**_amount(1, "tablet"), "text": "1 tablet", **_repeat(boundsPeriod={"end": "2024-05"})},
            "Until May 2024. 1 tablet",
        ),
        ({"text": "x" * 3000}, "x" * 1999 + "…"),
    ],
)
def test_words_and_structure_are_combined_and_repeat_nothing_that_is_the_same(
    element: dict[str, Any], text: str
) -> None:
    assert told(**element) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"value": 50, "unit": "ug"}, "50 mcg"),
        ({"value": 50, "unit": "µg"}, "50 mcg"),
        ({"value": 50, "unit": "\N{GREEK SMALL LETTER MU}g/h"}, "50 mcg/h"),
        ({"value": 5.0, "unit": "mg"}, "5 mg"),
        ({"value": 2.50, "unit": "mg"}, "2.5 mg"),
        ({"value": ".5", "unit": "mg"}, "0.5 mg"),
        ({"value": 10, "unit": "IU"}, "10 units"),
        ({"value": 10, "unit": "[iU]"}, "10 units"),
        ({"value": 10, "unit": "U"}, "10 units"),
        ({"value": 10, "unit": "UNT"}, "10 units"),
        ({"value": 100, "unit": "U/mL"}, "100 units/mL"),
        ({"value": 5, "unit": "cc"}, "5 mL"),
        ({"value": 10, "system": _UCUM, "code": "[iU]"}, "10 units"),
        ({"value": 1, "unit": "tablet"}, "1 tablet"),
        ({"value": 2, "unit": "tablet"}, "2 tablets"),
        ({"value": 2, "unit": "patch"}, "2 patches"),
        ({"value": 0.5, "unit": "tablet"}, "0.5 tablet"),
        ({"value": 1.5, "unit": "TAB"}, "1.5 tablets"),
        ({"value": 1, "unit": "CAP"}, "1 capsule"),
        ({"value": 1000, "unit": "mg"}, "1000 mg"),
        ({"value": 2, "unit": "mU"}, "2 milliunits"),
        ({"value": 2, "unit": "MU"}, "2 million units"),
        ({"value": 2, "unit": "m[IU]"}, "2 milliunits"),
        ({"value": 2, "unit": "uU"}, "2 microunits"),
        ({"value": 3, "unit": "Unit"}, "3 units"),
        ({"value": 1, "unit": "puff", "comparator": "<"}, "< 1 puff"),
        ({"unit": "mg"}, ""),
    ],
)
def test_units_of_doses_cannot_be_misread(value: dict[str, Any], text: str) -> None:
    assert quantity_text(dose(value)) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [("5.0", "5"), ("100", "100"), ("0.50", "0.5"), ("-.5", "-0.5"), ("1E+30", "1E+30"), ("-2.0", "-2"), ("10", "10")],
)
def test_numbers_of_doses(number: str, text: str) -> None:
    assert plain_number(number) == text


def test_strengths_are_doses_too() -> None:
    ratio = {"numerator": {"value": 125.0, "unit": "ug"}, "denominator": {"value": 5.0, "unit": "mL"}}
    assert dose_ratio(ratio) == "125 mcg per 5 mL"


@pytest.mark.parametrize(
    ("element", "text"),
    [
        (_repeat(count=10), "10 times in all"),
        (_repeat(count=1), "One time only"),
        (_repeat(count=2, countMax=4), "2 to 4 times in all"),
        (_repeat(boundsDuration=amount(7, "day", "d")), "For 7 days"),
        (_repeat(boundsDuration={"value": 1.0, "unit": "cycle"}), "For 1 cycle"),
        (_repeat(boundsRange={"low": amount(7, "d"), "high": amount(10, "d")}), "For 7 to 10 days"),
        (_repeat(boundsRange={"high": amount(10, "d")}), "For 10 days"),
        (_repeat(boundsPeriod={"end": "2024"}), "Until 2024"),
        (_repeat(duration=30, durationUnit="min"), "Over 30 minutes"),
        (_repeat(duration=1, durationMax=2, durationUnit="h"), "Over 1 to 2 hours"),
        (_repeat(when=["ACM"], offset=30), "30 minutes before breakfast"),
        (_repeat(when=["ACM"], offset=1), "1 minute before breakfast"),
        ({"timing": {"event": ["2024-04-22T08:00:00Z", "2024-04-29"]}}, "On Apr 22, 2024, on Apr 29, 2024"),
        ({"timing": {"code": {"text": "Nightly"}}}, "Nightly"),
        ({"timing": {"code": {"text": "Nightly"}, "repeat": {"timeOfDay": ["21:00:00"]}}}, "At 21:00, nightly"),
        (
            {
                "timing": {
                    "code": {"coding": [{"code": "BID"}], "text": "BID"},
                    "repeat": {"frequency": 2, "period": 1, "periodUnit": "d"},
                }
            },
            "Twice a day",
        ),
        ({"timing": {"code": concept("http://terminology.hl7.org/CodeSystem/v3-GTSAbbreviation", "JB")}}, "HL7 JB"),
        ({"asNeededBoolean": True}, "As needed"),
        ({"asNeededBoolean": False}, ""),
        ({"asNeededFor": [{"text": "Pain"}, {"text": "Fever"}]}, "As needed for pain or Fever"),
        ({"asNeededCodeableConcept": concept(SNOMED, "22253000")}, "As needed for SNOMED CT 22253000"),
        ({"maxDosePerAdministration": {"value": 2.0, "unit": "mg"}}, "At most 2 mg at a time"),
        ({"maxDosePerLifetime": {"value": 500, "unit": "mg"}}, "At most 500 mg in a lifetime"),
        (
            {"route": concept(SNOMED, "26643006", "Oral route via feeding tube")},
            "By mouth (Oral route via feeding tube)",
        ),
        ({"route": {"text": "Topical"}}, "Topical"),
        ({"route": {"text": "PEG"}}, "PEG"),
        (
            {
                "doseAndRate": [
                    {"doseQuantity": {"value": 10, "unit": "mL"}, "rateQuantity": {"value": 5.0, "unit": "mL/h"}}
                ]
            },
            "10 mL at 5 mL/h",
        ),
        (
            {"doseAndRate": [{"rateRatio": {"numerator": amount(1, "L"), "denominator": amount(8, "hours", "h")}}]},
            "1 L per 8 hours",
        ),
        ({"doseQuantity": {"value": 3, "unit": "mL"}}, "3 mL"),  # STU3
    ],
)
def test_parts(element: dict[str, Any], text: str) -> None:
    assert told(**element) == text


def test_the_ordered_amount_leads_and_the_calculated_one_stands_behind() -> None:
    rates = [
        {"type": concept("x", "calculated"), "doseQuantity": {"value": 10, "unit": "mg"}},
        {"type": concept("x", "admin-amount"), "doseQuantity": {"value": 1, "unit": "capsule"}},
        {"type": concept("x", "ordered"), "doseQuantity": {"value": 10, "unit": "mg"}},
    ]
    assert told(doseAndRate=rates) == "1 capsule (10 mg)"


def test_steps_are_in_the_order_of_their_sequence() -> None:
    steps = [{"sequence": 2, "text": "then one"}, {"sequence": 1, "text": "two"}, {"text": "first"}]
    assert instructions(dosages(steps)) == ("first", "two", "then one")


def test_a_cut_of_two_hundred_steps_says_so() -> None:
    steps = instructions(dosages([{"text": f"step {n}"} for n in range(201)]))
    assert (len(steps), steps[-1]) == (201, "…")
    assert instructions(dosages([{"text": f"step {n}"} for n in range(200)]))[-1] == "step 199"


def test_a_beginning_on_the_day_of_the_order_is_not_repeated() -> None:
    step = _repeat(boundsPeriod={"start": "2024-05-07T10:00:00Z"})
    assert instructions(dosages([step], "2024-05-07")) == ()
    assert instructions(dosages([step], "2024-05-01")) == ("From May 7, 2024",)


@pytest.mark.parametrize(
    ("date", "text"), [("2024", "2024"), ("2024-12", "Dec 2024"), ("2024-01-02T03:04:05Z", "Jan 2, 2024")]
)
def test_dates_in_an_instruction(date: str, text: str) -> None:
    assert date_words(date) == text


def test_supply_and_quantity_are_doses_too() -> None:
    dispense = {"quantity": {"value": 30.0, "unit": "tablet"}, "expectedSupplyDuration": amount(30.0, "days", "d"),
                "numberOfRepeatsAllowed": 2.0}  # fmt: skip
    detail = to_entry(sample("MedicationRequest", dispenseRequest=dispense), others).detail
    assert isinstance(detail, Medication)
    assert (detail.quantity, detail.supply, detail.refills) == ("30 tablets", "30 days", "2")


def test_when_any_step_is_as_needed_the_medicine_is() -> None:
    steps = [{"text": "a"}, {"text": "b", "asNeededBoolean": True}]
    detail = to_entry(sample("MedicationRequest", dosageInstruction=steps), others).detail
    assert isinstance(detail, Medication)
    assert detail.as_needed


def test_each_part_of_a_dosage_stays_as_it_is_written_for_comparing() -> None:
    written = {
        "sequence": 2,
        "text": "Two puffs",
        "patientInstruction": "Shake well",
        "additionalInstruction": [{"text": "Rinse"}],
        "method": {"text": "Inhale"},
        "site": {"text": "Mouth"},
        "route": concept(SNOMED, "447694001", "Respiratory tract route"),
        "timing": {
            "code": {"coding": [{"code": "BID"}], "text": "Twice"},
            "repeat": {"frequency": 2, "frequencyMax": 3, "period": 1, "periodUnit": "d", "offset": 30,
                       "boundsDuration": amount(10.0, "d"), "dayOfWeek": ["mon"], "when": ["ACM"],
                       "timeOfDay": ["08:00:00", "20:00:00"]},
        },
        "asNeededFor": [{"text": "Wheeze"}, {"text": "Cough"}],
        "maxDosePerPeriod": {"numerator": {"value": 8, "unit": "puffs"}, "denominator": amount(1, "d")},
        "maxDosePerAdministration": {"value": 2.0, "unit": "puffs"},
        "maxDosePerLifetime": {"value": 500, "unit": "mg"},
        "doseAndRate": [{"doseRange": {"low": {"value": 1, "unit": "puff"}, "high": {"value": 2, "unit": "puff"}},
                         "rateRatio": {"numerator": {"value": 1, "unit": "L"}, "denominator": amount(8, "h")}}],
    }  # fmt: skip
    first, second = doses([written, {"sequence": 1, "text": "first"}])
    assert first == Dose(text="first")
    assert second == Dose(
        text="Two puffs",
        patient="Shake well",
        additional=("Rinse",),
        amount=Quantity(value="1", unit="puff"),
        amount_high=Quantity(value="2", unit="puff"),
        rate="1 L per 8 hours",
        route="by breathing it in",
        site="Mouth",
        method="Inhale",
        repeat={"frequency": "2", "frequencyMax": "3", "period": "1", "periodUnit": "d", "offset": "30",
                "boundsDuration": "10 days"},
        days=("mon",),
        when=("ACM",),
        times=("08:00", "20:00"),
        code="Twice",
        as_needed=True,
        as_needed_for="Wheeze",
        maximum="8 puffs per day; 2.0 puffs at a time; 500 mg in a lifetime",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("element", "expected"),
    [
        ({"asNeededBoolean": True}, Dose(as_needed=True)),
        ({"asNeeded": True}, Dose(as_needed=True)),  # R5
        ({"asNeededCodeableConcept": {"text": "Pain"}}, Dose(as_needed=True, as_needed_for="Pain")),
        ({"route": {"text": "Topical"}}, Dose(route="Topical")),
        ({"timing": {"code": {"coding": [{"code": "QID"}]}}}, Dose(code="QID")),
        ({"doseQuantity": {"value": 3, "unit": "mL"}}, Dose(amount=Quantity(value="3", unit="mL"))),  # STU3
        ({"doseAndRate": [{"rateRange": {"low": {"value": 1, "unit": "L"}}}]}, Dose(rate="≥ 1 L")),
        ({"doseAndRate": [{}, {"rateQuantity": {"value": 5, "unit": "mL/h"}}]}, Dose(rate="5 mL/h")),
        ({"timing": {"repeat": {"boundsPeriod": {"start": "2024", "end": "2025"}}}}, Dose(start="2024", end="2025")),
    ],
)
def test_parts_of_a_dosage_by_each_way_to_write_them(element: dict[str, Any], expected: Dose) -> None:
    assert doses([element]) == (expected,)


@pytest.mark.parametrize(
    ("element", "text"),
    [
        ({"timing": {"code": {"coding": [{"code": "q4h"}]}}}, "Every 4 hours"),
        (_repeat(frequency=1, period=1, periodUnit="h"), "Once an hour"),
        (_repeat(frequency=1, period=2, periodUnit="wk"), "Every 2 weeks"),
        (_repeat(frequency=3, period=2, periodMax=3, periodUnit="d"), "3 times every 2 to 3 days"),
        (_repeat(frequencyMax=4, period=1, periodUnit="mo"), "1 to 4 times a month"),
        (_repeat(frequency=2, frequencyMax=2, period=1, periodUnit="a"), "Twice a year"),
        (_repeat(period=1, periodUnit="d"), "Once a day"),
        (_repeat(period=1, periodUnit="x"), ""),
        (_repeat(duration=1, durationMax=1, durationUnit="s"), "Over 1 second"),
        (_repeat(duration=1, durationUnit="x"), ""),
        (_repeat(count=3, countMax=3), "3 times in all"),
        (_repeat(when=["C"], offset=0), "With meals"),
        (_repeat(when=["XX"]), ""),
        (_repeat(boundsRange={"low": amount(7, "d")}), "For 7 days"),
        (_repeat(boundsDuration=amount(1, "mo")), "For 1 month"),
        (_repeat(dayOfWeek=["sat", "x", "sun"]), "On Saturday, Sunday"),
        ({"doseAndRate": [{"doseRange": {"low": {"value": 1, "unit": "tablet"}, "high": {"value": 2, "unit": "tablet"}},
                           "rateRange": {"high": {"value": 5, "unit": "mL/h"}}}]},
         "1\N{EN DASH}2 tablets at ≤ 5 mL/h"),
        ({"doseAndRate": [{"doseQuantity": {"value": 2}}]}, "2 per dose"),
    ],
)  # fmt: skip
def test_how_often_and_how_long(element: dict[str, Any], text: str) -> None:
    assert told(**element) == text
