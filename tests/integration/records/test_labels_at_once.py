"""What was labelled is kept back at once, also by a process that dies before the rows are made anew."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from portal.domain.sections import Section
from portal.refresh.ingest import ingest, settle_leftovers
from portal.refresh.ingest import writing as ingest_writing
from portal.refresh.renormalise import renew_person
from portal.store import Database
from portal.store.messages import authors
from portal.store.records import renewals, rows, threads
from portal.store.records.resources import resource_id
from portal.store.schema.records import record_row_mark
from tests.factories.fhir import SNOMED, condition, medication
from tests.factories.record import message
from tests.factories.sights import OPEN, WHOLE
from tests.integration.records.helpers import make_person

_RESTRICTED = {"security": [{"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "R"}]}
ISSUES, MESSAGES = Section.HEALTH_ISSUES, Section.MESSAGES


def _dies(monkeypatch: pytest.MonkeyPatch, database: Database, **delivered: Any) -> None:
    """Deliver by a process that dies after it stored what came."""

    def stop(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(ingest_writing, "settle", stop)
        with pytest.raises(KeyboardInterrupt):
            ingest(database, **delivered)


def _open(database: Database, person_id: str, section: Section = ISSUES) -> tuple[list[str], list[str]]:
    """Return what who may not see what is confidential sees of a section: titles, and those that its rows name."""
    with database.reading() as tx:
        page = rows.page(tx, person_id=person_id, sight=OPEN, section=section)
        counts = rows.counts(tx, person_id=person_id, sight=OPEN).get(section, {})
    assert page.total == len(page.rows) == counts.get("", 0)
    named = [mark.entry.title for row in page.rows for mark in row.marks]
    return sorted(row.primary.entry.title for row in page.rows), named


def test_a_row_takes_the_label_with_its_entry(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    person_id = make_person(database)
    gout, asthma = condition("c1", "Gout", (SNOMED, "90560007")), condition("c2", "Asthma", (SNOMED, "195967001"))
    ingest(database, person_id=person_id, source="link", resources=[gout, asthma])
    ingest(database, person_id=person_id, source="home", resources=[asthma])
    assert _open(database, person_id)[0] == ["Asthma", "Gout"]
    later = [each | {"meta": _RESTRICTED, "recordedDate": "2026-01-02"} for each in (gout, asthma)]
    _dies(monkeypatch, database, person_id=person_id, source="link", resources=later)
    assert _open(database, person_id) == ([], []), "what home says of it, too, comes back with the grouping"
    with database.reading() as tx:
        assert len(rows.page(tx, person_id=person_id, sight=WHOLE, section=ISSUES).rows) == 2
    ingest(database, person_id=person_id, source="link", resources=later)
    assert _open(database, person_id)[0] == ["Asthma"]


def test_no_open_row_names_what_was_labelled(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    person_id = make_person(database)
    home, linked = medication("m1", "Lisinopril 10 MG Oral Tablet"), medication("m2", "Lisinopril 20 MG Oral Tablet")
    ingest(database, person_id=person_id, source="home", resources=[home])
    ingest(database, person_id=person_id, source="link", resources=[linked])
    with database.reading() as tx:
        assert tx.conn.execute(select(record_row_mark.c.entry_id)).all(), "else it would prove nothing"
    labelled = [linked | {"meta": _RESTRICTED}]
    _dies(monkeypatch, database, person_id=person_id, source="link", resources=labelled)
    titles, named = _open(database, person_id, Section.MEDICATIONS)
    assert (len(titles), named) == (1, [])


def test_a_conversation_takes_the_label_of_its_message(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    person_id = make_person(database)
    first, second = (message(each, "Camp", "Monday.", "2026-05-01T12:00:00Z", "Dr. Owen") for each in ("m1", "m2"))
    ingest(database, person_id=person_id, source="link", resources=[first, second])
    _dies(monkeypatch, database, person_id=person_id, source="link", resources=[second | {"meta": _RESTRICTED}])
    with database.reading() as tx:
        listed = threads.page(tx, person_id=person_id, sight=OPEN, counted=())
    assert [thread.messages for thread in listed.threads] == [1]


def test_a_message_is_its_authors_at_once(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    person_id = make_person(database)
    answer = message("m1", "Camp", "Monday.", "2026-05-01T12:00:00Z", "Dr. Owen")
    ingest(database, person_id=person_id, source="link", resources=[answer])
    with database.transaction() as tx:
        hers = resource_id(tx.vault, source="link", type="Communication", fhir_id="hers")
        authors.put(tx, key=hers, person_id=person_id, account_id="zoe")
    changed = [answer | {"inResponseTo": [{"reference": "Communication/hers"}]}]
    _dies(monkeypatch, database, person_id=person_id, source="link", resources=changed)
    assert _open(database, person_id, MESSAGES)[0] == []
    with database.reading() as tx:
        own = rows.page(tx, person_id=person_id, sight=replace(OPEN, account="zoe"), section=MESSAGES)
    assert len(own.rows) == own.total == 1


def test_what_names_it_is_labelled_first(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """An order that says for what it is: no process dies between the two so that the words stay open for ever."""
    person_id = make_person(database)
    reason = condition("c1", "Gout", (SNOMED, "90560007"))
    order = medication("m1", "Allopurinol 100 MG Oral Tablet") | {"reasonReference": [{"reference": "Condition/c1"}]}
    ingest(database, person_id=person_id, source="link", resources=[reason, order])
    assert len(_open(database, person_id, Section.MEDICATIONS)[0]) == 1
    labelled, stored = [reason | {"meta": _RESTRICTED}], []
    real = ingest_writing.put

    def put(*args: Any, **named: Any) -> None:
        if any(draft.fhir_id == "c1" for draft in named["drafts"]):
            real(*args, **named)
            raise KeyboardInterrupt
        stored.append(named)
        real(*args, **named)

    with monkeypatch.context() as patched:
        patched.setattr(ingest_writing, "put", put)
        with pytest.raises(KeyboardInterrupt):
            ingest(database, person_id=person_id, source="link", resources=labelled)
    assert len(_open(database, person_id, Section.MEDICATIONS)[0]) == 0
    ingest(database, person_id=person_id, source="link", resources=labelled)
    settle_leftovers(database)
    assert len(_open(database, person_id, Section.MEDICATIONS)[0]) == 0
    ingest(database, person_id=person_id, source="link", resources=[reason])
    with database.transaction() as tx:
        renewals.add_person(tx, person_id=person_id)
    renew_person(database, person_id=person_id)
    assert len(_open(database, person_id, Section.MEDICATIONS)[0]) == 1
