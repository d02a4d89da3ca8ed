"""Section pages and entry pages: read what they show in one transaction, then put it into words."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from flask import url_for

from portal import audit
from portal.domain.entry import Status
from portal.domain.errors import NotFoundError
from portal.domain.ids import HOME, OWN
from portal.domain.sections import SECTIONS, Order, Section
from portal.extensions import current_services
from portal.merge import RANKS
from portal.store import Tx
from portal.store.links import refreshes
from portal.store.records import numbers, rows, text_search, visits
from portal.store.records.periods import Period
from portal.store.records.rows import RecordRow, RowPage
from portal.web import words
from portal.web.guards import current_sight
from portal.web.health import headings, home_chart, medicines, missing_reasons, not_shown, record_rows, results, waiting
from portal.web.health import sources as health_sources
from portal.web.health.completeness import gaps
from portal.web.health.courses import courses
from portal.web.health.groups import Absences, absences_of, grouped
from portal.web.health.models import (
    Chip,
    Option,
    PartPage,
    Reason,
    SectionPage,
    Tile,
)
from portal.web.health.narrow import Narrowing
from portal.web.health.record_rows import Origins, States
from portal.web.health.search_text import readable
from portal.web.linked import Linked, link_address, linked, links_address
from portal.web.linked import places as linked_places
from portal.web.phrases import counted, ngettext
from portal.web.phrases import gettext as _
from portal.web.templating import section_address
from portal.web.viewed import viewed

PAGE = 25

_FILTERED = {
    section: (Status.UPCOMING if facts.order is Order.UPCOMING else Status.ACTIVE, Status.PAST)
    for section, facts in SECTIONS.items()
    if facts.narrowed
}
"""Sections that can be narrowed to what holds now or what is over."""


def section_page(
    person_id: str,
    section: Section,
    *,
    narrowing: Narrowing,
    source: str = "",
    status: str = "",
    after: str | None = None,
    by: str = "",
) -> SectionPage:
    """Return a section's page. ``source`` "" is everywhere; ``by`` "reason": medicines by what they are for."""
    status_ = _status(section, status)
    only_out = section in results.SECTIONS and status == results.NOT_NORMAL and not narrowing.q
    with current_services().db.reading() as tx:
        linked_at = linked_places(tx, person_id=person_id)
        connections = linked_at.linked
        if source not in {"", HOME, OWN, *(connection.link.id for connection in connections)}:
            raise NotFoundError
        all_states = refreshes.of_person(tx, person_id=person_id, section=section)
        states = {connection.link.id: all_states.get(connection.link.id, {}) for connection in connections}
        sight = current_sight()
        counted = numbers.numbers(tx, person_id=person_id, sight=sight, section=section, unshown=sight)
        counts = {each: sum(by_status.values()) for each, by_status in counted.of(section).items()}
        of_source, examined = counted.of(section).get(source, {}), None
        if only_out:
            page, examined = results.not_normal(
                tx,
                person_id=person_id,
                section=section,
                sight=sight,
                source=source or None,
                period=narrowing.period,
                after=after,
            )
        elif narrowing.q:
            page = _matching(tx, person_id, section, narrowing, source)
        else:
            page = _page(
                tx,
                person_id,
                section,
                status=status_,
                source=source,
                period=narrowing.period,
                after=after,
                by_status=of_source,
                limit=medicines.limit(of_source, PAGE) if section is Section.MEDICATIONS else PAGE,
            )
        whole = not (source or status_ or page.next) and len(page.rows) <= PAGE
        absences = (
            absences_of(tx, person_id, section, page, source, whole=whole)
            if not (after or narrowing.active or only_out or status_ not in (None, Status.ACTIVE))
            else Absences()
        )
        listed = [row for row in page.rows if row.status is not Status.ABSENT or narrowing.active]
        in_order = section is Section.MEDICATIONS and not after and medicines.is_whole(page.by_status, listed)
        if in_order:
            listed = medicines.alphabetical(listed)
        by_day, others = _by_day(section, listed)
        drawn = {} if source else courses(tx, person_id=person_id, section=section, sight=sight, rows=by_day)
        allergies = medicines.allergies(tx, person_id) if section is Section.MEDICATIONS else None
        unshown = not_shown.counted(tx, person_id=person_id, states=all_states, unshown=counted.left_out)
        since = health_sources.since_now(tx.now)
        at_home = home_chart.notice(linked_at.home, all_states, section=section)
    _viewed(person_id, section, (*page.rows, *absences.rows))
    origins = Origins(connections, states, current_services().settings.organization)

    def address(**changes: str | None) -> str:
        values: dict[str, Any] = {"source": source or None, "status": status or None, "by": by or None}
        values |= {**narrowing.address, **changes}
        if not any(values.values()):
            return section_address("health.section", section)
        return url_for("health.section", section=section.value, **values)

    shared = sum(1 for row in page.rows if row.home and len(row.counts) > 1)
    places = health_sources.together(
        [
            health_sources.place(
                connection,
                section,
                count=counts.get(connection.link.id, 0),
                state=states[connection.link.id].get(section),
                since=since,
            )
            for connection in connections
        ],
        asks=lambda place: place.busy,
    )
    home_name = current_services().settings.organization
    groups = grouped(section, others, absences, origins, source=source or None)
    return SectionPage(
        section=section,
        title=words.section_word(section),
        groups=medicines.by_reason(groups, listed) if in_order and by == medicines.BY_REASON else groups,
        allergies=allergies,
        orders=medicines.orders(address, by) if in_order else (),
        days=results.days(by_day, origins, source=source or None, courses=drawn, examined=examined),
        total=page.total - (page.by_status.get(Status.ABSENT, 0) if status_ is None and not narrowing.q else 0),
        not_shown=not_shown.notice(unshown, section=section, source=source),
        waits=waiting.notice(unshown, section=section, source=source),
        everything=counts.get("", 0),
        first=address() if after else None,
        next=address(after=page.next) if page.next else None,
        show=_options(connections, source, own=section is Section.VITAL_SIGNS and OWN in counts),
        chips=() if narrowing.q else _chips(section, page, status_, address, only_out=only_out),
        narrow=narrowing.form,
        narrowed=narrowing.active,
        clear=address(q=None, since=None, until=None),
        status="" if narrowing.q else status,
        more=page.more,
        strip=health_sources.strip(places, home_name, home_is_wrong=bool(at_home and at_home.wrong)),
        places=places,
        reasons=reasons(section, connections, states, not_shown.added(counts, unshown, section), shared),
        chosen=source,
        is_moving=any(place.busy for place in places),
        home_chart=at_home,
    )


