"""What waits to be grouped is looked up where it alone stands, however many entries a person has."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import event, text

from portal.domain.sections import Section
from portal.store import Database, Tx
from portal.store.records import writing
from portal.store.records.grouping import regroup_pending


def _plans(database: Database, tx: Tx) -> list[str]:
    """Return how the database reads what each of the three questions asks."""
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
        if "NOT entry.grouped" in statement or "entry.grouped" in statement:
            asked.append((statement, parameters))

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        writing.waiting_sections(tx, person_id="a" * 20)
        writing.left_waiting(tx, before=datetime(2026, 3, 2, tzinfo=UTC))
        regroup_pending(tx, person_id="a" * 20, section=Section.MEDICATIONS)
    finally:
        event.remove(database.engine, "before_cursor_execute", note)
    explain = "EXPLAIN QUERY PLAN" if database.is_sqlite else "EXPLAIN"
    return [
        " ".join(str(line) for line in tx.conn.exec_driver_sql(f"{explain} {statement}", parameters).all())
        for statement, parameters in asked
    ]


def test_what_waits_is_looked_up_in_its_own_index(database: Database) -> None:
    with database.transaction() as tx:
        if not database.is_sqlite:
            tx.conn.execute(text("SET LOCAL enable_seqscan = off"))  # of an empty table every plan costs nothing
            tx.conn.execute(text("DROP INDEX ix_entry_section"))
        plans = _plans(database, tx)
    assert len(plans) == 3
    assert all("ix_entry_ungrouped" in plan for plan in plans), plans
