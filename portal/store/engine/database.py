"""The database: engine, transaction policy, and the only place that commits.

SQLite gets WAL, foreign keys, a busy time-out, and ``BEGIN IMMEDIATE`` for every transaction that may write (a deferred
one that upgrades fails at once when another process wrote in between, whatever the time-out; measured in
ADR 2, docs/adr). PostgreSQL needs none of that.
"""

import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, TypeVar

import msgspec
from sqlalchemy import Connection, TextClause, make_url, text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from portal.config import Settings
from portal.domain.errors import TooSlowError
from portal.store.engine import compression, connecting, crypto, key_checks, person_keys
from portal.store.engine.crypto import Vault
from portal.store.engine.one_write import one_write
from portal.store.engine.person_keys import PersonKey, Sealer

T = TypeVar("T")
UNAVAILABLE = (OperationalError, InterfaceError, PoolTimeoutError)
"""What is raised when the database does not answer, is locked for too long, or has no connection left for us."""
Keys = dict[str | bytes, PersonKey]
"""Unwrapped keys of persons: by the person's id, and by their own ids as sealed values begin with them."""
_PERSONS = person_keys.PREFIX.encode()
_KEPT = 8
"""Connections that a process keeps: one for each thread of ``portal serve``; opening one takes longer than a page."""
_STEPS = 10_000  # of SQLite's virtual machine between two looks at the clock: a fraction of a millisecond


@dataclass(frozen=True, slots=True)
class Tx:
    """A transaction under way: what every query function takes first."""

    conn: Connection
    vault: Vault
    now: datetime
    _keys: Keys = field(default_factory=dict, repr=False, compare=False)  # unwrapped already

    def seal(self, value: Any, *, row: str, person_id: str | None = None) -> bytes:
        """Encrypt a msgspec-encodable value as JSON for the place ``row`` ("table.column:id").

        What belongs to somebody's record is sealed with the key of ``person_id``.
        """
        return self.sealer(person_id).seal(msgspec.json.encode(value), row=row)

    def unseal(self, sealed: bytes, type_: type[T], *, row: str) -> T:
        return msgspec.json.decode(compression.plain(self.open(sealed, row=row)), type=type_)

    def sealer(self, person_id: str | None) -> Sealer:
        """Return what seals for a person, or for nobody (None); in a transaction that may write."""
        if person_id is None:
            return self.vault
        key = self._keys.get(person_id)
        if key is None:
            key = self._keys[person_id] = person_keys.of_person(self.conn, self.vault, person_id)
        return key

    def hold_key(self, key_id: str, data: bytes) -> None:
        """Take a person's key that a statement has read along with what it opens."""
        held = _PERSONS + key_id.encode()
        if held not in self._keys:
            self._keys[held] = person_keys.unwrapped(self.vault, key_id, data)

    def open(self, sealed: bytes, *, row: str) -> bytes:
        """Decrypt what was sealed for this place, with the person's key or the instance's.

        Raises:
            DecryptionError: wrong key, a key that was destroyed, wrong row, or changed bytes.
        """
        return self._key_of(sealed).open(sealed, row=row)

    def open_all(self, values: Iterable[tuple[bytes, str]]) -> list[bytes]:
        """Decrypt values, each sealed for its place, as ``open`` does; which key is looked for where it changes."""
        opened: list[bytes] = []
        begins, key = b"", None
        for sealed, row in values:
            if key is None or not sealed.startswith(begins):
                key = self._key_of(sealed)
                begins = sealed[: 1 + len(crypto.key_id_bytes(sealed))]
            opened.append(key.open(sealed, row=row))
        return opened

    def _key_of(self, sealed: bytes) -> PersonKey | Vault:
        """Return what opens a value. Raises as ``open``."""
        key_id = crypto.key_id_bytes(sealed)  # not as text: a page opens hundreds
        key = self._keys.get(key_id)
        if key is None:
            if not key_id.startswith(_PERSONS):
                return self.vault
            key = self._keys[key_id] = person_keys.by_id(self.conn, self.vault, crypto.key_id_of(sealed))
        return key


Write = Callable[[Tx], None]


