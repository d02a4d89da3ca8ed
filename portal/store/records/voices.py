"""What each source says of the first rows of a section: one statement, for a line above another section."""

from collections.abc import Collection
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, bindparam, select

from portal.access.visibility import Sight
from portal.domain.entry import Entry, Status
from portal.domain.sections import Section
from portal.merge import RANKS
from portal.store.engine.constants import with_constants
from portal.store.engine.database import Tx
from portal.store.records.entry_bodies import opened
from portal.store.records.row_parts import STATUSES
from portal.store.records.seen import seen
from portal.store.schema.records import entry, record_row, record_row_source


def voices(
    tx: Tx, *, person_id: str, section: Section, sight: Sight, statuses: Collection[Status], limit: int
) -> tuple[tuple[Status, tuple[Entry, ...]], ...]:
    """Return the first rows of these statuses, in the order of the list, each with what speaks for it first."""
    query = _query(section, sight, tuple(statuses), limit)
    spoken: dict[str, tuple[Status, list[Entry]]] = {}
    for each in tx.conn.execute(query, {"person_id": person_id}):
        entries = spoken.setdefault(each.row_id, (STATUSES[each.rank], []))[1]
        entries.append(opened(tx, entry_id=each.id, section=each.section, body=each.body))
    return tuple((status, tuple(entries)) for status, entries in spoken.values())


@lru_cache(maxsize=16)
def _query(section: Section, sight: Sight, statuses: tuple[Status, ...], limit: int) -> Select[Any]:
    """Return the statement, about "person_id"; making it takes as long as asking."""
    row = record_row.c
    first = (
        select(row.id, row.rank, row.sort_at, row.primary_id)
        .where(row.person_id == bindparam("person_id"), row.section == section)
        .where(row.rank.in_([RANKS[status] for status in statuses]), seen(row, sight))
        .order_by(row.rank.desc(), row.sort_at.desc(), row.id)
        .limit(limit)
        .subquery()
    )
    query = (
        select(first.c.id.label("row_id"), first.c.rank, entry.c.id, entry.c.section, entry.c.body)
        .join(record_row_source, record_row_source.c.row_id == first.c.id)
        .join(entry, entry.c.id == record_row_source.c.entry_id)
        .order_by(first.c.rank.desc(), first.c.sort_at.desc(), first.c.id, entry.c.id != first.c.primary_id, entry.c.id)
    )
    return with_constants(query)
