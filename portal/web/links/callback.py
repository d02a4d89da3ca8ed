"""``/links/callback``: where other organizations send the browser back to."""

from flask import Blueprint, Response, redirect, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from portal.extensions import services
from portal.linking import attempts
from portal.linking.attempts import AttemptError
from portal.store import organizations
from portal.web.guards import public
from portal.web.htmx import render
from portal.web.links import words


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
    return redirect(url_for("links.page", link=found.link_id, **_person(found.person_id)), 303)


def _ended(error: AttemptError) -> Response:
    name, retry = "", ""
    if error.organization_id and error.person_id:
        with services().db.reading() as tx:
            found = organizations.by_id(tx, organization_id=error.organization_id)
        name = found.name if found else ""
        retry = url_for("links.before", organization=error.organization_id, **_person(error.person_id))
    status = 401 if error.code == "signed-out" else 409
    return render(
        "links/ending.html", ending=words.ending(error.code, name), code=error.code, retry=retry, status=status
    )


def _person(person_id: str) -> dict[str, str]:
    """The part of the address that says whose record it is, where that is not one's own."""
    return {} if person_id == current_user.account.person_id else {"person": person_id}
