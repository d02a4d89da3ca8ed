"""One place stopped a medicine, says in a field or a note that it is not taken, or weans somebody off it."""

from typing import Any

import pytest

from portal.refresh.compare import compare
from tests.unit.merge.test_medication_pairs import order, told

DAILY = "1 tablet daily"
PRODUCT = "amlodipine 5 mg tablet"
CURRENT = order(PRODUCT, DAILY)
ADHERENCE = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-medication-adherence"


def adhering(words: str) -> dict[str, Any]:
    inner = {"url": "medicationAdherence", "valueCodeableConcept": {"text": words}}
    return order(PRODUCT, DAILY, extension=[{"url": ADHERENCE, "extension": [inner]}])


@pytest.mark.parametrize(
    ("other", "status"),
    [
        (order(PRODUCT, DAILY, note=[{"text": "Medication stopped June 1, ankle swelling."}]), "stopped"),
        (order(PRODUCT, DAILY, note=[{"text": "Suspendida en junio por edema"}]), "stopped"),
        (order(PRODUCT, DAILY, statusReason={"text": "Discontinued by patient"}), "stopped"),
        (order(PRODUCT, DAILY, statusReason={"text": "Therapy completed"}), "completed"),
        (adhering("Medication not taken"), "not-taken"),
        (adhering("Not taking medication"), "not-taken"),
    ],
)
def test_what_is_not_taken_by_a_field_or_a_note_is_shown(other: dict[str, Any], status: str) -> None:
    verdict, fields = told(CURRENT, other)
    assert verdict == "same"
    assert fields["status"] == ("active", status)


@pytest.mark.parametrize(
    "other",
    [
        adhering("Complies with drug therapy"),
        order(PRODUCT, DAILY, statusReason={"text": "Dose change"}),
        order(PRODUCT, DAILY, statusReason={"text": "Reorder"}),
        order(PRODUCT, DAILY, note=[{"text": "Lisinopril stopped June 1, cough"}]),
    ],
)
def test_what_says_nothing_of_it_contradicts_nothing(other: dict[str, Any]) -> None:
    assert told(CURRENT, other) == ("same", {})


@pytest.mark.parametrize(
    ("more", "marked"),
    [
        ({"status": "stopped", "authoredOn": "2025-11-20"}, True),
        ({"status": "stopped", "authoredOn": "2024-11-20"}, False),
        ({"status": "completed", "authoredOn": "2025-11-20"}, False),
    ],
)
def test_what_was_stopped_nobody_says_when_names_what_goes_on(more: dict[str, Any], marked: bool) -> None:
    verdict = compare(CURRENT, order(PRODUCT, DAILY, **more))
    assert (verdict.verdict, verdict.may_be_same) == ("different", marked)
    assert compare(order(PRODUCT, DAILY, **more), CURRENT).may_be_same is marked


def test_what_was_stopped_on_a_day_long_before_names_nothing() -> None:
    period = {"boundsPeriod": {"start": "2025-10-01", "end": "2025-11-20"}}
    over = order(PRODUCT, status="stopped", dosageInstruction=[{"text": DAILY, "timing": {"repeat": period}}])
    assert compare(CURRENT, over).may_be_same is False


@pytest.mark.parametrize(
    ("note", "fields"),
    [
        ("Weaning off: half tablet daily since 11/1", {"dose", "frequency"}),
        ("Tapering to 1 tablet daily", {"frequency"}),
        ("Consider tapering to 1 tablet daily next visit", set()),
        ("Tapering off slowly over the next months", set()),
    ],
)
def test_a_taper_in_a_note_is_how_it_is_taken(note: str, fields: set[str]) -> None:
    ordered = order("lorazepam 1 mg tablet", "1 tablet twice daily")
    tapered = order("lorazepam 1 mg tablet", "1 tablet twice daily", note=[{"text": note}])
    assert set(told(ordered, tapered)[1]) == fields


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("1 tab PO on M W F", "1 tablet Monday, Wednesday, Friday"),
        ("1 tab T Th Sa Su", "1 tablet on Tue/Thu/Sat/Sun"),
    ],
)
def test_letters_of_days_with_blanks_between_them(left: str, right: str) -> None:
    assert told(order("warfarin 3 mg tablet", left), order("warfarin 3 mg tablet", right)) == ("same", {})


@pytest.mark.parametrize(
    ("quantity", "product", "words"),
    [
        ({"value": 88, "unit": "\u00b5g"}, "levothyroxine 88 mcg tablet", "1 tablet"),
        ({"value": 88, "code": "ug", "system": "http://unitsofmeasure.org"}, "levothyroxine 88 mcg tablet", "88 mcg"),
        ({"value": 1, "code": "{tbl}", "system": "http://unitsofmeasure.org"}, "levothyroxine 88 mcg tablet", "88 mcg"),
        ({"value": 1, "code": "1", "system": "http://unitsofmeasure.org"}, "levothyroxine 88 mcg tablet", "1 tablet"),
        ({"value": 2, "code": "[drp]", "system": "http://unitsofmeasure.org"}, "timolol 0.5 % eye drops", "2 drops"),
    ],
)
def test_units_of_structures_and_of_words(quantity: dict[str, Any], product: str, words: str) -> None:
    structured = order(product, dosageInstruction=[{"doseAndRate": [{"doseQuantity": quantity}]}])
    assert "dose" not in told(structured, order(product, words))[1]
