"""What an account wants to be told by e-mail of, and when; and what it is to be told of next.

A notice names an account, a person and a kind of news, and nothing of the news itself. It is written in the transaction
that makes the news visible, so that none is lost, and removed in the one that puts the e-mail into the outbox.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import msgspec
from sqlalchemy import ColumnElement, and_, delete, select, union, update

from portal.domain.sections import Section
from portal.store.engine.bulk import insert_many
from portal.store.engine.database import Tx
from portal.store.people import proxies
from portal.store.schema.access import account, notice, notice_choice, proxy_grant


class Timing(StrEnum):
    AT_ONCE = "at-once"
    DAILY = "daily"
    NEVER = "never"


KINDS: tuple[Section, ...] = (Section.MESSAGES, Section.TEST_RESULTS, Section.VISITS)
"""Sections whose news can be told of: what the bubbles count."""


class NoticeChoices(msgspec.Struct, frozen=True, omit_defaults=True):
    """When an account is told of each kind. ``at_night``: between 9 in the evening and 8 in the morning, too."""

    messages: Timing = Timing.AT_ONCE
    results: Timing = Timing.DAILY
    visits: Timing = Timing.DAILY
    at_night: bool = False
    links: Timing = Timing.AT_ONCE  # that a link is about to end

    def timing(self, kind: Section) -> Timing:
        by_kind: Mapping[Section, Timing] = {
            Section.MESSAGES: self.messages,
            Section.TEST_RESULTS: self.results,
            Section.VISITS: self.visits,
        }
        return by_kind.get(kind, Timing.NEVER)


NO_NEWS = NoticeChoices(Timing.NEVER, Timing.NEVER, Timing.NEVER, links=Timing.NEVER)


@dataclass(frozen=True, slots=True)
class NewsNotice:
    """``planned_at``: when the first of the news came."""

    account_id: str
    person_id: str
    kind: Section
    planned_at: datetime


def choices(tx: Tx, *, account_id: str) -> NoticeChoices:
    """Return what an account chose, or what holds for who did not."""
    sealed = tx.conn.execute(select(notice_choice.c.data).where(notice_choice.c.account_id == account_id)).scalar()
    return (
        NoticeChoices() if sealed is None else tx.unseal(sealed, NoticeChoices, row=f"notice_choice.data:{account_id}")
    )


def choose(tx: Tx, *, account_id: str, chosen: NoticeChoices) -> None:
    tx.conn.execute(delete(notice_choice).where(notice_choice.c.account_id == account_id))
    sealed = tx.seal(chosen, row=f"notice_choice.data:{account_id}")
    insert_many(tx, notice_choice, [{"account_id": account_id, "data": sealed}])


def plan(tx: Tx, *, person_id: str, kind: Section, authors: Collection[str] = ("",)) -> None:
    """Note that everybody who acts for the person is to be told; whoever is already, once.

    ``authors``: whose the news are (``portal.access.authors``); of messages that are somebody's nobody else who acts
    for the person is told.
    """
    of_person = proxy_grant.c.person_id == person_id
    acting = select(proxy_grant.c.account_id).where(of_person, proxies.in_force_at(tx.now))
    if "" not in authors:
        acting = acting.where(proxy_grant.c.account_id.in_(sorted(authors)))
    own = select(account.c.id).where(account.c.person_id == person_id, account.c.disabled_at.is_(None))
    waiting = select(notice.c.account_id).where(notice.c.person_id == person_id, notice.c.kind == kind)
    fresh = set(tx.conn.execute(union(own, acting)).scalars()) - set(tx.conn.execute(waiting).scalars())
    values = {"person_id": person_id, "kind": kind.value, "planned_at": tx.now, "due_at": tx.now}
    if fresh:
        insert_many(tx, notice, [{"account_id": account_id, **values} for account_id in sorted(fresh)])


def due(tx: Tx, *, limit: int) -> tuple[NewsNotice, ...]:
    """Return the notices to be looked at now, those of one account together."""
    query = select(notice).where(notice.c.due_at <= tx.now).order_by(notice.c.due_at, notice.c.account_id).limit(limit)
    rows = tx.conn.execute(query.with_for_update(skip_locked=True))
    return tuple(NewsNotice(row.account_id, row.person_id, Section(row.kind), row.planned_at) for row in rows)


def put_off(tx: Tx, told: NewsNotice, *, until: datetime) -> None:
    tx.conn.execute(update(notice).where(_is(told)).values(due_at=until))


def end(tx: Tx, told: NewsNotice) -> None:
    tx.conn.execute(delete(notice).where(_is(told)))


def _is(told: NewsNotice) -> ColumnElement[bool]:
    return and_(
        notice.c.account_id == told.account_id, notice.c.person_id == told.person_id, notice.c.kind == told.kind.value
    )
