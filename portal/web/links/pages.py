"""The pages about links: the list, one link, its progress, its tile, what happens before linking and unlinking."""

import re
from contextlib import suppress
from typing import NamedTuple

from flask import Blueprint, Response, jsonify, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from portal import audit
from portal.access import Permission, can
from portal.domain.errors import NotFoundError
from portal.domain.links import LIVE, LinkPolicy, Tier
from portal.endpoints import for_person, public
from portal.extensions import current_services
from portal.linking import reverse_links
from portal.linking.oauth.keys import published
from portal.store import Tx
from portal.store.directory import organizations, suggestions
from portal.store.directory.organizations import Organization
from portal.store.links import links
from portal.store.links.links import Link
from portal.web.guards import audit_actor, current_actor, current_person_id, current_sight, person_route
from portal.web.headers import allow_form_to
from portal.web.htmx import asked_along, is_fragment, render
from portal.web.linked import hidden_places, may_know, tile_address, visible
from portal.web.links import models, words
from portal.web.links.reverse import began, other_way
from portal.web.templating import reduce_data
from portal.web.viewed import viewed


def register(blueprint: Blueprint) -> None:
    person_route(blueprint, "/links")(my_accounts)
    person_route(blueprint, "/links/new/<organization>")(before)
    person_route(blueprint, "/links/<link>")(page)
    person_route(blueprint, "/links/<link>/progress")(progress)
    person_route(blueprint, "/links/<link>/tile")(tile)
    person_route(blueprint, "/links/<link>/unlink")(unlink)
    blueprint.add_url_rule("/jwks.json", view_func=jwks)


def own_link(tx: Tx, link_id: str) -> tuple[Link, Organization]:
    """Return a link of the person whose record is open, with its organization.

    Raises:
        NotFoundError: it does not exist, is another person's, is confidential, or is kept private.
    """
    link = links.by_id(tx, link_id=link_id)
    if link is None or link.tier is Tier.HOME or link.person_id != current_person_id():
        raise NotFoundError
    organization = organizations.by_id(tx, organization_id=link.organization_id)
    if organization is None or not may_know(organization):
        raise NotFoundError
    if link.id in hidden_places(tx, person_id=link.person_id):
        raise NotFoundError
    return link, organization


def ending_page(code: str, name: str, *, retry: str, status: int = 409, reverse: bool = False) -> Response:
    """Say why an attempt did not become a link, and what to do. ``reverse``: it was the link back."""
    code = code if re.fullmatch(r"[a-z0-9-]{1,40}", code) else "unknown"
    ending = words.ending(code, name)
    return render("links/ending.html", ending=ending, code=code, retry=retry, status=status, name=name, reverse=reverse)


def confidential_page(name: str) -> Response:
    """Answer the same whether the person is linked there or not."""
    return ending_page("confidential", name, retry=url_for("links.my_accounts"), status=403)


def may_end() -> bool:
    """Whether they may end what other portals read of the record."""
    return can(current_actor(), Permission.AUTHORIZE_APPS, current_person_id())


def may_manage() -> bool:
    return can(current_actor(), Permission.MANAGE_LINKS, current_person_id())


@for_person(Permission.VIEW_LINKS)
def my_accounts() -> Response:
    """Link My Accounts."""
    person_id = current_person_id()
    with current_services().db.reading() as tx:
        overview = models.overview(tx, person_id=person_id, sight=current_sight(), manage=may_manage())
        elsewhere = reverse_links.readers(tx, person_id=person_id, actor=current_actor())
    viewed(person_id, audit.Action.VIEW_LINKS)
    for link_card in (*overview.needing, *overview.linked):
        _allow(link_card)
    return render("links/accounts.html", overview=overview, manage=may_manage(), elsewhere=elsewhere, may_end=may_end())


@for_person(Permission.MANAGE_LINKS)
def before(organization: str) -> Response | BaseResponse:
    """Return what will happen when the organization is linked, with the button that goes there."""
    with current_services().db.reading() as tx:
        target = organizations.by_id(tx, organization_id=organization)
        # A link that is kept private is answered like none: else each organization of the directory could be asked.
        live_links = {each.organization.id: each.link for each in visible(tx, person_id=current_person_id())}
        hints = suggestions.suggestions(
            tx, person_id=current_person_id(), may_see_confidential=current_sight().confidential
        )
        back = began(tx, current_person_id(), organization)
        reverse = not back and reverse_links.allowed(tx, current_services().settings, target)
    if target is None:
        raise NotFoundError
    if not may_know(target):
        return confidential_page(target.name)
    matched = any(suggestion.reason == "match" and suggestion.organization.id == target.id for suggestion in hints)
    if target.id in live_links:
        return redirect(url_for("links.page", link=live_links[target.id].id), 303)
    origin = models.authorize_origin(target)
    if origin:
        allow_form_to(origin)
    off, exchange = target.policy is LinkPolicy.OFF, target.policy is LinkPolicy.EXCHANGE_REQUIRED
    return render(
        "links/before.html",
        organization=target,
        origin=origin,
        off=off,
        exchange=exchange,
        matched=matched,
        reverse=reverse,
        carried={name: request.args[name] for name in ("grant", "proof", reverse_links.BACK)} if back else {},
    )


