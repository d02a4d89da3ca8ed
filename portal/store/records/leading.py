"""The rows that the home page names, of all sections at once."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import BindParameter, CompoundSelect, Select, bindparam, literal_column, select, union_all

from portal.access.visibility import Sight
from portal.domain.entry import Status
from portal.domain.sections import Section
from portal.merge import RANKS
from portal.store.engine.constants import with_constants
from portal.store.engine.database import Tx
from portal.store.records import news as news_
from portal.store.records.row_parts import RecordRow
from portal.store.records.rows import from_stored
from portal.store.records.seen import seen
from portal.store.records.visits import by_clock
from portal.store.schema.records import record_row

_VISITS_MOST = 12
_OVER = 10  # visits of yesterday and today that may be over by the clock


@dataclass(frozen=True, slots=True)
class Lead:
    """By what a section is described: its first ``number`` rows of these statuses."""

    statuses: tuple[Status, ...]
    number: int


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
    leads: Mapping[Section, Lead],
    sight: Sight,
    zone: ZoneInfo,
    news: int,
) -> Leading:
    """Return the first rows of each section, the visits, and ``news`` unread rows.

    Visits are described by the clock, so they are in no ``first``.
    """
    listed = tuple((section, lead) for section, lead in leads.items() if section is not Section.VISITS)
    query = _query(listed, news, visits=Section.VISITS in leads, sight=sight)
    yesterday = (tx.now - timedelta(days=1)).strftime("%Y-%m-%d")
    ids: dict[str, list[str]] = defaultdict(list)
    stored: dict[str, Any] = {}
    for row in tx.conn.execute(query, {"person_id": person_id, "yesterday": yesterday}).all():
        ids[row.part].append(row.id)
        stored[row.id] = row
    records = {row.id: row for row in from_stored(tx, list(stored.values()))}
    told = [by_clock(records[row_id], tx.now, zone) for row_id in ids[_VISITS]]
    return Leading(
        {section: tuple(records[row_id] for row_id in ids[section]) for section, _lead in listed},
        tuple(row for row in told if row.status is Status.UPCOMING),
        tuple(sorted((row for row in told if row.status in _NOT_COMING), key=_newest_first, reverse=True)),
        tuple(records[row_id] for row_id in ids[_NEW]),
    )


_NOT_COMING = frozenset({Status.ACTIVE, Status.PAST})


def _newest_first(row: RecordRow) -> str:
    return row.sort_at


_VISITS, _NEW = "around-now", "unread"
_PERSON: BindParameter[str] = bindparam("person_id")


@lru_cache(maxsize=32)  # what may be asked for: with messages or without, with what is confidential or without
def _query(listed: tuple[tuple[Section, Lead], ...], news: int, *, visits: bool, sight: Sight) -> CompoundSelect[Any]:
    """Return one statement for all parts of the page, each in its order; made once, as making it takes as long as
    asking it."""
    parts = [_first(section, lead, sight=sight) for section, lead in listed]
    sections = [section for section, _lead in listed]
    if visits:
        parts += [_ahead(sight=sight), _behind(sight=sight)]
        sections.append(Section.VISITS)
    parts.append(_unread(sections, news, sight=sight))
    return with_constants(union_all(*(select(part.subquery()) for part in parts)))


def _rows(part: str, *, sight: Sight) -> Select[Any]:
    c = record_row.c
    columns = (c.id, c.section, c.rank, c.sort_at, c.private)
    return select(literal_column(f"'{part}'").label("part"), *columns).where(c.person_id == _PERSON, seen(c, sight))


def _first(section: Section, lead: Lead, *, sight: Sight) -> Select[Any]:
    c = record_row.c
    ranks = [RANKS[status] for status in lead.statuses]
    listed = _rows(section.value, sight=sight).where(c.section == section, c.rank.in_(ranks))
    order = (c.rank.desc(), c.place_at.desc(), c.place_id.desc(), c.sort_at.desc(), c.id.desc())
    return listed.order_by(*order).limit(lead.number)


def _ahead(*, sight: Sight) -> Select[Any]:
    """Return visits that may be to come, soonest first."""
    c = record_row.c
    planned = c.rank.in_([RANKS[Status.UPCOMING], RANKS[Status.ACTIVE]])
    visits = _rows(_VISITS, sight=sight).where(c.section == Section.VISITS, planned)
    return visits.where(c.sort_at >= bindparam("yesterday")).order_by(c.sort_at, c.id).limit(_VISITS_MOST + _OVER)


def _behind(*, sight: Sight) -> Select[Any]:
    """Return visits before yesterday, newest first."""
    c = record_row.c
    understood = c.rank != RANKS[Status.UNSAFE]
    visits = _rows(_VISITS, sight=sight).where(c.section == Section.VISITS, understood)
    return visits.where(c.sort_at < bindparam("yesterday")).order_by(c.sort_at.desc(), c.id).limit(_VISITS_MOST)


def _unread(sections: Collection[Section], news: int, *, sight: Sight) -> Select[Any]:
    newest = news_.newest(sections, sight=sight, limit=news).subquery()
    rows = _rows(_NEW, sight=sight).join(newest, newest.c.row_id == record_row.c.id)
    return rows.order_by(newest.c.sort_at.desc(), record_row.c.id.desc()).limit(news)
