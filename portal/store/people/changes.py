"""What one person asked for, cannot be undone, and waits for a second person's word."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, delete, insert, select

from portal.domain.ids import new_id
from portal.store.engine.database import Tx
from portal.store.schema.access import pending_change

ERASURE, DECEASED = "erasure", "deceased"


@dataclass(frozen=True, slots=True)
class PendingChange:
    id: str
    kind: str
    person_id: str
    account_id: str
    created_at: datetime


def add(tx: Tx, *, kind: str, person_id: str, account_id: str) -> str:
    """Note what an account asked for; return its id."""
    change_id = new_id()
    values = {"id": change_id, "kind": kind, "person_id": person_id, "account_id": account_id, "created_at": tx.now}
    tx.conn.execute(insert(pending_change).values(values))
    return change_id


def everything(tx: Tx) -> tuple[PendingChange, ...]:
    """Return what waits, the longest first."""
    query = select(pending_change).order_by(pending_change.c.created_at, pending_change.c.id)
    return tuple(map(_change, tx.conn.execute(query)))


def by_id(tx: Tx, *, change_id: str) -> PendingChange | None:
    return _where(tx, pending_change.c.id == change_id)


def of_person(tx: Tx, *, kind: str, person_id: str) -> PendingChange | None:
    return _where(tx, and_(pending_change.c.kind == kind, pending_change.c.person_id == person_id))


def remove(tx: Tx, *, change_id: str) -> bool:
    """Take what waits away. False: somebody else did, who decided it; whoever is about to is waited for."""
    return bool(tx.conn.execute(delete(pending_change).where(pending_change.c.id == change_id)).rowcount)


def _where(tx: Tx, condition: ColumnElement[bool]) -> PendingChange | None:
    row = tx.conn.execute(select(pending_change).where(condition)).first()
    return _change(row) if row else None


def _change(row: Row[Any]) -> PendingChange:
    return PendingChange(row.id, row.kind, row.person_id, row.account_id, row.created_at)
