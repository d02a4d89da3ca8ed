"""The earlier rows of the tests on a page, in one statement for all of them: what small charts are drawn of."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import islice, zip_longest
from typing import Any

from sqlalchemy import BigInteger, CompoundSelect, bindparam, column, func, select, text, union_all

from portal.access.visibility import Sight
from portal.domain.dates import sort_number
from portal.domain.entry import Entry, Status
from portal.domain.ids import HOME
from portal.domain.sections import Section
from portal.merge import RANKS, SourcedEntry
from portal.store.engine.constants import with_constants
from portal.store.engine.database import Tx
from portal.store.records.entry_bodies import opened
from portal.store.records.row_parts import RecordRow
from portal.store.records.seen import seen
from portal.store.records.tokens import search_key
from portal.store.schema.records import entry, record_row, record_row_source, search_token

Coding = tuple[str, str]

_STATUSES = {status.value: status for status in Status}

_STEP = 8
"""A statement has room for so many codes, or twice or thrice as many: few are made."""


@dataclass(frozen=True, slots=True)
class TestedRows:
    """Rows of some codes (system, code), the newest first; a row is opened when it is reached."""

    _tx: Tx
    _section: Section
    _read: Mapping[str, RecordRow]
    _lines: Mapping[Coding, Mapping[str, Sequence[Any]]]

    def of(self, codes: Collection[Coding]) -> Iterator[RecordRow]:
        """Return the rows in which something carries one of the codes, as on a page, without marks and news."""
        together: dict[str, Sequence[Any]] = {}
        dates: dict[str, str] = {}
        end = ""
        for code in codes:
            rows = self._lines.get(code, {})
            dates_of_code = {row_id: lines[0].sort_at for row_id, lines in rows.items()}
            if self.is_cut([code]):
                end = max(end, min(dates_of_code.values()))
            together |= rows
            dates |= dates_of_code
        ordered = sorted(sorted(together), key=dates.__getitem__, reverse=True)
        return (self._row(together[row_id]) for row_id in ordered if dates[row_id] >= end)

    def is_cut(self, codes: Collection[Coding]) -> bool:
        """Tell whether there may be older ones."""
        return any(
            lines[0].since is not None for code in codes for lines in islice(self._lines.get(code, {}).values(), 1)
        )

    def _row(self, lines: Sequence[Any]) -> RecordRow:
        first = lines[0]
        read = self._read.get(first.id)
        if read is not None:
            return read
        voices = sorted(lines, key=lambda line: (line.source != HOME, line.source)) if len(lines) > 1 else lines
        status = _STATUSES[first.status]
        if len(voices) > 1:
            status = max((_STATUSES[line.status] for line in voices), key=RANKS.__getitem__)
        return RecordRow(
            id=first.id,
            section=self._section,
            status=status,
            sort_at=first.sort_at,
            primary_id=first.primary_id,
            home=voices[0].source == HOME,
            entries=tuple([SourcedEntry(line.entry_id, line.source, self._entry(line)) for line in voices]),
            counts={line.source: 1 for line in voices},
            new=frozenset(),
        )

    def _entry(self, line: Any) -> Entry:
        return opened(self._tx, entry_id=line.entry_id, section=self._section, body=line.body)


def of_codes(
    tx: Tx,
    *,
    person_id: str,
    section: Section,
    codes: Collection[Coding],
    sight: Sight,
    until: str,
    most: int,
    read: Mapping[str, RecordRow],
) -> TestedRows:
    """Return the newest rows of each code up to ``until`` (as of ``sort_at``): those of its ``most`` newest resources.

    Rows that were ``read`` already, by id, are not made again.
    """
    keys = {search_key(tx.vault, person_id=person_id, param="code", value="|".join(code)): code for code in codes}
    places = -(-len(keys) // _STEP) * _STEP
    values: dict[str, object] = {"person_id": person_id, "section": section, "until": until, "most": most}
    values["until_number"] = _through(until)
    values |= {_place(n): key for n, key in zip_longest(range(places), keys)}
    by_code: dict[Coding, dict[str, list[Any]]] = {code: {} for code in codes}
    for line in tx.conn.execute(_query(sight, places), values).all():
        by_code[keys[line.key]].setdefault(line.id, []).append(line)
    return TestedRows(tx, section, read, by_code)


def _through(until: str) -> int:
    """Return what no token's date is beyond: it is an instant, and ``until`` a day and time as somebody wrote them."""
    try:
        return sort_number((date.fromisoformat(until[:10]) + timedelta(days=2)).isoformat())
    except (ValueError, OverflowError):
        return sort_number("9999")


