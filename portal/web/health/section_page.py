"""Section pages and entry pages: read what they show in one transaction, then put it into words."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import groupby
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from portal import audit
from portal.domain.entry import Entry, Status
from portal.domain.errors import NotFoundError
from portal.domain.ids import HOME
from portal.domain.sections import Section
from portal.extensions import current_services
from portal.merge import RANKS, disagreements
from portal.store import Tx
from portal.store.links import refreshes
from portal.store.links.refreshes import SectionState
from portal.store.records import rows, text_search
from portal.store.records.rows import RecordRow, RowPage
from portal.web import words
from portal.web.guards import audit_actor, sees_confidential
from portal.web.health import home_chart, lines, missing_reasons
from portal.web.health import sources as health_sources
from portal.web.health.models import (
    Chip,
    Group,
    Item,
    Option,
    Origin,
    Place,
    Reason,
    SectionPage,
    Tile,
)
from portal.web.health.narrow import Narrowing
from portal.web.health.search_text import readable
from portal.web.linked import Linked, link_address, linked, links_address

States = Mapping[str, Mapping[Section, SectionState]]
PAGE = 25

_FILTERED = {
    Section.MEDICATIONS: (Status.ACTIVE, Status.PAST),
    Section.HEALTH_ISSUES: (Status.ACTIVE, Status.PAST),
    Section.ALLERGIES: (Status.ACTIVE, Status.PAST),
    Section.VISITS: (Status.UPCOMING, Status.PAST),
}
"""Sections that can be narrowed to what holds now or what is over."""


class Origins:
    """Names and dates of where things come from, for one page."""

    def __init__(self, known: tuple[Linked, ...], states: States, home_name: str) -> None:
        self._by_id = {one.link.id: one for one in known}
        self._states = states
        self._home = home_name

    def of(self, source: str, section: Section) -> Origin:
        if source == HOME:
            return Origin(self._home, None, home=True)
        one = self._by_id[source]
        state = self._states.get(source, {}).get(section)
        return Origin(one.name, (state.good_at if state else None) or one.link.refreshed_at)

    def link(self, source: str) -> Linked | None:
        return self._by_id.get(source)

    def line(self, entry: Entry, sources: tuple[str, ...]) -> lines.Line:
        """An entry as a line. That there is nothing ("no known allergies") holds only where it was said."""
        line = lines.line(entry)
        if not getattr(entry.detail, "negated", False) or {HOME, *self._by_id} <= set(sources):
            return line
        names = ", ".join(self.of(one, entry.section).name for one in sources)
        return replace(line, title=_("%(what)s, according to %(names)s", what=line.title, names=names))


def section_page(
    person_id: str,
    section: Section,
    *,
    narrowing: Narrowing,
    source: str = "",
    status: str = "",
    after: str | None = None,
    reduce: bool,
) -> SectionPage:
    """A section's page. ``source`` "" is everywhere; with ``reduce`` and no choice only what is documented here."""
    home_only = reduce and not source
    wanted = _status(section, status)
    chosen = HOME if home_only else source
    with current_services().db.reading() as tx:
        known = linked(tx, person_id=person_id)
        if source and source != HOME and source not in {one.link.id for one in known}:
            raise NotFoundError
        states = refreshes.states(tx, link_ids=[one.link.id for one in known])
        counts = rows.counts(tx, person_id=person_id, confidential=sees_confidential()).get(section, {})
        found = (
            _matching(tx, person_id, section, narrowing, chosen)
            if narrowing.q
            else rows.page(
                tx,
                person_id=person_id,
                section=section,
                confidential=sees_confidential(),
                status=wanted,
                source=chosen or None,
                period=narrowing.period,
                after=after,
                limit=PAGE,
            )
        )
        since = health_sources.since_now(tx.now)
        at_home = home_chart.notice(tx, person_id=person_id, section=section)
    _viewed(person_id, section, found)
    origins = Origins(known, states, current_services().settings.organization)

    def address(**changes: str | None) -> str:
        values: dict[str, Any] = {"source": source or None, "status": status or None, **narrowing.address, **changes}
        return url_for("health.section", section=section.value, **values)

    shared = sum(1 for row in found.rows if row.home and len(row.counts) > 1)
    return SectionPage(
        section=section,
        title=words.section_word(section),
        groups=_groups(section, found, origins, chosen or None),
        total=found.total,
        everything=counts.get("", 0),
        first=address() if after else None,
        next=address(after=found.next) if found.next else None,
        show=_options(known, source),
        chips=() if narrowing.q else _chips(section, found, wanted, address),
        narrow=narrowing.form,
        narrowed=narrowing.active,
        clear=address(q=None, since=None, until=None),
        status="" if narrowing.q else status,
        more=found.more,
        places=tuple(
            health_sources.place(
                one, section, count=counts.get(one.link.id, 0), state=states[one.link.id].get(section), since=since
            )
            for one in known
        ),
        reasons=reasons(section, known, states, counts, shared),
        chosen=source,
        home_only=home_only,
        home_chart=at_home,
    )


