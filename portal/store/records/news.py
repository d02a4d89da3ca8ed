"""What is new to a person: one rule, which the bubbles count and the lists mark (product.md, sections 1 and 2).

Unread messages, results and appointments of organizations where the person has an active account, and unread messages
of the home organization. A row counts once, however many of its entries are new.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, String, bindparam, func, literal, or_, select, union_all

from portal.access.visibility import Sight
from portal.domain.ids import HOME
from portal.domain.links import LinkState
from portal.domain.sections import NOTICED, Section
from portal.store.engine.constants import with_constants
from portal.store.engine.database import Tx
from portal.store.records.rows import RecordRow, by_ids
from portal.store.records.seen import seen
from portal.store.schema.links import link
from portal.store.schema.records import entry


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
    return count(tx.conn.execute(_rows_of(frozenset(sections), sight), {"person_id": person_id}))


@lru_cache(maxsize=64)  # a few pages, with what is confidential or private and without
def _rows_of(sections: frozenset[Section], sight: Sight) -> Select[Any]:
    columns = (entry.c.section, entry.c.source, entry.c.row_id)
    return with_constants(unread(sections, *columns, sight=sight).distinct())


def count(new: Iterable[Any]) -> NewsCount:
    """Count what is new by its lines: section, source, row."""
    everywhere: dict[Section, set[str]] = defaultdict(set)
    by_source: dict[str, dict[Section, set[str]]] = defaultdict(lambda: defaultdict(set))
    for section, source, row_id in new:
        everywhere[Section(section)].add(row_id)
        by_source[source][Section(section)].add(row_id)
    return NewsCount(
        {section: len(row_ids) for section, row_ids in everywhere.items()},
        {source: {section: len(ids) for section, ids in by.items()} for source, by in by_source.items()},
    )


def new_rows(
    tx: Tx, *, person_id: str, sections: Collection[Section], sight: Sight, limit: int
) -> tuple[RecordRow, ...]:
    """Return the rows that are new, what came last first."""
    ids = new_ids(tx, person_id=person_id, sections=sections, sight=sight, limit=limit)
    return by_ids(tx, row_ids=ids)


def new_ids(tx: Tx, *, person_id: str, sections: Collection[Section], sight: Sight, limit: int) -> list[str]:
    """Return the ids of ``new_rows``."""
    query = newest(sections, sight=sight).limit(limit)
    return list(tx.conn.execute(query, {"person_id": person_id}).scalars())


def newest(sections: Collection[Section], *, sight: Sight) -> Select[Any]:
    """Return the statement for the ids of ``new_rows`` and when each last got something; takes "person_id"."""
    new_at = func.max(entry.c.new_at)
    query = unread(sections, entry.c.row_id, new_at.label("new_at"), sight=sight)
    return query.group_by(entry.c.row_id).order_by(new_at.desc(), entry.c.row_id)


def number_of(person_id: ColumnElement[str], sections: Collection[Section], *, sight: Sight) -> ScalarSelect[int]:
    """Return how many rows are new in these sections together, as part of another statement about a person."""
    rows = func.count(entry.c.row_id.distinct())
    return unread(sections, rows, sight=sight, person_id=person_id).scalar_subquery()


def unread(
    sections: Collection[Section],
    *columns: Any,
    sight: Sight,
    person_id: ColumnElement[str] = bindparam("person_id", type_=String),  # noqa: B008 -- it is never changed
) -> Select[Any]:
    """Return what ``counted`` and ``counts_in`` say, as a query for "person_id": a test compares the two.

    Person, source and section are each compared with a list: so the index of what is unread answers it on SQLite, and
    not the one of all entries.
    """
    c = entry.c
    active = (
        select(link.c.id)
        .where(link.c.person_id == person_id, link.c.live.is_(True), link.c.state == LinkState.ACTIVE)
        .correlate_except(link)  # the account of the statement around it, and not a table of all of them
    )
    return select(*columns).where(
        c.person_id == person_id,
        c.read_at.is_(None),
        c.row_id.is_not(None),
        c.section.in_([section.value for section in NOTICED if section in sections]),
        c.source.in_(union_all(active, select(literal(HOME)))),
        or_(c.source != HOME, c.section == Section.MESSAGES),
        seen(c, sight),
    )
