"""Inserting many rows: the statement made once, the values handed to the driver as they are.

SQLAlchemy's own way looks at every parameter of every row again; for the tens of thousands of rows of a large record
that takes longer than the database.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Dialect, Table, insert

from portal.store.engine.database import Tx

Processor = Callable[[Any], Any]


def insert_many(tx: Tx, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that all have the same columns, each of them given: there are no defaults here."""
    if rows:
        insert_columns(tx, table, {name: [row[name] for row in rows] for name in rows[0]})


def insert_columns(tx: Tx, table: Table, columns: Mapping[str, Sequence[Any]]) -> None:
    """Insert rows whose values are given column by column.

    Raises:
        ValueError: one column has more values than another.
    """
    names = tuple(columns)
    if not any(columns.values()):
        return
    statement, places, steps = _form(table, names, tx.conn.dialect)
    bound = list(zip(*(_processed(columns[name], step) for name, step in steps), strict=True))
    values: Any = bound if places is not None else [dict(zip(names, each, strict=True)) for each in bound]
    tx.conn.exec_driver_sql(statement, values)


def _processed(column: Sequence[Any], step: Processor | None) -> Sequence[Any]:
    """Return values as the driver takes them; many rows have the very same, such as the moment of a transaction."""
    if step is None:
        return column
    processed = []
    before = after = None
    for value in column:
        if value is not before:
            before, after = value, None if value is None else step(value)
        processed.append(after)
    return processed


@lru_cache(maxsize=64)
def _form(
    table: Table, names: tuple[str, ...], dialect: Dialect
) -> tuple[str, tuple[str, ...] | None, tuple[tuple[str, Processor | None], ...]]:
    """Return the statement, the order of its values where they are positional, and what each value goes through."""
    compiled = insert(table).compile(dialect=dialect, column_keys=list(names))
    places = tuple(compiled.positiontup) if compiled.positional and compiled.positiontup else None
    steps = tuple((name, table.c[name].type.dialect_impl(dialect).bind_processor(dialect)) for name in places or names)
    return str(compiled), places, steps
