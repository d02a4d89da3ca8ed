"""Who waits for the front desk."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, insert, select, update

from portal.domain.assists import Purpose, WaitingPlace
from portal.domain.ids import new_id
from portal.store.engine.database import Tx
from portal.store.schema.desk import waiting

LONGEST = timedelta(hours=12)
"""After that nobody waits any more."""


@dataclass(frozen=True, slots=True)
class Waiting:
    id: str
    person_id: str
    purpose: Purpose
    place: WaitingPlace
    created_at: datetime


def add(tx: Tx, *, person_id: str, purpose: Purpose, place: WaitingPlace) -> None:
    """Put somebody into the queue; who waits already keeps the place in it."""
    values = {"purpose": purpose.value, "place": place.value}
    again = update(waiting).where(waiting.c.person_id == person_id, *_waits(tx)).values(values)
    if not tx.conn.execute(again).rowcount:
        tx.conn.execute(insert(waiting).values(id=new_id(), person_id=person_id, created_at=tx.now, **values))


def everyone(tx: Tx) -> tuple[Waiting, ...]:
    """Return who waits, the longest first."""
    rows = tx.conn.execute(select(waiting).where(*_waits(tx)).order_by(waiting.c.created_at, waiting.c.id))
    return tuple(
        Waiting(row.id, row.person_id, Purpose(row.purpose), WaitingPlace(row.place), row.created_at) for row in rows
    )


def of_person(tx: Tx, *, person_id: str) -> Waiting | None:
    return next((line for line in everyone(tx) if line.person_id == person_id), None)


def leave(tx: Tx, *, person_id: str) -> None:
    """Take somebody out of the queue."""
    tx.conn.execute(update(waiting).where(waiting.c.person_id == person_id, *_waits(tx)).values(ended_at=tx.now))


def _waits(tx: Tx) -> tuple[ColumnElement[bool], ...]:
    return waiting.c.ended_at.is_(None), waiting.c.created_at > tx.now - LONGEST