class Database:
    """One instance's database. Engines must not cross a fork: a child calls ``after_fork`` first."""

    def __init__(self, url: str, vault: Vault, *, pool: int = _KEPT, statement_seconds: int = 0) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._own_keys = vault  # as the settings name them
        self._vault: Vault | None = None  # the same with the index key of this database, once it was looked at
        self.engine = connecting.engine_of(url, pool, statement_seconds)
        # The driver begins such a transaction as a snapshot that only reads: no statement of ours says so each time.
        self._snapshots = (
            self.engine
            if self.is_sqlite
            else self.engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        )
        self._snapshot = _snapshot_of_sqlite if self.is_sqlite else _snapshot_of_postgresql
        self._fits = False  # the keys to the database: looked at until they do, whichever process it is
        self._shared_keys: Callable[[], Keys] = dict

    def share_keys(self, of_this_request: Callable[[], Keys]) -> None:
        """Let reading transactions of one request share what they unwrapped of persons' keys, and nobody else.

        What writes does not: a key that it makes is there for others only once it is committed.
        """
        self._shared_keys = of_this_request

    @property
    def vault(self) -> Vault:
        """What seals and hashes outside a transaction; the first to ask looks which index key the database has.

        Raises:
            ConfigurationError: the keys are not those the database is filled with.
        """
        if self._vault is None:
            with self.reading():
                pass
        return self._vault or self._own_keys  # no database yet

    @contextmanager
    def transaction(self) -> Iterator[Tx]:
        """Read and write; commits at the end, rolls back on any exception. No network call inside.

        Raises:
            ConfigurationError: the keys are not those the database is filled with.
        """
        with self.engine.connect() as conn:
            if self.is_sqlite:
                _directly(conn, "BEGIN IMMEDIATE")
            with conn.begin() if not self.is_sqlite else _committing(conn):
                vault, fits = self._fitting(conn, writes=True)
                yield Tx(conn, vault, datetime.now(UTC))
        self._fits = fits

    @contextmanager
    def appending(self) -> Iterator[Tx]:
        """Write by one statement, which is a transaction of its own; a second one raises ``RuntimeError``.

        SQLite begins and commits it within that statement. Between statements a thread waits for its turn among those
        of its process, and with a transaction open everybody who writes would wait with it.
        """
        if not (self.is_sqlite and self._fits and self._vault is not None):
            with self.transaction() as tx:
                yield replace(tx, conn=one_write(tx.conn))
            return
        with self.engine.connect() as conn:
            yield Tx(one_write(conn), self._vault, datetime.now(UTC))

    @contextmanager
    def reading(self, *, seconds: float | None = None) -> Iterator[Tx]:
        """Read only, of one moment; nothing is committed.

        Raises:
            ConfigurationError: the keys are not those the database is filled with.
            TooSlowError: ``seconds`` are given and a statement runs beyond them.
        """
        with self._snapshots.connect() as conn, self._snapshot(conn, seconds):
            yield self._of_snapshot(conn)

    def read_then_append(self, work: Callable[[Tx], tuple[T, Write | None]], *, seconds: float | None = None) -> T:
        """Return what the work reads as ``reading`` does, after what it leaves to be written was, as by ``appending``.

        SQLite does both on one connection: taking it, and giving it back, costs as much as the statement.

        Raises:
            ConfigurationError: the keys are not those the database is filled with.
            TooSlowError: ``seconds`` are given and a statement runs beyond them.
        """
        with self._snapshots.connect() as conn:
            with self._snapshot(conn, seconds):
                tx = self._of_snapshot(conn)
                result, append = work(tx)
            if append is None:
                return result
            if self.is_sqlite and self._fits:
                append(Tx(one_write(conn), tx.vault, datetime.now(UTC)))
                return result
        with self.appending() as tx:
            append(tx)
        return result

    def _of_snapshot(self, conn: Connection) -> Tx:
        vault, self._fits = self._fitting(conn)
        return Tx(conn, vault, datetime.now(UTC), self._shared_keys())

    def _fitting(self, conn: Connection, *, writes: bool = False) -> tuple[Vault, bool]:
        """Return the keys, with the index key of this database, and whether they need no further look."""
        if self._fits and self._vault is not None:
            return self._vault, True
        vault, fits = key_checks.fit(conn, self._own_keys, writes=writes)
        if vault is not None:
            self._vault = vault
        return vault or self._own_keys, fits

    def empty_log(self) -> None:
        """Let SQLite's log give up what was overwritten or deleted meanwhile; while somebody reads, it is done later.

        PostgreSQL's log and dead rows are the server's: VACUUM and its settings decide how long they last.
        """
        if self.is_sqlite:
            with self.engine.connect() as conn:
                _directly(conn, "PRAGMA wal_checkpoint(TRUNCATE)")

    def sealer(self, person_id: str | None) -> Sealer:
        """Return what seals for a person outside a transaction: one of its own makes the key where there is none."""
        with self.transaction() as tx:
            return tx.sealer(person_id)

    def check_keys(self) -> None:
        """Look at the keys before anything else is done. A database that does not answer is looked at when it does.

        Raises:
            ConfigurationError: the keys are not those the database is filled with.
        """
        with suppress(OperationalError), self.reading():
            pass
        self.close()

    def after_fork(self) -> None:
        """Forget the parent's connections without closing them."""
        self.engine.dispose(close=False)

    def close(self) -> None:
        self.engine.dispose()


