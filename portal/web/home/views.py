"""The home page: what matters today, the sections by their content, the other places, and a suggestion."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, url_for

from portal import audit
from portal.access import Permission, can
from portal.assist.assists import IDLE
from portal.domain.links import LinkState, Outcome, Shown
from portal.domain.sections import NINE, Section
from portal.endpoints import for_person
from portal.extensions import current_services
from portal.linking.states import shown
from portal.store import Tx
from portal.store.desk import assists
from portal.store.directory import suggestions
from portal.store.directory.values import Mark
from portal.store.links import refreshes
from portal.store.links.refreshes import SectionState
from portal.store.people import proxies
from portal.store.records import numbers
from portal.store.records.leading import leading
from portal.store.records.news import NewsCount
from portal.web import formats
from portal.web.family import models as family
from portal.web.family.models import Boundary
from portal.web.guards import current_actor, current_person_id, current_sight, person_route
from portal.web.health import home_chart, record_rows, waiting
from portal.web.health.completeness import gaps
from portal.web.health.home_chart import Notice
from portal.web.health.models import Waits
from portal.web.health.record_rows import Origins
from portal.web.home import today
from portal.web.home.contents import contents, leads
from portal.web.home.today import Need, NewItem, NextVisit
from portal.web.htmx import render
from portal.web.linked import Linked, address_of, links_address, places, tile_address
from portal.web.links.models import Hint, hint
from portal.web.phrases import gettext as _
from portal.web.viewed import viewed
from portal.web.whose import open_person

blueprint = Blueprint("home", __name__)
_NEW = 5
_NEEDS = 3
_SECTIONS = (*NINE, Section.VITAL_SIGNS, Section.IMMUNIZATIONS, Section.DOCUMENTS)


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionContent:
    """A section by what stands in it. ``new``: what is new in it."""

    section: Section
    href: str
    text: str
    new: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """A linked organization. ``load`` is what htmx asks for while something is under way there, ``also`` are the links
    whose rows come with it: theirs are ``along``.

    ``portal_url`` is where the person's account there is; empty without an active account.
    """

    link_id: str
    name: str
    mark: Mark
    shown: Shown
    href: str
    new: int
    refreshed_at: datetime | None
    is_stale: bool
    load: str
    portal_url: str
    also: tuple[str, ...] = ()
    along: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """``needs`` are the first of ``needs_total``; ``news`` the newest of ``new`` entries.

    ``is_behind``: a place failed or needs an update, so that something new may be there.
    """

    greeting: str
    today: str
    needs: tuple[Need, ...]
    needs_total: int
    news: tuple[NewItem, ...]
    new: int
    waits: Waits | None
    visit: NextVisit | None
    contents: tuple[SectionContent, ...]
    home_chart: Notice | None
    is_behind: bool
    boundary: Boundary | None
    providers: tuple[Provider, ...]
    hint: Hint | None
    sees_links: bool
    links_href: str


@person_route(blueprint, "/")
@for_person(Permission.VIEW_RECORD)
def home() -> Response:
    """Return the first page after signing in."""
    return render("home/home.html", home=_home(current_person_id()))


def _home(person_id: str) -> Home:
    actor, sight = current_actor(), current_sight().without_private
    sees_links = can(actor, Permission.VIEW_LINKS, person_id)
    sections = tuple(section for section in _SECTIONS if sight.opens(section))
    with current_services().db.reading() as tx:
        linked_at = places(tx, person_id=person_id)
        connections = linked_at.linked
        listed = leading(
            tx,
            person_id=person_id,
            leads=leads(sections),
            sight=sight,
            zone=record_rows.zone(),
            news=_NEW,
        )
        counted = numbers.numbers(
            tx,
            person_id=person_id,
            sight=sight,
            by_source=False,
            new=sections,
            unshown=current_sight(),
            also=(proxies.ACTING, assists.ASKED),
            now=tx.now,
            since=tx.now - IDLE,
        )
        new, (acting, desk_asks) = counted.new, counted.also
        boundary = family.notice(tx, person_id=person_id, acting=bool(acting))
        states = refreshes.standing(tx, person_id=person_id)
        at_home = home_chart.notice(linked_at.home, states)
        missing = gaps(tx, person_id=person_id, places=linked_at, states=states, unshown=counted.left_out)
        providers = _providers(tx, connections, new) if sees_links else ()
        suggestion = _suggestion(tx, person_id) if can(actor, Permission.MANAGE_LINKS, person_id) else None
        now = tx.now
    viewed(person_id, audit.Action.VIEW_SECTION, section="home")
    origins = Origins(connections, states, current_services().settings.organization)
    manages = can(actor, Permission.MANAGE_LINKS, person_id)
    needs = today.needs(listed.first.get(Section.MEDICATIONS, ()), connections if manages else (), origins, now=now)
    if desk_asks and manages:
        needs = (today.desk_asks(), *needs)
    first = {**listed.first, Section.VISITS: listed.coming or listed.over}
    return Home(
        greeting=_greeting(),
        today=formats.whole_day(now),
        needs=needs[:_NEEDS],
        needs_total=len(needs),
        news=tuple(today.new_item(row, origins) for row in listed.unread),
        new=new.total,
        waits=waiting.sentence(sum(missing.held.values())),
        visit=today.next_visit(listed.coming, origins, now=now),
        contents=tuple(
            SectionContent(
                section=section,
                href=_address(section),
                text=missing.of(section, contents(section, first[section], counted.of(section).get("", {}), origins)),
                new=new.sections.get(section, 0),
            )
            for section in sections
        ),
        home_chart=at_home,
        is_behind=bool(at_home and at_home.wrong) or any(_is_behind(each, states) for each in connections),
        boundary=boundary,
        providers=providers,
        hint=suggestion,
        sees_links=sees_links,
        links_href=links_address(),
    )


def _address(section: Section) -> str:
    return (
        url_for("messages.inbox")
        if section is Section.MESSAGES
        else address_of("health.section", "section", section.value)
    )


def _is_behind(connection: Linked, states: Mapping[str, Mapping[Section, SectionState]]) -> bool:
    """Tell whether something new may be at a place that did not come."""
    outcomes = (state.outcome for state in states.get(connection.link.id, {}).values())
    return connection.shown in _STALE or Outcome.FAILED in outcomes


_WITH_ACCOUNT = frozenset({Shown.ACTIVE, Shown.ACTIVE_NEW, Shown.UPDATE_DUE, Shown.THROTTLED, Shown.ERROR})
_STALE = frozenset({Shown.ERROR, Shown.NEEDS_VERIFICATION, Shown.UPDATE_DUE, Shown.UNAVAILABLE})


def _providers(tx: Tx, connections: tuple[Linked, ...], news_: NewsCount) -> tuple[Provider, ...]:
    providers = []
    shown_links = [connection.link for connection in connections if not connection.link.hidden]
    updating = {connection.link.id for connection in connections if connection.updating}
    moving = [each.id for each in shown_links if each.state is LinkState.LINKING or each.id in updating]
    for connection in connections:
        link, organization = connection.link, connection.organization
        if link.hidden:
            continue
        asks = link.id in moving[:1]
        new = sum(news_.of(link.id).values())
        seen = shown(link, now=tx.now, new=new, policy=organization.policy, look_behind_hidden=True)
        providers.append(
            Provider(
                link_id=link.id,
                name=connection.name,
                mark=organization.mark,
                shown=seen,
                href=connection.href,
                new=new,
                refreshed_at=link.refreshed_at,
                is_stale=seen in _STALE,
                load=tile_address(moving) if asks else "",
                portal_url=(organization.portal_url or "") if seen in _WITH_ACCOUNT else "",
                also=tuple(moving[1:]) if asks else (),
                along=link.id in moving[1:],
            )
        )
    return tuple(providers)


def _suggestion(tx: Tx, person_id: str) -> Hint | None:
    """Return one suggestion at most, never for nearness alone; Link My Accounts has the others."""
    offered = suggestions.suggestions(tx, person_id=person_id, may_see_confidential=current_sight().confidential)
    return next((hint(each) for each in offered if each.reason != "near"), None)


def _greeting() -> str:
    """By the time of day where the organization is; with the person's own name only on their own page."""
    person = open_person()
    if person and person["other"]:
        return _("%(name)s’s home page", name=person["given"])
    hour = datetime.now(ZoneInfo(current_services().settings.time_zone)).hour
    name = person["given"] if person else ""
    if hour < 12:
        return _("Good morning, %(name)s", name=name)
    return _("Good afternoon, %(name)s", name=name) if hour < 18 else _("Good evening, %(name)s", name=name)
