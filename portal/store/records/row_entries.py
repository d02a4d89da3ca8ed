"""All entries of a few rows: the orders, visits or repeats that a row of a page stands for."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import func, select

from portal.access.visibility import Sight
from portal.domain.sections import Section
from portal.merge import SourcedEntry
from portal.store.engine.database import Tx
from portal.store.records.entry_bodies import opened
from portal.store.records.resources import chunks
from portal.store.records.seen import seen
from portal.store.schema.records import entry


def newest(tx: Tx, *, row_ids: Sequence[str], most: int) -> Mapping[str, tuple[SourcedEntry, ...]]:
    """Return by row its entries, newest first, at most ``most`` of each row. The rows must be those of the reader."""
    place = func.row_number().over(partition_by=entry.c.row_id, order_by=(entry.c.sort_at.desc(), entry.c.id.desc()))
    members: dict[str, list[SourcedEntry]] = defaultdict(list)
    for batch in chunks(row_ids):
        ranked = (
            select(entry.c.id, entry.c.row_id, entry.c.source, entry.c.section, entry.c.body, place.label("place"))
            .where(entry.c.row_id.in_(batch))
            .subquery()
        )
        query = select(ranked).where(ranked.c.place <= most).order_by(ranked.c.row_id, ranked.c.place)
        for stored in tx.conn.execute(query):
            readable = opened(tx, entry_id=stored.id, section=stored.section, body=stored.body)
            members[stored.row_id].append(SourcedEntry(stored.id, stored.source, readable))
    return {row_id: tuple(entries) for row_id, entries in members.items()}


def numbers(tx: Tx, *, person_id: str, source: str, sight: Sight) -> Mapping[Section, int]:
    """Return how many entries of a source are shown, by section; what a reader may not see is not counted."""
    query = (
        select(entry.c.section, func.count())
        .where(entry.c.person_id == person_id, entry.c.source == source, entry.c.row_id.is_not(None))
        .group_by(entry.c.section)
    )
    query = query.where(seen(entry.c, sight))
    return {Section(section): int(number) for section, number in tx.conn.execute(query)}