def _directly(conn: Connection, statement: str, driver: Any = None) -> None:
    """Run a statement without values or result past SQLAlchemy, whose part in it takes as long as that of a query.

    ``driver``: the connection's own, where it was looked for already.
    """
    driver = driver or conn.connection.driver_connection
    if statement == "ROLLBACK" and not driver.in_transaction:  # an error may have ended it already
        return
    try:
        driver.execute(statement)
    except sqlite3.Error as error:  # another writer holds it for too long; at COMMIT, what a foreign key names is gone
        raise DBAPIError.instance(statement, None, error, sqlite3.Error, dialect=conn.dialect) from None


@contextmanager
def _snapshot_of_sqlite(conn: Connection, seconds: float | None) -> Iterator[None]:
    """Hold one moment; with ``seconds`` all statements together end after them."""
    driver: Any = conn.connection.driver_connection
    _directly(conn, "BEGIN", driver)
    try:
        if seconds is not None:
            ends = time.monotonic() + seconds
            driver.set_progress_handler(lambda: time.monotonic() > ends, _STEPS)
        yield
    except OperationalError as error:
        if seconds is not None and "interrupted" in str(error.orig):
            raise TooSlowError from None
        raise
    finally:
        if seconds is not None:
            driver.set_progress_handler(None, 0)
        _directly(conn, "ROLLBACK", driver)


@contextmanager
def _snapshot_of_postgresql(conn: Connection, seconds: float | None) -> Iterator[None]:
    """Hold one moment; with ``seconds`` each statement ends after them.

    There is nothing to commit. But after a ROLLBACK psycopg forgets all that it has prepared.
    """
    with conn.begin():
        try:
            if seconds is not None:
                conn.execute(_timeout(seconds))
            yield
        except OperationalError as error:
            if seconds is not None and type(error.orig).__name__ == "QueryCanceled":
                raise TooSlowError from None
            raise


@lru_cache(maxsize=16)
def _timeout(seconds: float) -> TextClause:
    return text(f"SET LOCAL statement_timeout = {int(seconds * 1000)}")


@contextmanager
def _committing(conn: Connection) -> Iterator[None]:
    try:
        yield
    except BaseException:
        _directly(conn, "ROLLBACK")
        raise
    _directly(conn, "COMMIT")


def keys_of(settings: Settings) -> Vault:
    """Return the keys that the settings name, for no database in particular."""
    return Vault(settings.encryption_keys, index_key=settings.index_key, old_index_key=settings.old_index_key)


def open_database(settings: Settings) -> Database:
    """Return the database of these settings, with its vault."""
    return Database(
        settings.database_url,
        keys_of(settings),
        pool=settings.database_pool,
        statement_seconds=settings.statement_seconds,
    )