def part_page(
    person_id: str, section: Section, link_id: str, *, after: str | None = None
) -> tuple[Place, tuple[Group, ...], str | None]:
    """One organization's part of a section: its place, its items, and the address of the next page.

    Raises:
        NotFoundError: the link is not this person's.
    """
    with current_services().db.reading() as tx:
        one, known = _link(tx, person_id, link_id)
        states = refreshes.states(tx, link_ids=[other.link.id for other in known])
        found = rows.page(
            tx,
            person_id=person_id,
            section=section,
            confidential=sees_confidential(),
            source=link_id,
            after=after,
            limit=PAGE,
        )
        state = states[link_id].get(section)
        here = health_sources.status(
            tx, one, section, count=found.total, state=state, since=health_sources.since_now(tx.now), attempt=0
        )
    _viewed(person_id, section, found, link=link_id)
    origins = Origins(known, states, current_services().settings.organization)
    following = url_for("health.part", section=section.value, link=link_id, after=found.next) if found.next else None
    return here, _groups(section, found, origins, link_id), following


def part_status(person_id: str, section: Section, link_id: str, *, since: int, attempt: int) -> Place:
    """Only how an organization's part stands; nothing clinical is read."""
    with current_services().db.reading() as tx:
        one, _known = _link(tx, person_id, link_id)
        state = refreshes.states(tx, link_ids=[link_id])[link_id].get(section)
        count = rows.counts(tx, person_id=person_id, confidential=sees_confidential()).get(section, {}).get(link_id, 0)
        return health_sources.status(tx, one, section, count=count, state=state, since=since, attempt=attempt)


def tiles(tx: Tx, *, person_id: str, sections: tuple[Section, ...]) -> tuple[Tile, ...]:
    """The sections with their counts, for the home page and the record's first page."""
    counts = rows.counts(tx, person_id=person_id, confidential=sees_confidential())
    unread = rows.unread(tx, person_id=person_id, sections=sections, confidential=sees_confidential())
    return tuple(
        Tile(
            section,
            url_for("messages.inbox")
            if section is Section.MESSAGES
            else url_for("health.section", section=section.value),
            counts.get(section, {}).get("", 0),
            sum(by.get(section, 0) for source, by in unread.items() if source != HOME),
        )
        for section in sections
    )


def _matching(tx: Tx, person_id: str, section: Section, narrowing: Narrowing, source: str) -> RowPage:
    """Everything that has the words, in the order of the section; one page, because each word is looked for anew."""
    found = text_search.matching(
        tx,
        person_id=person_id,
        text=narrowing.q,
        words_of=readable,
        sections=(section,),
        confidential=sees_confidential(),
        source=source or None,
        period=narrowing.period,
    )
    ordered = sorted(found.rows, key=lambda row: -RANKS[row.status])
    by_status = Counter(row.status for row in ordered)
    return RowPage(tuple(ordered), None, len(ordered), by_status, more=found.more or bool(found.until))


