"""A section as a file, for a range of days: what is in it, and a sentence for everything that is not.

What a file holds is what the page would show to the same reader; each source's statement is there by itself.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from wtforms import RadioField
from wtforms.validators import InputRequired

from portal.domain.ids import HOME
from portal.domain.sections import Section
from portal.extensions import current_services
from portal.sharing import rendered
from portal.sharing.gathering import reread_statements, supporting
from portal.sharing.summary import FilledSection, SourcedResource, SummaryContent, SummarySource
from portal.sharing.withheld import reread
from portal.store import Tx
from portal.store.links import refreshes
from portal.store.people import people
from portal.store.records import numbers, resources, statements
from portal.store.records.periods import Period
from portal.store.records.row_parts import RowMark
from portal.store.records.statements import SectionStatement, SectionStatements
from portal.web import formats
from portal.web.guards import current_sight
from portal.web.health import home_chart, not_shown, section_page, waiting
from portal.web.health.narrow import RangeForm
from portal.web.health.record_rows import Origins
from portal.web.linked import places
from portal.web.phrases import gettext as _
from portal.web.phrases import lazy_gettext, ngettext

MOST = 5000
"""SectionStatements of one file; of a PDF ``rendered.MOST_ROWS``."""


class DownloadForm(RangeForm):
    format = RadioField(lazy_gettext("Kind of file"), [InputRequired(lazy_gettext("Choose a kind of file."))])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.format.choices = formats_offered()


def formats_offered() -> list[tuple[str, str]]:
    """Return the kinds of file that can be made here, with their names."""
    pdf = [("pdf", _("PDF, to read or to print"))] if rendered.can_make_pdf() else []
    return [*pdf, ("csv", _("CSV, a table for a spreadsheet")), ("json", _("FHIR (JSON), for an app"))]


@dataclass(frozen=True, kw_only=True)
class SectionFile:
    """What a file is made of. ``span``: of which days it is, in words; ``notes``: sentences on what it leaves out;
    ``marks``: by row what may be the same."""

    section: Section
    name: str
    birth_date: str | None
    made_at: datetime
    organization: str
    span: str
    notes: tuple[str, ...]
    statements: SectionStatements
    marks: Mapping[str, tuple[RowMark, ...]]
    origins: Origins

    @cached_property
    def rows(self) -> Mapping[str, list[SectionStatement]]:
        """The statements by row, in their order."""
        by_row: dict[str, list[SectionStatement]] = {}
        for each in self.statements.listed:
            by_row.setdefault(each.row_id, []).append(each)
        return by_row


@dataclass(frozen=True, slots=True, kw_only=True)
class FileOffer:
    """How many statements a file of all days has; ``undated`` ones are in no file of some days only.

    ``beyond_paper`` older ones are not in a PDF; ``notes``: as of ``SectionFile``.
    """

    number: int
    undated: int
    beyond_paper: int
    notes: tuple[str, ...]


def section_file(
    tx: Tx, person_id: str, section: Section, *, since: date | None, until: date | None, limit: int
) -> SectionFile:
    """Return what a file of a section holds, with what is not in it."""
    settings, sight = current_services().settings, current_sight()
    period = Period(since, until, ZoneInfo(settings.time_zone)) if since or until else None
    origins, missing = _standing(tx, person_id, section)
    content = statements.of_section(tx, person_id=person_id, section=section, sight=sight, period=period, limit=limit)
    content = replace(content, listed=_without_withheld(tx, person_id, content.listed))
    person = people.by_id(tx, person_id=person_id)
    return SectionFile(
        section=section,
        name=person.demographics.display if person else "",
        birth_date=person.demographics.birth_date if person else None,
        made_at=tx.now,
        organization=settings.organization,
        span=_span(since, until),
        notes=(*_own_notes(content), *missing),
        statements=content,
        marks=statements.marks(tx, row_ids=[each.row_id for each in content.listed], sight=sight),
        origins=origins,
    )


def _without_withheld(tx: Tx, person_id: str, listed: tuple[SectionStatement, ...]) -> tuple[SectionStatement, ...]:
    """Return the statements without the names of what the reader may not see."""
    sight = current_sight()
    if sight.whole:
        return listed
    stored = resources.by_ids(tx, ids=[each.id for each in listed])
    again = reread(tx, person_id=person_id, sight=sight, stored=stored.values())
    entries = {each.id: again[each.id].entry if each.id in again else each.entry for each in listed}
    return tuple(replace(each, entry=entry) for each in listed if (entry := entries[each.id]) is not None)


def offer(person_id: str, section: Section) -> FileOffer:
    """Return what a file of all days would hold, and the sentences on what it leaves out, before it is made."""
    with current_services().db.reading() as tx:
        _origins, missing = _standing(tx, person_id, section)
        content = statements.of_section(
            tx, person_id=person_id, section=section, sight=current_sight(), period=None, limit=MOST
        )
    number = len(content.listed)
    beyond = number - rendered.MOST_ROWS if rendered.can_make_pdf() else 0
    return FileOffer(
        number=number,
        undated=sum(not each.entry.when for each in content.listed),
        beyond_paper=max(beyond, 0),
        notes=(*_own_notes(content), *missing),
    )


def _standing(tx: Tx, person_id: str, section: Section) -> tuple[Origins, list[str]]:
    """Return where a section comes from, and a sentence for everything of it that is missing."""
    settings, sight = current_services().settings, current_sight()
    linked_at = places(tx, person_id=person_id)
    all_states = refreshes.of_person(tx, person_id=person_id, section=section)
    states = {each.link.id: all_states.get(each.link.id, {}) for each in linked_at.linked}
    counted = numbers.numbers(tx, person_id=person_id, sight=sight, section=section, unshown=sight)
    unshown = not_shown.counted(tx, person_id=person_id, states=all_states, unshown=counted.left_out)
    counts = not_shown.added(
        {source: sum(by_status.values()) for source, by_status in counted.of(section).items()}, unshown, section
    )
    at_home = home_chart.notice(linked_at.home, all_states, section=section)
    missing = [
        *([at_home.text] if at_home and at_home.wrong else []),
        *([waits.text] if (waits := waiting.notice(unshown, section=section)) else []),
        *([unread.text] if (unread := not_shown.notice(unshown, section=section)) else []),
        *(reason.text for reason in section_page.reasons(section, linked_at.linked, states, counts, 0)),
    ]
    return Origins(linked_at.linked, states, settings.organization), missing


def _span(since: date | None, until: date | None) -> str:
    first, last = (formats.day(each.isoformat()) if each else "" for each in (since, until))
    if first and last:
        return _("%(start)s to %(end)s", start=first, end=last)
    if last:
        return _("Until %(date)s", date=last)
    return _("Since %(date)s", date=first) if first else _("All dates")


def _own_notes(content: SectionStatements) -> Iterator[str]:
    """Yield what is in the file that its reader should know, and what is not because of what was chosen."""
    if content.more:
        yield ngettext(
            "%(num)s older item is not in this file: it has the newest. Choose earlier days for it.",
            "%(num)s older items are not in this file: it has the newest. Choose earlier days for them.",
            content.more,
        )
    if content.undated:
        yield ngettext(
            "%(num)s item without a date is not in this file. Leave the days empty to get it.",
            "%(num)s items without a date are not in this file. Leave the days empty to get them.",
            content.undated,
        )
    if number := sum(each.private for each in content.listed):
        yield ngettext(
            "%(num)s item that you keep private is in this file.",
            "%(num)s items that you keep private are in this file.",
            number,
        )
    if number := sum(bool(getattr(each.entry.detail, "attachments", ())) for each in content.listed):
        yield ngettext(
            "The letters, pictures and other files of %(num)s item are not in it. Save them from its page.",
            "The letters, pictures and other files of %(num)s items are not in it. Save them from the page of each.",
            number,
        )


def summary_content(tx: Tx, person_id: str, of: SectionFile) -> SummaryContent:
    """Return the same as resources, for a Bundle."""
    sight = current_sight()
    stored = resources.by_ids(tx, ids=[each.id for each in of.statements.listed])
    sourced = tuple(
        SourcedResource(
            each.id,
            each.source,
            each.entry,
            {"resourceType": stored[each.id].type, "id": stored[each.id].fhir_id, **stored[each.id].body},
        )
        for each in of.statements.listed
        if each.id in stored
    )
    person = people.by_id(tx, person_id=person_id)
    if person is None:
        raise LookupError("the person is gone")
    again = reread(tx, person_id=person_id, sight=sight, stored=stored.values())
    sourced = reread_statements(sourced, again)
    return SummaryContent(
        person=person.demographics,
        organization=of.organization,
        moment=of.made_at,
        sources=_sources(of),
        sections={of.section.value: FilledSection(rows=(sourced,))},
        supporting=supporting(tx, sourced, person_id=person_id, sight=sight),
        left_out=0,
        open_references=sight.whole,
    )


def _sources(of: SectionFile) -> Mapping[str, SummarySource]:
    """Return the organizations that say something; what the person added is no organization's."""
    named = dict.fromkeys(each.source for each in of.statements.listed)
    sources = {}
    for source in named:
        origin = of.origins.of(source, of.section)
        if source == HOME or of.origins.link(source) is not None:
            sources[source] = SummarySource(origin.name, origin.as_of)
    return sources
