"""Finding an organization to link: while typing, or with a button."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, Response, request, url_for

from portal.access import Permission
from portal.directory.search import Match
from portal.directory.search import search as find
from portal.domain.links import LinkPolicy
from portal.endpoints import for_person
from portal.extensions import current_services
from portal.store.people import people
from portal.web.guards import current_person_id, person_route
from portal.web.htmx import render
from portal.web.linked import visible

_LONGEST = 100  # characters of a query


@dataclass(frozen=True, slots=True)
class SearchResult:
    """One organization found; ``href`` leads to the page before linking, or to the link that exists."""

    match: Match
    href: str
    linked: bool
    off: bool


def register(blueprint: Blueprint) -> None:
    person_route(blueprint, "/links/search")(search)


@for_person(Permission.MANAGE_LINKS)
def search() -> Response:
    """Organizations by name, former name, owner, place …"""
    text = request.args.get("q", "").strip()[:_LONGEST]
    return render("links/search.html", fragment="results", q=text, results=results(text) if text else ())


def results(text: str) -> tuple[SearchResult, ...]:
    """Return what was found, nearest to the person's home first among equals."""
    person_id = current_person_id()
    with current_services().db.reading() as tx:
        person = people.by_id(tx, person_id=person_id)
        addresses = person.demographics.addresses if person else ()
        near = next((address.postal_code for address in addresses if address.postal_code), None)
        matches = find(tx, text=text, near=near)
        link_ids = {each.organization.id: each.link.id for each in visible(tx, person_id=person_id)}
    return tuple(
        SearchResult(match, _href(match.id, link_ids), match.id in link_ids, match.policy is LinkPolicy.OFF)
        for match in matches
    )


def _href(organization_id: str, link_ids: Mapping[str, str]) -> str:
    if organization_id in link_ids:
        return url_for("links.page", link=link_ids[organization_id])
    return url_for("links.before", organization=organization_id)