def _link(tx: Tx, person_id: str, link_id: str) -> tuple[Linked, tuple[Linked, ...]]:
    known = linked(tx, person_id=person_id)
    one = next((one for one in known if one.link.id == link_id), None)
    if one is None:
        raise NotFoundError
    return one, known


def _viewed(person_id: str, section: Section, found: RowPage, **detail: str) -> None:
    """Record that a page was looked at. What it shows is no longer new; this page still marks it so."""
    seen = [entry_id for row in found.rows for entry_id in row.new]
    with current_services().db.transaction() as tx:
        if seen:
            rows.mark_read(tx, person_id=person_id, confidential=sees_confidential(), section=section, entry_ids=seen)
        audit.record(
            tx,
            action=audit.Action.VIEW_SECTION,
            actor=audit_actor(),
            person_id=person_id,
            section=section.value,
            **detail,
        )


def _status(section: Section, word: str) -> Status | None:
    allowed = {status.value: status for status in _FILTERED.get(section, ())}
    return allowed.get(word)


def _groups(section: Section, found: RowPage, origins: Origins, source: str | None) -> tuple[Group, ...]:
    titled = [(lines.group(section, row.status), item(row, origins, source)) for row in found.rows]
    return tuple(
        Group(title, tuple(item for _title, item in pairs))
        for title, pairs in groupby(titled, key=lambda pair: pair[0])
    )


def item(row: RecordRow, origins: Origins, source: str | None = None) -> Item:
    """A row as one line; with ``source`` in that organization's words."""
    section = row.section
    speaking: Entry = next((one.entry for one in row.entries if one.source == source), row.primary.entry)
    return Item(
        id=row.primary_id,
        href=url_for("health.entry", section=section.value, entry=row.primary_id),
        line=origins.line(speaking, row.sources if source is None else (source,)),
        outside=not row.home,
        origins=tuple(origins.of(one, section) for one in row.sources),
        new=any(one.id in row.new for one in row.entries if one.source != HOME),
        differs=bool(disagreements(row.entries)),
        past=row.status is Status.PAST and section in lines.CURRENT,
    )


def _options(known: tuple[Linked, ...], source: str) -> tuple[Option, ...]:
    if not known:
        return ()
    all_ = [
        Option("", _("All organizations"), not source),
        Option(HOME, current_services().settings.organization, source == HOME),
    ]
    return (*all_, *(Option(one.link.id, one.name, source == one.link.id) for one in known))


def _chips(section: Section, found: RowPage, wanted: Status | None, address: Callable[..., str]) -> tuple[Chip, ...]:
    offered = [status for status in _FILTERED.get(section, ()) if found.by_status.get(status) or status is wanted]
    if len(offered) < 2 and wanted is None:
        return ()
    everything = Chip(_("All (%(n)s)", n=sum(found.by_status.values())), address(status=None), wanted is None)
    return (
        everything,
        *(
            Chip(
                f"{lines.group(section, status)} ({found.by_status.get(status, 0)})",
                address(status=status.value),
                status is wanted,
            )
            for status in offered
        ),
    )


def reasons(
    section: Section, known: tuple[Linked, ...], states: States, counts: Mapping[str, int], shared: int
) -> tuple[Reason, ...]:
    links = [health_sources.for_missing(one, states, section, counts.get(one.link.id, 0)) for one in known]
    made = []
    for cause in missing_reasons.causes(section, links, shared=shared):
        href, action = "", ""
        if cause.why is missing_reasons.Why.NOT_LINKED:
            href, action = links_address(), _("Link an account")
        elif cause.link_id and cause.why in _ACTIONS:
            href, action = link_address(cause.link_id), _("Open this link")
        made.append(
            Reason(missing_reasons.text(cause), missing_reasons.anchor(cause.why), href, action if href else "")
        )
    return tuple(made)


_ACTIONS = frozenset(
    {
        missing_reasons.Why.NO_ACCOUNT,
        missing_reasons.Why.NEEDS_VERIFICATION,
        missing_reasons.Why.NOT_LOADED,
        missing_reasons.Why.ERROR,
        missing_reasons.Why.STALE,
        missing_reasons.Why.PARTLY,
    }
)
