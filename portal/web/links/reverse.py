"""The link the other way round: going on with it after the first link, and what a link's page says about it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from portal.access import Permission, can
from portal.domain.errors import LinkingError, NotFoundError, OutsideError
from portal.endpoints import signed_in
from portal.extensions import current_services
from portal.linking import authorization, proxies, reverse_links
from portal.linking.authorization import AttemptError
from portal.store import Tx
from portal.store.directory.organizations import Organization
from portal.store.links.links import Link
from portal.web.guards import current_actor


@dataclass(frozen=True, slots=True)
class OtherWay:
    """Whether the other organization's portal shows this record. ``grant`` is empty where it does not.

    ``may_end``: whoever looks may end it. ``possible``: both organizations allow it.
    """

    grant: str
    since: datetime | None
    used_at: datetime | None
    ends_at: datetime | None
    may_end: bool
    possible: bool


def register(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/links/reverse/<string(length=20):grant>/<string(maxlength=100):proof>", view_func=go_on)


def other_way(tx: Tx, link: Link, organization: Organization) -> OtherWay:
    """Return what a link's page says about the other direction."""
    grant = reverse_links.shown_there(tx, person_id=link.person_id, organization=organization)
    return OtherWay(
        grant=grant.id if grant else "",
        since=grant.created_at if grant else None,
        used_at=grant.used_at if grant else None,
        ends_at=grant.ends_at if grant else None,
        may_end=can(current_actor(), Permission.AUTHORIZE_APPS, link.person_id),
        possible=reverse_links.allowed(tx, current_services().settings, organization),
    )


@signed_in
def go_on(grant: str, proof: str) -> BaseResponse:
    """Where the other portal sends somebody who wished, on our consent page, to see its information here too.

    For oneself it leads straight to the other portal's consent page. For somebody else the page before linking comes
    first: it says whose record to choose there.
    """
    with current_services().db.reading() as tx:
        organization, name = reverse_links.invited(
            tx, grant_id=grant, proof=proof, account_id=current_actor().account_id
        )
        person_id = name.person_id or ""
        live = proxies.link_seen_by(
            tx, account_id=current_actor().account_id, person_id=person_id, organization_id=organization.id
        )
        back = reverse_links.began_at(tx, name, request.args.get(reverse_links.BACK, ""))
    if not can(current_actor(), Permission.MANAGE_LINKS, person_id):
        raise NotFoundError
    person = None if person_id == current_actor().own_person_id else person_id
    if person is not None and (organization.sensitive or live is None):
        carried: dict[str, Any] = {"grant": grant, "proof": proof, reverse_links.BACK: back} if back else {}
        return redirect(url_for("links.before", organization=organization.id, person=person, **carried), 303)
    if live is not None:
        return redirect(back or url_for("links.page", link=live.id, person=person), 303)
    try:
        address = authorization.start(
            current_services(),
            person_id=person_id,
            organization_id=organization.id,
            account_id=current_actor().account_id,
            sign_in=current_user.secret,
            is_reverse=True,
            back=back,
        )
    except (LinkingError, OutsideError) as error:
        return to_ending(AttemptError(error.code, organization_id=organization.id, is_reverse=True))
    return redirect(address, 303)


def began(tx: Tx, person_id: str, organization_id: str) -> str:
    """Return where somebody began at the other portal who links back for this person by the page before linking.

    It came through the browser: the consent of a moment ago, of this account, for this person and to that
    organization's portal, must still stand.
    """
    grant, proof, back = (request.values.get(name, "") for name in ("grant", "proof", reverse_links.BACK))
    if not grant or not back:
        return ""
    try:
        organization, agreed = reverse_links.invited(
            tx, grant_id=grant, proof=proof, account_id=current_actor().account_id
        )
    except NotFoundError:
        return ""
    is_same = agreed.person_id == person_id and organization.id == organization_id
    return reverse_links.began_at(tx, agreed, back) if is_same else ""


def to_ending(error: AttemptError) -> BaseResponse:
    """To the page that says how an attempt ended."""
    person = None
    if error.person_id and error.person_id != current_user.account.person_id:
        person = error.person_id
    way = "back" if error.is_reverse else None
    return redirect(
        url_for("links.ended", code=error.code, organization=error.organization_id, person=person, way=way), 303
    )
