"""What is new to a person: one rule, which the bubbles count and the lists mark (product.md, sections 1 and 2).

Unread messages, results and appointments of organizations where the person has an active account, and unread messages
of the home organization. A row counts once, however many of its entries are new.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    CompoundSelect,
    ScalarSelect,
    Select,
    String,
    and_,
    bindparam,
    func,
    literal,
    literal_column,
    or_,
    select,
    true,
    union_all,
)

from portal.access.visibility import Sight
from portal.domain.ids import HOME
from portal.domain.links import LinkState
from portal.domain.sections import NOTICED, Section
from portal.store.engine.constants import with_constants
from portal.store.engine.database import Tx
from portal.store.records.rows import RecordRow, by_ids
from portal.store.records.seen import seen
from portal.store.schema.links import link
from portal.store.schema.records import entry, record_count

_PERSON: BindParameter[str] = bindparam("person_id", type_=String)


@dataclass(frozen=True, slots=True)
class NewsCount:
    """How many rows are new: in a section, from everywhere, and from one source."""

    sections: Mapping[Section, int] = field(default_factory=dict)
    sources: Mapping[str, Mapping[Section, int]] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return sum(self.sections.values())

    def of(self, source: str) -> Mapping[Section, int]:
        return self.sources.get(source, {})


def counted(links: Iterable[tuple[str, LinkState]]) -> frozenset[str]:
    """Return the sources whose news count, of a person with these links: id and state."""
    return frozenset({HOME, *(link_id for link_id, state in links if state is LinkState.ACTIVE)})


def counts_in(section: Section, source: str) -> bool:
    """Tell whether what is unread in a section counts, from a source whose news count at all."""
    return section is Section.MESSAGES if source == HOME else section in NOTICED


def is_new(row: RecordRow, sources: Collection[str]) -> bool:
    """Tell whether a list calls a row new. ``sources`` are those of ``counted``."""
    return any(source in sources and counts_in(row.section, source) for source in row.new_from)


def news(tx: Tx, *, person_id: str, sight: Sight, sections: Collection[Section] = NOTICED) -> NewsCount:
    """Count what is new in these sections."""
    if set(NOTICED).isdisjoint(sections):
        return NewsCount()
    return count(tx.conn.execute(_lines_of(frozenset(sections), sight), {"person_id": person_id}))


@lru_cache(maxsize=64)  # a few pages, with what is confidential or private and without
def _lines_of(sections: frozenset[Section], sight: Sight) -> CompoundSelect[Any]:
    return with_constants(union_all(*lines(sections, sight=sight)))


def lines(sections: Collection[Section], *, sight: Sight) -> tuple[Select[Any], ...]:
    """Return statements for what ``count`` takes: section, source, row ("" for messages), number; by "person_id".

    Messages are counted where they are written: a row of them is one entry, and adds up.
    """
    c, tally = entry.c, record_count.c
    rows = [section for section in NOTICED if section in sections and section is not Section.MESSAGES]
    unread_rows = unread(rows, c.section, c.source, c.row_id, sight=sight).distinct().subquery()
    messages = select(
        tally.section, tally.source, literal_column("''").label("row_id"), func.sum(tally.unread).label("number")
    )
    messages = messages.where(_messages_counted(_PERSON, sight)).group_by(tally.section, tally.source)
    of_rows = select(
        *(unread_rows.c[name] for name in ("section", "source", "row_id")), literal_column("1").label("number")
    )
    parts = (of_rows if rows else None, messages if Section.MESSAGES in sections else None)
    return tuple(part for part in parts if part is not None)


def count(new: Iterable[Any]) -> NewsCount:
    """Count what is new by the lines of ``lines``."""
    everywhere: dict[Section, set[str]] = defaultdict(set)
    by_source: dict[str, dict[Section, int]] = defaultdict(lambda: defaultdict(int))
    messages = 0
    for name, source, row_id, number in new:
        section = Section(name)
        if row_id:
            everywhere[section].add(row_id)
        messages += 0 if row_id else int(number)
        if number:
            by_source[source][section] += int(number)
    sections = {section: len(row_ids) for section, row_ids in everywhere.items()}
    return NewsCount(sections | ({Section.MESSAGES: messages} if messages else {}), by_source)


def new_rows(
    tx: Tx, *, person_id: str, sections: Collection[Section], sight: Sight, limit: int
) -> tuple[RecordRow, ...]:
    """Return the rows that are new, the most recent things first: many come with one update, in no order."""
    ids = new_ids(tx, person_id=person_id, sections=sections, sight=sight, limit=limit)
    return by_ids(tx, row_ids=ids)


def new_ids(tx: Tx, *, person_id: str, sections: Collection[Section], sight: Sight, limit: int) -> list[str]:
    """Return the ids of ``new_rows``."""
    query = newest(sections, sight=sight, limit=limit)
    return list(tx.conn.execute(query, {"person_id": person_id}).scalars())


def newest(sections: Collection[Section], *, sight: Sight, limit: int) -> Select[Any]:
    """Return the statement for the ids of ``new_rows`` and the time of each; takes "person_id"."""
    c = entry.c
    sort_at = func.max(c.sort_at)
    others = [section for section in sections if section is not Section.MESSAGES]
    query = unread(others, c.row_id, sort_at.label("sort_at"), sight=sight).group_by(c.row_id)
    if Section.MESSAGES in sections:
        # A row of them is one entry: the newest stand first in an index by time, in which sources are no help.
        messages = select(c.row_id, c.sort_at).where(
            *(c.person_id == _PERSON, c.section == Section.MESSAGES, c.read_at.is_(None), c.row_id.is_not(None)),
            *(c.source.in_(_counted_sources(_PERSON)).is_(true()), seen(c, sight)),
        )
        few = messages.order_by(c.new_at.desc(), c.row_id.desc()).limit(limit).subquery()
        both = union_all(query, select(few)).subquery()
        listed: Select[Any] = select(both.c.row_id, both.c.sort_at)
        return listed.order_by(both.c.sort_at.desc(), both.c.row_id.desc()).limit(limit)
    return query.order_by(sort_at.desc(), c.row_id.desc()).limit(limit)


def number_of(person_id: ColumnElement[str], sections: Collection[Section], *, sight: Sight) -> ScalarSelect[int]:
    """Return how many rows are new in these sections together, as part of another statement about a person."""
    rows = func.count(entry.c.row_id.distinct())
    return unread(sections, rows, sight=sight, person_id=person_id).scalar_subquery()


def number_of_messages(person_id: ColumnElement[str], *, sight: Sight) -> ScalarSelect[int]:
    """Return how many messages are new, as part of another statement about a person."""
    number = func.coalesce(func.sum(record_count.c.unread), 0)
    return select(number).where(_messages_counted(person_id, sight)).scalar_subquery()


def _messages_counted(person_id: ColumnElement[str], sight: Sight) -> ColumnElement[bool]:
    c = record_count.c
    return and_(
        c.person_id == person_id,
        c.section == Section.MESSAGES,
        c.source.in_(_counted_sources(person_id)),
        seen(c, sight),
    )


def _counted_sources(person_id: ColumnElement[str]) -> CompoundSelect[Any]:
    """Return what ``counted`` says of a person's links, as a part of a statement."""
    active = (
        select(link.c.id)
        .where(link.c.person_id == person_id, link.c.live.is_(True), link.c.state == LinkState.ACTIVE)
        .correlate_except(link)  # the account of the statement around it, and not a table of all of them
    )
    return union_all(active, select(literal(HOME)))


def unread(
    sections: Collection[Section],
    *columns: Any,
    sight: Sight,
    person_id: ColumnElement[str] = _PERSON,
) -> Select[Any]:
    """Return what ``counted`` and ``counts_in`` say, as a query for "person_id": a test compares the two.

    Person, source and section are each compared with a list: so the index of what is unread answers it on SQLite, and
    not the one of all entries.
    """
    c = entry.c
    return select(*columns).where(
        c.person_id == person_id,
        c.read_at.is_(None),
        c.row_id.is_not(None),
        c.section.in_([section.value for section in NOTICED if section in sections]),
        c.source.in_(_counted_sources(person_id)),
        or_(c.source != HOME, c.section == Section.MESSAGES),
        seen(c, sight),
    )
