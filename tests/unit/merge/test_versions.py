"""Whatever an organization gives one number is a version only where it is one thing of one moment."""

from typing import Any

import pytest

from portal.domain.entry import Status
from portal.domain.ids import HOME
from portal.merge import RANKS, Member, SourcedEntry, changes, leads, read, rows
from portal.normalise import to_entry
from portal.refresh.compare import compare

NUMBER = {"identifier": [{"system": "urn:orders", "value": "A-1"}]}


def glucose(value: int, hour: str, status: str = "final") -> dict[str, Any]:
    return NUMBER | {
        "resourceType": "Observation",
        "status": status,
        "category": [{"coding": [{"code": "laboratory"}]}],
        "code": {"text": "Glucose"},
        "effectiveDateTime": f"2026-05-01T{hour}:00-05:00",
        "valueQuantity": {"value": value, "unit": "mg/dL"},
    }


def report(title: str, conclusion: str, status: str = "final") -> dict[str, Any]:
    return NUMBER | {
        "resourceType": "DiagnosticReport",
        "status": status,
        "code": {"text": title},
        "effectiveDateTime": "2026-05-01T08:00:00-05:00",
        "conclusion": conclusion,
    }


def warfarin(instructions: str, status: str = "active") -> dict[str, Any]:
    return NUMBER | {
        "resourceType": "MedicationRequest",
        "status": status,
        "intent": "order",
        "medicationCodeableConcept": {"text": "Warfarin 5 mg tablet"},
        "dosageInstruction": [{"text": instructions}],
    }


def flu(status: str) -> dict[str, Any]:
    given = {"vaccineCode": {"text": "Influenza"}, "occurrenceDateTime": "2026-01-05"}
    return NUMBER | {"resourceType": "Immunization", "status": status} | given


@pytest.mark.parametrize(
    ("left", "right", "verdict"),
    [
        (glucose(99, "08:00"), glucose(180, "14:00"), "different"),
        (glucose(99, "08:00"), glucose(180, "08:00", "corrected"), "same"),
        (report("CT chest", "No nodule"), report("MRI brain", "Mass"), "different"),
        (report("CT chest", "No nodule"), report("CT chest - addendum", "Nodule", "amended"), "same"),
        (warfarin("1 tablet Mon/Wed/Fri"), warfarin("half a tablet Tue/Thu"), "different"),
        (warfarin("1 tablet Mon/Wed/Fri", "completed"), warfarin("half a tablet Tue/Thu"), "same"),
        (flu("not-done"), flu("completed"), "different"),
    ],
    ids=[
        "two times",
        "corrected",
        "two reports of one order",
        "addendum",
        "both current",
        "one after the other",
        "given",
    ],
)
def test_what_shares_a_number(left: dict[str, Any], right: dict[str, Any], verdict: str) -> None:
    compared = compare(left, right, one_organization=True)
    assert (compared.verdict, compared.hidden) == (verdict, ())


@pytest.mark.parametrize("order", [("old", "new"), ("new", "old")])
def test_what_is_replaced_does_not_lead_though_it_still_calls_itself_current(order: tuple[str, str]) -> None:
    """A chart that ends a medicine by a new order and leaves the old one active."""
    ended = warfarin("1 tablet daily", "stopped") | {"id": "2", "authoredOn": "2026-03-01"}
    resources = {
        "old": warfarin("1 tablet daily") | {"id": "1", "authoredOn": "2026-01-01"},
        "new": ended | {"priorPrescription": {"reference": "MedicationRequest/1"}},
    }
    sourced = [SourcedEntry(name, HOME, to_entry(resources[name], lambda _reference: None)) for name in order]
    assert leads(sourced)[HOME].id == "new"
    readings = {each.id: read(each.entry, source=HOME) for each in sourced}
    (row,) = rows(
        Member(each.id, HOME, each.entry.status, each.entry.start or "", reading.keys, reading.facts)
        for each in sourced
        if (reading := readings[each.id])
    )
    assert (row.primary_id, row.rank, row.voices[0].current) == ("new", RANKS[Status.PAST], 0)
    assert [difference.field for difference in changes(sourced)] == ["status"]
