"""What condition the database itself is in: its clock, its schema, its keys, what is damaged or lacking."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, select

from portal.domain.errors import DecryptionError
from portal.store.engine import contracts, key_checks, key_rotation
from portal.store.engine.database import Database, Tx
from portal.store.engine.schema_version import head, revision, revisions
from portal.store.people import people
from portal.store.schema.base import Instant


class Schema(StrEnum):
    BEHIND = "behind"
    CURRENT = "current"
    AHEAD = "ahead"  # of a later version, and serves this one, too
    BEYOND = "beyond"  # of a later version that took away what this one needs


_EXTENSIONS = ("pg_trgm",)


def clock(tx: Tx) -> datetime | None:
    """Return the database's own time; None for SQLite, whose clock is this machine's."""
    if tx.conn.dialect.name == "sqlite":
        return None
    return tx.conn.execute(select(func.clock_timestamp(type_=Instant))).scalar_one()


def schema(tx: Tx) -> Schema:
    """Return how the schema stands to this version's, what ``portal db upgrade`` rebuilds included."""
    current = revision(tx.conn)
    if current is not None and current not in revisions():
        return Schema.AHEAD if contracts.serves(tx.conn, head()) else Schema.BEYOND
    return Schema.CURRENT if current == head() and not people.has_old_tokens(tx) else Schema.BEHIND


def serves(database: Database, *, seconds: float | None = None) -> Schema | None:
    """Return how the schema stands where pages can be served, at this version's or ahead of it; None where they cannot.

    Raises:
        TooSlowError: ``seconds`` are given and were not enough: something holds a table.
    """
    with database.reading(seconds=seconds) as tx:
        state = schema(tx)
        usable = state in (Schema.CURRENT, Schema.AHEAD) and key_checks.is_bound(tx.conn)
    return state if usable else None


def damage(tx: Tx, *, thorough: bool = True) -> tuple[str, ...]:
    """Return which of SQLite's checks report problems, empty where none does.

    ``thorough`` compares indexes and foreign keys, too: that takes minutes for what is large.
    """
    if tx.conn.dialect.name != "sqlite":
        return ()
    checks = ("integrity_check", "foreign_key_check") if thorough else ("quick_check",)
    answers = {check: tx.conn.exec_driver_sql(f"PRAGMA {check}").fetchall() for check in checks}
    return tuple(check for check, rows in answers.items() if rows and tuple(rows[0]) != ("ok",))


def lacking_extensions(tx: Tx) -> tuple[str, ...]:
    """Return the extensions of PostgreSQL that searches need and that this database has not."""
    if tx.conn.dialect.name == "sqlite":
        return ()
    installed = set(tx.conn.exec_driver_sql("SELECT extname FROM pg_extension").scalars())
    return tuple(sorted(set(_EXTENSIONS) - installed))


def unreadable(database: Database) -> dict[str, str]:
    """Return the sealed columns of which a value cannot be opened, with the error's code; looks at one of each."""
    columns = {}
    for column in key_rotation.sealed_columns():
        with database.reading() as tx:
            try:
                key_rotation.open_newest(tx, column)
            except DecryptionError as error:
                columns[key_rotation.name_of(column)] = error.code
    return columns
