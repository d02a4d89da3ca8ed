"""Statements that every request of the API runs: made once, and on SQLite handed to the driver as they are.

SQLAlchemy's part in a statement takes five times as long within a request as in a loop: what it touches anew for each
(the statement's key, its context, its result) has left the processor's caches by then. With PostgreSQL it stays: it
tells what is wrong with a connection, and a statement takes a way over the network.
"""

import sqlite3
from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Dialect, Insert, Select
from sqlalchemy.exc import DBAPIError

Processor = Callable[[Any], Any]


class _OfDriver(NamedTuple):
    """What SQLite's driver gets and gives: the text; names of its values in order, those that never change, and what
    each goes through; the rows' class, and what columns of them go through."""

    text: str
    names: tuple[str, ...]
    fixed: Mapping[str, Any]
    bound: tuple[tuple[str, Processor], ...]
    row: Callable[[Any], Any]
    read: tuple[tuple[int, Processor], ...]


class Prepared:
    """A query, or an insert of the columns ``given``. One with lists among its values goes SQLAlchemy's way."""

    def __init__(self, statement: Select[Any] | Insert, *, given: Sequence[str] = ()) -> None:
        self._statement = statement
        self._given = list(given) or None
        self._form: _OfDriver | None = None
        self._listing = False

    def rows(self, conn: Connection, values: Mapping[str, Any]) -> Sequence[Any]:
        """Return all rows of a query; their values have the names of its columns, too."""
        form = self._form_for(conn)
        if form is None:
            return conn.execute(self._statement, values).all()
        columns = list(zip(*_run(conn, form, values), strict=True))
        if not columns:
            return ()
        for place, step in form.read:
            columns[place] = tuple(map(step, columns[place]))
        return list(map(form.row, zip(*columns, strict=True)))

    def execute(self, conn: Connection, values: Mapping[str, Any]) -> None:
        """Run an insert."""
        form = self._form_for(conn)
        if form is None:
            conn.execute(self._statement, values)
        else:
            _run(conn, form, values)

    def _form_for(self, conn: Connection) -> _OfDriver | None:
        if conn.dialect.name != "sqlite" or _is_listened_to(conn):
            return None
        if self._form is None and not self._listing:
            self._form = self._made(conn.dialect)
            self._listing = self._form is None
        return self._form

    def _made(self, dialect: Dialect) -> _OfDriver | None:
        compiled: Any = self._statement.compile(dialect=dialect, column_keys=self._given)
        if any(bind.expanding for bind in compiled.binds.values()):
            return None
        names = tuple(compiled.positiontup)
        steps = ((name, _impl(compiled.binds[name], dialect).bind_processor(dialect)) for name in dict.fromkeys(names))
        selected: Any = self._statement.selected_columns if isinstance(self._statement, Select) else None
        read = (_impl(column, dialect).result_processor(dialect, None) for column in selected or ())
        return _OfDriver(
            str(compiled),
            names,
            {name: value for name, value in compiled.params.items() if value is not None},
            tuple((name, step) for name, step in steps if step is not None),
            _rows_of(tuple(selected.keys()) if selected is not None else ()),
            tuple((place, step) for place, step in enumerate(read) if step is not None),
        )


def _is_listened_to(conn: Connection) -> bool:
    """Tell whether somebody hears of each statement: tests of what is asked, tracing. SQLAlchemy's way tells them."""
    listeners = conn.engine.dispatch
    return bool(listeners.before_cursor_execute or listeners.after_cursor_execute or listeners.before_execute)


def _rows_of(names: tuple[str, ...]) -> Callable[[Any], Any]:
    row: Any = namedtuple("row", names)  # type: ignore[misc]  # noqa: PYI024 - the query says which columns
    make: Callable[[Any], Any] = row._make
    return make


def _impl(of: Any, dialect: Dialect) -> Any:
    return of.type.dialect_impl(dialect)


def _run(conn: Connection, form: _OfDriver, values: Mapping[str, Any]) -> list[Any]:
    """Return what the driver gives; errors are SQLAlchemy's.

    Raises:
        KeyError: a value is missing.
    """
    bound = {**form.fixed, **values}
    for name, step in form.bound:
        bound[name] = step(bound[name])
    driver: Any = conn.connection.driver_connection
    try:
        rows: list[Any] = driver.execute(form.text, [bound[name] for name in form.names]).fetchall()
    except sqlite3.Error as error:
        raise DBAPIError.instance(form.text, None, error, sqlite3.Error, dialect=conn.dialect) from None
    return rows
