"""Sealing everything anew with the newest key, in small transactions, while the instance is in use."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, ColumnElement, LargeBinary, Table, and_, func, not_, null, or_, select, update

from portal.domain.errors import DecryptionError
from portal.store.engine import key_checks, person_keys
from portal.store.engine.crypto import header
from portal.store.engine.database import Database, Tx
from portal.store.schema import metadata
from portal.store.schema.access import former_person, person
from portal.store.schema.encryption import key_check
from portal.store.schema.links import link
from portal.store.schema.messages import conversation, message_file, outgoing_message
from portal.store.schema.records import correction, entry, release_choice, resource
from portal.store.schema.shares import prepared_export, received, share, share_copy, share_file, share_key, share_note

_BATCH = 200  # rows of one transaction: well under the 300 ms that a writer may take
PLAIN = frozenset(
    {
        "organization_logo.body",
        "audit_segment.root",
        "audit_segment.mac",
        "audit_segment.leaves",
        "audit_segment.removed_mac",
        "key_check.wrapped",
    }
)
"""Columns of bytes that these keys do not seal: pictures that everybody may see, hashes, the index key."""
_BOUND_TO: Mapping[str, str] = {"audit_event.detail": "seal_id"}
"""What a sealed value is bound to where that is not the table's only primary key."""


_PERSON: Mapping[str, ColumnElement[str]] = {
    "person.data": person.c.id,
    "former_person.data": former_person.c.person_id,
    "resource.body": resource.c.person_id,
    "entry.facts": entry.c.person_id,
    "entry.body": entry.c.person_id,
    "correction.data": correction.c.person_id,
    "correction.answer": correction.c.person_id,
    "release_choice.data": release_choice.c.person_id,
    "link.finding": link.c.person_id,
    "conversation.data": conversation.c.person_id,
    "message_file.content": message_file.c.person_id,
    "message_file.title": message_file.c.person_id,
    "outgoing_message.data": outgoing_message.c.person_id,
    "prepared_export.content": prepared_export.c.person_id,
    "received.content": received.c.person_id,
    "received.data": received.c.person_id,
    "share.data": share.c.person_id,
    "share_file.content": select(share.c.person_id).where(share.c.id == share_file.c.share_id).scalar_subquery(),
    "share_copy.content": select(share.c.person_id).where(share.c.id == share_copy.c.share_id).scalar_subquery(),
    "share_note.data": select(share.c.person_id).where(share.c.id == share_note.c.share_id).scalar_subquery(),
    "share_key.data": select(share.c.person_id).where(share.c.id == share_key.c.share_id).scalar_subquery(),
}
"""Whose key seals a column's values. What an earlier version sealed with the instance's key is sealed anew with it."""


@dataclass(frozen=True, slots=True)
class Rotated:
    """What was done with a column: how many values were sealed anew, and the rows of those that no key opens."""

    column: str
    count: int
    unreadable: tuple[str, ...]


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


def rotate(database: Database) -> Iterator[Rotated]:
    """Seal anew what an older key sealed, column by column. Safe to repeat and to interrupt: it goes on where it was.

    Values under a person's key are not touched: that key itself is sealed anew. So is the index key, with the newest
    PORTAL_INDEX_KEY.
    """
    with database.transaction() as tx:
        wrapped = key_checks.wrap_index_key(tx.conn, tx.vault)
    yield Rotated(name_of(key_check.c.wrapped), int(wrapped), ())
    for column in sealed_columns():
        yield _rotate(database, column)


def finish(database: Database, *, unreadable: int = 0) -> int:
    """Return what ``left`` does without the values that no key opens.

    Where it is 0, older keys may be taken out of the settings from now on.
    """
    count = max(0, left(database) - unreadable)
    if not count:
        with database.transaction() as tx:
            key_checks.forget_older(tx.conn, tx.vault)
    return count


def left(database: Database) -> int:
    """Return how many values wait to be sealed anew: 0 before a key may be taken out of the settings."""
    with database.reading() as tx:
        queries = (
            select(func.count()).select_from(column.table).where(_is_old(tx, column)) for column in sealed_columns()
        )
        is_old = key_checks.is_wrapped_otherwise(tx.conn, tx.vault)
        return is_old + sum(tx.conn.execute(query).scalar_one() for query in queries)


