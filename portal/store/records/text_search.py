"""Finding words in a person's record. What is stored is sealed, so a search opens rows, newest first, up to a limit."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select

from portal.access.visibility import Sight
from portal.domain.entry import Entry
from portal.domain.sections import Section
from portal.merge.words.text import plain
from portal.store.engine.database import Tx
from portal.store.records import rows, search_query
from portal.store.records.entry_bodies import opened
from portal.store.records.periods import Period
from portal.store.records.rows import RecordRow
from portal.store.records.seen import seen
from portal.store.schema.records import entry, record_row, record_row_source

SCAN = 20_000
"""What one search opens at most: the newest words of each organization on each row."""
_CANDIDATES = 4  # times as many as are asked for: the newest of what matches, of which the best are returned


@dataclass(frozen=True, slots=True)
class Matches:
    """``rows`` best first, then newest. ``more``: others match too. ``until``: what is older (a sort key) was not
    looked at. ``respelled``: what was looked for instead of a text that is nowhere. ``partly``: none has every word.
    """

    rows: tuple[RecordRow, ...]
    more: bool
    until: str = ""
    respelled: str = ""
    partly: bool = False


def matching(
    tx: Tx,
    *,
    person_id: str,
    text: str,
    words_of: Callable[[Entry], str],
    sections: Sequence[Section],
    sight: Sight,
    source: str | None = None,
    period: Period | None = None,
    limit: int = 50,
    scan: int = SCAN,
    partly: bool = False,
    repeats: int = 0,
) -> Matches:
    """Return rows in which some source's words contain every word of ``text`` (``portal.store.records.search_query``).

    ``words_of`` gives what of an entry is looked through. ``source`` and ``period`` narrow as in ``rows.page``.
    ``partly``: where no row has every word, those that have most of them.
    """
    query = search_query.parse(text)
    if not query.terms:
        return Matches((), more=False)
    scanned = _Scan(most=limit * _CANDIDATES)
    for looked_at, candidate in enumerate(
        tx.conn.execute(candidates(person_id, sections, source, period, scan, sight=sight))
    ):
        if looked_at == scan:
            scanned.until = candidate.sort_at
            break
        stored = opened(tx, entry_id=candidate.entry_id, section=candidate.section, body=candidate.body)
        if not scanned.look(candidate.id, plain(stored.title), plain(words_of(stored)), query):
            break
    ids, respelled = scanned.whole(), ""
    if not ids and (respelled := search_query.respelled(text, scanned.vocabulary())) != plain(text):
        scanned.again(search_query.parse(respelled))
        ids = scanned.whole()
    if not ids:
        scanned.again(search_query.parse(text, scanned.vocabulary()))
        ids = scanned.whole()
    only_partly = partly and not ids and len(query.terms) > 1
    if only_partly:
        ids = scanned.most_words()
    shown = rows.by_ids(tx, row_ids=ids[:limit], repeats=repeats)
    respelled = respelled if ids and respelled != plain(text) else ""
    return Matches(shown, len(ids) > limit, scanned.until, respelled, only_partly and bool(ids))


class _Scan:
    """The rows that were looked at, newest first, and how well each fits."""

    def __init__(self, *, most: int) -> None:
        self._most = most
        self._texts: list[tuple[str, str, str]] = []
        self._scores: dict[str, tuple[int, ...]] = {}
        self.until = ""

    def look(self, row_id: str, title: str, text: str, query: search_query.TextQuery) -> bool:
        """Look at what one source says of a row; False once there are enough."""
        self._texts.append((row_id, title, text))
        scores = query.scores(title, text)
        if any(scores):
            self._scores[row_id] = max(self._scores.get(row_id, ()), scores, key=_fit)
        return len(self._scores) <= self._most or len(self.whole()) <= self._most

    def again(self, query: search_query.TextQuery) -> None:
        """Look at all of them anew, for another query."""
        texts, self._texts, self._scores = self._texts, [], {}
        for row_id, title, text in texts:
            self.look(row_id, title, text, query)

    def whole(self) -> list[str]:
        """Return the rows that have every word, best first, then as they came."""
        return self._ordered(row_id for row_id, scores in self._scores.items() if all(scores))

    def most_words(self) -> list[str]:
        """Return the rows that have as many words as any has."""
        most = max(map(_number, self._scores.values()), default=0)
        return self._ordered(row_id for row_id, scores in self._scores.items() if _number(scores) == most)

    def vocabulary(self) -> set[str]:
        return search_query.words_of(text for _row_id, title, words in self._texts for text in (title, words))

    def _ordered(self, row_ids: Iterable[str]) -> list[str]:
        return sorted(row_ids, key=lambda row_id: -sum(self._scores[row_id]))


def _number(scores: tuple[int, ...]) -> int:
    return sum(map(bool, scores))


def _fit(scores: tuple[int, ...]) -> tuple[int, int]:
    return _number(scores), sum(scores)


def candidates(
    person_id: str,
    sections: Sequence[Section],
    source: str | None,
    period: Period | None,
    scan: int,
    *,
    sight: Sight,
) -> Select[Any]:
    """Select what each source says now in each row of these sections, newest first: what is opened to be read."""
    row, voice = record_row.c, record_row_source.c
    query = (
        select(row.id, row.sort_at, row.section, entry.c.id.label("entry_id"), entry.c.body)
        .join(record_row_source, voice.row_id == row.id)
        .join(entry, entry.c.id == voice.entry_id)
        .where(row.person_id == person_id, row.section.in_([section.value for section in sections]))
        .where(voice.person_id == person_id)  # the same by the join: so the planner need not read everybody's
        .order_by(row.sort_at.desc(), row.id)
        .limit(scan + 1)
    )
    query = query.where(seen(row, sight))
    if source is not None:
        query = query.where(voice.source == source)
    return query if period is None else query.where(period.holds(row.sort_at))
