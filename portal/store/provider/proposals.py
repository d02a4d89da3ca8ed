"""What one administrator proposes and another decides. Rows stay: they say what was in force when, and by whom."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, insert, select, update

from portal.domain.ids import new_id
from portal.store.engine.database import Tx
from portal.store.schema.provider import proposal

RELEASE, PARTNER, PARTNER_KEYS = "release", "partner", "partner-keys"
ORGANIZATION = "organization"


@dataclass(frozen=True, slots=True)
class Proposal:
    """``subject`` is the id of a client or an organization, or empty. Undecided while ``decided_at`` is None."""

    id: str
    kind: str
    subject: str
    data: Any
    proposed_by: str
    proposed_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    confirmed: bool


def add(tx: Tx, *, kind: str, subject: str = "", data: Any, account_id: str) -> str:
    """Note what an account proposes; return its id. What waited about the same is called off by it."""
    c = proposal.c
    waiting = tx.conn.execute(select(c.id).where(c.kind == kind, c.subject == subject, c.decided_at.is_(None)))
    for proposal_id in waiting.scalars().all():
        decide(tx, proposal_id=proposal_id, account_id=account_id, confirmed=False)
    new = new_id()
    values = {"id": new, "kind": kind, "subject": subject, "data": data, "proposed_by": account_id}
    tx.conn.execute(insert(proposal).values(**values, proposed_at=tx.now))
    return new


def waiting(tx: Tx) -> tuple[Proposal, ...]:
    """Return what is not decided yet, oldest first."""
    query = select(proposal).where(proposal.c.decided_at.is_(None))
    return tuple(map(_proposal, tx.conn.execute(query.order_by(proposal.c.proposed_at, proposal.c.id))))


def by_id(tx: Tx, *, proposal_id: str) -> Proposal | None:
    row = tx.conn.execute(select(proposal).where(proposal.c.id == proposal_id)).one_or_none()
    return _proposal(row) if row else None


def decided(tx: Tx, *, kind: str, limit: int) -> tuple[Proposal, ...]:
    """Return what was confirmed or called off, the newest first."""
    query = select(proposal).where(proposal.c.kind == kind, proposal.c.decided_at.is_not(None))
    return tuple(map(_proposal, tx.conn.execute(query.order_by(proposal.c.decided_at.desc()).limit(limit))))


def decide(tx: Tx, *, proposal_id: str, account_id: str, confirmed: bool) -> bool:
    """Confirm a proposal or call it off. False: it was decided already."""
    undecided = (proposal.c.id == proposal_id, proposal.c.decided_at.is_(None))
    values = {"decided_by": account_id, "decided_at": tx.now, "confirmed": confirmed}
    return bool(tx.conn.execute(update(proposal).where(*undecided).values(values)).rowcount)


def confirmed_last(kind: str) -> Select[Any]:
    """Return what selects the data that are in force."""
    c = proposal.c
    return select(c.data).where(c.kind == kind, c.confirmed).order_by(c.decided_at.desc()).limit(1)


def in_force(tx: Tx, *, kind: str) -> Any:
    """Return the data that were confirmed last; None where nothing was."""
    return tx.conn.execute(confirmed_last(kind)).scalar()


def _proposal(row: Row[Any]) -> Proposal:
    return Proposal(
        row.id,
        row.kind,
        row.subject,
        row.data,
        row.proposed_by,
        row.proposed_at,
        row.decided_by,
        row.decided_at,
        row.confirmed,
    )
