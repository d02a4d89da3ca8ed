"""Whose turn it is: which refresh may run now, which is next, and which nobody is at."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Join, Row, Select, and_, exists, or_, select, text, update

from portal.domain.links import Outcome
from portal.store.engine.database import Tx
from portal.store.schema.directory import organization
from portal.store.schema.links import link, refresh, refresh_section

WAITING, RUNNING, FAILED = "waiting", "running", "failed"
NIGHTLY, AGAIN = "nightly", "again"
STALE = timedelta(seconds=90)
"""A running refresh whose heartbeat is older was left by a process that died; another worker may take it over."""

SLOW = timedelta(seconds=15)
"""An organization whose last refresh took longer is slow: only one of those is asked while a quick one waits."""

PER_ORGANIZATION = 2
"""How many refreshes of one organization run at once, over all workers."""


class Turn(NamedTuple):
    """A refresh that may run, and why it was asked for: what somebody waits for goes into a queue of its own."""

    refresh_id: str
    cause: str


def has_room(tx: Tx, *, refresh_id: str, organization_id: str, stale: timedelta) -> bool:
    """Tell whether one more refresh of this organization may run.

    A second one only when nobody waits for an organization that is not being asked at all, so that one with many links
    never has all the workers; more than ``PER_ORGANIZATION`` never. Of slow ones only one, while a quick one waits.
    """
    if tx.conn.dialect.name == "postgresql":  # two that count at the same time must not both find room
        key = f"refresh|{organization_id}"
        tx.conn.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"), {"key": key})
    running = _running(tx, refresh_id, stale)
    busy = {each.organization_id for each in running}
    of_this_one = sum(each.organization_id == organization_id for each in running)
    if of_this_one == 0:
        in_turn = not any(each.slow for each in running) or not _is_slow(tx, organization_id)
        return in_turn or not _one_waits(tx, _elsewhere(tx, busy).where(link.c.organization_id.not_in(_SLOW_ONES)))
    return of_this_one < PER_ORGANIZATION and not _one_waits(tx, _elsewhere(tx, busy))


def _running(tx: Tx, refresh_id: str, stale: timedelta) -> Sequence[Row[Any]]:
    """Return the others that run, as many as there are workers: the organization, and whether they or it are slow.

    In one look: beside thousands that wait each takes longer than a page.
    """
    slow = or_(refresh.c.started_at < tx.now - SLOW, link.c.organization_id.in_(_SLOW_ONES))
    query = select(link.c.organization_id, slow.label("slow")).select_from(_with_link())
    return tx.conn.execute(query.where(*_alive(tx, stale), refresh.c.id != refresh_id)).all()


def _elsewhere(tx: Tx, busy: Collection[str]) -> Select[tuple[str]]:
    """Select what waits for an organization that is not being asked at all."""
    free = and_(refresh.c.ended_at.is_(None), _free(tx), link.c.organization_id.not_in(sorted(busy)))
    return select(refresh.c.id).select_from(_with_link()).where(refresh.c.state == WAITING, free)


def _one_waits(tx: Tx, query: Select[tuple[str]]) -> bool:
    return tx.conn.execute(query.limit(1)).first() is not None


_SLOW_ONES = select(organization.c.id).where(organization.c.slow)


def _is_slow(tx: Tx, organization_id: str) -> bool:
    return tx.conn.execute(_SLOW_ONES.where(organization.c.id == organization_id)).first() is not None


def note_pace(tx: Tx, *, refresh_id: str) -> None:
    """Remember whether the organization is slow; one that never began says nothing about it."""
    row = tx.conn.execute(
        select(refresh.c.started_at, link.c.organization_id)
        .select_from(_with_link())
        .where(refresh.c.id == refresh_id, refresh.c.started_at.is_not(None))
    ).one_or_none()
    if row is not None:
        slow = tx.now - row.started_at > SLOW
        place = and_(organization.c.id == row.organization_id, organization.c.slow != slow)
        tx.conn.execute(update(organization).where(place).values(slow=slow))


def next_waiting(tx: Tx, *, organization_id: str) -> Turn | None:
    """Return an organization's next refresh that may run: one somebody waits for, then the one that waited longest."""
    query = (
        select(refresh.c.id, refresh.c.cause)
        .select_from(_with_link())
        .where(
            refresh.c.state == WAITING,
            refresh.c.ended_at.is_(None),
            link.c.organization_id == organization_id,
            _free(tx),
        )
    )
    row = tx.conn.execute(query.order_by(*_turn()).limit(1)).first()
    return Turn(*row) if row else None


def _turn() -> tuple[ColumnElement[Any], ...]:
    return refresh.c.cause == NIGHTLY, refresh.c.requested_at, refresh.c.id


def _with_link() -> Join:
    return refresh.join(link, link.c.id == refresh.c.link_id)


def _alive(tx: Tx, stale: timedelta) -> tuple[ColumnElement[bool], ...]:
    return refresh.c.ended_at.is_(None), refresh.c.state == RUNNING, refresh.c.heartbeat_at >= tx.now - stale


def _free(tx: Tx) -> ColumnElement[bool]:
    return or_(link.c.throttled_until.is_(None), link.c.throttled_until <= tx.now)


def failed_lately(tx: Tx, *, before: timedelta, after: timedelta) -> tuple[str, ...]:
    """Return links whose last refresh ended that long ago, failed at least in a section, and was no second try."""
    later = refresh.alias()
    part = exists().where(
        refresh_section.c.refresh_id == refresh.c.id, refresh_section.c.outcome == Outcome.FAILED.value
    )
    query = (
        select(refresh.c.link_id)
        .where(
            refresh.c.ended_at <= tx.now - before,
            refresh.c.ended_at > tx.now - after,
            refresh.c.cause != AGAIN,
            or_(refresh.c.state == FAILED, part),
            ~select(later.c.id)
            .where(later.c.link_id == refresh.c.link_id, later.c.requested_at > refresh.c.requested_at)
            .exists(),
        )
        .order_by(refresh.c.ended_at, refresh.c.link_id)
    )
    return tuple(tx.conn.execute(query).scalars())


def lost(tx: Tx, *, waiting_for: timedelta, stale: timedelta = STALE) -> tuple[Turn, ...]:
    """Return refreshes that nobody is at: never enqueued, waiting for longer than that, or left by a dead process.

    Of those that wait for one organization only as many as may run: whoever ends names the next.
    """
    busy = select(link.c.organization_id).select_from(_with_link()).where(*_alive(tx, stale))
    query = (
        select(refresh.c.id, refresh.c.cause, refresh.c.state, link.c.organization_id)
        .select_from(_with_link())
        .where(
            refresh.c.ended_at.is_(None),
            _free(tx),
            or_(
                and_(
                    refresh.c.state == WAITING,
                    or_(refresh.c.enqueued_at.is_(None), refresh.c.enqueued_at < tx.now - waiting_for),
                    link.c.organization_id.not_in(busy),
                ),
                and_(refresh.c.state == RUNNING, refresh.c.heartbeat_at < tx.now - stale),
            ),
        )
    )
    ready: list[Turn] = []
    waiting: Counter[str] = Counter()
    for row in tx.conn.execute(query.order_by(*_turn())):
        waiting[row.organization_id] += row.state == WAITING
        if row.state == RUNNING or waiting[row.organization_id] <= PER_ORGANIZATION:
            ready.append(Turn(row.id, row.cause))
    return tuple(ready)