def _by_day(section: Section, listed: list[RecordRow]) -> tuple[list[RecordRow], list[RecordRow]]:
    """Return what is read day by day, and what stands in groups before it."""
    if section not in results.SECTIONS:
        return [], listed
    plain = [row for row in listed if row.status not in (Status.UNSAFE, Status.ABSENT)]
    return plain, [row for row in listed if row.status in (Status.UNSAFE, Status.ABSENT)]


def part_page(person_id: str, section: Section, link_id: str, *, after: str | None = None) -> PartPage:
    """Return one organization's part of a section: its place, its items, and the address of the next page.

    Raises:
        NotFoundError: the link is not this person's.
    """
    with current_services().db.reading() as tx:
        connection, connections = _link(tx, person_id, link_id)
        states = refreshes.states(tx, link_ids=[other.link.id for other in connections])
        page = _page(tx, person_id, section, source=link_id, after=after)
        absences = Absences() if after else absences_of(tx, person_id, section, page, link_id)
        listed = [row for row in page.rows if row.status is not Status.ABSENT]
        state = states[link_id].get(section)
        unshown = not_shown.counted(tx, person_id=person_id)
        place = health_sources.status(
            tx,
            connection,
            section,
            count=page.total,
            state=state,
            since=health_sources.since_now(tx.now),
            attempt=0,
        )
    _viewed(person_id, section, (*page.rows, *absences.rows), link=link_id)
    origins = Origins(connections, states, current_services().settings.organization)
    following = url_for("health.part", section=section.value, link=link_id, after=page.next) if page.next else None
    return PartPage(
        place=place,
        groups=grouped(section, listed, absences, origins, source=link_id),
        following=following,
        not_shown=not_shown.notice(unshown, section=section, source=link_id),
        waits=waiting.notice(unshown, section=section, source=link_id),
    )


def tiles(tx: Tx, *, person_id: str, sections: tuple[Section, ...]) -> tuple[Tile, ...]:
    """Return the sections with their counts, for the record's first page."""
    counted = numbers.numbers(tx, person_id=person_id, sight=current_sight(), by_source=False, new=sections)
    new = counted.new.sections
    linked_at = linked_places(tx, person_id=person_id)
    states = refreshes.standing(tx, person_id=person_id)
    missing = gaps(tx, person_id=person_id, places=linked_at, states=states)
    return tuple(
        Tile(
            section,
            url_for("messages.inbox")
            if section is Section.MESSAGES
            else url_for("health.section", section=section.value),
            missing.of(section, _items(counted.of(section).get("", {}))),
            new.get(section, 0),
        )
        for section in sections
    )


def _items(by_status: Mapping[Status, int]) -> str:
    """Return how many items there are, else that it is noted that there is none ("no known allergies")."""
    if number := sum(by_status.values()) - by_status.get(Status.ABSENT, 0):
        return ngettext("%(num)s item", "%(num)s items", number)
    return _("Noted as none") if by_status.get(Status.ABSENT) else ""


