"""The whole record at once: the summary to print, a search across sections, and what is new."""

from dataclasses import dataclass

from portal import audit
from portal.domain.sections import Section
from portal.extensions import current_services
from portal.store.links import refreshes
from portal.store.records import rows, text_search
from portal.store.records.news import new_rows
from portal.web import words
from portal.web.guards import current_sight
from portal.web.health import record_rows, waiting
from portal.web.health.models import Group, Item, Waits
from portal.web.health.record_rows import Origins
from portal.web.health.search_text import readable
from portal.web.linked import linked
from portal.web.phrases import gettext as _
from portal.web.viewed import viewed

_LONGEST = 100  # characters of a query
_MOST = 50  # rows of one search
_NEW = 100  # rows of what is new
_FEW, _BEST = 5, 3  # rows of a search: so many are a short list; the others begin with so many


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What was found. ``until`` is the day (FHIR date) behind which nothing was looked at, mostly empty.

    ``respelled``: what was looked for instead of ``q``. ``partly``: no item has all of its words.
    """

    q: str
    groups: tuple[Group, ...]
    total: int
    more: bool
    until: str
    respelled: str
    partly: bool
    waits: Waits | None


@dataclass(frozen=True, slots=True)
class News:
    """What is new, by section. ``more``: only the latest are listed."""

    groups: tuple[Group, ...]
    total: int
    more: bool
    waits: Waits | None


def search(person_id: str, q: str) -> Search:
    """Return what has every word of ``q``, or what records write for it; else what has most of them."""
    text = q.strip()[:_LONGEST]
    with current_services().db.reading() as tx:
        connections = linked(tx, person_id=person_id)
        states = refreshes.states(tx, link_ids=[connection.link.id for connection in connections])
        matches = text_search.matching(
            tx,
            person_id=person_id,
            text=text,
            words_of=readable,
            sections=readable_sections(),
            sight=current_sight(),
            limit=_MOST,
            partly=True,
        )
    if text:
        viewed(person_id, audit.Action.VIEW_SECTION, section="search")
    origins = Origins(connections, states, current_services().settings.organization)
    return Search(
        q=text,
        groups=_best_first(matches.rows, origins),
        total=len(matches.rows),
        more=matches.more,
        until=matches.until[:10],
        respelled=matches.respelled,
        partly=matches.partly,
        waits=waiting.notice_of_all(person_id) if text else None,
    )


def news(person_id: str) -> News:
    """Say what is new, the most recent things first within their section."""
    with current_services().db.reading() as tx:
        connections = linked(tx, person_id=person_id)
        states = refreshes.states(tx, link_ids=[connection.link.id for connection in connections])
        unread = new_rows(
            tx,
            person_id=person_id,
            sections=readable_sections(),
            sight=current_sight(),
            limit=_NEW + 1,
        )
    viewed(person_id, audit.Action.VIEW_SECTION, section="new")
    origins = Origins(connections, states, current_services().settings.organization)
    groups, waits = by_section(unread[:_NEW], origins), waiting.notice_of_all(person_id)
    return News(groups, min(len(unread), _NEW), len(unread) > _NEW, waits)


def clear_news(person_id: str) -> int:
    """Everything that is new counts as read. Gives how many entries."""
    with current_services().db.transaction() as tx:
        return rows.mark_read(tx, person_id=person_id, sight=current_sight())


def readable_sections() -> tuple[Section, ...]:
    """Return the sections that are there for who is signed in."""
    sight = current_sight()
    return tuple(section for section in Section if sight.opens(section))


def _best_first(listed: tuple[rows.RecordRow, ...], origins: Origins) -> tuple[Group, ...]:
    """Return the first few by themselves where there are many, and the others by section."""
    if len(listed) <= _FEW:
        return by_section(listed, origins)
    best = tuple(record_rows.item(row, origins) for row in listed[:_BEST])
    return (Group(_("Best matches"), best), *by_section(listed[_BEST:], origins))


def by_section(listed: tuple[rows.RecordRow, ...], origins: Origins) -> tuple[Group, ...]:
    """Return rows as items, a group for each section, in the order in which they came."""
    by: dict[Section, list[Item]] = {}
    for row in listed:
        by.setdefault(row.section, []).append(record_rows.item(row, origins))
    return tuple(Group(words.section_word(section), tuple(by[section])) for section in Section if section in by)
