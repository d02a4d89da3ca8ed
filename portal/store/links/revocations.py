"""Tokens of ended links that wait to be revoked at the other organization."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select, update

from portal.domain.ids import new_id
from portal.store.engine.database import Tx
from portal.store.schema.links import link_revocation


@dataclass(frozen=True, slots=True)
class Revocation:
    id: str
    organization_id: str
    token: str
    tries: int


def add_revocation(tx: Tx, *, organization_id: str, token: str) -> str:
    """Keep a token only until the other organization has ended it; return the id for the job."""
    revocation_id = new_id()
    tx.conn.execute(
        insert(link_revocation).values(
            id=revocation_id,
            organization_id=organization_id,
            data=tx.seal(token, row=f"link_revocation.data:{revocation_id}"),
            due_at=tx.now,
            created_at=tx.now,
        )
    )
    return revocation_id


def revocation(tx: Tx, *, revocation_id: str) -> Revocation | None:
    row = tx.conn.execute(select(link_revocation).where(link_revocation.c.id == revocation_id)).one_or_none()
    if row is None:
        return None
    token = tx.unseal(row.data, str, row=f"link_revocation.data:{row.id}")
    return Revocation(row.id, row.organization_id, token, row.tries)


def due_revocations(tx: Tx) -> tuple[str, ...]:
    query = select(link_revocation.c.id).where(link_revocation.c.due_at <= tx.now).order_by(link_revocation.c.due_at)
    return tuple(tx.conn.execute(query).scalars())


def put_off_revocations(tx: Tx, *, ids: Sequence[str], until: datetime) -> None:
    """Put these off until then: somebody is at them."""
    if ids:
        tx.conn.execute(update(link_revocation).where(link_revocation.c.id.in_(list(ids))).values(due_at=until))


def postpone_revocation(tx: Tx, *, revocation_id: str, span: timedelta) -> None:
    tx.conn.execute(
        update(link_revocation)
        .where(link_revocation.c.id == revocation_id)
        .values(tries=link_revocation.c.tries + 1, due_at=tx.now + span)
    )


def end_revocation(tx: Tx, *, revocation_id: str) -> None:
    tx.conn.execute(delete(link_revocation).where(link_revocation.c.id == revocation_id))
