"""Whose a document is that a message carries, and a message that only its group ties to another: its author's."""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest
from sqlalchemy import select

from portal.access.visibility import Sight
from portal.domain.sections import Section
from portal.refresh.ingest import ingest
from portal.refresh.renormalise import renew_person
from portal.store import Database
from portal.store.engine.fhir_ids import id_place
from portal.store.messages import authors
from portal.store.records import derived, left_out, news, renewals, rows
from portal.store.records.resources import resource_id
from portal.store.schema.records import resource
from tests.factories.record import message
from tests.factories.sights import OPEN, WHOLE
from tests.integration.records.helpers import make_person

ZOE, BEN = replace(OPEN, account="zoe"), replace(OPEN, account="ben")
NO_MESSAGES = replace(BEN, sections=frozenset(Section) - {Section.MESSAGES})


def _document(fhir_id: str = "d1", **more: Any) -> dict[str, Any]:
    attachment = {"contentType": "text/plain", "data": b64encode(b"Camp form").decode(), "title": "Camp form"}
    return {
        "resourceType": "DocumentReference",
        "id": fhir_id,
        "status": "current",
        "subject": {"reference": "Patient/p"},
        "date": "2026-05-01T12:00:00Z",
        "content": [{"attachment": attachment}],
        **more,
    }


def _letter(fhir_id: str, *, sent: str = "2026-05-01", carries: str = "", **more: Any) -> dict[str, Any]:
    letter = message(fhir_id, "Camp", "Monday.", f"{sent}T12:00:00Z", "Dr. Owen") | more
    if carries:
        letter["payload"] = [*letter["payload"], {"contentReference": {"reference": carries}}]
    return letter


def _hers(database: Database, person_id: str, fhir_id: str = "hers", account_id: str = "zoe") -> None:
    with database.transaction() as tx:
        key = resource_id(tx.vault, source="link", type="Communication", fhir_id=fhir_id)
        authors.put(tx, key=key, person_id=person_id, account_id=account_id)


def _whose(database: Database) -> dict[str, str]:
    with database.reading() as tx:
        rows = tx.conn.execute(select(resource.c.id, resource.c.fhir_id, resource.c.author))
        return {tx.vault.open_id(row.fhir_id, place=id_place(row.id)): row.author for row in rows}


def _seen(database: Database, person_id: str, sight: Sight, section: Section) -> tuple[int, int]:
    with database.reading() as tx:
        page = rows.page(tx, person_id=person_id, sight=sight, section=section)
        count = rows.counts(tx, person_id=person_id, sight=sight).get(section, {}).get("", 0)
    assert page.total == len(page.rows)
    return len(page.rows), count


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
def test_a_document_is_of_who_wrote_the_message_that_carries_it(database: Database, order: Sequence[int]) -> None:
    """Whatever comes first: what she wrote, what was answered with a file, the file."""
    person_id = make_person(database)
    _hers(database, person_id)
    answer = _letter("answer", carries="DocumentReference/d1", inResponseTo=[{"reference": "Communication/hers"}])
    delivered = [_letter("hers"), answer, _document()]
    for place in order:
        ingest(database, person_id=person_id, source="link", resources=[delivered[place]])
    assert _whose(database) == {"hers": "zoe", "answer": "zoe", "d1": "zoe"}
    for sight, number in ((ZOE, 1), (BEN, 0), (NO_MESSAGES, 0), (OPEN, 0), (WHOLE, 1)):
        assert _seen(database, person_id, sight, Section.DOCUMENTS) == (number, number)
    changed = _document(description="Newer")
    ingest(database, person_id=person_id, source="link", resources=[changed])
    with database.transaction() as tx:
        renewals.add_person(tx, person_id=person_id)
    renew_person(database, person_id=person_id)
    assert _whose(database)["d1"] == "zoe", "and stays so"
    with database.reading() as tx:
        assert not news.news(tx, person_id=person_id, sight=BEN).sections
        assert not left_out.items(tx, person_id=person_id, source="link", section=Section.DOCUMENTS, sight=NO_MESSAGES)


def test_what_is_read_out_of_it_is_no_entry_of_everybodys(database: Database) -> None:
    person_id = make_person(database)
    _hers(database, person_id)
    ingest(
        database,
        person_id=person_id,
        source="link",
        resources=[_letter("hers", carries="DocumentReference/d1"), _document(), _document("d2")],
    )
    with database.transaction() as tx:
        ids = {
            each: resource_id(tx.vault, source="link", type="DocumentReference", fhir_id=each) for each in ("d1", "d2")
        }
        assert derived.open_documents(tx, person_id=person_id, ids=ids.values()) == {ids["d2"]}


