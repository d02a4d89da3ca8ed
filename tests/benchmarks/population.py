"""Many people on PostgreSQL: one person's rows again and again under other ids, made where they stand.

What is sealed is copied as it is and opens for nobody; sizes, indexes and plans are those of so many people.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, event, text

from portal.store import Database
from portal.store.schema import metadata

_OF_PERSON = {
    "person": "t.id = :person",
    "person_key": "t.person_id = :person",
    "person_token": "t.person_id = :person",
    "account": "t.person_id = :person",
    "link": "t.person_id = :person",
    "link_event": "t.link_id IN (SELECT id FROM link WHERE person_id = :person)",
    "section_state": "t.link_id IN (SELECT id FROM link WHERE person_id = :person)",
    "refresh": "t.link_id IN (SELECT id FROM link WHERE person_id = :person)",
    "resource": "t.person_id = :person",
    "record_row": "t.person_id = :person",
    "entry": "t.person_id = :person",
    "record_row_source": "t.person_id = :person",
    "record_row_mark": "t.row_id IN (SELECT id FROM record_row WHERE person_id = :person)",
    "record_count": "t.person_id = :person",
    "message_thread": "t.person_id = :person",
    "entry_key": "t.entry_id IN (SELECT id FROM entry WHERE person_id = :person)",
    "search_token": "t.number IN (SELECT number FROM resource WHERE person_id = :person)",
}
_IDS = frozenset(
    ("id", "person_id", "link_id", "source", "row_id", "primary_id", "place_id", "entry_id", "newest_id")
) | {"account_id", "created_by"}
_HASHES = frozenset(
    ("hash", "thread", "content_hash", "patient_hash", "username", "username_hash", "fhir_id", "subject")
)
_SLICE = 500
"""People of one statement."""


def multiply(
    database: Database, *, person_id: str, people: int, after: int = 0, tables: Sequence[str] = tuple(_OF_PERSON)
) -> None:
    """Add so many people with rows like this person's in ``tables``, and ANALYZE. ``after``: so many are there."""
    with database.transaction() as tx:
        tx.conn.exec_driver_sql("SET LOCAL session_replication_role = replica")
        for name in tables:  # by itself: what is copied is found without reading what was added
            copied = f"CREATE TEMPORARY TABLE of_{name} ON COMMIT DROP AS SELECT * FROM {name} AS t"  # noqa: S608
            tx.conn.execute(text(f"{copied} WHERE {_OF_PERSON[name]}"), {"person": person_id})
        statements = [_statement(name) for name in tables]
        for first in range(after, after + people, _SLICE):
            bounds = {"first": first + 1, "last": min(first + _SLICE, after + people)}
            for statement in statements:
                tx.conn.execute(text(statement), bounds)
    analyze(database)


def analyze(database: Database) -> None:
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        conn.exec_driver_sql("ANALYZE")


@contextmanager
def without_indexes(database: Database, *, memory: str) -> Iterator[None]:
    """Drop the indexes that are no constraint of the tables that are filled, and make them again with so much memory:
    in the order of the index, which takes a fraction of the time.
    """
    query = (
        "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename = ANY(%(tables)s) "
        "AND quote_ident(indexname)::regclass NOT IN (SELECT conindid FROM pg_constraint)"
    )
    with database.transaction() as tx:
        indexes = tx.conn.exec_driver_sql(query, {"tables": list(_OF_PERSON)}).all()
        for name, _ in indexes:
            tx.conn.exec_driver_sql(f'DROP INDEX "{name}"')
    yield
    for _, definition in indexes:
        with database.transaction() as tx:
            tx.conn.exec_driver_sql(f"SET LOCAL maintenance_work_mem = '{memory}'")
            tx.conn.exec_driver_sql(definition)
    analyze(database)


def _statement(name: str) -> str:
    columns = [each for each in metadata.tables[name].columns if (name, each.name) != ("link_event", "id")]
    names = ", ".join(f'"{column.name}"' for column in columns)
    values = ", ".join(_value(name, column.name) for column in columns)
    series = "generate_series(CAST(:first AS integer), CAST(:last AS integer))"
    return f"INSERT INTO {name} ({names}) SELECT {values} FROM {series} AS k CROSS JOIN of_{name} AS t"  # noqa: S608


def _value(table: str, name: str) -> str:
    column = f't."{name}"'
    if name == "number":
        return f"{column} + k::bigint * 68719476736"
    if (table, name) == ("search_token", "key"):
        return f"hashint8extended({column}, k)"
    if name in _IDS:
        other = f"left(md5({column} || '-' || k), length({column}))"
        return f"CASE WHEN {column} IN ('home', 'own', '') THEN {column} ELSE {other} END"
    if name in _HASHES:
        return f"md5({column} || '-' || k)"
    return column


Statement = tuple[str, Any]


def watch(engine: Engine, into: list[Statement]) -> None:
    """Write down every statement that reads, with its values."""

    def note(_conn: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "WITH")):
            into.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)


def large_tables(conn: Connection, *, rows: int) -> dict[str, int]:
    """Return the tables of more rows than that, as last analysed."""
    query = "SELECT relname, reltuples::bigint FROM pg_class WHERE relkind = 'r' AND reltuples > %(rows)s"
    return {name: int(number) for name, number in conn.exec_driver_sql(query, {"rows": rows})}


def scanned(conn: Connection, statement: Statement, tables: Sequence[str]) -> set[str]:
    """Return which of these tables a statement's plan reads from beginning to end."""
    plan = conn.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement[0]}", statement[1]).scalar_one()
    plan = json.loads(plan) if isinstance(plan, str) else plan
    return {
        node["Relation Name"]
        for node in _nodes(plan[0]["Plan"])
        if node["Node Type"] == "Seq Scan" and node["Relation Name"] in tables
    }


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in node.get("Plans", ()):
        yield from _nodes(child)
