"""The rows of appointments and visits, grouped by the clock: to come (soonest first), under way, past.

A source's status says what became of a visit; whether it is over, its date says: an appointment of last year that is
still "booked" is past, and a visit of 2009 that nobody closed is not under way.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, case, func, literal, or_, select

from portal.access.visibility import Sight
from portal.domain.dates import now_key
from portal.domain.entry import Status
from portal.domain.errors import InvalidInputError
from portal.domain.sections import Section
from portal.merge import RANKS
from portal.store.engine.database import Tx
from portal.store.records.periods import Period
from portal.store.records.rows import RecordRow, RowPage, by_ids
from portal.store.records.seen import seen
from portal.store.schema.records import record_row, record_row_source

UNDER_WAY = timedelta(days=60)
"""How long a visit that was never closed may still be under way: the longest usual stay in a hospital."""
_COMING_MOST = 200
_GROUPS = {Status.UNSAFE: 4, Status.UPCOMING: 3, Status.ACTIVE: 2, Status.PAST: 1, Status.ABSENT: 0}
_STATUS_OF = {place: status for status, place in _GROUPS.items()}


def page(
    tx: Tx,
    *,
    person_id: str,
    sight: Sight,
    zone: ZoneInfo,
    status: Status | None = None,
    source: str | None = None,
    period: Period | None = None,
    after: str | None = None,
    limit: int = 25,
) -> RowPage:
    """Return one page; the rows' ``status`` is the group that the clock gives. What is to come is on the first page.

    Raises:
        InvalidInputError: "cursor": ``after`` is not one of ours.
    """
    table: Any = record_row.c if source is None else record_row_source.c
    row_id = table.id if source is None else table.row_id
    group = _group(table.rank, table.sort_at, tx.now, zone)
    query = select(row_id.label("id"), table.sort_at, group.label("place")).where(
        table.person_id == person_id, table.section == Section.VISITS
    )
    if source is not None:
        query = query.where(table.source == source)
    query = query.where(seen(table, sight))
    if period is not None:
        query = query.where(period.holds(table.sort_at))
    listed = query.subquery()
    counts = tx.conn.execute(select(listed.c.place, func.count()).group_by(listed.c.place))
    by_status = {_STATUS_OF[place]: int(number) for place, number in counts}
    total = by_status.get(status, 0) if status else sum(by_status.values())
    places = [_GROUPS[status]] if status else list(_STATUS_OF)
    coming = [] if after else _coming(tx, listed, places)
    past, following = _past(tx, listed, places, after, max(limit - len(coming), 5))
    groups = dict([*coming, *past])
    ordered = by_ids(tx, row_ids=list(groups))
    return RowPage(tuple(replace(row, status=groups[row.id]) for row in ordered), following, total, by_status)


def by_clock(row: RecordRow, now: datetime, zone: ZoneInfo) -> RecordRow:
    """Return the row with the group that the clock gives as its status; the same decision as that of ``page``."""
    if row.status in (Status.UNSAFE, Status.ABSENT):
        return row
    key = row.sort_at
    bound = now_key(key, now, zone)
    if (key > bound or (key == bound and row.status is not Status.PAST)) if key else row.status is Status.UPCOMING:
        return replace(row, status=Status.UPCOMING)
    under_way = row.status is Status.ACTIVE and key and key >= now_key(key, now - UNDER_WAY, zone)
    return replace(row, status=Status.ACTIVE if under_way else Status.PAST)


def _group(rank: Any, key: Any, now: datetime, zone: ZoneInfo) -> ColumnElement[int]:
    def compared(moment: datetime, compare: Callable[[Any], ColumnElement[bool]]) -> ColumnElement[bool]:
        wall = func.substr(literal(now_key("T" * 19, moment, zone)), 1, func.length(key))
        instant = now_key("Z", moment, zone)
        return and_(key != "", or_(and_(key.like("%Z"), compare(instant)), and_(~key.like("%Z"), compare(wall))))

    coming = or_(
        compared(now, lambda bound: key > bound),
        and_(rank != RANKS[Status.PAST], compared(now, lambda bound: key == bound)),
        and_(key == "", rank == RANKS[Status.UPCOMING]),
    )
    under_way = and_(rank == RANKS[Status.ACTIVE], compared(now - UNDER_WAY, lambda bound: key >= bound))
    return case(
        (rank == RANKS[Status.UNSAFE], _GROUPS[Status.UNSAFE]),
        (rank == RANKS[Status.ABSENT], _GROUPS[Status.ABSENT]),
        (coming, _GROUPS[Status.UPCOMING]),
        (under_way, _GROUPS[Status.ACTIVE]),
        else_=_GROUPS[Status.PAST],
    )


def _coming(tx: Tx, listed: Any, places: list[int]) -> list[tuple[str, Status]]:
    """Return what cannot be shown safely, what is to come (soonest first, undated last), and what is under way."""
    first = [place for place in places if place > _GROUPS[Status.PAST]]
    query = select(listed.c.id, listed.c.place).where(listed.c.place.in_(first))
    query = query.order_by(listed.c.place.desc(), listed.c.sort_at == "", listed.c.sort_at, listed.c.id)
    return [(row_id, _STATUS_OF[place]) for row_id, place in tx.conn.execute(query.limit(_COMING_MOST))]


def _past(
    tx: Tx, listed: Any, places: list[int], after: str | None, limit: int
) -> tuple[list[tuple[str, Status]], str | None]:
    last = [place for place in places if place <= _GROUPS[Status.PAST]]
    query = select(listed.c.id, listed.c.place, listed.c.sort_at).where(listed.c.place.in_(last))
    if after is not None:
        place, sort_at, row_id = _position(after)
        query = query.where(
            or_(
                listed.c.place < place,
                and_(listed.c.place == place, listed.c.sort_at < sort_at),
                and_(listed.c.place == place, listed.c.sort_at == sort_at, listed.c.id < row_id),
            )
        )
    query = query.order_by(listed.c.place.desc(), listed.c.sort_at.desc(), listed.c.id.desc()).limit(limit + 1)
    past = tx.conn.execute(query).all()
    shown = past[:limit]
    following = _cursor(shown[-1].place, shown[-1].sort_at, shown[-1].id) if len(past) > limit else None
    return [(row.id, _STATUS_OF[row.place]) for row in shown], following


def _cursor(place: int, sort_at: str, row_id: str) -> str:
    return urlsafe_b64encode(f"{place}~{sort_at}~{row_id}".encode()).decode().rstrip("=")


def _position(cursor: str) -> tuple[int, str, str]:
    try:
        place, sort_at, row_id = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().split("~")
        return int(place), sort_at, row_id
    except ValueError:
        raise InvalidInputError("cursor") from None
