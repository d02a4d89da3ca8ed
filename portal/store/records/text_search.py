"""Finding words in a person's record. What is stored is sealed, so a search opens rows, newest first, up to a limit."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from portal.domain.entry import Entry
from portal.domain.sections import Section
from portal.merge.text import plain
from portal.store.engine.database import Tx
from portal.store.records import rows
from portal.store.records.entry_bodies import opened
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
    """Return rows in which some source's words contain every word of ``text``, as beginnings of words, accents folded.

    ``words_of`` gives what of an entry is looked through. ``source`` and ``period`` narrow as in ``rows.page``.
    """
    prefixes = [f" {word}" for word in plain(text).split()]
    if not prefixes:
        return Matches((), more=False)
    row, voice = record_row.c, record_row_source.c
    query = (
        select(row.id, row.sort_at, row.section, entry.c.id.label("entry_id"), entry.c.body)
        .join(record_row_source, voice.row_id == row.id)
        .join(entry, entry.c.id == voice.entry_id)
        .where(row.person_id == person_id, row.section.in_([section.value for section in sections]))
        .order_by(row.sort_at.desc(), row.id)
        .limit(scan + 1)
    )
    if not confidential:
        query = query.where(row.confidential.is_(False))
    if source is not None:
        query = query.where(voice.source == source)
    if period is not None:
        query = query.where(period.holds(row.sort_at))
    matches: dict[str, None] = {}
    until = ""
    for looked_at, candidate in enumerate(tx.conn.execute(query)):
        if looked_at == scan:
            until = candidate.sort_at
            break
        if candidate.id in matches:
            continue
        words = words_of(opened(tx, entry_id=candidate.entry_id, section=candidate.section, body=candidate.body))
        if all(word in f" {plain(words)}" for word in prefixes):
            matches[candidate.id] = None
            if len(matches) > limit:
                break
    return Matches(rows.by_ids(tx, row_ids=list(matches)[:limit]), more=len(matches) > limit, until=until)
