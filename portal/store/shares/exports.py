"""What staff let be put together for a person: sealed with the person's key, opened once, until it runs out."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import insert, select, update

from portal.domain.ids import new_id
from portal.store.engine.database import Tx
from portal.store.schema.shares import prepared_export

LASTING = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class PreparedExport:
    """``account_id`` started it."""

    id: str
    account_id: str
    created_at: datetime
    expires_at: datetime
    opened_at: datetime | None


def add(tx: Tx, *, person_id: str, account_id: str, content: bytes) -> str:
    """Keep a file for a person; return its id. What waited before gives way to it."""
    remove_waiting(tx, person_id=person_id)
    export_id = new_id()
    sealed = tx.sealer(person_id).seal(content, row=f"prepared_export.content:{export_id}")
    values = {"id": export_id, "person_id": person_id, "account_id": account_id, "content": sealed}
    tx.conn.execute(insert(prepared_export).values(**values, created_at=tx.now, expires_at=tx.now + LASTING))
    return export_id


def remove_waiting(tx: Tx, *, person_id: str) -> None:
    """Take back what was not opened: nothing of it is left to open."""
    c = prepared_export.c
    waiting = update(prepared_export).where(c.person_id == person_id, c.opened_at.is_(None))
    tx.conn.execute(waiting.where(c.expires_at > tx.now).values(content=b"", expires_at=tx.now))


def of_person(tx: Tx, *, person_id: str) -> tuple[PreparedExport, ...]:
    """Return what was put together for a person, the newest first, without its content."""
    c = prepared_export.c
    query = select(c.id, c.account_id, c.created_at, c.expires_at, c.opened_at).where(c.person_id == person_id)
    return tuple(PreparedExport(*row) for row in tx.conn.execute(query.order_by(c.created_at.desc(), c.id)))


def waiting(tx: Tx, *, person_id: str) -> PreparedExport | None:
    """Return what the person may still open."""
    newest = of_person(tx, person_id=person_id)[:1]
    return next((each for each in newest if each.opened_at is None and each.expires_at > tx.now), None)


def take(tx: Tx, *, export_id: str, person_id: str) -> bytes | None:
    """Return a person's file and forget it. None: it is another's, was opened before, or has run out."""
    c = prepared_export.c
    mine = (c.id == export_id, c.person_id == person_id, c.opened_at.is_(None), c.expires_at > tx.now)
    sealed = tx.conn.execute(select(c.content).where(*mine).with_for_update()).scalar_one_or_none()
    if sealed is None:
        return None
    tx.conn.execute(update(prepared_export).where(c.id == export_id).values(content=b"", opened_at=tx.now))
    return tx.open(bytes(sealed), row=f"prepared_export.content:{export_id}")
