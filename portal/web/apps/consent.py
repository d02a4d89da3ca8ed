"""The pages of OAuth: where an app sends a person, and the consent page."""

from urllib.parse import urlencode, urlsplit

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal import audit
from portal.access import Actor
from portal.endpoints import public, signed_in
from portal.extensions import csrf, current_services
from portal.linking import reverse_links
from portal.provider.oauth import authorization, consent, scopes
from portal.provider.oauth.authorization import RefusedRequestError
from portal.web.errors import error_page
from portal.web.guards import audit_actor, current_actor
from portal.web.headers import allow_form_to
from portal.web.htmx import render

blueprint = Blueprint("oauth", __name__)


@blueprint.after_request
def _headers(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    response.headers["Pragma"] = "no-cache"
    return response


@blueprint.route("/oauth/authorize", methods=["GET", "POST"])
@public
def authorize() -> ResponseReturnValue:
    """Where an app sends a person (RFC 6749, 4.1.1; SMART standalone launch): sign in here, then the consent page.

    A POST goes on as GET: it comes from another site, so that it does not carry the session's cookie.
    """
    if request.method == "POST":
        return redirect(f"{url_for('oauth.authorize')}?{urlencode(request.values.to_dict())}", 303)
    try:
        question = authorization.consent_question(_actor())
    except RefusedRequestError as error:
        return _refused(error)
    if question is None:
        return redirect(f"{url_for('account.sign_in')}?{urlencode({'next': request.full_path})}", 303)
    return _page(question)


csrf.exempt(authorize)  # other sites may post; nothing happens before the consent


@blueprint.post("/oauth/consent")
@signed_in
def decide() -> ResponseReturnValue:
    """Take the answer on the consent page; the request itself is in the address and is checked all over again."""
    try:
        question = authorization.consent_question(_actor())
        if question is None or request.form.get("decision") != "allow":
            raise authorization.denied()
    except RefusedRequestError as error:
        return _refused(error)
    actor = current_actor()
    person = request.form.get("person") or None
    if scopes.needs_person(question.requested) and (
        person is None or person not in {choice.person_id for choice in question.people}
    ):
        return _page(question, problem=_("Choose whose record you want to share."))
    answer = consent.Agreement(
        person if scopes.needs_person(question.requested) else None,
        frozenset(request.form.getlist("kind")),
        request.form.get("lasting") == "yes",
        request.form.get("reverse") == "yes",
    )
    if question.kinds and not answer.accepted:
        return _page(question, problem=_("Choose at least one kind of information, or press “Do not share”."))
    services = current_services()
    with services.db.transaction() as tx:
        agreed = consent.agree(
            tx, services.settings, question=question, answer=answer, actor=actor, request=request.args.to_dict()
        )
    address = consent.answer_address(
        services.settings,
        question.redirect_uri,
        code=agreed.code,
        state=request.args.get("state"),
        **{reverse_links.PARAMETER: agreed.reverse},
    )
    return redirect(address, 303)


def _actor() -> Actor | None:
    return current_actor() if current_user.is_authenticated else None


def _page(question: consent.Question, *, problem: str = "") -> Response:
    parts = urlsplit(question.redirect_uri)
    allow_form_to(f"{parts.scheme}://{parts.netloc}" if parts.netloc else f"{parts.scheme}:")
    return render(
        "oauth/consent.html",
        asked=question,
        problem=problem,
        action=f"{url_for('oauth.decide')}?{urlencode(request.args.to_dict())}",
        needs_person=scopes.needs_person(question.requested),
        chosen=request.form.get("person") or (question.people[0].person_id if question.people else None),
        ticked=frozenset(request.form.getlist("kind")) if problem else frozenset(kind.key for kind in question.kinds),
        lasting=request.form.get("lasting", "yes") == "yes",
        reverse=request.form.get("reverse") == "yes",
        status=422 if problem else 200,
    )


def _refused(error: RefusedRequestError) -> ResponseReturnValue:
    """Back to the app with the error when the address is its own; else a page here (RFC 6749, 4.1.2.1)."""
    services = current_services()
    client_id = request.values.get("client_id", "")[:200]
    with services.db.transaction() as tx:
        audit.record(
            tx,
            action=audit.Action.DENIED,
            actor=audit_actor() if current_user.is_authenticated else audit.Actor("client"),
            outcome="denied",
            client=client_id if error.redirect_uri else "",
            reason=error.code,
        )
    if error.redirect_uri:
        address = consent.answer_address(
            services.settings,
            error.redirect_uri,
            error=error.code,
            error_description=error.description,
            state=request.values.get("state"),
        )
        return redirect(address, 303)
    return error_page(
        400,
        _("This app’s request cannot be answered"),
        _(
            "The app sent something that this portal does not accept. Nothing was shared. Go back to the app and try "
            "again; if it happens again, tell the people who make it (reason: %(reason)s).",
            reason=error.description or error.code,
        ),
    )
