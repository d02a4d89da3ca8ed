"""What waits to be grouped, and what is unread, is looked up where it alone stands, however much else there is."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import event, text

from portal.access.visibility import Sight
from portal.domain.sections import Section
from portal.store import Database, Tx
from portal.store.people import signed_in
from portal.store.records import news, numbers, tested, writing
from portal.store.records.grouping import regroup_pending

_PERSON = "a" * 20
_SIGHT = Sight(confidential=True, private=False, held=False, sections=frozenset(Section), account=None)


@contextmanager
def _asked(database: Database, about: str) -> Iterator[list[tuple[str, Any]]]:
    """Yield the statements, with their parameters, that ask ``about`` something."""
    statements: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
        if about in statement:
            statements.append((statement, parameters))

    event.listen(database.engine, "before_cursor_execute", note)
    yield statements
    event.remove(database.engine, "before_cursor_execute", note)


def _plan(database: Database, tx: Tx, statement: str, parameters: Any) -> str:
    explain = "EXPLAIN QUERY PLAN" if database.is_sqlite else "EXPLAIN"
    return " ".join(str(line) for line in tx.conn.exec_driver_sql(f"{explain} {statement}", parameters).all())


def test_what_waits_is_looked_up_in_its_own_index(database: Database) -> None:
    with database.transaction() as tx:
        if not database.is_sqlite:
            tx.conn.execute(text("SET LOCAL enable_seqscan = off"))  # of an empty table every plan costs nothing
            tx.conn.execute(text("DROP INDEX ix_entry_section"))
        with _asked(database, "entry.grouped") as statements:
            writing.waiting_sections(tx, person_id=_PERSON)
            writing.left_waiting(tx, before=datetime(2026, 3, 2, tzinfo=UTC))
            regroup_pending(tx, person_id=_PERSON, section=Section.MEDICATIONS)
        plans = [_plan(database, tx, *statement) for statement in statements]
    assert len(plans) == 3
    assert all("ix_entry_ungrouped" in plan for plan in plans), plans


@pytest.mark.parametrize("database_kind", ["sqlite"])  # PostgreSQL decides by what it counted
def test_what_is_new_is_looked_up_among_what_is_unread(database: Database) -> None:
    """Each signed-in page counts it."""
    with database.transaction() as tx:
        with _asked(database, "entry.read_at") as statements:
            news.news(tx, person_id=_PERSON, sight=_SIGHT)
            news.new_ids(tx, person_id=_PERSON, sections=frozenset(Section), sight=_SIGHT, limit=5)
            numbers.numbers(tx, person_id=_PERSON, sight=_SIGHT, new=frozenset(Section))
            signed_in.by_secret(tx, secret="nobody's", teen_age=13)
        plans = [_plan(database, tx, *statement) for statement in statements]
    assert len(plans) == 4
    for plan in plans:
        assert "ix_entry_unread (person_id=? AND source=? AND section=?)" in plan
        assert "ix_entry_section" not in plan
    written = [" ".join(statement.split()) for statement, _parameters in statements]
    assert not any("FROM link, account" in each or "FROM account, link" in each for each in written), "of one account"


@pytest.mark.parametrize("database_kind", ["sqlite"])  # PostgreSQL decides by what it counted
def test_earlier_values_are_looked_up_by_their_codes(database: Database) -> None:
    """A page of results asks for them: it takes as long however many results of other tests there are."""
    codes = [("http://loinc.org", f"{number}-1") for number in range(25)]
    with database.reading() as tx:
        with _asked(database, "search_token") as statements:
            tested.of_codes(
                tx,
                person_id=_PERSON,
                section=Section.TEST_RESULTS,
                codes=codes,
                sight=_SIGHT,
                until="~",
                most=20,
                read={},
            )
        (plan,) = [_plan(database, tx, *statement) for statement in statements]
    assert "SEARCH search_token USING PRIMARY KEY" in plan
    assert "ix_entry_section" not in plan
