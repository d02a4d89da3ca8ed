"""The summary for a doctor elsewhere: what holds now, what has no status, and how much is left out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from portal import audit
from portal.domain.entry import Status
from portal.domain.links import Outcome
from portal.domain.sections import Section
from portal.extensions import current_services
from portal.store import Tx
from portal.store.links import links, refreshes
from portal.store.links.refreshes import SectionState
from portal.store.people import people
from portal.store.records import rows
from portal.store.records.rows import RecordRow
from portal.web import words
from portal.web.guards import current_sight
from portal.web.health import headings, not_shown, record_rows, waiting
from portal.web.health.groups import Absences, absences_of, grouped
from portal.web.health.models import Group, NotShown, Waits
from portal.web.health.record_rows import Origins
from portal.web.linked import linked
from portal.web.viewed import viewed

_SUMMARY = (
    (Section.ALLERGIES, 40),
    (Section.HEALTH_ISSUES, 30),
    (Section.MEDICATIONS, 40),
    (Section.IMPLANTS, 10),
    (Section.IMMUNIZATIONS, 15),
    (Section.TEST_RESULTS, 15),
)
"""What a doctor elsewhere asks for first: section, and how many rows, to print on two pages for most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryPart:
    """A section of the summary.

    ``more`` rows that hold now and ``past`` ones are not in it; ``complete``: everybody answered it completely.
    """

    section: Section
    title: str
    groups: tuple[Group, ...]
    more: int
    past: int
    unsafe: int
    complete: bool
    not_shown: NotShown | None
    waits: Waits | None


@dataclass(frozen=True, slots=True)
class SummaryPlace:
    """An organization the summary drew from. ``as_of`` None: ours. ``gaps`` says that sections are missing."""

    name: str
    as_of: datetime | None
    gaps: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    name: str
    birth_date: str | None
    sex: str
    made_at: datetime
    parts: tuple[SummaryPart, ...]
    places: tuple[SummaryPlace, ...]
    not_shown: NotShown | None
    left_out: int


@dataclass(frozen=True, slots=True)
class _Read:
    """The rows of one section, and who says that there is none."""

    listed: tuple[RecordRow, ...]
    absences: Absences
    more: int
    past: int


def summary(person_id: str) -> Summary:
    """Return current allergies, issues, medications and implants, with the latest immunizations and results."""
    with current_services().db.reading() as tx:
        person = people.by_id(tx, person_id=person_id)
        connections = linked(tx, person_id=person_id)
        states = refreshes.states(tx, link_ids=[connection.link.id for connection in connections])
        opened = [(section, most) for section, most in _SUMMARY if current_sight().opens(section)]
        read = {section: _read(tx, person_id, section, most) for section, most in opened}
        home = links.to_home(tx, person_id=person_id) if current_services().settings.chart_base else None
        at_home = refreshes.states(tx, link_ids=[home.id])[home.id] if home else {}
        counts = not_shown.counted(tx, person_id=person_id)
        made_at = tx.now
    viewed(person_id, audit.Action.VIEW_SECTION, section="summary")
    origins = Origins(connections, states, current_services().settings.organization)
    demographics = person.demographics if person else None
    everybody = ("home", *(connection.link.id for connection in connections))
    return Summary(
        name=demographics.display if demographics else "",
        birth_date=demographics.birth_date if demographics else None,
        sex=words.sex(demographics.sex) if demographics and demographics.sex else "",
        made_at=made_at,
        parts=tuple(
            SummaryPart(
                section=section,
                title=words.section_word(section),
                groups=grouped(section, part.listed, part.absences, origins, source=None),
                more=part.more,
                past=part.past,
                unsafe=sum(1 for row in part.listed if row.status is Status.UNSAFE),
                complete=origins.complete(everybody, section) and (not home or _is_done(at_home, section)),
                not_shown=not_shown.notice(counts, section=section),
                waits=waiting.notice(counts, section=section),
            )
            for section, part in read.items()
        ),
        places=(
            SummaryPlace(
                current_services().settings.organization,
                home.refreshed_at if home else None,
                _gaps(read, at_home) if home else "",
            ),
            *(
                SummaryPlace(connection.name, connection.link.refreshed_at, _gaps(read, states[connection.link.id]))
                for connection in connections
            ),
        ),
        not_shown=not_shown.notice(counts, everything=True),
        left_out=sum(part.more + part.past for part in read.values()),
    )


def _read(tx: Tx, person_id: str, section: Section, most: int) -> _Read:
    """Return what holds now, what has no status, and what cannot be shown safely; of what happens once, the latest."""
    sight, repeats = current_sight().without_private, record_rows.MOST_REPEATS
    page = rows.page(tx, person_id=person_id, section=section, sight=sight, limit=most, repeats=repeats)
    once = section not in headings.CURRENT
    out = {Status.ABSENT} if once else {Status.ABSENT, Status.PAST}
    listed = tuple(row for row in page.rows if row.status not in out)
    counted = sum(number for status, number in page.by_status.items() if status not in out)
    return _Read(
        listed,
        absences_of(tx, person_id, section, page, ""),
        counted - len(listed),
        0 if once else page.by_status.get(Status.PAST, 0),
    )


def _is_done(states: Mapping[Section, SectionState], section: Section) -> bool:
    return section in states and states[section].outcome is Outcome.DONE


def _gaps(sections: Iterable[Section], states: Mapping[Section, SectionState]) -> str:
    """Return the sections that did not come completely, in words."""
    return ", ".join(words.section_word(section) for section in sections if not _is_done(states, section))
