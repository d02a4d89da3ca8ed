"""The earlier rows of the tests on a page, in one statement for all of them: what small charts are drawn of."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Any

from sqlalchemy import Select, bindparam, func, select

from portal.access.visibility import Sight
from portal.domain.entry import Entry
from portal.domain.ids import HOME
from portal.domain.sections import Section
from portal.merge import SourcedEntry
from portal.store.engine.constants import with_constants
from portal.store.engine.database import Tx
from portal.store.records.entry_bodies import opened
from portal.store.records.row_parts import STATUSES, RecordRow
from portal.store.records.seen import seen
from portal.store.records.tokens import search_key
from portal.store.schema.records import entry, record_row, record_row_source, resource, search_token

Coding = tuple[str, str]


@dataclass(frozen=True, slots=True)
class TestedRows:
    """Rows of some codes (system, code), the newest first; a row is opened when it is reached."""

    _tx: Tx
    _section: Section
    _read: Mapping[str, Entry]
    _most: int
    _lines: Mapping[Coding, Sequence[Sequence[Any]]]

    def of(self, codes: Collection[Coding]) -> Iterator[RecordRow]:
        """Return the rows in which something carries one of the codes, as on a page, without marks and news."""
        together = {lines[0].id: lines for code in codes for lines in self._lines.get(code, ())}
        ordered = sorted(sorted(together), key=lambda row_id: together[row_id][0].sort_at, reverse=True)
        end = max((self._lines[code][-1][0].sort_at for code in codes if self.is_cut([code])), default="")
        return (self._row(together[row_id]) for row_id in ordered if together[row_id][0].sort_at >= end)

    def is_cut(self, codes: Collection[Coding]) -> bool:
        """Tell whether there may be older ones."""
        return any(len(self._lines.get(code, ())) >= self._most for code in codes)

    def _row(self, lines: Sequence[Any]) -> RecordRow:
        first = lines[0]
        return RecordRow(
            id=first.id,
            section=self._section,
            status=STATUSES[first.rank],
            sort_at=first.sort_at,
            primary_id=first.primary_id,
            home=first.home,
            entries=tuple(SourcedEntry(line.entry_id, line.source, self._entry(line)) for line in lines),
            counts={line.source: 1 for line in lines},
            new=frozenset(),
        )

    def _entry(self, line: Any) -> Entry:
        read = self._read.get(line.entry_id)
        return read or opened(self._tx, entry_id=line.entry_id, section=self._section, body=line.body)


def of_codes(
    tx: Tx,
    *,
    person_id: str,
    section: Section,
    codes: Collection[Coding],
    sight: Sight,
    until: str,
    most: int,
    read: Mapping[str, Entry],
) -> TestedRows:
    """Return the newest rows of each code, ``most`` of them, up to ``until`` (as of ``sort_at``).

    Entries that were ``read`` already, by id, are not opened again.
    """
    keys = {search_key(tx.vault, person_id=person_id, param="code", value="|".join(code)): code for code in codes}
    values = {"keys": list(keys), "person_id": person_id, "section": section, "until": until, "most": most}
    stored = tx.conn.execute(_query(sight), values)
    lines = sorted(stored, key=lambda line: (line.key, line.place, line.source != HOME, line.source))
    by_code = {
        keys[key]: [list(voices) for _place, voices in groupby(of_key, key=lambda line: line.place)]
        for key, of_key in groupby(lines, key=lambda line: line.key)
    }
    return TestedRows(tx, section, read, most, by_code)


@lru_cache(maxsize=64)  # making it takes longer than asking
def _query(sight: Sight) -> Select[Any]:
    """Return the statement; it takes "keys", "person_id", "section", "until" and "most"."""
    row, voice = record_row.c, record_row_source.c
    having = (
        select(search_token.c.key, entry.c.row_id)
        .join(resource, resource.c.number == search_token.c.number)
        .join(entry, entry.c.id == resource.c.id)
        .where(
            search_token.c.key.in_(bindparam("keys", expanding=True)),
            # No index of a person's entries answers this: SQLite would walk through all of the section along it.
            func.coalesce(entry.c.person_id, "") == bindparam("person_id"),
            entry.c.section == bindparam("section"),
            entry.c.row_id.is_not(None),
            seen(entry.c, sight),
        )
        .distinct()
        .subquery()
    )
    place = func.row_number().over(partition_by=having.c.key, order_by=(row.sort_at.desc(), row.id))
    ranked = (
        select(having.c.key, row.id, row.rank, row.sort_at, row.primary_id, row.home, place.label("place"))
        .join(having, having.c.row_id == row.id)
        .where(row.sort_at <= bindparam("until"))
        .subquery()
    )
    query = (
        select(ranked, voice.source, voice.entry_id, entry.c.body)
        .join(record_row_source, voice.row_id == ranked.c.id)
        .join(entry, entry.c.id == voice.entry_id)
        .where(ranked.c.place <= bindparam("most"))
    )
    return with_constants(query)
