"""Links: one person's connection to one organization, its history, its tokens."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, RowMapping, and_, bindparam, exists, func, insert, or_, select, update

from portal.domain.ids import HOME, new_id
from portal.domain.links import LIVE, VERIFIED, WORKING, LinkState, Tier
from portal.store.engine.database import Tx
from portal.store.schema.access import account, proxy_grant
from portal.store.schema.base import Instant
from portal.store.schema.links import link, link_event
from portal.store.schema.records import resource

T = TypeVar("T")
REST_AFTER = timedelta(days=365)
"""Whoever has not been here for so long is refreshed when they come back, and not every night until then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """``reason`` is the stable code of why it is in this state. Instants are aware UTC."""

    id: str
    person_id: str
    organization_id: str
    state: LinkState
    tier: Tier
    live: bool
    hidden: bool
    lasting: bool
    reason: str | None
    patient_hash: str | None
    created_by: str
    created_at: datetime
    updated_at: datetime
    verified_at: datetime | None
    refreshed_at: datetime | None
    looked_at: datetime | None
    throttled_until: datetime | None
    ends_at: datetime | None = None
    warned_at: datetime | None = None
    finding: bytes | None = None  # sealed; see ``finding_of``

    @property
    def source(self) -> str:
        """Under which its records are kept."""
        return HOME if self.tier is Tier.HOME else self.id


@dataclass(frozen=True, slots=True)
class LinkEvent:
    at: datetime
    move: str
    from_state: str | None
    to_state: str
    reason: str | None
    account_id: str | None


def by_id(tx: Tx, *, link_id: str) -> Link | None:
    return _link_where(tx, link.c.id == link_id)


def of_person(tx: Tx, *, person_id: str, live: bool | None = True) -> tuple[Link, ...]:
    """Return a person's links to others, oldest first. ``live`` False: history only, newest first; None: all."""
    condition = and_(link.c.person_id == person_id, link.c.tier != Tier.HOME.value)
    if live is not None:
        condition = and_(condition, link.c.live == live)
    order = (link.c.updated_at.desc(), link.c.id) if live is False else (link.c.created_at, link.c.id)
    return tuple(map(_link, tx.conn.execute(select(link).where(condition).order_by(*order)).mappings()))


def to_home(tx: Tx, *, person_id: str) -> Link | None:
    """Return the link a person's home chart is read by, where it comes from the organization's own FHIR server."""
    return live_link(tx, person_id=person_id, organization_id=HOME)


def live_link(tx: Tx, *, person_id: str, organization_id: str) -> Link | None:
    return _link_where(tx, and_(link.c.person_id == person_id, link.c.organization_id == organization_id, link.c.live))


def in_state(tx: Tx, *, states: Iterable[LinkState], untouched_since: datetime | None = None) -> tuple[Link, ...]:
    """Return live links in these states; with ``untouched_since`` only those that last changed before it."""
    condition = and_(link.c.live, link.c.state.in_([state.value for state in states]))
    if untouched_since is not None:
        condition = and_(condition, link.c.updated_at < untouched_since)
    return tuple(map(_link, tx.conn.execute(select(link).where(condition).order_by(link.c.id)).mappings()))


def working_slice(tx: Tx, *, within: tuple[str, str], after: str, limit: int) -> tuple[Link, ...]:
    """Return live links that work, of people who were here within a year, by id: the next after one of a range of ids.

    Whoever has no account rests never: their chart is this organization's own, and nobody was ever here to miss it.
    """
    query = (
        select(link)
        .where(link.c.live, link.c.state.in_([state.value for state in WORKING]), _is_awake(tx.now - REST_AFTER))
        .where(link.c.id >= within[0], link.c.id < within[1], link.c.id > after)
    )
    return tuple(map(_link, tx.conn.execute(query.order_by(link.c.id).limit(limit)).mappings()))


def _is_awake(since: datetime) -> ColumnElement[bool]:
    """Whether the person of a link, or somebody who acts for them, has signed in since then."""
    acting = select(proxy_grant.c.account_id).where(
        proxy_grant.c.person_id == link.c.person_id, proxy_grant.c.ended_at.is_(None)
    )
    accounts = exists().where(or_(account.c.person_id == link.c.person_id, account.c.id.in_(acting)))
    seen = func.coalesce(account.c.signed_in_at, account.c.created_at) > bindparam("since", since, Instant)
    return or_(~accounts, accounts.where(seen))


def organizations_in_use(tx: Tx) -> tuple[str, ...]:
    """Return the ids of organizations with which somebody's link works."""
    query = select(link.c.organization_id).where(link.c.live, link.c.state.in_([state.value for state in WORKING]))
    return tuple(tx.conn.execute(query.distinct().order_by(link.c.organization_id)).scalars())


def of_organization(tx: Tx, *, organization_id: str) -> tuple[Link, ...]:
    """Return live links with it, of all persons."""
    condition = and_(link.c.live, link.c.organization_id == organization_id)
    return tuple(map(_link, tx.conn.execute(select(link).where(condition).order_by(link.c.id)).mappings()))


def ended_with_records(tx: Tx) -> tuple[str, ...]:
    """Return links that ended and still have resources here: a process died after it had stored what came too late."""
    left = select(resource.c.id).where(resource.c.source == link.c.id).exists()
    return tuple(tx.conn.execute(select(link.c.id).where(link.c.live.is_(False), left).order_by(link.c.id)).scalars())


