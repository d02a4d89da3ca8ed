"""Secret addresses at which a person's calendar reads when their appointments are."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, insert, select, update

from portal.domain.ids import new_secret
from portal.store.engine.database import Tx
from portal.store.schema.shares import calendar_feed


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarFeed:
    """One address. ``account_id``: who made it. ``read_at``: when a calendar read it last; None until one did."""

    id: str
    person_id: str
    account_id: str
    created_at: datetime
    read_at: datetime | None


def add(tx: Tx, *, feed_id: str, person_id: str, account_id: str) -> str:
    """Return the secret of a new address. It is kept as a keyed hash only."""
    token = new_secret()
    tx.conn.execute(
        insert(calendar_feed).values(
            id=feed_id, token_hash=_hash(tx, token), person_id=person_id, account_id=account_id, created_at=tx.now
        )
    )
    return token


def by_token(tx: Tx, *, token: str) -> CalendarFeed | None:
    """Return the address that has not been ended and has this secret."""
    feeds = _where(tx, calendar_feed.c.token_hash == _hash(tx, token))
    return feeds[0] if feeds else None


def of_person(tx: Tx, *, person_id: str) -> tuple[CalendarFeed, ...]:
    """Return the addresses of a person that have not been ended, the newest first."""
    return _where(tx, calendar_feed.c.person_id == person_id)


def mark_read(tx: Tx, *, feed_id: str) -> None:
    tx.conn.execute(update(calendar_feed).where(calendar_feed.c.id == feed_id).values(read_at=tx.now))


def end(tx: Tx, *, feed_id: str) -> bool:
    """End an address. False where it had been ended before."""
    in_force = (calendar_feed.c.id == feed_id) & calendar_feed.c.ended_at.is_(None)
    return bool(tx.conn.execute(update(calendar_feed).where(in_force).values(ended_at=tx.now)).rowcount)


def _where(tx: Tx, condition: ColumnElement[bool]) -> tuple[CalendarFeed, ...]:
    query = select(calendar_feed).where(condition, calendar_feed.c.ended_at.is_(None))
    ordered = query.order_by(calendar_feed.c.created_at.desc(), calendar_feed.c.id)
    return tuple(_feed(row) for row in tx.conn.execute(ordered))


def _feed(row: Any) -> CalendarFeed:
    return CalendarFeed(
        id=row.id,
        person_id=row.person_id,
        account_id=row.account_id,
        created_at=row.created_at,
        read_at=row.read_at,
    )


def _hash(tx: Tx, token: str) -> str:
    return tx.vault.hash("calendar-feed", token)
