"""Numbers of several kinds about one record, in one statement: what there is, what is new, what could not be read."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Select, bindparam, func, literal_column, select, union_all

from portal.access.visibility import Sight
from portal.domain.entry import Status
from portal.domain.sections import Section
from portal.store.engine.constants import with_constants
from portal.store.engine.database import Tx
from portal.store.records import left_out, news
from portal.store.records.news import NewsCount
from portal.store.records.row_parts import STATUSES
from portal.store.records.seen import seen
from portal.store.schema.records import record_count, resource


@dataclass(frozen=True, slots=True)
class Numbers:
    """``rows``: how many there are by section, source ("" in all) and status. ``new``: as ``news.news`` counts.

    ``left_out``: kept resources that are not shown, as ``left_out.counts`` takes them. ``also``: how many rows each
    further question had, in their order.
    """

    rows: Mapping[Section, Mapping[str, Mapping[Status, int]]]
    new: NewsCount
    left_out: Sequence[left_out.UnshownCount]
    also: Sequence[int]

    def of(self, section: Section) -> Mapping[str, Mapping[Status, int]]:
        return self.rows.get(section, {})


def numbers(
    tx: Tx,
    *,
    person_id: str,
    sight: Sight,
    section: Section | None = None,
    by_source: bool = True,
    new: Collection[Section] = (),
    unshown: Sight | None = None,
    also: Sequence[Select[Any]] = (),
    **values: Any,
) -> Numbers:
    """Return the numbers of a record, or of one section; without ``by_source`` its rows are counted in all only.

    ``new``: the sections whose news are counted. ``unshown``: who asks for what is left out; None: nobody does.
    ``also``: further questions of their own, about "person_id" and ``values``, whose rows are counted; each the same
    object at every call, as the statement is made once.
    """
    query = _query(
        sight=sight, one=section is not None, by_source=by_source, new=frozenset(new), unshown=unshown, also=tuple(also)
    )
    values_of_query = {"person_id": person_id, **values} | ({"section": section.value} if section else {})
    by_section: dict[Section, dict[str, dict[Status, int]]] = defaultdict(lambda: defaultdict(dict))
    unread, lost, others = [], [], [0] * len(also)
    for kind, source, name, text, rank, number in tx.conn.execute(query, values_of_query).all():
        if kind == "rows":
            by_section[Section(name)][source][STATUSES[rank]] = int(number)
        elif kind == "new":
            unread.append((name, source, text, number))
        elif kind == "left-out":
            lost.append((source, name, text, int(number)))
        else:
            others[rank] = int(number)
    return Numbers(by_section, news.count(unread), lost, others)


_ZERO: ColumnElement[Any] = literal_column("0")
_EMPTY: ColumnElement[Any] = literal_column("''")


@lru_cache(maxsize=64)  # a few pages, with what is confidential or private and without
def _query(
    *,
    sight: Sight,
    one: bool,
    by_source: bool,
    new: frozenset[Section],
    unshown: Sight | None,
    also: tuple[Select[Any], ...],
) -> CompoundSelect[Any]:
    """Return lines of kind, source, section or type, row or reason, rank, number."""
    tally = record_count.c
    rows = _line("rows", tally.source, tally.section, _EMPTY, tally.rank, func.sum(tally.rows))
    rows = rows.where(tally.person_id == bindparam("person_id"), seen(tally, sight))
    if one:
        rows = rows.where(tally.section == bindparam("section"))
    if not by_source:
        rows = rows.where(tally.source == "")
    parts = [rows.group_by(tally.source, tally.section, tally.rank)]
    if new:
        for part in news.lines(new, sight=sight):
            section_name, source, row_id, number = part.subquery().c
            parts.append(_line("new", source, section_name, row_id, _ZERO, number))
    if unshown is not None:
        c = resource.c
        line = _line("left-out", c.source, c.type, c.refusal, _ZERO, func.count())
        parts.append(line.where(left_out.is_unshown(unshown)).group_by(*left_out.BY_REFUSAL))
        waits = _line("left-out", tally.source, tally.section, _EMPTY, _ZERO, func.sum(tally.rows))
        parts.append(waits.where(left_out.is_waiting(unshown)).group_by(tally.source, tally.section))
    for place, question in enumerate(also):
        counted = select(func.count()).select_from(question.subquery()).scalar_subquery()
        parts.append(_line("also", _EMPTY, _EMPTY, _EMPTY, literal_column(str(place)), counted))
    return with_constants(union_all(*parts))


def _line(kind: str, *columns: ColumnElement[Any]) -> Select[Any]:
    return select(literal_column(f"'{kind}'").label("kind"), *columns)
