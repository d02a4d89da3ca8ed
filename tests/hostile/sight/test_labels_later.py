"""A label that comes later hides what was written of it before: in whatever order and batches things arrive."""

from pathlib import Path
from typing import Any

import pytest

from portal.domain.ids import HOME
from portal.domain.sections import Section
from portal.queue import JobQueue
from portal.refresh.ingest import ingest
from portal.services import Services
from portal.store import Database
from portal.store.records import rows
from tests.factories.settings import make_settings
from tests.factories.sights import OPEN, WHOLE
from tests.factories.world import World
from tests.hostile.sight.record import LABEL

MEDICATION = {"resourceType": "Medication", "id": "m", "code": {"text": "buprenorphine"}}
WARD = {"resourceType": "Location", "id": "w", "name": "Detox ward"}
ORDER = {
    "resourceType": "MedicationRequest",
    "id": "r",
    "status": "active",
    "intent": "order",
    "subject": {"reference": "Patient/p"},
    "medicationReference": {"reference": "Medication/m", "display": "buprenorphine"},
    "authoredOn": "2024-01-01",
}
VISIT = {
    "resourceType": "Encounter",
    "id": "v",
    "status": "finished",
    "class": {"code": "AMB"},
    "subject": {"reference": "Patient/p"},
    "period": {"start": "2024-01-01"},
    "location": [{"location": {"reference": "Location/w", "display": "Detox ward"}}],
}
OTHER = ORDER | {"id": "other", "medicationReference": {"display": "metformin"}}


@pytest.fixture
def person_id(database: Database, tmp_path: Path) -> str:
    settings = make_settings(tmp_path)
    world = World(Services(settings=settings, db=database, queue=JobQueue("", settings.slug)))
    return str(world.patient().person_id)


def _seen(database: Database, person_id: str, section: Section, *, confidential: bool = False) -> int:
    with database.reading() as tx:
        return len(rows.page(tx, person_id=person_id, sight=WHOLE if confidential else OPEN, section=section).rows)


def _labelled(resource: dict[str, Any]) -> dict[str, Any]:
    return resource | {"meta": LABEL}


def test_a_medicine_that_is_labelled_later(database: Database, person_id: str) -> None:
    ingest(database, person_id=person_id, source=HOME, resources=[MEDICATION, ORDER, OTHER])
    assert _seen(database, person_id, Section.MEDICATIONS) == 2
    ingest(database, person_id=person_id, source=HOME, resources=[_labelled(MEDICATION)])
    assert _seen(database, person_id, Section.MEDICATIONS) == 1, "the other one stays"
    assert _seen(database, person_id, Section.MEDICATIONS, confidential=True) == 2
    ingest(database, person_id=person_id, source=HOME, resources=[MEDICATION])
    assert _seen(database, person_id, Section.MEDICATIONS) == 2, "a label that is taken away hides nothing"


def test_a_medicine_that_comes_later(database: Database, person_id: str) -> None:
    ingest(database, person_id=person_id, source=HOME, resources=[ORDER, OTHER])
    ingest(database, person_id=person_id, source=HOME, resources=[_labelled(MEDICATION)])
    assert _seen(database, person_id, Section.MEDICATIONS) == 1


def test_a_place_of_everybody_that_is_labelled_later(database: Database, person_id: str) -> None:
    ingest(database, person_id=None, source=HOME, resources=[WARD])
    ingest(database, person_id=person_id, source=HOME, resources=[VISIT])
    assert _seen(database, person_id, Section.VISITS) == 1
    ingest(database, person_id=None, source=HOME, resources=[_labelled(WARD)])
    assert _seen(database, person_id, Section.VISITS) == 0
    assert _seen(database, person_id, Section.VISITS, confidential=True) == 1
