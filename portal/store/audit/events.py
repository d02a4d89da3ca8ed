"""The audit trail's rows. Use ``portal.audit.record``; this only writes and reads."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, insert, literal_column, or_, select

from portal.domain.ids import new_id
from portal.store.engine.database import Tx
from portal.store.schema.access import former_person
from portal.store.schema.audit import audit_event


@dataclass(frozen=True, slots=True)
class StoredEvent:
    seq: int
    at: datetime
    action: str
    outcome: str
    actor_kind: str
    actor_id: str | None
    person_id: str | None
    detail: Mapping[str, str]


def append(
    tx: Tx,
    *,
    action: str,
    outcome: str,
    actor_kind: str,
    actor_id: str | None,
    person_id: str | None,
    detail: Mapping[str, str],
) -> None:
    seal_id = new_id()
    tx.conn.execute(
        _APPEND,
        {
            "at": tx.now,
            "action": action,
            "outcome": outcome,
            "actor_kind": actor_kind,
            "actor_id": actor_id,
            "person_id": person_id,
            "seal_id": seal_id,
            "detail": tx.seal(dict(detail), row=f"audit_event.detail:{seal_id}"),
        },
    )


_APPEND = insert(audit_event).inline()  # nobody asks for its seq


def refusals_since(
    tx: Tx, *, since: datetime, action: str, actor_kind: str, actor_id: str | None, person_id: str | None
) -> int:
    """Return how many refusals of this actor about this person were written since then."""
    c = audit_event.c
    query = select(func.count()).where(
        c.outcome == literal_column("'denied'"),  # as in the index, which is of refusals only
        c.action == action,
        c.actor_kind == actor_kind,
        c.actor_id.is_(None) if actor_id is None else c.actor_id == actor_id,
        c.person_id.is_(None) if person_id is None else c.person_id == person_id,
        c.at >= since,
    )
    return int(tx.conn.execute(query).scalar_one())


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which events of a record are asked for; what is not given does not matter.

    ``account``: only by this account. ``not_account``: only by other accounts. ``no_account``: only by others than
    accounts (apps, jobs, operators).
    """

    actions: tuple[str, ...] = ()
    without: tuple[str, ...] = ()  # actions
    account: str | None = None
    not_account: str | None = None
    no_account: bool = False
    since: datetime | None = None  # inclusive
    until: datetime | None = None  # exclusive
    seq: int | None = None


_ALL = Filter()


def of_person(
    tx: Tx, *, person_id: str, limit: int = 50, before: int | None = None, only: Filter = _ALL
) -> tuple[StoredEvent, ...]:
    """Return events about a person's record, newest first; ``before`` is the seq of the last one of the page before."""
    c = audit_event.c
    query = select(audit_event).where(about(person_id)).order_by(c.seq.desc()).limit(limit)
    if before is not None:
        query = query.where(c.seq < before)
    if only.actions:
        query = query.where(c.action.in_(only.actions))
    if only.without:
        query = query.where(c.action.not_in(only.without))
    if only.account is not None:
        query = query.where(c.actor_kind == "account", c.actor_id == only.account)
    if only.not_account is not None:
        query = query.where(c.actor_kind == "account", or_(c.actor_id.is_(None), c.actor_id != only.not_account))
    if only.no_account:
        query = query.where(c.actor_kind != "account")
    if only.since is not None:
        query = query.where(c.at >= only.since)
    if only.until is not None:
        query = query.where(c.at < only.until)
    if only.seq is not None:
        query = query.where(c.seq == only.seq)
    return _events(tx, query)


def about(person_id: str) -> ColumnElement[bool]:
    """Return the condition of events about a person, or about who was merged into them: events are never rewritten."""
    c = audit_event.c
    merged = select(former_person.c.id).where(former_person.c.person_id == person_id)
    return or_(c.person_id == person_id, c.person_id.in_(merged))


def of_actor(tx: Tx, *, actor_id: str, limit: int, since: datetime | None = None) -> tuple[StoredEvent, ...]:
    """Return what an account or a client did, newest first."""
    c = audit_event.c
    query = select(audit_event).where(c.actor_id == actor_id).order_by(c.seq.desc()).limit(limit)
    return _events(tx, query.where(c.at >= since) if since is not None else query)


def _events(tx: Tx, query: Select[Any]) -> tuple[StoredEvent, ...]:
    return tuple(
        StoredEvent(
            row.seq,
            row.at,
            row.action,
            row.outcome,
            row.actor_kind,
            row.actor_id,
            row.person_id,
            tx.unseal(row.detail, dict[str, str], row=f"audit_event.detail:{row.seal_id}"),
        )
        for row in tx.conn.execute(query)
    )
