"""An appointment that was moved or cancelled says what it was before and who changed it."""

from typing import Any

import pytest

from portal.domain.entry import Status, Visit
from portal.domain.sections import Section
from portal.refresh.ingest import ingest
from portal.refresh.renormalise import renormalise
from portal.store import Database
from portal.store.records import rows
from portal.store.records.rows import RecordRow
from tests.factories.record import appointment
from tests.factories.sights import OPEN
from tests.integration.records.helpers import make_person

_FIRST, _SECOND = "2027-01-12T15:30:00Z", "2027-01-14T14:00:00Z"


def _visit(start: str = _FIRST, place: str = "Building B", **more: Any) -> dict[str, Any]:
    made = appointment("v1", "Check-up", start, "2027-02-01T16:00:00Z")
    where = {"actor": {"reference": "Location/1", "display": place}, "status": "accepted"}
    return {**made, "participant": [*made["participant"], where], **more}


@pytest.fixture
def person_id(database: Database) -> str:
    return make_person(database)


def _bring(database: Database, person_id: str, *resources: dict[str, Any]) -> RecordRow:
    ingest(database, person_id=person_id, source="link", resources=resources)
    with database.reading() as tx:
        (row,) = rows.page(tx, person_id=person_id, section=Section.VISITS, sight=OPEN).rows
    return row


def _told(row: RecordRow) -> tuple[str | None, str, str, bool]:
    detail = row.primary.entry.detail
    assert isinstance(detail, Visit)
    return detail.start_before, detail.place_before, detail.changed_by, detail.changed_at is not None


def test_what_was_moved_says_from_when_and_where(database: Database, person_id: str) -> None:
    assert _told(_bring(database, person_id, _visit())) == (None, "", "", False)
    assert _told(_bring(database, person_id, _visit(start="2027-01-12T10:30:00-05:00"))) == (None, "", "", False)
    by = {
        "resourceType": "Provenance",
        "id": "p1",
        "target": [{"reference": "Appointment/v1"}],
        "recorded": "2026-12-01T10:00:00Z",
        "agent": [{"who": {"display": "Front desk, Building B"}}],
    }
    moved = _bring(database, person_id, _visit(_SECOND, "Building C"), by)
    assert _told(moved) == ("2027-01-12T10:30:00-05:00", "Building B", "Front desk, Building B", True)
    later = _bring(database, person_id, _visit(_SECOND, "Building C", comment="Bring your card."))
    assert _told(later) == _told(moved), "it stays until the next change"
    renormalise(database)
    with database.reading() as tx:
        (row,) = rows.page(tx, person_id=person_id, section=Section.VISITS, sight=OPEN).rows
    assert _told(row) == _told(moved)


@pytest.mark.parametrize(("code", "by"), [("prov-pers", "the clinic"), ("pat-crs", "the patient"), ("maint", "")])
def test_who_cancelled_is_said_by_the_reason(database: Database, person_id: str, code: str, by: str) -> None:
    system = "http://terminology.hl7.org/CodeSystem/appointment-cancellation-reason"
    _bring(database, person_id, _visit())
    reason = {"coding": [{"system": system, "code": code}]}
    row = _bring(database, person_id, _visit(status="cancelled", cancelationReason=reason))
    assert row.status is not Status.UPCOMING
    assert _told(row) == (None, "", by, True)
