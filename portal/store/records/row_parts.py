"""What a row of a section page is made of: what each source says now, and the rows that may be the same thing."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, bindparam, func, literal_column, null, select, union_all

from portal.domain.entry import Entry, Status
from portal.domain.ids import HOME
from portal.domain.sections import Section
from portal.merge import RANKS, Disagreement, SourcedEntry, disagreements
from portal.store.engine.database import Tx
from portal.store.records.entry_bodies import opened
from portal.store.records.resources import chunks
from portal.store.schema.records import entry, record_row, record_row_mark, record_row_source

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


@dataclass(frozen=True)
class RecordRow:
    """One line of a section page.

    ``entries`` are decoded: on a page what each source says now, home first; from ``by_entry`` all of them, newest
    first within a source. ``counts`` says how many entries each source has in all. ``home``: documented here too, so
    that the row carries no symbol. ``marks`` name the rows that may be the same thing; ``spans`` say by source how many
    orders, visits or versions the row holds, and ``repeats`` are the newest of them where they were asked for. ``new``
    are the ids of all its entries that were not read yet and ``new_from`` who they are from; what counts as new says
    ``portal.store.records.news``. ``private``: the person keeps it private.
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
    repeats: tuple[SourcedEntry, ...] = ()
    private: bool = False

    @property
    def primary(self) -> SourcedEntry:
        """The entry that speaks for the row: the home organization's where it has one."""
        first = self.entries[0]
        if first.id == self.primary_id:
            return first
        return next((sourced for sourced in self.entries if sourced.id == self.primary_id), first)

    @property
    def disagreements(self) -> tuple[Disagreement, ...]:
        """In what its sources disagree: compared once, as a page asks again for its line, its chart and its mark."""
        return self._compared if len(self.entries) > 1 else ()

    @cached_property
    def _compared(self) -> tuple[Disagreement, ...]:
        return disagreements(self.entries)

    @property
    def sources(self) -> tuple[str, ...]:
        """Who documents it, home first."""
        return tuple(self.counts)


class Voice(NamedTuple):
    """What one source has in a row. ``entry_id`` is its leading entry."""

    source: str
    entry_id: str
    span: Extent


_ASKED = (
    select(record_row.c.id, record_row.c.primary_id)
    .where(record_row.c.id.in_(bindparam("row_ids", expanding=True)))
    .cte("asked")
)


def _lines(kind: str, table: Any, entry_id: ColumnElement[str], *columns: Any) -> Select[Any]:
    return (
        select(
            literal_column(f"'{kind}'").label("kind"), table.c.row_id, table.c.source, entry_id.label("id"), *columns
        )
        .select_from(table)
        .join(_ASKED, table.c.row_id == _ASKED.c.id)
    )


_ZERO: ColumnElement[Any] = literal_column("0")
_EMPTY: ColumnElement[Any] = literal_column("''")
_MARKS = _lines(  # first, as its columns say what type those of the others are
    "mark",
    record_row_mark,
    record_row_mark.c.entry_id,
    _ZERO.label("entries"),
    _ZERO.label("current"),
    _EMPTY.label("first_at"),
    entry.c.section,
    entry.c.body,
    record_row_mark.c.fields,
    record_row_mark.c.withdrawn,
    _EMPTY.label("primary_id"),
).join(entry, entry.c.id == record_row_mark.c.entry_id, isouter=True)
_VOICES = _lines(
    "voice",
    record_row_source,
    record_row_source.c.entry_id,
    *(record_row_source.c[name] for name in ("entries", "current", "first_at")),
    entry.c.section,
    entry.c.body,
    null(),
    null(),
    _ASKED.c.primary_id,
).join(entry, entry.c.id == record_row_source.c.entry_id, isouter=True)
_UNREAD = _lines("unread", entry, entry.c.id, _ZERO, _ZERO, _EMPTY, null(), null(), null(), null(), _EMPTY).where(
    entry.c.read_at.is_(None)
)
_SEVERAL = select(record_row_source.c.row_id).join(_ASKED, record_row_source.c.row_id == _ASKED.c.id)
_RANKED = (
    select(
        entry.c.row_id,
        entry.c.source,
        entry.c.id,
        entry.c.section,
        entry.c.body,
        func.row_number()
        .over(partition_by=entry.c.row_id, order_by=(entry.c.sort_at.desc(), entry.c.id.desc()))
        .label("place"),
    )
    .where(entry.c.row_id.in_(_SEVERAL.where(record_row_source.c.entries > 1)))
    .subquery()
)
_REPEATS = (
    select(
        literal_column("'repeat'"),
        *(_RANKED.c[name] for name in ("row_id", "source", "id", "place")),
        _ZERO,
        _EMPTY,
        _RANKED.c.section,
        _RANKED.c.body,
        null(),
        null(),
        _EMPTY,
    )
    .where(_RANKED.c.place <= bindparam("repeats"))
    .order_by(None)
)
_PARTS = union_all(_MARKS, _VOICES, _UNREAD)
_PARTS_AND_REPEATS = union_all(_MARKS, _VOICES, _UNREAD, _REPEATS)


