"""The rows of a section page. A page reads the rows it shows, in the order of an index, and nothing else.

Every question says with ``sight`` what the reader may see. The answer is the one that would be given if the other
entries did not exist (a row is confidential, or private, as a whole or not at all).
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    CompoundSelect,
    Integer,
    Row,
    Select,
    bindparam,
    false,
    func,
    or_,
    select,
    true,
    tuple_,
    union_all,
    update,
)

from portal.access.visibility import Sight
from portal.domain.entry import Entry, Status
from portal.domain.errors import InvalidInputError
from portal.domain.sections import Section
from portal.merge import RANKS
from portal.store.engine.constants import with_constants
from portal.store.engine.database import Tx
from portal.store.records.grouping import lock_person
from portal.store.records.message_threads import write_threads
from portal.store.records.periods import Ends, Period
from portal.store.records.resources import chunks
from portal.store.records.row_parts import STATUSES, Extent, RecordRow, RowMark, RowParts, decoded
from portal.store.records.seen import seen
from portal.store.records.tokens import search_key
from portal.store.schema.records import entry, record_count, record_row, record_row_source, resource, search_token

__all__ = ["Extent", "RecordRow", "RowMark", "RowPage", "by_entry", "by_ids", "page"]

_ALL_ENTRIES = 500  # of one row, on its own page
_TOGETHER = 25  # rows beyond a page's limit that it may show to keep a group together


@dataclass(frozen=True, slots=True)
class RowPage:
    """``total`` and ``by_status`` count the whole section (of ``source`` where one was asked for), not the page.

    ``total`` counts the rows that the page pages through: with ``status`` only those. ``more``: a search ended
    before it had looked at everything.
    """

    rows: tuple[RecordRow, ...]
    next: str | None
    total: int
    by_status: Mapping[Status, int]
    more: bool = False


def page(
    tx: Tx,
    *,
    person_id: str,
    section: Section,
    sight: Sight,
    status: Status | None = None,
    source: str | None = None,
    period: Period | None = None,
    after: str | None = None,
    limit: int = 25,
    by_status: Mapping[Status, int] | None = None,
    repeats: int = 0,
) -> RowPage:
    """Return a page of a section: coming, active, past, newest first in each; ``after`` is ``next`` of the page before.

    ``by_status``: how many rows of the source there are, where the caller knows (``portal.store.records.numbers``).
    ``repeats``: as of ``RowParts``.

    Raises:
        InvalidInputError: "cursor": ``after`` is not one of ours.
    """
    if by_status is None or period is not None:
        by_status = _by_status(tx, person_id, section, source, period, sight=sight)
    total = by_status.get(status, 0) if status is not None else sum(by_status.values())
    narrowed = status is not None or period is not None
    query = _query(
        of_source=source is not None,
        narrowed=narrowed,
        ends=period.ends if period else None,
        after=after is not None,
        sight=sight,
    )
    values: dict[str, Any] = {"person_id": person_id, "section": section}
    if source is not None:
        values["source"] = source
    if narrowed:
        values["ranks"] = [RANKS[each] for each in ((status,) if status is not None else by_status)]
    if period is not None:
        values |= period.values
    if after is not None:
        values |= zip(_PLACE, _position(after), strict=True)
    # Rows that name each other stand together: a page goes on to the end of such a group, or as far as is sensible.
    stored = tx.conn.execute(query, values | {"most": limit + _TOGETHER + 1}).all()
    end = limit
    while (
        end < min(len(stored), limit + _TOGETHER)
        and stored[end].place_id == stored[end - 1].place_id
        and stored[end].rank == stored[end - 1].rank
    ):
        end += 1
    shown = stored[:end]
    following = _cursor(shown[-1]) if len(stored) > end else None
    parts = RowParts(tx, [row.id for row in shown], repeats=repeats)
    return RowPage(tuple(parts.row(row, section) for row in shown), following, total, by_status)


_PLACE = ("rank", "place_at", "place_id", "sort_at", "row_id")


@lru_cache(maxsize=64)
def _query(
    *, of_source: bool, narrowed: bool, ends: Ends | None, after: bool, sight: Sight
) -> Select[Any] | CompoundSelect[Any]:
    """Return the statement for rows in their order, or for those of one source; making it takes as long as asking.

    ``ends``: of a period that they are dated in.
    """
    listed: Any = record_row_source.c if of_source else record_row.c
    row_id = listed.row_id if of_source else listed.id
    # All of it stands in the index: more rows are looked at than are shown.
    query = select(
        row_id.label("id"), *(listed[name] for name in ("rank", "sort_at", "private", "place_at", "place_id"))
    )
    if of_source:
        query = query.where(listed.source == bindparam("source"))
    query = query.where(listed.person_id == bindparam("person_id"), listed.section == bindparam("section"))
    order = (listed.rank, listed.place_at, listed.place_id, listed.sort_at, row_id)
    query = query.where(seen(listed, sight))
    if narrowed:
        query = query.where(order[0].in_(bindparam("ranks", expanding=True)))
    if after:
        place = (bindparam(name, type_=column.type) for name, column in zip(_PLACE, order, strict=True))
        query = query.where(tuple_(*order) < tuple_(*place))
    query = query.order_by(*(column.desc() for column in order)).limit(bindparam("most", type_=Integer))
    return query if ends is None else _within(query, ends, listed)


def _within(query: Select[Any], ends: Ends, listed: Any) -> Select[Any] | CompoundSelect[Any]:
    """Return the statement for those of a period: it reads as many rows as it returns, and those that stand apart."""
    in_place, *apart = ends.listed(listed.place_at, listed.sort_at)
    if not apart:
        return query.where(in_place)
    # Few stand at another's date. Not in order: SQLite would else look for them in the index that has the order.
    # And with a column that this index has not: it would else read all of it, as it need not look at the rows then.
    unordered = query.order_by(None).limit(None).where(listed.entries > 0)
    parts = (query.where(in_place), *(unordered.where(stands) for stands in apart))
    every = union_all(*(select(part.subquery()) for part in parts))
    columns = every.selected_columns
    order = (columns.rank, columns.place_at, columns.place_id, columns.sort_at, columns.id)
    return every.order_by(*(column.desc() for column in order)).limit(bindparam("most", type_=Integer))


def by_entry(tx: Tx, *, person_id: str, section: Section, entry_id: str, sight: Sight) -> RecordRow | None:
    """Return the row an entry is in, with all its entries; None when there is none of this person in this section."""
    row = record_row.c
    query = (
        select(row.id, row.rank, row.sort_at, row.private)
        .join(entry, entry.c.row_id == row.id)
        .where(entry.c.id == entry_id, row.person_id == person_id, row.section == section)
    )
    query = query.where(seen(row, sight))
    stored = tx.conn.execute(query).one_or_none()
    if stored is None:
        return None
    members = tx.conn.execute(
        select(entry.c.id, entry.c.source)
        .where(entry.c.row_id == stored.id)
        .order_by(entry.c.sort_at.desc(), entry.c.id.desc())
        .limit(_ALL_ENTRIES)
    ).all()
    parts = RowParts(tx, [stored.id], also=[member.id for member in members])
    voices = parts.voices[stored.id]
    sources = {member.id: member.source for member in members} | {voice.entry_id: voice.source for voice in voices}
    place = {voice.source: index for index, voice in enumerate(voices)}
    order = sorted(sources, key=lambda entry_id: place[sources[entry_id]])  # stable: newest first within a source
    return parts.row(stored, section, [(entry_id, sources[entry_id]) for entry_id in order])


def by_ids(tx: Tx, *, row_ids: Sequence[str], repeats: int = 0) -> tuple[RecordRow, ...]:
    """Return rows with what each source says now, in the order asked for, those that exist."""
    row = record_row.c
    stored: dict[str, Any] = {}
    for batch in chunks(row_ids):
        query = select(row.id, row.section, row.rank, row.sort_at, row.private).where(row.id.in_(batch))
        stored |= {stored_row.id: stored_row for stored_row in tx.conn.execute(query)}
    return from_stored(tx, [stored[row_id] for row_id in row_ids if row_id in stored], repeats=repeats)


def from_stored(tx: Tx, ordered: Sequence[Any], *, repeats: int = 0) -> tuple[RecordRow, ...]:
    """Return rows of ``record_row`` (id, section, rank, sort_at, private) as ``by_ids`` does."""
    parts = RowParts(tx, [stored_row.id for stored_row in ordered], repeats=repeats)
    return tuple(parts.row(stored_row, Section(stored_row.section)) for stored_row in ordered)


def of_code(
    tx: Tx, *, person_id: str, section: Section, codes: Iterable[tuple[str, str]], sight: Sight, limit: int
) -> tuple[RecordRow, ...]:
    """Return rows of a section in which something carries one of these codes (system, code), newest first."""
    row = record_row.c
    keys = [search_key(tx.vault, person_id=person_id, param="code", value=f"{system}|{code}") for system, code in codes]
    having = (
        select(entry.c.row_id)
        .join(resource, resource.c.id == entry.c.id)
        .join(search_token, search_token.c.number == resource.c.number)
        .where(
            search_token.c.key.in_(keys),
            entry.c.person_id == person_id,
            entry.c.section == section,
            entry.c.row_id.is_not(None),
            seen(entry.c, sight),
        )
    )
    query = select(row.id).where(row.id.in_(having)).order_by(row.sort_at.desc(), row.id).limit(limit)
    return by_ids(tx, row_ids=list(tx.conn.execute(query).scalars()))


def entries(tx: Tx, *, person_id: str, ids: Sequence[str], sight: Sight) -> Mapping[str, Entry]:
    """Return entries of a person by id, those that are known and not entered in error."""
    visible: list[str] = []
    for batch in chunks(list(ids)):
        query = select(entry.c.id).where(
            entry.c.id.in_(batch),
            entry.c.person_id == person_id,
            entry.c.row_id.is_not(None),
            seen(entry.c, sight),
        )
        visible += tx.conn.execute(query).scalars()
    return decoded(tx, visible)


def counts(tx: Tx, *, person_id: str, sight: Sight, absences: bool = False) -> Mapping[Section, dict[str, int]]:
    """Return how many items each section has, by source and under "" in all; with ``absences`` also "none known"."""
    tally = record_count.c
    query = (
        select(tally.section, tally.source, func.sum(tally.rows))
        .where(tally.person_id == person_id, or_(true() if absences else false(), tally.rank != RANKS[Status.ABSENT]))
        .group_by(tally.section, tally.source)
    )
    query = query.where(seen(tally, sight))
    by_section: dict[Section, dict[str, int]] = defaultdict(dict)
    for section, source, total in tx.conn.execute(query):
        by_section[Section(section)][source] = int(total)
    return by_section


def arrived(tx: Tx, *, person_id: str, section: Section, source: str, since: datetime, sight: Sight) -> int:
    """Return entries of a source that came, or came changed, after ``since``: what a page made then does not show."""
    values = {"person_id": person_id, "section": section, "source": source, "since": since}
    return int(tx.conn.execute(_arrived(sight), values).scalar_one())


@lru_cache(maxsize=64)
def _arrived(sight: Sight) -> Select[Any]:
    return with_constants(
        select(func.count()).where(
            *(entry.c[name] == bindparam(name) for name in ("person_id", "section", "source")),
            entry.c.new_at > bindparam("since"),
            entry.c.row_id.is_not(None),
            seen(entry.c, sight),
        )
    )


def mark_read(
    tx: Tx,
    *,
    person_id: str,
    sight: Sight,
    section: Section | None = None,
    source: str | None = None,
    entry_ids: Iterable[str] | None = None,
) -> int:
    """Mark entries as read: those named, or all new ones of a section, of a source, or of both. Return how many."""
    query = (
        update(entry)
        .where(entry.c.person_id == person_id, entry.c.read_at.is_(None), seen(entry.c, sight))
        .values(read_at=tx.now)
        .returning(entry.c.thread)
    )
    if section is not None:
        query = query.where(entry.c.section == section)
    if source is not None:
        query = query.where(entry.c.source == source)
    if section in (None, Section.MESSAGES):
        lock_person(tx, person_id=person_id)  # before their entries, as whoever groups them does
    batches = [query] if entry_ids is None else [query.where(entry.c.id.in_(ids)) for ids in chunks(list(entry_ids))]
    threads = [thread for batch in batches for thread in tx.conn.execute(batch).scalars()]
    if of_messages := {thread for thread in threads if thread is not None}:
        write_threads(tx, person_id=person_id, threads=of_messages)
    return len(threads)


def _by_status(
    tx: Tx, person_id: str, section: Section, source: str | None, period: Period | None, *, sight: Sight
) -> dict[Status, int]:
    """Count from the stored numbers; those of a period are counted."""
    counting = _counting(of_source=source is not None, ends=period.ends if period else None, sight=sight)
    values: dict[str, Any] = {"person_id": person_id, "section": section, "source": source or ""}
    if period is not None:
        values |= period.values
    by_status: Counter[Status] = Counter()
    for rank, total in tx.conn.execute(counting, values):
        by_status[STATUSES[rank]] += int(total)
    return by_status


@lru_cache(maxsize=64)
def _counting(*, of_source: bool, ends: Ends | None, sight: Sight) -> Select[Any] | CompoundSelect[Any]:
    """Return the statement for numbers by rank, of all sources or of one, and of a period with these ends."""
    tally: Any = record_count.c
    number: Any = func.sum(record_count.c.rows)
    if ends is not None:
        tally, number = (record_row_source.c if of_source else record_row.c), func.count()
    whose = (tally.person_id == bindparam("person_id"), tally.section == bindparam("section"), seen(tally, sight))
    counting = select(tally.rank, number).where(*whose).group_by(tally.rank)
    if of_source or ends is None:
        counting = counting.where(tally.source == bindparam("source"))
    if ends is None:
        return counting
    in_list = counting.where(tally.rank.in_(STATUSES))
    return union_all(*(in_list.where(stands) for stands in ends.listed(tally.place_at, tally.sort_at)))


def _cursor(row: Row[Any]) -> str:
    place = (row.rank, row.place_at, row.place_id, row.sort_at, row.id)
    return urlsafe_b64encode("~".join(map(str, place)).encode()).decode().rstrip("=")


def _position(cursor: str) -> tuple[int | str, ...]:
    try:
        rank, *place = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().split("~")
        if len(place) != 4:
            raise InvalidInputError("cursor")
        return int(rank), *place
    except ValueError:
        raise InvalidInputError("cursor") from None
