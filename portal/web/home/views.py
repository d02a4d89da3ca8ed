"""The home page: the sections with what is new, the other providers, and suggestions."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Blueprint, Response
from flask_babel import gettext as _

from portal import audit
from portal.access import Permission, can
from portal.domain.links import Shown
from portal.domain.sections import NINE
from portal.endpoints import for_person
from portal.extensions import current_services
from portal.store import Tx
from portal.store.directory import suggestions
from portal.store.directory.values import Mark
from portal.web.guards import current_actor, current_person_id, person_route, sees_confidential
from portal.web.health import home_chart, section_page
from portal.web.health.home_chart import Notice
from portal.web.health.models import Tile
from portal.web.htmx import render
from portal.web.linked import link_address, linked, links_address
from portal.web.links.models import Hint, hint
from portal.web.templating import open_person
from portal.web.viewed import viewed

blueprint = Blueprint("home", __name__)
_SUGGESTIONS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """A linked organization's named place: ``tile_href`` is what htmx loads into it.

    ``portal_url`` is where the person's account there is; empty without an active account.
    """

    link_id: str
    name: str
    mark: Mark
    shown: Shown
    href: str
    tile_href: str
    portal_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    greeting: str
    tiles: tuple[Tile, ...]
    new: int
    home_chart: Notice | None
    providers: tuple[Provider, ...]
    hints: tuple[Hint, ...]
    sees_links: bool
    links_href: str


@person_route(blueprint, "/")
@for_person(Permission.VIEW_RECORD)
def home() -> Response:
    """Return the first page after signing in."""
    return render("home/home.html", home=_home(current_person_id()))


def _home(person_id: str) -> Home:
    sees_links = can(current_actor(), Permission.VIEW_LINKS, person_id)
    with current_services().db.reading() as tx:
        tiles = section_page.tiles(tx, person_id=person_id, sections=NINE)
        at_home = home_chart.notice(tx, person_id=person_id)
        providers = _providers(tx, person_id) if sees_links else ()
        hints = _hints(tx, person_id) if can(current_actor(), Permission.MANAGE_LINKS, person_id) else ()
    viewed(person_id, audit.Action.VIEW_SECTION, section="home")
    return Home(
        greeting=_greeting(),
        tiles=tiles,
        new=sum(tile.new for tile in tiles),
        home_chart=at_home,
        providers=providers,
        hints=hints,
        sees_links=sees_links,
        links_href=links_address() if sees_links else "",
    )


_WITH_ACCOUNT = frozenset({Shown.ACTIVE, Shown.ACTIVE_NEW, Shown.UPDATE_DUE, Shown.THROTTLED, Shown.ERROR})


def _providers(tx: Tx, person_id: str) -> tuple[Provider, ...]:
    return tuple(
        Provider(
            link_id=linked_one.link.id,
            name=linked_one.name,
            mark=linked_one.organization.mark,
            shown=linked_one.shown,
            href=linked_one.href,
            tile_href=link_address(linked_one.link.id, part="/tile"),
            portal_url=(linked_one.organization.portal_url or "") if linked_one.shown in _WITH_ACCOUNT else "",
        )
        for linked_one in linked(tx, person_id=person_id)
        if not linked_one.link.hidden
    )


def _hints(tx: Tx, person_id: str) -> tuple[Hint, ...]:
    offered = suggestions.suggestions(tx, person_id=person_id, may_see_confidential=sees_confidential())
    return tuple(hint(suggestion) for suggestion in offered[:_SUGGESTIONS])


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
