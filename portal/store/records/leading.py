"""The rows that the home page names, of all sections at once."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, literal_column, select, union_all

from portal.access.visibility import Sight
from portal.domain.entry import Status
from portal.domain.sections import Section
from portal.merge import RANKS
from portal.store.engine.database import Tx
from portal.store.records.news import new_ids
from portal.store.records.row_parts import RecordRow
from portal.store.records.rows import by_ids
from portal.store.records.seen import seen
from portal.store.records.visits import by_clock
from portal.store.schema.records import record_row

_OVER = 10  # visits of yesterday and today that may be over by the clock


@dataclass(frozen=True, slots=True)
class Leading:
    """``first``: the first rows of each section, in the order of its list.

    ``coming``: visits to come, soonest first, as the clock decides; ``over``: the newest of the others. ``unread``:
    what is new (``portal.store.records.news``), newest first.
    """

    first: Mapping[Section, tuple[RecordRow, ...]]
    coming: tuple[RecordRow, ...]
    over: tuple[RecordRow, ...]
    unread: tuple[RecordRow, ...]


def leading(
    tx: Tx,
    *,
    person_id: str,
    statuses: Mapping[Section, Collection[Status]],
    sight: Sight,
    zone: ZoneInfo,
    each: int,
    news: int,
) -> Leading:
    """Return the first ``each`` rows of these statuses in each section, the visits, and ``news`` unread rows.

    Visits are described by the clock, so they are in no ``first``.
    """
    may_see = seen(record_row.c, sight)
    sections = [section for section in statuses if section is not Section.VISITS]
    first = _first(tx, person_id, {section: statuses[section] for section in sections}, may_see, each)
    visits = _visits(tx, person_id, may_see, each) if Section.VISITS in statuses else []
    unread = new_ids(tx, person_id=person_id, sections=list(statuses), sight=sight, limit=news)
    records = {row.id: row for row in by_ids(tx, row_ids=list(dict.fromkeys([*first, *visits, *unread])))}
    by_section: dict[Section, list[RecordRow]] = defaultdict(list)
    for row_id in first:
        by_section[records[row_id].section].append(records[row_id])
    told = [by_clock(records[row_id], tx.now, zone) for row_id in visits]
    return Leading(
        {section: tuple(by_section[section]) for section in sections},
        tuple(row for row in told if row.status is Status.UPCOMING),
        tuple(sorted((row for row in told if row.status in _NOT_COMING), key=_newest_first, reverse=True)),
        tuple(records[row_id] for row_id in unread),
    )


_NOT_COMING = frozenset({Status.ACTIVE, Status.PAST})


def _newest_first(row: RecordRow) -> str:
    return row.sort_at


def _first(
    tx: Tx,
    person_id: str,
    statuses: Mapping[Section, Iterable[Status]],
    may_see: ColumnElement[bool],
    each: int,
) -> list[str]:
    row = record_row.c
    selects = [
        select(
            select(row.id, literal_column(f"'{section.value}'").label("section"))
            .where(
                row.person_id == person_id,
                row.section == section,
                row.rank.in_([RANKS[status] for status in listed]),
                may_see,
            )
            .order_by(row.rank.desc(), row.place_at.desc(), row.place_id.desc(), row.sort_at.desc(), row.id.desc())
            .limit(each)
            .subquery()
        )
        for section, listed in statuses.items()
    ]
    return [row_id for row_id, _section in tx.conn.execute(union_all(*selects))] if selects else []


def _visits(tx: Tx, person_id: str, may_see: ColumnElement[bool], each: int) -> list[str]:
    """Return ids of visits around now: those that may be to come, soonest first, then the newest before them."""
    row: Any = record_row.c
    of_person = select(row.id).where(row.person_id == person_id, row.section == Section.VISITS, may_see)
    yesterday = (tx.now - timedelta(days=1)).strftime("%Y-%m-%d")
    planned = row.rank.in_([RANKS[Status.UPCOMING], RANKS[Status.ACTIVE]])
    ahead = of_person.where(planned, row.sort_at >= yesterday).order_by(row.sort_at, row.id).limit(each + _OVER)
    understood = row.rank != RANKS[Status.UNSAFE]
    behind = of_person.where(understood, row.sort_at < yesterday).order_by(row.sort_at.desc(), row.id).limit(each)
    halves = union_all(select(ahead.subquery()), select(behind.subquery()))
    return list(tx.conn.execute(halves).scalars())
