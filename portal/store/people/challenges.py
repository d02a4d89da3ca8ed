"""What may be answered once: kept as a keyed hash of its secret, until it is answered or runs out."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select, update

from portal.store.engine.database import Tx
from portal.store.schema.access import challenge


@dataclass(frozen=True, slots=True)
class Challenge:
    account_id: str | None
    tries: int


def add(tx: Tx, *, kind: str, secret: str, lasting: timedelta, account_id: str | None = None) -> None:
    tx.conn.execute(
        insert(challenge).values(
            secret_hash=_hash(tx, kind, secret),
            kind=kind,
            account_id=account_id,
            created_at=tx.now,
            expires_at=tx.now + lasting,
        )
    )


def peek(tx: Tx, *, kind: str, secret: str, lock: bool = False) -> Challenge | None:
    """Return the challenge and leave it there; with ``lock`` others wait until its tries are counted."""
    key = _hash(tx, kind, secret)
    query = select(challenge).where(challenge.c.secret_hash == key, challenge.c.expires_at > tx.now)
    row = tx.conn.execute(query.with_for_update() if lock else query).one_or_none()
    return Challenge(row.account_id, row.tries) if row else None


def count_try(tx: Tx, *, kind: str, secret: str) -> None:
    values = {"tries": challenge.c.tries + 1}
    tx.conn.execute(update(challenge).where(challenge.c.secret_hash == _hash(tx, kind, secret)).values(values))


def remove_all(tx: Tx, *, kind: str, account_id: str) -> None:
    tx.conn.execute(delete(challenge).where(challenge.c.kind == kind, challenge.c.account_id == account_id))


def any_since(tx: Tx, *, kind: str, account_id: str, since: datetime) -> bool:
    query = select(challenge.c.kind).where(
        challenge.c.kind == kind, challenge.c.account_id == account_id, challenge.c.created_at > since
    )
    return tx.conn.execute(query.limit(1)).first() is not None


def any_open(tx: Tx, *, kind: str, account_id: str) -> bool:
    """Tell whether one of this account can still be answered."""
    query = select(challenge.c.kind).where(
        challenge.c.kind == kind, challenge.c.account_id == account_id, challenge.c.expires_at > tx.now
    )
    return tx.conn.execute(query.limit(1)).first() is not None


def take(tx: Tx, *, kind: str, secret: str) -> Challenge | None:
    """Return the challenge and delete it, so that it is answered once."""
    key = _hash(tx, kind, secret)
    taken = delete(challenge).where(challenge.c.secret_hash == key, challenge.c.expires_at > tx.now)
    row = tx.conn.execute(taken.returning(challenge.c.account_id, challenge.c.tries)).one_or_none()
    return Challenge(row.account_id, row.tries) if row else None


def _hash(tx: Tx, kind: str, secret: str) -> str:
    return tx.vault.hash(f"challenge:{kind}", secret)
