"""Second factors that are removed a day after an identity document was shown, unless their owner objects."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, insert, select, update

from portal.domain.ids import new_id, new_secret
from portal.store.engine.database import Tx
from portal.store.schema.desk import factor_reset

DONE, CANCELLED = "done", "cancelled"


@dataclass(frozen=True, slots=True)
class FactorReset:
    id: str
    account_id: str
    due_at: datetime


def add(tx: Tx, *, account_id: str, assist_id: str | None, after: timedelta) -> str:
    """Note that an account's second factors are to be removed; return the secret of the link that cancels it."""
    secret = new_secret()
    tx.conn.execute(
        insert(factor_reset).values(
            id=new_id(),
            account_id=account_id,
            assist_id=assist_id,
            secret_hash=tx.vault.hash("factor-reset", secret),
            created_at=tx.now,
            due_at=tx.now + after,
        )
    )
    return secret


def of_account(tx: Tx, *, account_id: str) -> FactorReset | None:
    """Return what waits for this account."""
    return next(iter(_open(tx, factor_reset.c.account_id == account_id)), None)


def by_secret(tx: Tx, *, secret: str) -> FactorReset | None:
    return next(iter(_open(tx, factor_reset.c.secret_hash == tx.vault.hash("factor-reset", secret))), None)


def due(tx: Tx) -> tuple[FactorReset, ...]:
    return _open(tx, factor_reset.c.due_at <= tx.now)


def end(tx: Tx, *, reset_id: str, ending: str) -> bool:
    """End one. False: it had ended."""
    return bool(_end(tx, factor_reset.c.id == reset_id, ending))


def undo(tx: Tx, *, assist_id: str) -> None:
    """Cancel what an assist began."""
    _end(tx, factor_reset.c.assist_id == assist_id, CANCELLED)


def _open(tx: Tx, condition: ColumnElement[bool]) -> tuple[FactorReset, ...]:
    query = select(factor_reset).where(condition, factor_reset.c.ended_at.is_(None)).order_by(factor_reset.c.due_at)
    return tuple(FactorReset(row.id, row.account_id, row.due_at) for row in tx.conn.execute(query))


def _end(tx: Tx, condition: ColumnElement[bool], ending: str) -> int:
    waits = (condition, factor_reset.c.ended_at.is_(None))
    return tx.conn.execute(update(factor_reset).where(*waits).values(ended_at=tx.now, ending=ending)).rowcount
