"""Outside summaries that patients handed on at the front desk: kept as they came, beside the record, never in it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, delete, insert, select, update

from portal.domain.ids import new_id
from portal.store.engine.database import Tx
from portal.store.records import packing
from portal.store.schema.shares import received


class ReceivedState(StrEnum):
    """``FETCHED``: nobody has decided yet whether it is this person's."""

    FETCHED = "fetched"
    FILED = "filed"
    READ = "read"  # by the care team


class ReceivedOrigin(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where a summary came from: the server, the link's label and when it says it was made; an app that attested it.

    ``problems``: why it does not fit the desk profile. ``kinds``: how many items of each section are in it,
    "" for those of none. ``by_file``: it was filed from a file, and ``host`` is who it says to be from.
    """

    host: str
    label: str = ""
    made_at: str = ""
    attested_by: str = ""
    problems: tuple[str, ...] = ()
    kinds: dict[str, int] = {}
    by_file: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    id: str
    person_id: str
    state: ReceivedState
    created_at: datetime
    filed_at: datetime | None
    read_at: datetime | None
    origin: ReceivedOrigin


def add(tx: Tx, *, person_id: str, account_id: str, origin: ReceivedOrigin, content: bytes) -> str:
    """Keep what was fetched for this person until somebody decides; return its id."""
    received_id = new_id()
    sealer = tx.sealer(person_id)
    tx.conn.execute(
        insert(received).values(
            id=received_id,
            person_id=person_id,
            account_id=account_id,
            state=ReceivedState.FETCHED.value,
            created_at=tx.now,
            data=tx.seal(origin, row=f"received.data:{received_id}", person_id=person_id),
            content=sealer.seal(packing.pack(content), row=f"received.content:{received_id}"),
        )
    )
    return received_id


def by_id(tx: Tx, *, received_id: str) -> Received | None:
    rows = _where(tx, received.c.id == received_id)
    return rows[0] if rows else None


def of_person(tx: Tx, *, person_id: str) -> tuple[Received, ...]:
    """Return what was filed for a person, the newest first."""
    return _where(tx, (received.c.person_id == person_id) & (received.c.state != ReceivedState.FETCHED.value))


def filed_before(tx: Tx, *, person_id: str, file: bytes) -> bool:
    """Tell whether this file was filed for the person already."""
    return any(content(tx, received_id=each.id) == file for each in of_person(tx, person_id=person_id))


def in_state(tx: Tx, *, state: ReceivedState, limit: int) -> tuple[Received, ...]:
    """Return what is in this state, the newest first."""
    return _where(tx, received.c.state == state.value, limit)


def content(tx: Tx, *, received_id: str) -> bytes | None:
    """Return the file as it came."""
    query = select(received.c.content).where(received.c.id == received_id)
    sealed = tx.conn.execute(query).scalar_one_or_none()
    if sealed is None:
        return None
    return packing.unpack(tx.open(sealed, row=f"received.content:{received_id}"))


def file_it(tx: Tx, *, received_id: str) -> bool:
    """File what was fetched. False where that was decided before."""
    return _move(tx, received_id, ReceivedState.FETCHED, state=ReceivedState.FILED.value, filed_at=tx.now)


def mark_read(tx: Tx, *, received_id: str) -> bool:
    """Note that the care team has read it. False where it had before."""
    return _move(tx, received_id, ReceivedState.FILED, state=ReceivedState.READ.value, read_at=tx.now)


def drop(tx: Tx, *, received_id: str) -> bool:
    """Delete what was fetched and is not this person's. False where that was decided before."""
    fetched = (received.c.id == received_id) & (received.c.state == ReceivedState.FETCHED.value)
    return bool(tx.conn.execute(delete(received).where(fetched)).rowcount)


def _move(tx: Tx, received_id: str, before: ReceivedState, **values: Any) -> bool:
    query = update(received).where(received.c.id == received_id, received.c.state == before.value).values(**values)
    return bool(tx.conn.execute(query).rowcount)


def _where(tx: Tx, condition: ColumnElement[bool], limit: int | None = None) -> tuple[Received, ...]:
    query = select(received).where(condition).order_by(received.c.created_at.desc(), received.c.id).limit(limit)
    return tuple(
        Received(
            id=row.id,
            person_id=row.person_id,
            state=ReceivedState(row.state),
            created_at=row.created_at,
            filed_at=row.filed_at,
            read_at=row.read_at,
            origin=tx.unseal(row.data, ReceivedOrigin, row=f"received.data:{row.id}"),
        )
        for row in tx.conn.execute(query)
    )