def _place(number: int) -> str:
    return f"key_{number}"


@lru_cache(maxsize=128)  # making it takes longer than asking
def _query(sight: Sight, places: int) -> CompoundSelect[Any]:
    """Return the statement; it takes "person_id", "section", "until", "until_number", "most" and a key for each place.

    Of each code only so many tokens are looked at: the answer takes as long however many values there are.
    """
    row, voice, token = record_row.c, record_row_source.c, search_token.c
    # As text, because SQLAlchemy writes its own VALUES anew at every execution.
    names = [_place(n) for n in range(places)]
    written = text(" UNION ALL ".join(f"SELECT :{name} AS key" for name in names))
    typed = written.bindparams(*(bindparam(name, type_=BigInteger) for name in names))
    keys = typed.columns(column("key", BigInteger)).cte()
    before = search_token.alias()
    since = (
        select(before.c.date)
        .where(before.c.key == keys.c.key, before.c.date <= bindparam("until_number"))
        .order_by(before.c.date.desc())
        .offset(bindparam("most"))
        .limit(1)
        .scalar_subquery()
    )
    cut = select(keys.c.key, since.label("since")).cte().prefix_with("MATERIALIZED")
    # Materialized, so that PostgreSQL begins with these and not with the person's entries.
    newest = (
        select(token.key, token.number, cut.c.since)
        .join_from(cut, search_token, (token.key == cut.c.key) & (token.date >= func.coalesce(cut.c.since, 0)))
        .where(token.date <= bindparam("until_number"))
        .cte()
        .prefix_with("MATERIALIZED")
    )
    placed = (
        select(newest.c.key, newest.c.since, entry.c.id.label("entry_id"))
        .add_columns(*(entry.c[name] for name in ("row_id", "alone", "sort_at", "source", "status", "body")))
        .join_from(newest, entry, entry.c.number == newest.c.number)
        .where(
            # No index of a person's entries answers this: SQLite would walk through all of the section along it.
            func.coalesce(entry.c.person_id, "") == bindparam("person_id"),
            entry.c.section == bindparam("section"),
            seen(entry.c, sight),
        )
        .cte()
        .prefix_with("MATERIALIZED")
    )
    # Nearly every row is one entry, which is at hand already and says all of it; what else is in a row is looked for.
    at_hand = [placed.c[name] for name in ("source", "status", "entry_id", "body")]
    alone = select(
        *(placed.c.key, placed.c.since, placed.c.row_id.label("id"), placed.c.sort_at),
        *(placed.c.entry_id.label("primary_id"), *at_hand),
    ).where(placed.c.alone, placed.c.sort_at <= bindparam("until"))
    several = (
        select(placed.c.key, placed.c.since, row.id, row.sort_at, row.primary_id)
        .join_from(placed, record_row, row.id == placed.c.row_id)
        .where(~placed.c.alone, row.sort_at <= bindparam("until"))
        .distinct()
        .subquery()
    )
    together = (
        select(several, voice.source, entry.c.status, voice.entry_id, entry.c.body)
        .join_from(several, record_row_source, voice.row_id == several.c.id)
        .join(entry, entry.c.id == voice.entry_id)
    )
    return with_constants(union_all(alone, together))
