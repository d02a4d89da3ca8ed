"""What an operator needs to see: how each organization's refreshes went. Counts and codes only, nobody's data."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Integer, case, cast, extract, func, literal, select

from portal.domain.links import LinkState, Outcome
from portal.store.engine.database import Tx
from portal.store.schema.directory import organization
from portal.store.schema.links import link, link_event, refresh, refresh_section

_WINDOW = timedelta(days=7)
_LAST_DAY = timedelta(days=1)
_ALERTS = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class OrganizationHealth:
    """One organization with live links. The figures are of the last seven days.

    ``seconds`` is the mean duration of a refresh, None when none ended; ``last_reason`` the code of the last failure.
    """

    organization_id: str
    name: str
    links: int
    troubled: int  # links in the state error
    unverified: int  # links that need verification
    done: int
    failed: int
    seconds: float | None
    last_reason: str | None
    last_failed_at: datetime | None
    last_done_at: datetime | None
    last_tried_at: datetime | None

    @property
    def success_rate(self) -> float | None:
        """Share of refreshes that ended well, 0 to 1; None when none ended."""
        ended = self.done + self.failed
        return self.done / ended if ended else None


def organizations(tx: Tx) -> tuple[OrganizationHealth, ...]:
    """Return all organizations with live links, those in trouble first."""
    counts = {
        row.organization_id: row
        for row in tx.conn.execute(
            select(
                link.c.organization_id,
                organization.c.name,
                func.count().label("links"),
                func.sum(cast(link.c.state == LinkState.ERROR.value, Integer)).label("troubled"),
                func.sum(cast(link.c.state == LinkState.NEEDS_VERIFICATION.value, Integer)).label("unverified"),
            )
            .join(organization, organization.c.id == link.c.organization_id)
            .where(link.c.live)
            .group_by(link.c.organization_id, organization.c.name)
        )
    }
    ended = {
        row.organization_id: row
        for row in tx.conn.execute(
            select(
                link.c.organization_id,
                func.sum(case((refresh.c.state == "done", 1), else_=0)).label("done"),
                func.sum(case((refresh.c.state == "failed", 1), else_=0)).label("failed"),
                func.avg(_seconds()).label("seconds"),
                func.max(case((refresh.c.state == "failed", refresh.c.ended_at))).label("last_failed_at"),
                func.max(case((refresh.c.state == "done", refresh.c.ended_at))).label("last_done_at"),
                func.max(refresh.c.ended_at).label("last_tried_at"),
            )
            .join(refresh, refresh.c.link_id == link.c.id)
            .where(refresh.c.ended_at > tx.now - _WINDOW)
            .group_by(link.c.organization_id)
        )
    }
    organizations = []
    for organization_id, row in counts.items():
        past = ended.get(organization_id)
        organizations.append(
            OrganizationHealth(
                organization_id=organization_id,
                name=row.name,
                links=row.links,
                troubled=row.troubled,
                unverified=row.unverified,
                done=past.done if past else 0,
                failed=past.failed if past else 0,
                seconds=float(past.seconds) if past and past.seconds is not None else None,
                last_reason=_last_reason(tx, organization_id) if past and past.failed else None,
                last_failed_at=past.last_failed_at if past else None,
                last_done_at=past.last_done_at if past else None,
                last_tried_at=past.last_tried_at if past else None,
            )
        )
    return tuple(sorted(organizations, key=lambda health: (-health.troubled, -health.failed, health.name.casefold())))


@dataclass(frozen=True, slots=True)
class Count:
    """How many refreshes ended (or links are) in a state; ``reason`` is a stable code or empty."""

    organization_id: str
    name: str
    state: str
    reason: str
    count: int


def refresh_counts(tx: Tx) -> tuple[Count, ...]:
    """Count refreshes that ended within a day, by organization, state and reason: older ones are not kept for good."""
    reason = func.coalesce(refresh.c.reason, "")
    query = (
        select(link.c.organization_id, organization.c.name, refresh.c.state, reason, func.count())
        .join(link, link.c.id == refresh.c.link_id)
        .join(organization, organization.c.id == link.c.organization_id)
        .where(refresh.c.ended_at > tx.now - _LAST_DAY)
        .group_by(link.c.organization_id, organization.c.name, refresh.c.state, reason)
    )
    return tuple(Count(*row) for row in tx.conn.execute(query))


def link_counts(tx: Tx) -> tuple[Count, ...]:
    """Return live links by organization and state."""
    query = (
        select(link.c.organization_id, organization.c.name, link.c.state, literal(""), func.count())
        .join(organization, organization.c.id == link.c.organization_id)
        .where(link.c.live)
        .group_by(link.c.organization_id, organization.c.name, link.c.state)
    )
    return tuple(Count(*row) for row in tx.conn.execute(query))


def waiting_refreshes(tx: Tx) -> int:
    """Return how many refreshes nobody has begun."""
    query = select(func.count()).select_from(refresh).where(refresh.c.ended_at.is_(None), refresh.c.state == "waiting")
    return int(tx.conn.execute(query).scalar_one())


@dataclass(frozen=True, slots=True)
class WrongPerson:
    """Somebody else's records or account came over a link (requirement B8); an operator must look at it.

    ``open``: the link has not been verified again since. Whose link it is is not said here; its id leads to the log.
    """

    link_id: str
    organization_id: str
    name: str
    at: datetime
    open: bool


def wrong_persons(tx: Tx) -> tuple[WrongPerson, ...]:
    """Return the alerts of the last ninety days, open ones first, then the newest."""
    query = (
        select(link_event.c.link_id, link.c.organization_id, organization.c.name, link_event.c.at, link.c.reason)
        .join(link, link.c.id == link_event.c.link_id)
        .join(organization, organization.c.id == link.c.organization_id)
        .where(link_event.c.move == "wrong-person", link_event.c.at > tx.now - _ALERTS)
        .order_by(link_event.c.at.desc())
        .limit(200)
    )
    alerts = [
        WrongPerson(row.link_id, row.organization_id, row.name, row.at, row.reason == "wrong-person")
        for row in tx.conn.execute(query)
    ]
    return tuple(sorted(alerts, key=lambda alert: not alert.open))


def _seconds() -> ColumnElement[int]:
    """Return how long a refresh ran: epoch seconds on both databases."""
    return extract("epoch", refresh.c.ended_at) - extract("epoch", refresh.c.started_at)


def _last_reason(tx: Tx, organization_id: str) -> str | None:
    """Return why the newest refresh that failed did; where each section failed for itself, the reason of most."""
    of_most = (
        select(refresh_section.c.reason)
        .where(refresh_section.c.refresh_id == refresh.c.id, refresh_section.c.outcome == Outcome.FAILED.value)
        .group_by(refresh_section.c.reason)
        .order_by(func.count().desc(), refresh_section.c.reason)
        .limit(1)
        .correlate(refresh)
        .scalar_subquery()
    )
    query = (
        select(func.coalesce(refresh.c.reason, of_most))
        .join(link, link.c.id == refresh.c.link_id)
        .where(link.c.organization_id == organization_id, refresh.c.state == "failed")
        .order_by(refresh.c.ended_at.desc())
        .limit(1)
    )
    return tx.conn.execute(query).scalar()