@pytest.mark.parametrize(
    ("letters", "document"),
    [
        ([_letter("hers", carries="DocumentReference/d1"), _letter("open", carries="DocumentReference/d1")], {}),
        (
            [_letter("hers", carries="DocumentReference/d1")],
            {"context": {"encounter": [{"reference": "Encounter/e1"}]}},
        ),
        (
            [_letter("hers", carries="DocumentReference/d1"), _letter("his", carries="DocumentReference/d1")],
            {},
        ),
        ([_letter("hers", carries="DocumentReference/other")], {}),
    ],
    ids=["named by the organization, too", "of a visit", "by both", "another"],
)
def test_what_is_of_the_record_is_nobodys(
    database: Database, letters: list[dict[str, Any]], document: dict[str, Any]
) -> None:
    """A parent who asks about a letter of the hospital, or is answered with it, takes it from nobody."""
    person_id = make_person(database)
    _hers(database, person_id)
    _hers(database, person_id, "his", "ben")
    for delivered in ([*letters, _document(**document)], [_document(**document, language="en"), *letters]):
        ingest(database, person_id=person_id, source="link", resources=delivered)
        assert _whose(database)["d1"] == ""


@pytest.mark.parametrize("where", ["context", "partOf"])
def test_a_document_that_names_its_message_is_its_authors(database: Database, where: str) -> None:
    person_id = make_person(database)
    _hers(database, person_id)
    named = [{"reference": "Communication/hers"}]
    filed = _document(context={"related": named})
    if where == "partOf":
        filed = {"resourceType": "Media", "id": "d1", "status": "completed", "subject": filed["subject"]}
        filed |= {"content": {"contentType": "image/png", "data": "iVBORw0KGgo="}, "partOf": named}
    ingest(database, person_id=person_id, source="link", resources=[filed])
    assert _whose(database) == {"d1": "zoe"}


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
def test_what_only_a_group_ties_to_her_message_is_hers(database: Database, order: Sequence[int]) -> None:
    """What the organization wrote before she did stays everybody's; what comes after is answered to her."""
    person_id = make_person(database)
    _hers(database, person_id)
    _hers(database, person_id, "his", "ben")
    group = {"groupIdentifier": {"system": "urn:threads", "value": "camp"}}
    delivered = [
        [_letter("first", sent="2026-05-01", **group), _letter("hers", sent="2026-05-02", **group)],
        [_letter("answer", sent="2026-05-03", carries="DocumentReference/d1", **group), _document()],
        [_letter("his", sent="2026-05-04", **group), _letter("elsewhere", sent="2026-05-04")],
    ]
    for place in order:
        ingest(database, person_id=person_id, source="link", resources=delivered[place])
    whose = {"first": "", "hers": "zoe", "answer": "zoe", "d1": "zoe", "his": "ben", "elsewhere": ""}
    assert _whose(database) == whose
    assert _seen(database, person_id, BEN, Section.MESSAGES)[0] == 3
    assert _seen(database, person_id, ZOE, Section.MESSAGES)[0] == 4


def test_an_answer_to_what_a_group_ties_is_hers_too(database: Database) -> None:
    person_id = make_person(database)
    _hers(database, person_id)
    group = {"groupIdentifier": {"value": "camp"}}
    more = _letter("more", sent="2026-05-04", inResponseTo=[{"reference": "Communication/answer"}])
    delivered = [more, _letter("answer", sent="2026-05-03", **group), _letter("hers", sent="2026-05-02", **group)]
    ingest(database, person_id=person_id, source="link", resources=delivered)
    assert set(_whose(database).values()) == {"zoe"}


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
def test_answers_that_come_before_what_they_answer_are_hers(database: Database, order: Sequence[int]) -> None:
    person_id = make_person(database)
    _hers(database, person_id)
    delivered = [
        _letter("hers"),
        _letter("between", inResponseTo=[{"reference": "Communication/hers"}]),
        _letter("answer", partOf=[{"reference": "Communication/between"}]),
    ]
    for place in order:
        ingest(database, person_id=person_id, source="link", resources=[delivered[place]])
    assert set(_whose(database).values()) == {"zoe"}
