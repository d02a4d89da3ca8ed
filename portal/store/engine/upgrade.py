"""Bringing a database to the current schema."""

from functools import partial
from typing import Protocol

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from portal.domain.errors import DecryptionError, StoreError
from portal.store.engine import contracts, fhir_ids, key_checks
from portal.store.engine.database import Database, Tx
from portal.store.engine.schema_version import SCRIPTS, revision, revisions
from portal.store.messages import authors
from portal.store.people import people
from portal.store.records import entry_numbers, message_threads, tokens

_BATCH = 200  # people of one transaction: well under the 300 ms that a writer may take
_LOCK_SECONDS = 5
_NEWEST = "head"  # Alembic's name for it
_TURN = 5_417_064  # PostgreSQL's number for the lock that one upgrade holds: two would both fill a new database


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.attributes["connection"] = connection
    return config


def upgrade(database: Database) -> None:
    """Run every migration that is missing, in a few transactions; what takes long is in small ones.

    That is: before schema 0058 search tokens are copied, before 0060b conversations are written down, before 0071b
    entries are numbered. At the end FHIR ids in clear are sealed, it is noted who wrote what the outbox sent, and what
    people are found by is hashed anew.
    Whatever interrupts one of them, the next call goes on where it ended.

    Raises:
        StoreError: the database is filled, and not with these keys; or somebody holds a table that is to be changed.
    """
    try:
        _fill(database, after_revision="0057", before="0058", batch=tokens.number_batch)
        _fill(database, after_revision="0060", before="0060b", batch=message_threads.fill_batch)
        _fill(database, after_revision="0071", before="0071b", batch=entry_numbers.fill_batch)
        _migrate(database, _NEWEST)
    except OperationalError as error:
        if type(error.orig).__name__ != "LockNotAvailable":
            raise
        raise StoreError(
            "locked",
            hint="a long transaction holds a table that is to be changed (a backup?): nothing was changed, try again",
        ) from None
    for column in fhir_ids.COLUMNS:
        _in_batches(database, partial(fhir_ids.seal_batch, column=column))
    with database.transaction() as tx:
        authors.note_sent(tx)
    more = True
    while more:
        with database.transaction() as tx:
            more = people.rebuild_tokens(tx, limit=_BATCH) == _BATCH


class _Batch(Protocol):
    """Fill what a migration made room for, as far as one transaction takes; return where to go on, None at the end."""

    def __call__(self, tx: Tx, *, after: str, limit: int) -> str | None: ...


def _fill(database: Database, *, after_revision: str, before: str, batch: _Batch) -> None:
    """Fill a database that is not yet at ``before``, batch by batch; one that is empty has nothing to fill."""
    with database.reading() as tx:
        current = revision(tx.conn)
    if current is None or current >= before:
        return
    _migrate(database, after_revision)
    _in_batches(database, batch)


def _in_batches(database: Database, batch: _Batch) -> None:
    after: str | None = ""
    while after is not None:
        with database.transaction() as tx:
            after = batch(tx, after=after, limit=_BATCH)


def _migrate(database: Database, target: str) -> None:
    with database.transaction() as tx:
        _take_turns(tx)
        current = revision(tx.conn)
        if current is not None and current not in revisions():
            raise StoreError("schema", hint="the database is of a later version: install that one")
        command.upgrade(_config(tx.conn), target)
        vault = tx.vault
        if not key_checks.is_bound(tx.conn):
            _refuse_other_keys(tx)
            vault = vault if current else vault.with_new_index_key()
            key_checks.enrol(tx.conn, vault)
        if target == _NEWEST:
            key_checks.adopt_index_key(tx.conn, vault)
        contracts.note(tx.conn)


def _take_turns(tx: Tx) -> None:
    """Wait for another upgrade until it has ended.

    For a table some seconds only: whoever asks for it meanwhile waits behind the migration.
    """
    if tx.conn.dialect.name != "sqlite":
        tx.conn.exec_driver_sql("SET LOCAL statement_timeout = 0")
        tx.conn.exec_driver_sql("SET LOCAL lock_timeout = 0")  # which counts for the turn, too
        tx.conn.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_TURN})")
        tx.conn.exec_driver_sql(f"SET LOCAL lock_timeout = '{_LOCK_SECONDS}s'")


def _refuse_other_keys(tx: Tx) -> None:
    """Raise StoreError where somebody was stored by an earlier version with other keys than this process has."""
    try:
        fits = people.keys_fit(tx)
    except DecryptionError as error:
        hint = "PORTAL_ENCRYPTION_KEYS do not open what is in this database: put back the keys it was filled with"
        raise DecryptionError(hint=hint) from error
    if not fits:
        raise StoreError("other-index-key", hint="PORTAL_INDEX_KEY is not the key that this database was filled with")
