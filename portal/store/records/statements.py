"""Every statement of a section within a span of days: each source's own, also those that one row stands for."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from portal.access.visibility import Sight
from portal.domain.entry import Entry
from portal.domain.sections import Section
from portal.store.engine.database import Tx
from portal.store.records.periods import Period
from portal.store.records.resources import chunks
from portal.store.records.row_parts import RowMark, decoded
from portal.store.records.seen import seen
from portal.store.schema.records import entry, record_row_mark


@dataclass(frozen=True, slots=True)
class SectionStatement:
    """What one source says. SectionStatements of one thing have the same ``row_id``."""

    id: str
    source: str
    row_id: str
    private: bool
    entry: Entry


@dataclass(frozen=True, slots=True)
class SectionStatements:
    """The newest first. ``more`` older ones are beyond the limit; ``undated`` ones are in no span of days."""

    listed: tuple[SectionStatement, ...]
    more: int
    undated: int


def of_section(
    tx: Tx, *, person_id: str, section: Section, sight: Sight, period: Period | None, limit: int
) -> SectionStatements:
    """Return what all sources say, as far as the reader may see it; what was entered in error is not there."""
    shown = (
        entry.c.person_id == person_id,
        entry.c.section == section,
        entry.c.row_id.is_not(None),
        seen(entry.c, sight),
    )
    within = (*shown, period.holds(entry.c.sort_at)) if period is not None else shown
    query = select(entry.c.id, entry.c.source, entry.c.row_id, entry.c.private).where(*within)
    stored = tx.conn.execute(query.order_by(entry.c.sort_at.desc(), entry.c.id).limit(limit)).all()
    count = select(func.count()).select_from(entry)
    total = int(tx.conn.execute(count.where(*within)).scalar_one()) if len(stored) == limit else len(stored)
    undated = 0
    if period is not None:
        undated = int(tx.conn.execute(count.where(*shown, entry.c.sort_at == "")).scalar_one())
    entries = decoded(tx, [row.id for row in stored])
    listed = (SectionStatement(row.id, row.source, row.row_id, row.private, entries[row.id]) for row in stored)
    return SectionStatements(tuple(listed), total - len(stored), undated)


def marks(tx: Tx, *, row_ids: Iterable[str], sight: Sight) -> Mapping[str, tuple[RowMark, ...]]:
    """Return by row what may be the same thing, as far as the reader may see it."""
    c = record_row_mark.c
    lines: list[Any] = []
    for batch in chunks(sorted(set(row_ids))):
        query = select(c.row_id, c.entry_id, c.source, c.fields, c.withdrawn).join(entry, entry.c.id == c.entry_id)
        lines += tx.conn.execute(query.where(c.row_id.in_(batch), seen(entry.c, sight)).order_by(c.entry_id)).all()
    entries = decoded(tx, sorted({line.entry_id for line in lines}))
    by_row: dict[str, list[RowMark]] = defaultdict(list)
    for line in lines:
        mark = RowMark(line.entry_id, line.source, entries[line.entry_id], tuple(line.fields or ()), line.withdrawn)
        by_row[line.row_id].append(mark)
    return {row_id: tuple(listed) for row_id, listed in by_row.items()}
