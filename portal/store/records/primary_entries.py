"""What speaks for the rows of a section, without who else says so: one statement."""

from collections.abc import Collection

from sqlalchemy import select

from portal.access.visibility import Sight
from portal.domain.entry import Entry, Status
from portal.domain.sections import Section
from portal.merge import RANKS
from portal.store.engine.database import Tx
from portal.store.records.entry_bodies import opened
from portal.store.records.seen import seen
from portal.store.schema.records import entry, record_row


def primary_entries(
    tx: Tx, *, person_id: str, section: Section, sight: Sight, statuses: Collection[Status], limit: int
) -> tuple[Entry, ...]:
    """Return the entries that speak for the first rows of these statuses, in the order of the section's list."""
    row = record_row.c
    query = (
        select(entry.c.id, entry.c.section, entry.c.body)
        .join(record_row, row.primary_id == entry.c.id)
        .where(row.person_id == person_id, row.section == section)
        .where(row.rank.in_([RANKS[status] for status in statuses]), seen(row, sight))
        .order_by(row.rank.desc(), row.sort_at.desc(), row.id)
        .limit(limit)
    )
    return tuple(opened(tx, entry_id=each.id, section=each.section, body=each.body) for each in tx.conn.execute(query))
