"""What a search brings back is what a read does, however a resource is written."""

from typing import Any

import pytest

from portal.refresh.ingest import ingest
from portal.store import Database
from portal.store.records import fhir_search, resources
from portal.store.records.message_ties import OF_ONE_WRITER
from tests.integration.records.helpers import make_person

_SUBJECT = {"subject": {"reference": "Patient/p1"}}
_LABEL = {"security": [{"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "R"}]}
_WRITTEN = (
    {"resourceType": "Observation", "id": "o1", "status": "final", **_SUBJECT},
    {"id": "o2", "resourceType": "Observation", **_SUBJECT},
    {"resourceType": "Observation", "id": "o3", "meta": _LABEL, **_SUBJECT},
    {"resourceType": "Communication", "id": "c1", "status": "completed", **_SUBJECT},
    {"status": "completed", "resourceType": "Communication", "id": "c2", **_SUBJECT},
)


@pytest.mark.parametrize("kind", ["Observation", "Communication"])
def test_it_is_what_a_read_brings(database: Database, kind: str) -> None:
    person_id = make_person(database)
    ingest(database, person_id=person_id, source="home", resources=_WRITTEN)
    with database.reading() as tx:
        page = fhir_search.search(tx, criteria=fhir_search.Criteria(person_id, kind))
        read = {one.fhir_id: resources.read(tx, type=kind, fhir_id=one.fhir_id) for one in page.resources}
    assert sorted(read) == sorted(str(each["id"]) for each in _WRITTEN if each["resourceType"] == kind)
    assert [_said(one) for one in page.resources] == [_said(read[one.fhir_id]) for one in page.resources]
    for one in page.resources:
        assert one.may_have_meta or b'"meta"' not in one.text
        assert one.text[: one.head].endswith(f'"{one.fhir_id}"'.encode()) or one.head == 0


def test_the_author_comes_with_what_may_have_one(database: Database) -> None:
    person_id = make_person(database)
    ingest(database, person_id=person_id, source="home", resources=_WRITTEN)
    assert "Communication" in OF_ONE_WRITER
    with database.transaction() as tx:
        tx.conn.exec_driver_sql("UPDATE resource SET author = 'somebody' WHERE type = 'Communication'")
    with database.reading() as tx:
        page = fhir_search.search(tx, criteria=fhir_search.Criteria(person_id, "Communication"))
    assert [one.author for one in page.resources] == ["somebody", "somebody"]


def _said(stored: Any) -> tuple[object, ...]:
    values = (stored.id, stored.source, stored.person_id, stored.type, stored.fhir_id, stored.version)
    return (*values, stored.updated_at, stored.deleted, stored.text, stored.private, stored.date, stored.number)
