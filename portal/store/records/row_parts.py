"""What a row of a section page is made of: what each source says now, and the rows that may be the same thing."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select

from portal.domain.entry import Entry, Status
from portal.domain.sections import Section
from portal.merge import RANKS, SourcedEntry
from portal.store.engine.database import Tx
from portal.store.records.entry_bodies import opened
from portal.store.records.resources import chunks
from portal.store.schema.records import entry, record_row_mark, record_row_source

STATUSES = {rank: status for status, rank in RANKS.items()}


@dataclass(frozen=True, slots=True)
class RowMark:
    """Another row that may be the same thing: the entry that speaks for it, and what keeps it apart.

    ``fields`` are names of ``portal.merge.rules``; "entry" when only the statements differ (two current orders of one
    product). ``withdrawn``: the other was entered in error and is in no row.
    """

    entry_id: str
    source: str
    entry: Entry
    fields: tuple[str, ...]
    withdrawn: bool


@dataclass(frozen=True, slots=True)
class Extent:
    """What one source has in a row beside what it says now: how many entries, how many hold now, since when."""

    entries: int
    current: int
    first_at: str


@dataclass(frozen=True, slots=True)
class RecordRow:
    """One line of a section page.

    ``entries`` are decoded: on a page what each source says now, home first; from ``by_entry`` all of them, newest
    first within a source. ``counts`` says how many entries each source has in all. ``home``: documented here too, so
    that the row carries no symbol. ``marks`` name the rows that may be the same thing; ``spans`` say by source how many
    orders, visits or versions the row holds. ``new`` are the ids of all its entries that were not read yet and
    ``new_from`` who they are from; what counts as new says ``portal.store.records.news``. ``private``: the person keeps
    it private.
    """

    id: str
    section: Section
    status: Status
    sort_at: str
    primary_id: str
    home: bool
    entries: tuple[SourcedEntry, ...]
    counts: Mapping[str, int]
    new: frozenset[str]
    new_from: frozenset[str] = frozenset()
    marks: tuple[RowMark, ...] = ()
    spans: Mapping[str, Extent] = field(default_factory=dict)
    private: bool = False

    @property
    def primary(self) -> SourcedEntry:
        """The entry that speaks for the row: the home organization's where it has one."""
        return next((sourced for sourced in self.entries if sourced.id == self.primary_id), self.entries[0])

    @property
    def sources(self) -> tuple[str, ...]:
        """Who documents it, home first."""
        return tuple(self.counts)


class Voice(NamedTuple):
    """What one source has in a row. ``entry_id`` is its leading entry."""

    source: str
    entry_id: str
    span: Extent


Mark = tuple[str, str, tuple[str, ...], bool]
_PARTS = (
    select(
        *(record_row_source.c[name] for name in ("row_id", "source", "entry_id", "entries", "current", "first_at")),
        entry.c.section,
        entry.c.body,
        record_row_mark.c.entry_id.label("mark_id"),
        record_row_mark.c.source.label("mark_source"),
        record_row_mark.c.fields,
        record_row_mark.c.withdrawn,
    )
    .join(entry, entry.c.id == record_row_source.c.entry_id, isouter=True)
    .join(record_row_mark, record_row_mark.c.row_id == record_row_source.c.row_id, isouter=True)
    .where(record_row_source.c.row_id.in_(bindparam("row_ids", expanding=True)))
    .order_by(record_row_mark.c.entry_id)
)


class RowParts:
    """The voices, marks and decoded entries of rows, each read at once for all of them."""

    def __init__(self, tx: Tx, row_ids: Sequence[str], *, also: Sequence[str] = ()) -> None:
        self.voices: dict[str, list[Voice]] = defaultdict(list)
        self.marks: dict[str, list[Mark]] = defaultdict(list)
        self.decoded: dict[str, Entry] = {}
        for batch in chunks(row_ids):
            self._read(tx, batch)
        others = {mark[0] for marks in self.marks.values() for mark in marks}.union(also) - set(self.decoded)
        if others:
            self.decoded |= decoded(tx, sorted(others))
        self.unread = _unread(tx, row_ids)

    def _read(self, tx: Tx, row_ids: Sequence[str]) -> None:
        """Read voices, home first, with their entries, and the marks: one statement, a line for each voice and mark."""
        for row in tx.conn.execute(_PARTS, {"row_ids": list(row_ids)}):
            voices = self.voices[row.row_id]
            if not any(voice.source == row.source for voice in voices):
                voices.append(Voice(row.source, row.entry_id, Extent(row.entries, row.current, row.first_at)))
                if row.body is not None:
                    self.decoded[row.entry_id] = opened(tx, entry_id=row.entry_id, section=row.section, body=row.body)
            mark = (row.mark_id, row.mark_source, tuple(row.fields or ()), row.withdrawn)
            if row.mark_id is not None and mark not in self.marks[row.row_id]:
                self.marks[row.row_id].append(mark)
        for row_id in row_ids:
            self.voices[row_id].sort(key=lambda voice: (voice.source != "home", voice.source))

    def row(self, stored: Any, section: Section, ids: Sequence[tuple[str, str]] | None = None) -> RecordRow:
        """Return the row with what each source says now, or with these entries (id, source)."""
        voices = self.voices[stored.id]
        shown = ids if ids is not None else [(voice.entry_id, voice.source) for voice in voices]
        entries = tuple(SourcedEntry(one, source, self.decoded[one]) for one, source in shown)
        return RecordRow(
            id=stored.id,
            section=section,
            status=STATUSES[stored.rank],
            sort_at=stored.sort_at,
            primary_id=stored.primary_id,
            home=stored.home,
            entries=entries,
            counts={voice.source: voice.span.entries for voice in voices},
            new=frozenset(self.unread.get(stored.id, {})),
            new_from=frozenset(self.unread.get(stored.id, {}).values()),
            marks=tuple(
                RowMark(entry_id, source, self.decoded[entry_id], fields, withdrawn)
                for entry_id, source, fields, withdrawn in self.marks.get(stored.id, ())
                if entry_id in self.decoded
            ),
            spans={voice.source: voice.span for voice in voices},
            private=stored.private,
        )


def _unread(tx: Tx, row_ids: Sequence[str]) -> dict[str, dict[str, str]]:
    """Return the source of each unread entry, by row and entry."""
    unread: dict[str, dict[str, str]] = defaultdict(dict)
    for batch in chunks(row_ids):
        query = select(entry.c.row_id, entry.c.id, entry.c.source)
        for row_id, entry_id, source in tx.conn.execute(
            query.where(entry.c.row_id.in_(batch), entry.c.read_at.is_(None))
        ):
            unread[row_id][entry_id] = source
    return unread


def decoded(tx: Tx, ids: Sequence[str]) -> dict[str, Entry]:
    """Return the entries with these ids."""
    entries: dict[str, Entry] = {}
    for batch in chunks(list(ids)):
        query = select(entry.c.id, entry.c.section, entry.c.body).where(entry.c.id.in_(batch))
        for entry_id, section, body in tx.conn.execute(query):
            entries[entry_id] = opened(tx, entry_id=entry_id, section=section, body=body)
    return entries