class RowParts:
    """The voices, marks, unread and decoded entries of rows: one statement for all of them, a line for each.

    ``repeats``: how many entries at most of each row that stands for several of one source.
    """

    def __init__(self, tx: Tx, row_ids: Sequence[str], *, also: Sequence[str] = (), repeats: int = 0) -> None:
        self._tx = tx
        self.voices: dict[str, list[Voice]] = defaultdict(list)
        self._primary: dict[str, str] = {}
        self.decoded: dict[str, Entry] = {}
        self._marks: dict[str, list[Any]] = defaultdict(list)
        self._unread: dict[str, dict[str, str]] = defaultdict(dict)
        self._repeats: dict[str, list[Any]] = defaultdict(list)
        for batch in chunks(row_ids):
            self._read(batch, repeats)
        if others := set(also) - set(self.decoded):
            self.decoded |= decoded(tx, sorted(others))

    def _read(self, row_ids: Sequence[str], repeats: int) -> None:
        values: dict[str, Any] = {"row_ids": list(row_ids)}
        query = _PARTS_AND_REPEATS if repeats else _PARTS
        if repeats:
            values["repeats"] = repeats
        for line in self._tx.conn.execute(query, values).all():
            (
                kind,
                row_id,
                source,
                entry_id,
                entries,
                current,
                first_at,
                section,
                body,
                _fields,
                _withdrawn,
                primary_id,
            ) = line
            if kind == "unread":
                self._unread[row_id][entry_id] = source
                continue
            if body is not None and entry_id not in self.decoded:
                self.decoded[entry_id] = opened(self._tx, entry_id=entry_id, section=section, body=body)
            if kind == "voice":
                self.voices[row_id].append(Voice(source, entry_id, Extent(entries, current, first_at)))
                self._primary[row_id] = primary_id
            else:
                (self._marks if kind == "mark" else self._repeats)[row_id].append(line)
        for voices in self.voices.values():
            voices.sort(key=_home_first)

    def row(self, stored: Any, section: Section, ids: Sequence[tuple[str, str]] | None = None) -> RecordRow:
        """Return a row of ``record_row`` (id, rank, sort_at, private) with what each source says now, or with these
        entries (id, source)."""
        voices = self.voices[stored.id]
        shown = ids if ids is not None else [(voice.entry_id, voice.source) for voice in voices]
        entries = tuple([SourcedEntry(one, source, self.decoded[one]) for one, source in shown])
        unread, marks, repeats = self._unread.get(stored.id), self._marks.get(stored.id), self._repeats.get(stored.id)
        return RecordRow(
            id=stored.id,
            section=section,
            status=STATUSES[stored.rank],
            sort_at=stored.sort_at,
            primary_id=self._primary[stored.id],
            home=voices[0].source == HOME,  # the first, where it is one of them
            entries=entries,
            counts={voice.source: voice.span.entries for voice in voices},
            new=frozenset(unread) if unread else _NOBODY,
            new_from=frozenset(unread.values()) if unread else _NOBODY,
            marks=self._marked(marks) if marks else (),
            spans={voice.source: voice.span for voice in voices},
            repeats=tuple(
                SourcedEntry(line.id, line.source, self.decoded[line.id]) for line in sorted(repeats, key=_PLACE)
            )
            if repeats
            else (),
            private=stored.private,
        )

    def _marked(self, lines: Sequence[Any]) -> tuple[RowMark, ...]:
        return tuple(
            RowMark(mark.id, mark.source, self.decoded[mark.id], tuple(mark.fields or ()), mark.withdrawn)
            for mark in sorted(lines, key=_ID)
            if mark.id in self.decoded
        )


def _home_first(voice: Voice) -> tuple[bool, str]:
    return voice.source != HOME, voice.source


_NOBODY: frozenset[str] = frozenset()
_ID = attrgetter("id")
_PLACE = attrgetter("entries")  # a repeat's line has its place where a voice's has a number


def decoded(tx: Tx, ids: Sequence[str]) -> dict[str, Entry]:
    """Return the entries with these ids."""
    entries: dict[str, Entry] = {}
    for batch in chunks(list(ids)):
        query = select(entry.c.id, entry.c.section, entry.c.body).where(entry.c.id.in_(batch))
        for entry_id, section, body in tx.conn.execute(query):
            entries[entry_id] = opened(tx, entry_id=entry_id, section=section, body=body)
    return entries
