"""Sealing everything anew with the newest key, in small transactions, while the instance is in use."""

from collections.abc import Iterator, Mapping

from sqlalchemy import Column, LargeBinary, Table, select, update

from portal.store.engine import key_checks
from portal.store.engine.crypto import Vault
from portal.store.engine.database import Database, Tx
from portal.store.schema import metadata

_BATCH = 200  # rows of one transaction: well under the 300 ms that a writer may take
PLAIN = frozenset(
    {
        "organization_logo.body",
        "audit_segment.root",
        "audit_segment.mac",
        "audit_segment.leaves",
        "audit_segment.removed_mac",
    }
)
"""Columns of bytes that are not sealed: pictures that everybody may see, and hashes."""
_BOUND_TO: Mapping[str, str] = {"audit_event.detail": "seal_id"}
"""What a sealed value is bound to where that is not the table's only primary key."""


def sealed_columns() -> tuple[Column[bytes], ...]:
    """Return every sealed column, in a fixed order."""
    return tuple(
        column
        for table in sorted(metadata.tables.values(), key=lambda t: t.name)
        for column in table.columns
        if isinstance(column.type, LargeBinary) and name_of(column) not in PLAIN
    )


def name_of(column: Column[bytes]) -> str:
    return f"{column.table.name}.{column.name}"


def rotate(database: Database) -> Iterator[tuple[str, int]]:
    """Seal anew what an older key sealed; gives, column by column, how many values. Safe to repeat and to interrupt.

    Raises:
        DecryptionError: a value that no key opens; what was done before stays done.
    """
    for column in sealed_columns():
        yield name_of(column), _rotate(database, column)


def finish(database: Database) -> int:
    """Return what ``left`` does; where it is 0, older keys may be taken out of the settings from now on."""
    count = left(database)
    if not count:
        with database.transaction() as tx:
            key_checks.forget_older(tx.conn, tx.vault)
    return count


def left(database: Database) -> int:
    """Return how many values an older key still seals: 0 before a key may be taken out of the settings."""
    return sum(_old(database, column) for column in sealed_columns())


def open_newest(tx: Tx, column: Column[bytes]) -> None:
    """Open the value of the highest key, if there is one.

    Raises:
        DecryptionError: no key opens it, or it was changed.
    """
    key = _key(column)
    bound = column.table.c[_BOUND_TO.get(name_of(column), key.name)]
    query = select(bound, column).where(column.is_not(None)).order_by(key.desc()).limit(1)
    row = tx.conn.execute(query).first()
    if row is not None:
        tx.vault.open(bytes(row[1]), row=f"{name_of(column)}:{row[0]}")


def _rotate(database: Database, column: Column[bytes]) -> int:
    done, after = 0, None
    while True:
        with database.transaction() as tx:
            rows = _batch(tx, column, after, lock=not database.is_sqlite)
            for key, bound, sealed in rows:
                if not tx.vault.is_current(sealed):
                    anew = _anew(tx.vault, column, bound, sealed)
                    tx.conn.execute(update(column.table).where(_key(column) == key).values({column.name: anew}))
                    done += 1
        if len(rows) < _BATCH:
            return done
        after = rows[-1][0]


def _old(database: Database, column: Column[bytes]) -> int:
    count, after = 0, None
    while True:
        with database.reading() as tx:
            rows = _batch(tx, column, after, lock=False)
            count += sum(not tx.vault.is_current(sealed) for _, _, sealed in rows)
        if len(rows) < _BATCH:
            return count
        after = rows[-1][0]


def _anew(vault: Vault, column: Column[bytes], bound: object, sealed: bytes) -> bytes:
    row = f"{name_of(column)}:{bound}"
    return vault.seal(vault.open(sealed, row=row), row=row)


def _key(column: Column[bytes]) -> Column[object]:
    table = column.table
    assert isinstance(table, Table)  # noqa: S101 - for the type checker
    (key,) = table.primary_key.columns
    return key


def _batch(tx: Tx, column: Column[bytes], after: object, *, lock: bool) -> list[tuple[object, object, bytes]]:
    key = _key(column)
    bound = column.table.c[_BOUND_TO.get(name_of(column), key.name)]
    query = select(key, bound, column).where(column.is_not(None)).order_by(key).limit(_BATCH)
    if after is not None:
        query = query.where(key > after)
    if lock:
        query = query.with_for_update()
    return [(row[0], row[1], bytes(row[2])) for row in tx.conn.execute(query)]
