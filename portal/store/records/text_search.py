"""Finding words in a person's record. What is stored is sealed, so a search opens rows, newest first, up to a limit."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from portal.domain.entry import Entry
from portal.domain.sections import Section
from portal.merge.text import plain
from portal.store.engine.database import Tx
from portal.store.records import rows
from portal.store.records.periods import Period
from portal.store.records.rows import RecordRow
from portal.store.schema.records import entry, record_row, record_row_source

SCAN = 20_000
"""What one search opens at most: the newest words of each organization on each row."""


@dataclass(frozen=True, slots=True)
class Matches:
    """``rows`` newest first. ``more``: others match too. ``until``: what is older (a sort key) was not looked at."""

    rows: tuple[RecordRow, ...]
    more: bool
    until: str = ""


def matching(
    tx: Tx,
    *,
    person_id: str,
    text: str,
    words_of: Callable[[Entry], str],
    sections: Sequence[Section],
    confidential: bool,
    source: str | None = None,
    period: Period | None = None,
    limit: int = 50,
    scan: int = SCAN,
) -> Matches:
    """Rows in which some source's words contain every word of ``text``, as beginnings of words, accents folded.

    ``words_of`` gives what of an entry is looked through. ``source`` and ``period`` narrow as in ``rows.page``.
    """
    wanted = [f" {word}" for word in plain(text).split()]
    if not wanted:
        return Matches((), more=False)
    row, said = record_row.c, record_row_source.c
    query = (
        select(row.id, row.sort_at, entry.c.id.label("entry_id"), entry.c.body)
        .join(record_row_source, said.row_id == row.id)
        .join(entry, entry.c.id == said.entry_id)
        .where(row.person_id == person_id, row.section.in_([one.value for one in sections]))
        .order_by(row.sort_at.desc(), row.id)
        .limit(scan + 1)
    )
    if not confidential:
        query = query.where(row.confidential.is_(False))
    if source is not None:
        query = query.where(said.source == source)
    if period is not None:
        query = query.where(period.holds(row.sort_at))
    found: dict[str, None] = {}
    until = ""
    for opened, one in enumerate(tx.conn.execute(query)):
        if opened == scan:
            until = one.sort_at
            break
        if one.id in found:
            continue
        said_here = words_of(tx.unseal(one.body, Entry, row=f"entry.body:{one.entry_id}"))
        if all(word in f" {plain(said_here)}" for word in wanted):
            found[one.id] = None
            if len(found) > limit:
                break
    return Matches(rows.by_ids(tx, row_ids=list(found)[:limit]), more=len(found) > limit, until=until)
