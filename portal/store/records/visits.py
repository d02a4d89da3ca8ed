"""The rows of appointments and visits, grouped by the clock: to come (soonest first), under way, past.

A source's status says what became of a visit; whether it is over, its date says: an appointment of last year that is
still "booked" is past, and a visit of 2009 that nobody closed is not under way.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache
from operator import attrgetter
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    CTE,
    ColumnElement,
    CompoundSelect,
    Integer,
    Select,
    String,
    and_,
    bindparam,
    case,
    false,
    func,
    literal_column,
    or_,
    select,
    union_all,
)

from portal.access.visibility import Sight
from portal.domain.dates import now_key
from portal.domain.entry import Status
from portal.domain.errors import InvalidInputError
from portal.domain.sections import Section
from portal.merge import RANKS
from portal.store.engine.database import Tx
from portal.store.records.periods import Period
from portal.store.records.rows import RecordRow, RowPage, from_stored
from portal.store.records.seen import seen
from portal.store.schema.records import record_row, record_row_source

UNDER_WAY = timedelta(days=60)
"""How long a visit that was never closed may still be under way: the longest usual stay in a hospital."""
_COMING_MOST = 200
_LEAST = 5  # of what is over, however much is to come
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
    repeats: int = 0,
) -> RowPage:
    """Return one page; the rows' ``status`` is the group that the clock gives. What is to come is on the first page.

    Raises:
        InvalidInputError: "cursor": ``after`` is not one of ours.
    """
    query = (_statement if period is None else _statement.__wrapped__)(
        of_source=source is not None, status=status, after=after is not None, sight=sight, period=period
    )
    values: dict[str, Any] = {"person_id": person_id, "most": max(limit, _LEAST) + 1, **_bounds(tx.now, zone)}
    if source is not None:
        values["source"] = source
    if after is not None:
        values |= zip(("after_place", "after_placed_at", "after_id"), _position(after), strict=True)
    lines = sorted(tx.conn.execute(query, values).all(), key=_NUMBER)
    by_status = {_STATUS_OF[line.place]: line.number for line in lines if line.part == _COUNT}
    total = by_status.get(status, 0) if status else sum(by_status.values())
    coming, past = ([line for line in lines if line.part == part] for part in (_COMING, _PAST))
    last = past[: max(limit - len(coming), _LEAST)]
    following = _cursor(last[-1].place, last[-1].placed_at, last[-1].id) if len(past) > len(last) else None
    shown = [*coming, *last]
    told = zip(from_stored(tx, shown, repeats=repeats), shown, strict=True)
    return RowPage(
        tuple(replace(each, status=_STATUS_OF[line.place]) for each, line in told), following, total, by_status
    )


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


def _bounds(now: datetime, zone: ZoneInfo) -> dict[str, str]:
    """Return what ``_group`` compares with."""
    moments = {"now": now, "long_ago": now - UNDER_WAY}
    walls = {f"{name}_wall": now_key("T" * 19, moment, zone) for name, moment in moments.items()}
    return walls | {f"{name}_instant": now_key("Z", moment, zone) for name, moment in moments.items()}


def _group(rank: Any, key: Any) -> ColumnElement[int]:
    def compared(moment: str, compare: Callable[[Any], ColumnElement[bool]]) -> ColumnElement[bool]:
        wall = func.substr(bindparam(f"{moment}_wall", type_=String), 1, func.length(key))
        instant = bindparam(f"{moment}_instant", type_=String)
        return and_(key != "", or_(and_(key.like("%Z"), compare(instant)), and_(~key.like("%Z"), compare(wall))))

    coming = or_(
        compared("now", lambda bound: key > bound),
        and_(rank != RANKS[Status.PAST], compared("now", lambda bound: key == bound)),
        and_(key == "", rank == RANKS[Status.UPCOMING]),
    )
    under_way = and_(rank == RANKS[Status.ACTIVE], compared("long_ago", lambda bound: key >= bound))
    return case(
        (rank == RANKS[Status.UNSAFE], _GROUPS[Status.UNSAFE]),
        (rank == RANKS[Status.ABSENT], _GROUPS[Status.ABSENT]),
        (coming, _GROUPS[Status.UPCOMING]),
        (under_way, _GROUPS[Status.ACTIVE]),
        else_=_GROUPS[Status.PAST],
    )


_COUNT, _COMING, _PAST = "count", "coming", "past"
_NUMBER = attrgetter("number")
"""How many there are, of a count; else the place in its list, in the order of the database."""


@lru_cache(maxsize=64)
def _statement(
    *, of_source: bool, status: Status | None, after: bool, sight: Sight, period: Period | None
) -> CompoundSelect[Any]:
    """Return the statement for a page and its counts; making it takes as long as asking. A period is not kept."""
    row = record_row.c
    table: Any = record_row_source.c if of_source else row
    columns = (row.id, row.section, row.rank, row.sort_at, row.private)
    query = select(*columns, table.sort_at.label("placed_at"), _group(table.rank, table.sort_at).label("place"))
    if of_source:
        query = query.join(record_row_source, table.row_id == row.id).where(table.source == bindparam("source"))
    query = query.where(table.person_id == bindparam("person_id"), table.section == Section.VISITS, seen(table, sight))
    if period is not None:
        query = query.where(period.holds(table.sort_at))
    listed = query.cte("listed")
    places = [_GROUPS[status]] if status else list(_STATUS_OF)
    parts = [_past(listed, places, after=after), _counts(listed)]
    if not after:
        parts.append(_coming(listed, places))
    return union_all(*(select(part.subquery()) for part in parts))


def _counts(listed: CTE) -> Select[Any]:
    """Count the rows of each group. What a row has beside stays empty."""
    empty: dict[str, ColumnElement[Any]] = {"rank": literal_column("0"), "home": false(), "private": false()}
    nothing = [empty.get(column.name, literal_column("''")).label(column.name) for column in listed.c[:-1]]
    columns: list[Any] = [literal_column(f"'{_COUNT}'").label("part"), func.count().label("number"), *nothing]
    count = select(*columns, listed.c.place)
    return count.group_by(listed.c.place)


def _part(part: str, listed: CTE, order: Sequence[ColumnElement[Any]], limit: Any) -> Select[Any]:
    number = func.row_number().over(order_by=order).label("number")
    return select(literal_column(f"'{part}'").label("part"), number, *listed.c).order_by(number).limit(limit)


def _coming(listed: CTE, places: list[int]) -> Select[Any]:
    """Return what cannot be shown safely, what is to come (soonest first, undated last), and what is under way."""
    first = [place for place in places if place > _GROUPS[Status.PAST]]
    order = (listed.c.place.desc(), listed.c.placed_at == "", listed.c.placed_at, listed.c.id)
    return _part(_COMING, listed, order, _COMING_MOST).where(listed.c.place.in_(first))


def _past(listed: CTE, places: list[int], *, after: bool) -> Select[Any]:
    last = [place for place in places if place <= _GROUPS[Status.PAST]]
    order = (listed.c.place.desc(), listed.c.placed_at.desc(), listed.c.id.desc())
    query = _part(_PAST, listed, order, bindparam("most", type_=Integer)).where(listed.c.place.in_(last))
    if not after:
        return query
    place = bindparam("after_place", type_=Integer)
    placed_at, row_id = bindparam("after_placed_at", type_=String), bindparam("after_id", type_=String)
    return query.where(
        or_(
            listed.c.place < place,
            and_(listed.c.place == place, listed.c.placed_at < placed_at),
            and_(listed.c.place == place, listed.c.placed_at == placed_at, listed.c.id < row_id),
        )
    )


def _cursor(place: int, sort_at: str, row_id: str) -> str:
    return urlsafe_b64encode(f"{place}~{sort_at}~{row_id}".encode()).decode().rstrip("=")


def _position(cursor: str) -> tuple[int, str, str]:
    try:
        place, sort_at, row_id = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().split("~")
        return int(place), sort_at, row_id
    except ValueError:
        raise InvalidInputError("cursor") from None
