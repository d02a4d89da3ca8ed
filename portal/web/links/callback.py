"""``/links/callback``: where other organizations send the browser back to."""

from typing import Any

from flask import Blueprint, Response, redirect, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from portal.extensions import services
from portal.linking import attempts
from portal.linking.attempts import AttemptError
from portal.store import organizations
from portal.web.guards import public
from portal.web.links.pages import ending_page


def register(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/links/callback", view_func=callback)


@public
def callback() -> Response | BaseResponse:
    """The way back. Public, because a code must not be carried through the sign-in page: nobody signed in, no link."""
    if not current_user.is_authenticated:
        return _ended(AttemptError("signed-out"))
    answer = {name: value for name, value in request.args.items() if len(request.args.getlist(name)) == 1}
    try:
        found = attempts.finish(services(), answer=answer, actor=current_user.actor, sign_in=current_user.secret)
    except AttemptError as error:
        return _ended(error)
    return redirect(_address("links.page", found.person_id, link=found.link_id), 303)


def _ended(error: AttemptError) -> Response:
    name, retry = "", ""
    if error.organization_id and error.person_id:
        with services().db.reading() as tx:
            found = organizations.by_id(tx, organization_id=error.organization_id)
        name = found.name if found else ""
        retry = _address("links.before", error.person_id, organization=error.organization_id)
    return ending_page(error.code, name, retry=retry, status=401 if error.code == "signed-out" else 409)


def _address(endpoint: str, person_id: str, **values: Any) -> str:
    """The address says whose record it is, where that is not one's own."""
    if person_id != current_user.account.person_id:
        values["person"] = person_id
    return url_for(endpoint, **values)
