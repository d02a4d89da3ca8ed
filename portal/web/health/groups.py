"""Rows under their headings: what cannot be shown safely first; who says there is none beside what there is."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby

from portal.domain.entry import Entry, Status
from portal.domain.sections import Section
from portal.merge.allergies.contradictions import contradicts
from portal.store import Tx
from portal.store.records import rows
from portal.store.records.rows import RecordRow, RowPage
from portal.web.guards import current_sight
from portal.web.health import headings, record_rows
from portal.web.health.models import Group
from portal.web.health.original import safe_line
from portal.web.health.record_rows import Origins
from portal.web.phrases import gettext as _

_PRESENT = 100  # rows that a documented absence is held against


@dataclass(frozen=True, slots=True)
class Absences:
    """What says that there is nothing, however old, and what holds now, which may contradict it."""

    rows: tuple[RecordRow, ...] = ()
    present: tuple[Entry, ...] = ()


def absences_of(
    tx: Tx, person_id: str, section: Section, page: RowPage, source: str, *, whole: bool = False
) -> Absences:
    """Return them for a page of a section; ``source`` empty: of all organizations. ``whole``: the page has every row
    of the section, so that nothing is to be read."""
    if not page.by_status.get(Status.ABSENT):
        return Absences()
    if whole:
        absent = tuple(replace(row, repeats=()) for row in page.rows if row.status is Status.ABSENT)
        return Absences(absent, tuple(sourced.entry for row in page.rows for sourced in row.entries))
    ask = partial(rows.page, tx, person_id=person_id, section=section, sight=current_sight())
    present = ask(limit=_PRESENT).rows
    return Absences(
        ask(status=Status.ABSENT, source=source or None).rows,
        tuple(sourced.entry for row in present for sourced in row.entries),
    )


def grouped(
    section: Section,
    listed: Iterable[RecordRow],
    absences: Absences,
    origins: Origins,
    *,
    source: str | None,
) -> tuple[Group, ...]:
    """Return the rows under their headings: what cannot be shown safely first, absences after what holds now."""
    groups: list[Group] = []
    absent = _absence_group(absences.rows, absences.present, origins, source) if absences.rows else None
    for title, run in groupby(listed, key=lambda row: headings.heading(section, row.status)):
        together = list(run)
        if absent and together[0].status in (Status.PAST, Status.UNKNOWN):
            groups.append(absent)
            absent = None
        groups.append(Group(title, tuple(record_rows.item(row, origins, source) for row in together)))
    return (*groups, absent) if absent else tuple(groups)


def _absence_group(
    absences: Sequence[RecordRow], present: Sequence[Entry], origins: Origins, source: str | None
) -> Group:
    """Return who documents that there is nothing, with a warning where something that holds now contradicts it."""
    contradictions = [row for row in absences if any(contradicts(row.primary.entry, entry) for entry in present)]
    items = tuple(
        replace(
            listed,
            line=replace(listed.line, title=_absence_title(row, origins, source, named=row in contradictions)),
        )
        for row in absences
        for listed in [record_rows.item(row, origins, source)]
    )
    if not contradictions:
        return Group(_("Noted as none"), items)
    names = origins.names(
        dict.fromkeys(name for row in contradictions for name in ((source,) if source else row.sources)),
        absences[0].section,
    )
    return Group(
        _("Who says there are none"),
        items,
        _("%(names)s noted that there is none, but something is listed. Ask your doctor which is right.", names=names),
    )


def _absence_title(row: RecordRow, origins: Origins, source: str | None, *, named: bool) -> str:
    entry = next((sourced.entry for sourced in row.entries if sourced.source == source), row.primary.entry)
    sources = (source,) if source else row.sources
    title = safe_line(entry).title
    if not named and origins.complete(sources, row.section):
        return title
    return _("%(what)s, according to %(names)s", what=title, names=origins.names(sources, row.section))
