"""Entries are found by their resources' numbers, and say whether their row has no other."""

from typing import Any

import pytest
from sqlalchemy import select, text, update

from portal.domain.sections import Section
from portal.refresh.ingest import ingest
from portal.store import Database
from portal.store.engine.upgrade import upgrade
from portal.store.people import merging
from portal.store.records import entry_numbers, grouping
from portal.store.schema.records import entry
from tests.factories.fhir import condition
from tests.factories.record import A1C, laboratory
from tests.integration.records.helpers import dump, make_person, wrongly_found


@pytest.fixture
def person_id(database: Database) -> str:
    """Somebody with results of two places, the first of which is one row."""
    person_id = make_person(database)
    results = [laboratory(f"a{n}", A1C, 5 + n, "%", when=f"201{n}-03-02") for n in range(4)]
    ingest(database, person_id=person_id, source="home", resources=[*results, condition("c1", "Asthma")])
    ingest(database, person_id=person_id, source="other", resources=results[:1])
    assert wrongly_found(database) == []
    return person_id


def test_who_comes_and_goes_says_so(database: Database, person_id: str) -> None:
    """Whoever was in a row with another one is alone without it, and the other way round."""

    def alone() -> list[bool]:
        by_id = select(entry.c.alone).where(entry.c.section == Section.TEST_RESULTS, entry.c.source == "home")
        with database.reading() as tx:
            return list(tx.conn.execute(by_id.order_by(entry.c.sort_at)).scalars())

    moved = laboratory("a0", A1C, 6, "%", when="2013-03-02")
    for value, expected in (
        (moved, [True] * 4),
        (laboratory("a0", A1C, 5, "%", when="2010-03-02"), [False] + [True] * 3),
    ):
        ingest(
            database, person_id=person_id, source="other", resources=[value], complete=frozenset({Section.TEST_RESULTS})
        )
        assert alone() == expected
        assert wrongly_found(database) == []


def test_whose_rows_go_is_alone_nowhere(database: Database, person_id: str) -> None:
    with database.transaction() as tx:
        ids = list(tx.conn.execute(select(entry.c.id).where(entry.c.section == Section.TEST_RESULTS)).scalars())
        grouping.withdraw(tx, entry_ids=ids)
        assert not any(tx.conn.execute(select(entry.c.alone).where(entry.c.id.in_(ids))).scalars())
        grouping.regroup_pending(tx, person_id=person_id, section=Section.TEST_RESULTS, recount=True)
    assert wrongly_found(database) == []
    other = make_person(database, "p2")
    with database.transaction() as tx:
        merging.move(tx, person_id=other, other_id=person_id)
    assert wrongly_found(database) == []


@pytest.mark.usefixtures("person_id")
def test_an_earlier_database_is_filled_wherever_it_was_interrupted(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = dump(database, entry)
    with database.transaction() as tx:
        tx.conn.execute(text("DROP INDEX uq_entry_number"))
        tx.conn.execute(update(entry).values(number=None, alone=False))
        tx.conn.execute(text("UPDATE alembic_version SET version_num = '0071'"))
    monkeypatch.setattr("portal.store.engine.upgrade._BATCH", 2)
    fill, calls = entry_numbers.fill_batch, list[str]()

    def interrupted(tx: Any, *, after: str, limit: int) -> str | None:
        calls.append(after)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return fill(tx, after=after, limit=limit)

    monkeypatch.setattr(entry_numbers, "fill_batch", interrupted)
    with pytest.raises(KeyboardInterrupt):
        upgrade(database)
    with database.reading() as tx:
        assert len(tx.conn.execute(select(entry.c.id).where(entry.c.number.is_not(None))).all()) == 4
    upgrade(database)
    assert dump(database, entry) == before
    assert calls.count("") == 2