def open_newest(tx: Tx, column: Column[bytes]) -> None:
    """Open the value of the highest key, if there is one.

    Raises:
        DecryptionError: no key opens it, or it was changed.
    """
    key = _key(column)
    query = select(_bound(column), column).where(column.is_not(None), func.length(column) > 0)
    row = tx.conn.execute(query.order_by(key.desc()).limit(1)).first()
    if row is not None:
        tx.open(bytes(row[1]), row=f"{name_of(column)}:{row[0]}")


def opened(tx: Tx, column: Column[bytes], row: Mapping[str, Any]) -> bytes:
    """Return the value of a sealed column in a row of its table; empty for what is empty.

    Raises:
        DecryptionError: no key opens it, or it was changed.
    """
    sealed = bytes(row[column.name])
    return tx.open(sealed, row=f"{name_of(column)}:{row[_bound(column).name]}") if sealed else b""


def reseal(tx: Tx, *, person_id: str, other_id: str) -> None:
    """Seal with the key of ``person_id`` what the key of ``other_id`` sealed, place by place, whose rows those are."""
    for column in sealed_columns():
        owner = _PERSON.get(name_of(column))
        if owner is None or column.table in (person, release_choice):  # bound to their owner
            continue
        key = _key(column)
        rows = tx.conn.execute(
            select(key, _bound(column), column).where(owner == other_id, column.is_not(None), func.length(column) > 0)
        ).all()
        for row_key, bound, sealed in rows:
            place = f"{name_of(column)}:{bound}"
            anew = tx.sealer(person_id).seal(tx.open(bytes(sealed), row=place), row=place)
            tx.conn.execute(update(column.table).where(key == row_key).values({column.name: anew}))


def _rotate(database: Database, column: Column[bytes]) -> Rotated:
    count, unreadable, after = 0, [], None
    key = _key(column)
    while True:
        with database.transaction() as tx:
            rows = _batch(tx, column, after, lock=not database.is_sqlite)
            for row_key, bound, sealed, person_id in rows:
                place = f"{name_of(column)}:{bound}"
                try:
                    anew = tx.sealer(person_id).seal(tx.open(sealed, row=place), row=place)
                except DecryptionError:
                    unreadable.append(str(row_key))
                    continue
                tx.conn.execute(update(column.table).where(key == row_key).values({column.name: anew}))
                count += 1
        if len(rows) < _BATCH:
            return Rotated(name_of(column), count, tuple(unreadable))
        after = rows[-1][0]


def _is_old(tx: Tx, column: Column[bytes]) -> ColumnElement[bool]:
    """Return the condition under which a value waits to be sealed anew; looks at its first bytes only."""
    current = header(tx.vault.current)
    is_current = func.substr(column, 1, len(current), type_=LargeBinary) == current
    person_id = _PERSON.get(name_of(column))
    if person_id is not None:
        is_current = and_(is_current, person_id.is_(None))
    is_persons = func.substr(column, 2, 1, type_=LargeBinary) == person_keys.PREFIX.encode()
    return and_(column.is_not(None), func.length(column) > 0, not_(or_(is_current, is_persons)))


def _key(column: Column[bytes]) -> Column[object]:
    table = column.table
    assert isinstance(table, Table)  # noqa: S101 - for the type checker
    (key,) = table.primary_key.columns
    return key


def _bound(column: Column[bytes]) -> Column[object]:
    return column.table.c[_BOUND_TO.get(name_of(column), _key(column).name)]


def _batch(
    tx: Tx, column: Column[bytes], after: object, *, lock: bool
) -> list[tuple[object, object, bytes, str | None]]:
    key, person_id = _key(column), _PERSON.get(name_of(column), null())
    query = select(key, _bound(column), column, person_id).where(_is_old(tx, column)).order_by(key).limit(_BATCH)
    if after is not None:
        query = query.where(key > after)
    if lock:
        query = query.with_for_update(of=column.table)
    return [(row[0], row[1], bytes(row[2]), row[3]) for row in tx.conn.execute(query)]
