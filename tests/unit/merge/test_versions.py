"""Whatever an organization gives one number is a version only where it is one thing of one moment."""

from typing import Any

import msgspec
import pytest

from portal.domain.entry import Status
from portal.domain.ids import HOME
from portal.merge import RANKS, Member, SourcedEntry, changes, leads, read, rows
from portal.merge.versions import ended_since, undecided
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


def _sourced(*resources: dict[str, Any]) -> list[SourcedEntry]:
    return [
        SourcedEntry(str(place), HOME, to_entry(resource | {"id": str(place)}, lambda _reference: None))
        for place, resource in enumerate(resources)
    ]


def _lead(sourced: list[SourcedEntry]) -> str:
    """Return who speaks for both, by the entries and by the row that is stored: one rule for both."""
    readings = [(each, reading) for each in sourced if (reading := read(each.entry, source=HOME))]
    (row,) = rows(
        Member(each.id, HOME, each.entry.status, each.entry.start or "", reading.keys, reading.facts)
        for each, reading in readings
    )
    assert leads(sourced)[HOME].id == row.primary_id
    return row.primary_id


@pytest.mark.parametrize(
    ("earlier", "later"),
    [("active", "stopped"), ("stopped", "active"), ("active", "completed"), ("active", "active")],
)
def test_of_one_number_the_order_of_the_later_day_holds(earlier: str, later: str) -> None:
    first = warfarin("1 tablet daily", earlier) | {"authoredOn": "2026-01-01"}
    second = warfarin("1 tablet daily", later) | {"authoredOn": "2026-03-01T09:00:00-05:00"}
    assert _lead(_sourced(first, second)) == "1"
    assert _lead(_sourced(second, first)) == "0"
    assert not undecided((each.source, each.entry) for each in _sourced(first, second))


def test_of_one_number_and_day_nothing_tells_the_later_one() -> None:
    active, stopped = (warfarin("1 tablet daily", status) | {"authoredOn": "2026-01-01"} for status in _BOTH)
    both = _sourced(active, stopped)
    assert _lead(both) == "0"
    assert undecided((each.source, each.entry) for each in both)
    assert not undecided((each.source, each.entry) for each in _sourced(active, active))
    assert not undecided((str(place), each.entry) for place, each in enumerate(both))
    unnumbered = [{name: value for name, value in each.items() if name != "identifier"} for each in (active, stopped)]
    assert not undecided((each.source, each.entry) for each in _sourced(*unnumbered))
    assert not undecided((each.source, each.entry) for each in _sourced(flu("completed"), flu("not-done")))


def _order(status: str, day: str, **more: Any) -> dict[str, Any]:
    unnumbered = {name: value for name, value in warfarin("1 tablet daily", status).items() if name != "identifier"}
    return unnumbered | {"authoredOn": day} | more


@pytest.mark.parametrize(
    ("orders", "ended"),
    [
        ([_order("active", "2026-01-01"), _order("stopped", "2026-03-01")], "1"),
        ([_order("active", "2026-01-01", **NUMBER), _order("stopped", "2026-03-01", **NUMBER)], ""),
        (
            [
                _order("active", "2026-01-01"),
                _order("stopped", "2026-03-01", priorPrescription={"reference": "MedicationRequest/0"}),
            ],
            "",
        ),
        ([_order("active", "2026-01-01"), _order("stopped", "2026-03-01"), _order("active", "2026-04-01")], ""),
        ([_order("on-hold", "2026-01-01"), _order("completed", "2026-03-01")], "1"),
        ([_order("active", "2026-01"), _order("stopped", "2026-03-01")], ""),
        ([_order("active", "2026-01-01"), _order("entered-in-error", "2026-03-01")], ""),
    ],
)
def test_a_last_order_that_is_over_is_told_unless_it_replaced_the_older_one(
    orders: list[dict[str, Any]], ended: str
) -> None:
    """Another organization may hold the row current: what is replaced here is then no older order that still holds."""
    told = _sourced(*orders)
    since = ended_since((each.source, each.entry) for each in told)
    assert next((each.id for each in told if each.entry is since), "") == ended


def test_what_is_planned_is_no_older_order_that_is_current() -> None:
    planned, over = _sourced(_order("active", "2026-01-01"), _order("stopped", "2026-03-01"))
    planned_entry = msgspec.structs.replace(planned.entry, status=Status.UPCOMING)
    assert ended_since([(HOME, planned_entry), (HOME, over.entry)]) is None


def test_an_order_that_was_entered_in_error_replaces_none() -> None:
    active = warfarin("1 tablet daily") | {"authoredOn": "2026-01-01"}
    wrong = warfarin("1 tablet daily", "entered-in-error") | {"authoredOn": "2026-03-01"}
    assert leads(_sourced(active, wrong))[HOME].id == "0"


_BOTH = ("active", "stopped")


@pytest.mark.parametrize(
    "made", [glucose(90, "08:00"), report("CT head", "Normal"), warfarin("Daily"), flu("completed")]
)
@pytest.mark.parametrize("text", ["", "x", "PLAC|", "|||", "ACSN|urn:x|"])
def test_an_identifier_of_another_form_is_none(made: dict[str, Any], text: str) -> None:
    entries = [
        msgspec.structs.replace(to_entry(made, lambda _reference: None), identifiers=(text,)) for _copy in range(2)
    ]
    assert all(read(entry, source=HOME) for entry in entries)
    told = [SourcedEntry(str(n), HOME, entry) for n, entry in enumerate(entries)]
    assert set(leads(told)) == {HOME}
