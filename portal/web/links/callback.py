"""``/links/callback``: where other organizations send the browser back to."""

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from portal.domain.ids import is_id
from portal.endpoints import public
from portal.extensions import current_services
from portal.linking import authorization, reverse_links
from portal.linking.authorization import AttemptError
from portal.store.directory import organizations
from portal.web.links.pages import ending_page
from portal.web.links.reverse import to_ending
from portal.web.phrases import gettext as _


def register(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/links/callback", view_func=callback)
    blueprint.add_url_rule("/links/callback/<string(maxlength=40):organization>", view_func=callback)
    blueprint.add_url_rule("/links/ended/<code>", view_func=ended)


@public
def callback(organization: str = "") -> BaseResponse:
    """Take the answer of the other sign-in. Public: a code is not carried through our sign-in page.

    It always leads on to another address, so that the code stays in no page, no history and no other site's log.
    """
    del organization  # the whole path is compared with the address that the organization was told
    if not current_user.is_authenticated:
        return to_ending(AttemptError("signed-out"))
    answer = {name: value for name, value in request.args.items() if len(request.args.getlist(name)) == 1}
    try:
        finished = authorization.finish(
            current_services(), answer=answer, path=request.path, actor=current_user.actor, sign_in=current_user.secret
        )
    except AttemptError as error:
        if error.back and error.code == "denied":  # they said no a moment ago, and know it
            return redirect(error.back, 303)
        return to_ending(error)
    person = None if finished.person_id == current_user.account.person_id else finished.person_id
    page = url_for("links.page", link=finished.link_id, person=person)
    if finished.go_on:
        began = current_services().settings.base_url + page
        return redirect(reverse_links.returning(finished.go_on, to=began), 303)
    if finished.back:
        return redirect(finished.back, 303)
    if finished.is_reverse:
        flash(_("The link works both ways now. You can stop each one on its own."))
    return redirect(page, 303)


@public
def ended(code: str) -> Response:
    """How an attempt ended. The words are ours, and the address says nothing about anybody."""
    organization_id, person = request.args.get("organization", ""), request.args.get("person")
    name, retry = "", ""
    if current_user.is_authenticated and 0 < len(organization_id) <= 40:
        with current_services().db.reading() as tx:
            organization = organizations.by_id(tx, organization_id=organization_id)
        if organization is not None:
            name = organization.name
            retry = url_for(
                "links.before", organization=organization.id, person=person if person and is_id(person) else None
            )
    return ending_page(code, name, retry=retry, status=200, reverse=request.args.get("way") == "back")
