"""The whole record at once: the summary to print, a search across sections, and what is new."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from portal import audit
from portal.access import Permission, can
from portal.domain.entry import Status
from portal.domain.links import Outcome
from portal.domain.sections import Section
from portal.extensions import current_services
from portal.store.links import links, refreshes
from portal.store.links.refreshes import SectionState
from portal.store.people import people
from portal.store.records import rows, text_search
from portal.web import words
from portal.web.guards import audit_actor, current_actor, sees_confidential
from portal.web.health import section_page
from portal.web.health.models import Group, Item
from portal.web.health.search_text import readable
from portal.web.linked import linked

_LONGEST = 100  # characters of a query
_MOST = 50  # rows of one search
_NEW = 100  # rows of what is new
_SUMMARY = (
    (Section.ALLERGIES, Status.ACTIVE, 25),
    (Section.HEALTH_ISSUES, Status.ACTIVE, 25),
    (Section.MEDICATIONS, Status.ACTIVE, 25),
    (Section.IMPLANTS, Status.ACTIVE, 10),
    (Section.IMMUNIZATIONS, None, 15),
    (Section.TEST_RESULTS, None, 15),
)
"""What a doctor elsewhere asks for first: section, which of it, and how many rows, to print on two pages."""


@dataclass(frozen=True, slots=True)
class SummaryPart:
    """A section of the summary. ``more`` is how many rows were left out; ``missing``: somewhere it may have more."""

    section: Section
    title: str
    items: tuple[Item, ...]
    more: int


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
    made: datetime
    parts: tuple[SummaryPart, ...]
    places: tuple[SummaryPlace, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What was found. ``until`` is the day (FHIR date) behind which nothing was looked at, mostly empty."""

    q: str
    groups: tuple[Group, ...]
    total: int
    more: bool
    until: str


@dataclass(frozen=True, slots=True)
class News:
    """What is new, by section. ``more``: only the latest are listed."""

    groups: tuple[Group, ...]
    total: int
    more: bool


def summary(person_id: str) -> Summary:
    """Current allergies, issues, medications and implants, with the latest immunizations and results."""
    with current_services().db.reading() as tx:
        person = people.by_id(tx, person_id=person_id)
        known = linked(tx, person_id=person_id)
        states = refreshes.states(tx, link_ids=[one.link.id for one in known])
        found = {
            section: rows.page(
                tx, person_id=person_id, section=section, confidential=sees_confidential(), status=status, limit=most
            )
            for section, status, most in _SUMMARY
        }
        home = links.to_home(tx, person_id=person_id) if current_services().settings.chart_base else None
        at_home = refreshes.states(tx, link_ids=[home.id])[home.id] if home else {}
        made = tx.now
    _looked(person_id, "summary")
    origins = section_page.Origins(known, states, current_services().settings.organization)
    demographics = person.demographics if person else None
    return Summary(
        name=demographics.display if demographics else "",
        birth_date=demographics.birth_date if demographics else None,
        sex=words.sex(demographics.sex) if demographics and demographics.sex else "",
        made=made,
        parts=tuple(
            SummaryPart(
                section,
                words.section_word(section),
                tuple(section_page.item(row, origins) for row in page.rows),
                page.total - len(page.rows),
            )
            for section, page in found.items()
        ),
        places=(
            SummaryPlace(
                current_services().settings.organization,
                home.refreshed_at if home else None,
                _gaps(found, at_home) if home else "",
            ),
            *(SummaryPlace(one.name, one.link.refreshed_at, _gaps(found, states[one.link.id])) for one in known),
        ),
    )


def _gaps(sections: Iterable[Section], states: Mapping[Section, SectionState]) -> str:
    """The sections that did not come completely, in words."""
    lacking = [one for one in sections if one not in states or states[one].outcome is not Outcome.DONE]
    return ", ".join(words.section_word(one) for one in lacking)


def search(person_id: str, q: str) -> Search:
    """Rows of all sections in which every word of ``q`` begins a word."""
    text = q.strip()[:_LONGEST]
    with current_services().db.reading() as tx:
        known = linked(tx, person_id=person_id)
        states = refreshes.states(tx, link_ids=[one.link.id for one in known])
        found = text_search.matching(
            tx,
            person_id=person_id,
            text=text,
            words_of=readable,
            sections=_readable_sections(person_id),
            confidential=sees_confidential(),
            limit=_MOST,
        )
    if text:
        _looked(person_id, "search")
    origins = section_page.Origins(known, states, current_services().settings.organization)
    return Search(
        q=text, groups=_by_section(found.rows, origins), total=len(found.rows), more=found.more, until=found.until[:10]
    )


def news(person_id: str) -> News:
    """What came from outside and was not read yet, what came last first within its section."""
    with current_services().db.reading() as tx:
        known = linked(tx, person_id=person_id)
        states = refreshes.states(tx, link_ids=[one.link.id for one in known])
        found = rows.unread_rows(
            tx,
            person_id=person_id,
            sections=_readable_sections(person_id),
            confidential=sees_confidential(),
            limit=_NEW + 1,
        )
    _looked(person_id, "new")
    origins = section_page.Origins(known, states, current_services().settings.organization)
    return News(_by_section(found[:_NEW], origins), min(len(found), _NEW), len(found) > _NEW)


def clear_news(person_id: str) -> int:
    """Everything that is new counts as read. Gives how many entries."""
    with current_services().db.transaction() as tx:
        return rows.mark_read(tx, person_id=person_id, confidential=sees_confidential())


def _readable_sections(person_id: str) -> tuple[Section, ...]:
    """Messages are a permission of their own."""
    messages = can(current_actor(), Permission.VIEW_MESSAGES, person_id)
    return tuple(one for one in Section if messages or one is not Section.MESSAGES)


def _looked(person_id: str, page: str) -> None:
    """Record that a page was looked at, after it was read: nobody who writes waits for a search."""
    with current_services().db.transaction() as tx:
        audit.record(tx, action=audit.Action.VIEW_SECTION, actor=audit_actor(), person_id=person_id, section=page)


def _by_section(found: tuple[rows.RecordRow, ...], origins: section_page.Origins) -> tuple[Group, ...]:
    by: dict[Section, list[Item]] = {}
    for row in found:
        by.setdefault(row.section, []).append(section_page.item(row, origins))
    return tuple(Group(words.section_word(section), tuple(by[section])) for section in Section if section in by)
