"""How a database is connected to: what each connection is told once, for how long anything waits, and who may read
SQLite's files."""

import sqlite3
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Engine, ExceptionContext, create_engine, event, make_url
from sqlalchemy.exc import InvalidatePoolError

from portal.domain.errors import InvalidInputError
from portal.processes import program_name
from portal.store.engine import columns

_POOL_SECONDS = 10  # that a thread waits for a connection; then the reader is told to try again
_BUSY_SECONDS = 30  # that SQLite waits for another process
_LOCK_SECONDS = 20  # that a statement waits for somebody else's lock
_IDLE_SECONDS = 600  # that a transaction may do nothing: whoever left it so is dead
_LOG_PAGES = 4000  # of SQLite's log (16 MB) before it is copied: what a delivery writes again and again is copied once
_RESTED = 1.0  # seconds after which a connection to PostgreSQL is looked at


def engine_of(url: str, pool: int, statement_seconds: int) -> Engine:
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return _postgresql(url, pool, statement_seconds)
    if parsed.database:
        Path(parsed.database).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # The driver must not begin transactions by itself: we do, with BEGIN IMMEDIATE.
    engine = create_engine(
        url,
        isolation_level="AUTOCOMMIT",
        pool_size=pool,
        pool_use_lifo=True,  # the one used last, whose caches are warm
        connect_args={"timeout": _BUSY_SECONDS},
        json_deserializer=msgspec.json.decode,
        hide_parameters=True,
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        if parsed.database:
            _make_private(Path(parsed.database))
        _write_ahead(connection)
        # What is deleted is overwritten: tokens, what was unlinked, the key of a person who is erased.
        pragmas = (
            "synchronous=NORMAL",
            f"busy_timeout={_BUSY_SECONDS * 1000}",
            "foreign_keys=ON",
            "secure_delete=ON",
            f"wal_autocheckpoint={_LOG_PAGES}",
        )
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")

    return engine


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Let a database have a write-ahead log. Of a new one SQLite says at once that it is locked, whatever the time-out,
    where another process is about to do the same or writes already; then it is tried again."""
    ends = time.monotonic() + _BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > ends:
                raise
            time.sleep(0.01)
        else:
            return


def _postgresql(url: str, pool: int, statement_seconds: int) -> Engine:
    engine = create_engine(
        url,
        pool_size=pool,
        pool_use_lifo=True,  # the one used last, whose caches are warm
        pool_timeout=_POOL_SECONDS,
        connect_args={"application_name": program_name()},
        json_deserializer=msgspec.json.decode,
        hide_parameters=True,
    )
    driver = engine.dialect.loaded_dbapi
    cursor_class = columns.cursor_class(driver.Cursor)

    @event.listens_for(engine, "handle_error")
    def _unfit(context: ExceptionContext) -> None:
        """Tell what no column can hold from a fault of ours; SQLite takes it, and finds nothing."""
        error = context.original_exception
        if isinstance(error, driver.errors.NumericValueOutOfRange) or (
            isinstance(error, driver.DataError) and "NUL" in str(error)
        ):
            raise InvalidInputError("unfit") from None

    @event.listens_for(engine, "connect")
    def _bound(connection: Any, _record: Any) -> None:
        """Nothing waits for ever, and nobody is kept waiting by what was forgotten. (PgBouncer refuses ``options``.)"""
        connection.autocommit = True
        connection.execute(f"SET statement_timeout = '{statement_seconds}s'")
        connection.execute(f"SET lock_timeout = '{_LOCK_SECONDS}s'")
        connection.execute(f"SET idle_in_transaction_session_timeout = '{_IDLE_SECONDS}s'")
        connection.autocommit = False
        connection.cursor_factory = cursor_class

    return _looking_after_rest(engine)


def _looking_after_rest(engine: Engine) -> Engine:
    """Let a connection that has rested be looked at before it is used: a page takes three, each a moment after the
    other. If the server ended it within that moment, that one page says that the database is away."""

    @event.listens_for(engine, "checkin")
    def _rests(_connection: Any, record: Any) -> None:
        record.info["rests_since"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def _look(connection: Any, record: Any, _proxy: Any) -> None:
        if time.monotonic() - record.info.get("rests_since", time.monotonic()) <= _RESTED:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error:
            raise InvalidatePoolError from None  # all of them are opened anew

    return engine


def _make_private(file: Path) -> None:
    """Let only the owner read a database's file; those that SQLite makes beside it get the same rights."""
    for each in (file, file.with_name(f"{file.name}-wal"), file.with_name(f"{file.name}-shm")):
        with suppress(FileNotFoundError, PermissionError):  # another process removes them; another user owns it
            if each.stat().st_mode & 0o077:
                each.chmod(0o600)
