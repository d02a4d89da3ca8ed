"""Links that the desk started: a short code leads the patient, signed in on a device of their own, to the same page."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, insert, select, update

from portal.store.engine.database import Tx
from portal.store.schema.desk import handover


@dataclass(frozen=True, slots=True)
class Handover:
    code: str
    person_id: str
    organization_id: str
    created_at: datetime
    expires_at: datetime
    opened_at: datetime | None


def add(tx: Tx, *, code: str, assist_id: str, person_id: str, organization_id: str, lasting: timedelta) -> None:
    """Add one; an earlier one of the same assist and organization is worth nothing any more."""
    _end(tx, handover.c.assist_id == assist_id, handover.c.organization_id == organization_id)
    code_hash = _hash(tx, code)
    tx.conn.execute(
        insert(handover).values(
            code_hash=code_hash,
            assist_id=assist_id,
            person_id=person_id,
            organization_id=organization_id,
            code=tx.seal(code, row=f"handover.code:{code_hash}"),
            created_at=tx.now,
            expires_at=tx.now + lasting,
        )
    )


def by_code(tx: Tx, *, code: str) -> Handover | None:
    """Return what a code stands for, while it can be opened."""
    return _where(tx, handover.c.code_hash == _hash(tx, code), handover.c.opened_at.is_(None))


def of_assist(tx: Tx, *, assist_id: str, organization_id: str) -> Handover | None:
    """Return what was handed over last for this organization, opened or not."""
    return _where(tx, handover.c.assist_id == assist_id, handover.c.organization_id == organization_id)


def open_(tx: Tx, *, code: str) -> bool:
    """Use a code up. False: it was used meanwhile."""
    fresh = (handover.c.code_hash == _hash(tx, code), handover.c.opened_at.is_(None), handover.c.ended_at.is_(None))
    return bool(tx.conn.execute(update(handover).where(*fresh).values(opened_at=tx.now)).rowcount)


def end_all(tx: Tx, *, assist_id: str) -> None:
    """End what an assist handed over and nobody opened."""
    _end(tx, handover.c.assist_id == assist_id, handover.c.opened_at.is_(None))


def _end(tx: Tx, *conditions: ColumnElement[bool]) -> None:
    tx.conn.execute(update(handover).where(*conditions, handover.c.ended_at.is_(None)).values(ended_at=tx.now))


def _where(tx: Tx, *conditions: ColumnElement[bool]) -> Handover | None:
    usable = (handover.c.ended_at.is_(None), handover.c.expires_at > tx.now)
    query = select(handover).where(*conditions, *usable).order_by(handover.c.created_at.desc()).limit(1)
    row = tx.conn.execute(query).first()
    return _handover(tx, row) if row else None


def _handover(tx: Tx, row: Row[Any]) -> Handover:
    code = tx.unseal(row.code, str, row=f"handover.code:{row.code_hash}")
    return Handover(code, row.person_id, row.organization_id, row.created_at, row.expires_at, row.opened_at)


def _hash(tx: Tx, code: str) -> str:
    return tx.vault.hash("handover", code)