def verified_before(tx: Tx, *, moment: datetime, after: str, limit: int) -> tuple[Link, ...]:
    """Return live links with an account whose verification is older than ``moment``, by id: the next after one."""
    condition = and_(
        link.c.live,
        link.c.state.in_(VERIFIED),
        link.c.tier == Tier.ACCOUNT.value,
        link.c.verified_at < moment,
        link.c.id > after,
    )
    return tuple(map(_link, tx.conn.execute(select(link).where(condition).order_by(link.c.id).limit(limit)).mappings()))


def ending(tx: Tx, within: timedelta, life: timedelta) -> tuple[Link, ...]:
    """Return verified links of which nobody was told yet that their permission, or their verification (good for
    ``life``), ends within this time."""
    soon = or_(link.c.ends_at <= tx.now + within, link.c.verified_at <= tx.now + within - life)
    condition = and_(
        link.c.live,
        link.c.state.in_(VERIFIED),
        link.c.tier == Tier.ACCOUNT.value,
        link.c.warned_at.is_(None),
        soon,
    )
    return tuple(map(_link, tx.conn.execute(select(link).where(condition).order_by(link.c.id)).mappings()))


def add(
    tx: Tx,
    *,
    person_id: str,
    organization_id: str,
    state: LinkState,
    tier: Tier,
    created_by: str,
    move: str,
) -> Link:
    """Add a link. Two at once for one person and organization: the second raises the database's IntegrityError."""
    link_id = new_id()
    tx.conn.execute(
        insert(link).values(
            id=link_id,
            person_id=person_id,
            organization_id=organization_id,
            state=state.value,
            tier=tier.value,
            live=True,
            created_by=created_by,
            created_at=tx.now,
            updated_at=tx.now,
        )
    )
    _event(tx, link_id, move=move, from_state=None, to_state=state.value, reason=None, account_id=created_by)
    return _get(tx, link_id)


def move(
    tx: Tx,
    value: Link,
    *,
    move: str,
    to_state: LinkState,
    reason: str | None = None,
    account_id: str | None = None,
    **fields: Any,
) -> Link:
    """Change the state, with a line of history; ``fields`` are further columns."""
    tx.conn.execute(
        update(link)
        .where(link.c.id == value.id)
        .values(state=to_state.value, live=to_state in LIVE, reason=reason, updated_at=tx.now, **_plain(fields))
    )
    if (value.state, value.reason) != (to_state, reason) or move in ("authorized", "renewed"):
        _event(
            tx,
            value.id,
            move=move,
            from_state=value.state.value,
            to_state=to_state.value,
            reason=reason,
            account_id=account_id,
        )
    return _get(tx, value.id)


def put(tx: Tx, *, link_id: str, **fields: Any) -> None:
    """Change columns that are not the state (hidden, lasting, looked_at, refreshed_at, throttled_until …)."""
    tx.conn.execute(update(link).where(link.c.id == link_id).values(**_plain(fields)))


def throttle_organization(tx: Tx, *, organization_id: str, until: datetime) -> None:
    """Keep all working links of an organization from asking it before ``until``; a later moment stays."""
    tx.conn.execute(
        update(link)
        .where(
            link.c.organization_id == organization_id,
            link.c.live,
            link.c.state.in_(WORKING),
            or_(link.c.throttled_until.is_(None), link.c.throttled_until < until),
        )
        .values(throttled_until=until)
    )


def history(tx: Tx, *, link_id: str) -> tuple[LinkEvent, ...]:
    rows = tx.conn.execute(select(link_event).where(link_event.c.link_id == link_id).order_by(link_event.c.id))
    return tuple(LinkEvent(row.at, row.move, row.from_state, row.to_state, row.reason, row.account_id) for row in rows)


def finding_of(tx: Tx, value: Link, type_: type[T]) -> T | None:
    """Return what differs between the person here and there, while the patient is asked."""
    return tx.unseal(value.finding, type_, row=f"link.finding:{value.id}") if value.finding else None


def patient_hash(tx: Tx, *, organization_id: str, patient: str) -> str:
    """Return the keyed hash by which the same patient id at the same organization is recognised."""
    return tx.vault.hash("link.patient", f"{organization_id}|{patient}")


def _event(
    tx: Tx,
    link_id: str,
    *,
    move: str,
    from_state: str | None,
    to_state: str,
    reason: str | None,
    account_id: str | None,
) -> None:
    tx.conn.execute(
        insert(link_event).values(
            link_id=link_id,
            at=tx.now,
            move=move,
            from_state=from_state,
            to_state=to_state,
            reason=reason,
            account_id=account_id,
        )
    )


def _plain(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value.value if isinstance(value, Tier) else value for name, value in fields.items()}


def _get(tx: Tx, link_id: str) -> Link:
    return _link(tx.conn.execute(select(link).where(link.c.id == link_id)).mappings().one())


def _link_where(tx: Tx, condition: ColumnElement[bool]) -> Link | None:
    row = tx.conn.execute(select(link).where(condition)).mappings().one_or_none()
    return _link(row) if row else None


def _link(row: RowMapping) -> Link:
    return from_columns({str(name): value for name, value in row.items()})


def from_columns(columns: dict[str, Any]) -> Link:
    """Return a row of ``link``."""
    return Link(**{**columns, "state": LinkState(columns["state"]), "tier": Tier(columns["tier"])})
