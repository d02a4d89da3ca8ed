"""Making everything derived again: the same when no rule changed, and what a new rule gives when one did."""

import pytest
from sqlalchemy import delete, update

from portal.domain.sections import Section
from portal.normalise import to_entry
from portal.refresh.ingest import ingest
from portal.refresh.renormalise import renormalise
from portal.store import Database
from portal.store.records import rows
from portal.store.schema.records import entry, entry_key
from tests.factories.fhir import SNOMED, condition, medication, result
from tests.factories.sights import WHOLE
from tests.integration.records.helpers import dump, make_person

_CIPHERTEXT = ("body", "facts")


def _fill(database: Database) -> str:
    person_id = make_person(database)
    asthma = condition("c1", "Asthma", (SNOMED, "195967001"))
    home = [asthma, medication("m1", "Lisinopril 10 MG Oral Tablet"), result("r1", 7.0, when="2024-01-02")]
    ingest(database, person_id=person_id, source="home", resources=home)
    ingest(database, person_id=person_id, source="link", resources=[asthma, condition("c2", "")])
    practitioner = {"resourceType": "Practitioner", "id": "d1", "name": [{"text": "Dr. Okafor"}]}
    ingest(database, person_id=None, source="home", resources=[practitioner])
    return person_id


def test_without_a_new_rule_nothing_differs(database: Database) -> None:
    _fill(database)
    before = dump(database, without=_CIPHERTEXT)
    report = renormalise(database)
    assert report.resources == 6
    assert not report.changed + report.added + report.removed + report.regrouped
    assert report.refused == {"no-code": 1}
    assert dump(database, without=_CIPHERTEXT) == before


def test_damaged_keys_and_rows_are_made_whole(database: Database) -> None:
    person_id = _fill(database)
    before = dump(database, without=_CIPHERTEXT)
    with database.transaction() as tx:
        tx.conn.execute(delete(entry_key))
        tx.conn.execute(update(entry).values(status="past"))
    report = renormalise(database)
    assert not report.changed, "the entries read as before; only their keys were lost"
    assert dump(database, without=_CIPHERTEXT) == before
    with database.reading() as tx:
        (row,) = rows.page(tx, person_id=person_id, sight=WHOLE, section=Section.HEALTH_ISSUES).rows
    assert row.sources == ("home", "link")


def test_a_new_rule_shows_in_the_report(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    person_id = _fill(database)

    def newer(resource: dict[str, object], lookup: object) -> object:
        if resource["id"] == "c1":
            resource = {**resource, "code": {"text": "Bronchial asthma"}}
        return to_entry(resource, lookup)  # type: ignore[arg-type]

    monkeypatch.setattr("portal.refresh.ingest.to_entry", newer)
    report = renormalise(database)
    assert report.changed == {Section.HEALTH_ISSUES: 2}
    with database.reading() as tx:
        (row,) = rows.page(tx, person_id=person_id, sight=WHOLE, section=Section.HEALTH_ISSUES).rows
    assert row.primary.entry.title == "Bronchial asthma"