@for_person(Permission.VIEW_LINKS)
def page(link: str) -> Response:
    """One link: its state, what it shares, how the last update went, its history."""
    with current_services().db.reading() as tx:
        stored_link, organization = own_link(tx, link)
        link_page = models.page(tx, stored_link, organization, sight=current_sight())
        back = other_way(tx, stored_link, organization)
    with current_services().db.transaction() as tx:
        if stored_link.live and link_page.card.count:
            links.put(tx, link_id=stored_link.id, looked_at=tx.now)
        audit.record(
            tx,
            action=audit.Action.VIEW_LINKS,
            actor=audit_actor(),
            person_id=stored_link.person_id,
            link=stored_link.id,
        )
    _allow(link_page.card)
    return render("links/page.html", page=link_page, manage=may_manage(), back=back)


@for_person(Permission.VIEW_LINKS)
def progress(link: str) -> Response | BaseResponse:
    """How the link stands: all of its page below the heading, looked at again while something is under way."""
    look = request.args.get("look", default=0, type=int)
    with current_services().db.reading() as tx:
        stored_link, organization = own_link(tx, link)
        link_page = models.page(tx, stored_link, organization, sight=current_sight(), look=max(0, look))
        back = other_way(tx, stored_link, organization)
    if not is_fragment():
        return redirect(url_for("links.page", link=stored_link.id), 303)
    _allow(link_page.card)
    return render("links/page.html", fragment="live", page=link_page, manage=may_manage(), back=back)


@for_person(Permission.VIEW_LINKS)
def tile(link: str) -> Response:
    """Return the link on the home page; with it others that are under way, as far as they are still linked."""
    look = max(0, request.args.get("look", default=0, type=int))
    others = [each for each in asked_along() if each != link]
    with current_services().db.reading() as tx:
        tiles = [_tile(tx, link, look)]
        for other in others:
            with suppress(NotFoundError):
                beside = _tile(tx, other, look)
                tiles += [beside] if beside.live else []
    asking = [] if reduce_data() else [each.card.id for each in tiles if each.poll]
    removed = set(others) - {each.card.id for each in tiles}
    load = tile_address(asking, look=look + 1) if asking else ""
    return render("links/row.html", fragment="row", tiles=tiles, removed=sorted(removed), asking=asking, load=load)


class _Tile(NamedTuple):
    """``poll``: seconds until it is asked for again, 0: it is not."""

    card: models.LinkCard
    moving: models.Progress | None
    poll: int
    live: bool


def _tile(tx: Tx, link_id: str, look: int) -> _Tile:
    link, organization = own_link(tx, link_id)
    card, moving = models.tile(tx, link, organization, sight=current_sight(), look=look)
    return _Tile(card, moving, moving.poll if moving and link.state in LIVE else 0, link.live)


@for_person(Permission.MANAGE_LINKS)
def unlink(link: str) -> Response | BaseResponse:
    """Return what unlinking does, and the button that does it."""
    with current_services().db.reading() as tx:
        stored_link, organization = own_link(tx, link)
        back = other_way(tx, stored_link, organization)
    if not stored_link.live:
        return redirect(url_for("links.my_accounts"), 303)
    return render("links/unlink.html", link=stored_link, organization=organization, back=back)


@public
def jwks() -> Response:
    """Our public keys, by which organizations check ``private_key_jwt`` (RFC 7517).

    They may be kept for less time than a new key is published before it signs (``key_overlap.PUBLISHED_AHEAD``).
    """
    response = jsonify(published(current_services()))
    response.cache_control.public, response.cache_control.max_age = True, 300
    return response


def _allow(card: models.LinkCard) -> None:
    """Buttons of this page may lead to the sign-in there."""
    if card.origin and (card.can_update or card.can_verify):
        allow_form_to(card.origin)
