"""Conversations that are written down are what the messages say, whatever becomes of those, on both databases."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import delete, select, text, update

from portal.domain.ids import HOME
from portal.domain.people import Person
from portal.domain.sections import Section
from portal.refresh.ingest import ingest
from portal.store import Database
from portal.store.engine import upgrade as engine_upgrade
from portal.store.engine.upgrade import upgrade
from portal.store.messages import authors
from portal.store.people import merging, people
from portal.store.records import grouping, labelling, message_threads, privacy, resources, rows
from portal.store.records.privacy import PrivateChoice
from portal.store.schema.records import entry, message_thread, record_count
from tests.factories.record import Resource, message
from tests.factories.sights import OPEN, WHOLE
from tests.integration.messaging.test_news import compare_conversations
from tests.integration.records.helpers import dump, make_person

_ELSEWHERE, _MOTHER = "b" * 32, "e" * 32


def letter(n: int, thread: str, *, label: bool = False) -> Resource:
    letter = message(f"m{n}", f"About {thread}", f"Text {n}", f"2026-03-{n + 1:02}T12:00:00Z", "Dr. Lee")
    letter |= {"groupIdentifier": {"value": thread}}
    code = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
    return letter | ({"meta": {"security": [{"system": code, "code": "R"}]}} if label else {})


def deliver(database: Database, person_id: str, *letters: Resource, source: str = HOME) -> None:
    complete = frozenset({Section.MESSAGES})
    ingest(database, person_id=person_id, source=source, resources=letters, complete=complete)


@pytest.fixture
def person_id(database: Database) -> str:
    """Three conversations at home: "a" with a confidential message, the newest. One elsewhere."""
    person_id = make_person(database)
    deliver(database, person_id, letter(0, "a"))
    deliver(database, person_id, *(letter(n, "aab"[n % 3], label=n == 9) for n in range(10)), letter(11, "c"))
    deliver(database, person_id, letter(20, "a"), source=_ELSEWHERE)
    return person_id


def check(database: Database, person_id: str) -> list[tuple[Any, ...]]:
    """Compare with the messages one by one, and return source, messages and unread of each conversation."""
    counted = frozenset({HOME, _ELSEWHERE})
    with database.reading() as tx:
        for sight in (WHOLE, OPEN, replace(OPEN, account=_MOTHER), replace(OPEN, account="f" * 32)):
            compare_conversations(tx, person_id, sight, counted)
        c = message_thread.c
        written = tx.conn.execute(select(c.source, c.confidential, c.private, c.messages, c.unread)).all()
    before = dump(database, message_thread, record_count)
    with database.transaction() as tx:
        message_threads.write_threads(tx, person_id=person_id)
    assert dump(database, message_thread, record_count) == before, "nothing was left to be written"
    return sorted(tuple(line) for line in written)


def test_what_comes_is_written_down(database: Database, person_id: str) -> None:
    assert check(database, person_id) == [
        (_ELSEWHERE, False, False, 1, 0),
        (HOME, False, False, 1, 1),
        (HOME, False, False, 3, 3),
        (HOME, False, False, 6, 5),
        (HOME, True, False, 1, 1),
    ]


def test_what_is_read_is_no_longer_new(database: Database, person_id: str) -> None:
    with database.transaction() as tx:
        listed = rows.page(tx, person_id=person_id, section=Section.MESSAGES, sight=WHOLE).rows
        rows.mark_read(tx, person_id=person_id, sight=WHOLE, entry_ids=listed[1].new)
    assert sum(unread for *_labels, unread in check(database, person_id)) == 9
    with database.transaction() as tx:
        rows.mark_read(tx, person_id=person_id, sight=OPEN, section=Section.MESSAGES)
    assert sum(unread for *_labels, unread in check(database, person_id)) == 1


def test_what_changes_or_goes_leaves_no_conversation_behind(database: Database, person_id: str) -> None:
    moved = letter(11, "b") | {"payload": [{"contentString": "It was about that."}]}
    deliver(database, person_id, *(letter(n, "aab"[n % 3], label=n == 9) for n in range(6)), moved)
    home = [line for line in check(database, person_id) if line[0] == HOME]
    assert [line[1:4] for line in home] == [(False, False, 3), (False, False, 4)]
    with database.transaction() as tx:
        resources.remove_source(tx, source=_ELSEWHERE)
    assert check(database, person_id) == home


def test_what_is_kept_private_or_labelled_is_counted_apart(database: Database, person_id: str) -> None:
    with database.transaction() as tx:
        ids = tx.conn.execute(select(entry.c.id).where(entry.c.source == HOME).order_by(entry.c.sort_at)).scalars()
        chosen = PrivateChoice(section=Section.MESSAGES, source=HOME, entry_id=list(ids)[4])
        privacy.put(tx, person_id=person_id, chosen=[chosen], private=True)
        grouping.regroup_pending(tx, person_id=person_id, section=Section.MESSAGES)
    assert (HOME, False, True, 1, 1) in check(database, person_id)
    with database.transaction() as tx:
        labelling.label_confidential(tx, person_id=person_id, source=_ELSEWHERE)
    assert (_ELSEWHERE, True, False, 1, 0) in check(database, person_id)


def test_what_somebody_writes_for_the_patient_is_counted_apart(database: Database, person_id: str) -> None:
    with database.transaction() as tx:
        key = resources.resource_id(tx.vault, source=HOME, type="Communication", fhir_id="m12")
        authors.put(tx, key=key, person_id=person_id, account_id=_MOTHER)
    deliver(database, person_id, *(letter(n, "aab"[n % 3], label=n == 9) for n in range(10)), letter(12, "a"))
    check(database, person_id)
    with database.reading() as tx:
        c = message_thread.c
        assert tx.conn.execute(select(c.messages).where(c.author == _MOTHER)).scalars().all() == [1]


def test_two_persons_who_are_one_have_all_of_it(database: Database, person_id: str) -> None:
    with database.transaction() as tx:
        other = people.put_home_patient(tx, fhir_id="p2", demographics=Person())
    with database.transaction() as tx:
        merging.move(tx, person_id=other, other_id=person_id)
    assert sum(messages for *_labels, messages, _unread in check(database, other)) == 12


def test_an_earlier_database_is_filled_in_slices_that_may_be_interrupted(
    database: Database, person_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    another = make_person(database, "p3")
    deliver(database, another, letter(0, "z"), source="c" * 32)
    before = dump(database, message_thread, record_count)
    with database.transaction() as tx:
        tx.conn.execute(delete(message_thread))
        tx.conn.execute(update(record_count).values(unread=0))
        tx.conn.execute(update(entry).where(entry.c.person_id == another).values(thread=None))
        tx.conn.execute(text("UPDATE alembic_version SET version_num = '0060'"))
    monkeypatch.setattr("portal.store.engine.upgrade._BATCH", 1)
    migrate = engine_upgrade._migrate  # what later migrations add is there already
    monkeypatch.setattr(engine_upgrade, "_migrate", lambda db, target: migrate(db, min(target, "0060b")))
    write, calls = message_threads.write_threads, list[str]()

    def interrupted(tx: Any, *, person_id: str) -> None:
        calls.append(person_id)
        if len(calls) == 2:
            raise KeyboardInterrupt
        write(tx, person_id=person_id)

    monkeypatch.setattr(message_threads, "write_threads", interrupted)
    with pytest.raises(KeyboardInterrupt):
        upgrade(database)
    upgrade(database)
    assert set(calls) == {person_id, another}
    check(database, another)
    after = dump(database, message_thread, record_count)
    assert [len(lines) for lines in after.values()] == [len(lines) for lines in before.values()]
    assert after["record_count"] == before["record_count"]
