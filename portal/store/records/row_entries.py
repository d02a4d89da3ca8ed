"""All entries of a few rows: the orders, visits or repeats that a row of a page stands for."""

from collections.abc import Mapping

from sqlalchemy import func, select

from portal.access.visibility import Sight
from portal.domain.sections import Section
from portal.store.engine.database import Tx
from portal.store.records.seen import seen
from portal.store.schema.records import entry


def numbers(tx: Tx, *, person_id: str, source: str, sight: Sight) -> Mapping[Section, int]:
    """Return how many entries of a source are shown, by section; what a reader may not see is not counted."""
    query = (
        select(entry.c.section, func.count())
        .where(entry.c.person_id == person_id, entry.c.source == source, entry.c.row_id.is_not(None))
        .group_by(entry.c.section)
    )
    query = query.where(seen(entry.c, sight))
    return {Section(section): int(number) for section, number in tx.conn.execute(query)}