def _matching(tx: Tx, person_id: str, section: Section, narrowing: Narrowing, source: str) -> RowPage:
    """Everything that has the words, in the order of the section; one page, because each word is looked for anew."""
    matches = text_search.matching(
        tx,
        person_id=person_id,
        text=narrowing.q,
        words_of=readable,
        sections=(section,),
        sight=current_sight(),
        source=source or None,
        period=narrowing.period,
        repeats=record_rows.MOST_REPEATS,
    )
    clocked = [record_rows.by_clock(row, tx) for row in matches.rows]
    ordered = sorted(clocked, key=lambda row: -RANKS[row.status])
    by_status = Counter(row.status for row in ordered)
    return RowPage(tuple(ordered), None, len(ordered), by_status, more=matches.more or bool(matches.until))


def _link(tx: Tx, person_id: str, link_id: str) -> tuple[Linked, tuple[Linked, ...]]:
    connections = linked(tx, person_id=person_id)
    connection = next((connection for connection in connections if connection.link.id == link_id), None)
    if connection is None:
        raise NotFoundError
    return connection, connections


def _viewed(person_id: str, section: Section, listed: Iterable[RecordRow], **detail: str) -> None:
    """Record that rows were looked at. They are no longer new; this page still marks them so."""
    new = [entry_id for row in listed for entry_id in row.new]
    viewed(person_id, audit.Action.VIEW_SECTION, new=new, of=section, section=section.value, **detail)


def _status(section: Section, word: str) -> Status | None:
    allowed = {status.value: status for status in _FILTERED.get(section, ())}
    return allowed.get(word)


def _page(
    tx: Tx,
    person_id: str,
    section: Section,
    *,
    status: Status | None = None,
    source: str = "",
    period: Period | None = None,
    after: str | None = None,
    by_status: Mapping[Status, int] | None = None,
    limit: int = PAGE,
) -> RowPage:
    """Return one page of rows: of visits in the groups of the clock, else as their sources' statuses say."""
    sight, chosen = current_sight(), source or None
    if section is Section.VISITS:
        return visits.page(
            tx,
            person_id=person_id,
            sight=sight,
            zone=record_rows.zone(),
            status=status,
            source=chosen,
            period=period,
            after=after,
            limit=PAGE,
            repeats=record_rows.MOST_REPEATS,
        )
    return rows.page(
        tx,
        person_id=person_id,
        section=section,
        sight=sight,
        status=status,
        source=chosen,
        period=period,
        after=after,
        limit=limit,
        by_status=by_status,
        repeats=record_rows.MOST_REPEATS,
    )


def _options(connections: tuple[Linked, ...], source: str, *, own: bool) -> tuple[Option, ...]:
    """Return whose items can be shown alone; ``own``: those that the person measured, too."""
    named = [(connection.link.id, connection.name) for connection in connections]
    named += [(OWN, _("Your own readings"))] if own else []
    if not named:
        return ()
    offered = [("", _("All organizations")), (HOME, current_services().settings.organization), *named]
    return tuple(Option(value, text, value == source) for value, text in offered)


def _chips(
    section: Section, page: RowPage, current: Status | None, address: Callable[..., str], *, only_out: bool
) -> tuple[Chip, ...]:
    if section in results.SECTIONS and page.by_status:
        return (
            Chip(_("All (%(n)s)", n=sum(page.by_status.values())), address(status=None), not only_out),
            Chip(_("Not normal"), address(status=results.NOT_NORMAL), only_out),
        )
    offered = [status for status in _FILTERED.get(section, ()) if page.by_status.get(status) or status is current]
    if len(offered) < 2 and current is None:
        return ()
    everything = Chip(_("All (%(n)s)", n=sum(page.by_status.values())), address(status=None), current is None)
    return (
        everything,
        *(
            Chip(
                f"{headings.heading(section, status)} ({counted(page.by_status.get(status, 0))})",
                address(status=status.value),
                status is current,
            )
            for status in offered
        ),
    )


def reasons(
    section: Section, connections: tuple[Linked, ...], states: States, counts: Mapping[str, int], shared: int
) -> tuple[Reason, ...]:
    links = [
        health_sources.for_missing(connection, states, section, counts.get(connection.link.id, 0))
        for connection in connections
    ]
    reasons_ = []
    for cause in missing_reasons.causes(section, links, shared=shared):
        href, action = "", ""
        if cause.why is missing_reasons.Why.NOT_LINKED:
            href, action = links_address(), _("Link an account")
        elif cause.link_id and cause.why in _ACTIONS:
            href, action = link_address(cause.link_id), _("Open this link")
        reasons_.append(
            Reason(missing_reasons.text(cause), missing_reasons.anchor(cause.why), href, action if href else "")
        )
    return tuple(reasons_)


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
