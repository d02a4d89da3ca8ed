"""The pages of OAuth: where an app sends a person, and the consent page."""

from datetime import datetime
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, Response, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from itsdangerous import BadSignature, URLSafeTimedSerializer

from portal import audit
from portal.access import Actor
from portal.domain.ids import new_secret
from portal.endpoints import confirm_first, public, signed_in
from portal.extensions import csrf, current_services
from portal.linking import reverse_links
from portal.provider.oauth import authorization, consent, scopes
from portal.provider.oauth.authorization import RefusedRequestError
from portal.store.directory.values import Mark
from portal.store.people.sign_ins import SignIn
from portal.web.account import users
from portal.web.clocks import timed_serializer
from portal.web.errors import error_page
from portal.web.guards import audit_actor, current_actor
from portal.web.headers import allow_form_to
from portal.web.htmx import render
from portal.web.phrases import gettext as _

blueprint = Blueprint("oauth", __name__)
_TICKET = "consent"  # the parameter that makes each consent page good for one answer
_TICKET_LIFE = 3600  # seconds


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
        return redirect(f"{url_for('oauth.authorize')}?{urlencode([*request.values.items(multi=True)])}", 303)
    try:
        question = authorization.consent_question(_actor(), signed_in_at=_signed_in_at())
    except RefusedRequestError as error:
        return _refused(error)
    return _to_sign_in() if question is None else _page(question)


csrf.exempt(authorize)  # other sites may post; nothing happens before the consent


@blueprint.post("/oauth/again")
@signed_in
def sign_in_again() -> ResponseReturnValue:
    """End this sign-in because an app wants a fresh one, and go on to the sign-in page."""
    users.end_session()
    following = f"{url_for('oauth.authorize')}?{urlencode(authorization.after_sign_in())}"
    return redirect(f"{url_for('account.sign_in')}?{urlencode({'next': following})}", 303)


@blueprint.post("/oauth/consent")
@signed_in
@confirm_first(back="oauth.authorize")
def decide() -> ResponseReturnValue:
    """Take the answer on the consent page; the request itself is in the address and is checked all over again."""
    signed_in_at = _signed_in_at()
    try:
        question = authorization.consent_question(_actor(), signed_in_at=signed_in_at)
        if question is not None and request.form.get("decision") != "allow":
            raise authorization.denied()
    except RefusedRequestError as error:
        return _refused(error)
    if question is None or signed_in_at is None:
        return _to_sign_in()
    person = (request.form.get("person") or None) if scopes.needs_person(question.requested) else None
    answer = consent.Agreement(
        person,
        _ticked() - question.refused(request.form.getlist("group")),
        request.form.get("lasting") == "yes",
        request.form.get("reverse") == "yes",
    )
    problem = _problem(question, answer)
    if problem:
        return _page(question, problem=problem)
    return _agreed(question, answer, signed_in_at)


def _problem(question: consent.Question, answer: consent.Agreement) -> str:
    """Return what is wrong with an answer, in words; empty where it can be taken."""
    if not _is_ours(request.args.get(_TICKET, "")):
        return _("This page was open for too long. Check what you share, and press the button again.")
    if scopes.needs_person(question.requested) and answer.person_id not in {
        choice.person_id for choice in question.people
    }:
        return _("Choose whose record you want to share.")
    if question.kinds and not answer.accepted & question.keys:
        return _("Choose at least one kind of information, or press “Do not share”.")
    return ""


def _agreed(question: consent.Question, answer: consent.Agreement, signed_in_at: datetime) -> ResponseReturnValue:
    services = current_services()
    agreed = consent.agree(
        services,
        question=question,
        answer=answer,
        actor=current_actor(),
        request=request.args.to_dict(),
        signed_in_at=signed_in_at,
    )
    if agreed is None:
        return error_page(
            409,
            _("You have answered this already"),
            _("Your answer was taken once, and the app has it. To change it, begin again in the app."),
        )
    address = consent.answer_address(
        services.settings,
        question.redirect_uri,
        code=agreed.code,
        state=request.args.get("state"),
        **{reverse_links.PARAMETER: agreed.reverse},
    )
    return redirect(address, 303)


def _ticked() -> frozenset[str]:
    """Return what is to be shared: kinds of information, and parts of them."""
    return frozenset((*request.form.getlist("kind"), *request.form.getlist("part")))


def _actor() -> Actor | None:
    return current_actor() if current_user.is_authenticated else None


def _signed_in_at() -> datetime | None:
    """Return when who sits there last showed who it is."""
    if not current_user.is_authenticated:
        return None
    sign_in: SignIn = current_user.stored.sign_in
    return max(sign_in.confirmed_at, sign_in.created_at)


def _tickets() -> URLSafeTimedSerializer:
    return timed_serializer(current_app.secret_key or "", salt="oauth.consent")


def _is_ours(ticket: str) -> bool:
    try:
        return bool(_tickets().loads(ticket, max_age=_TICKET_LIFE))
    except BadSignature:
        return False


def _to_sign_in() -> ResponseReturnValue:
    """Lead to the sign-in page; who is signed in is asked before that sign-in ends, as any site can send them here."""
    if not current_user.is_authenticated:
        return redirect(f"{url_for('account.sign_in')}?{urlencode({'next': request.full_path})}", 303)
    return render("oauth/again.html", action=f"{url_for('oauth.sign_in_again')}?{urlencode(request.args.to_dict())}")


def _page(question: consent.Question, *, problem: str = "") -> Response:
    parts = urlsplit(question.redirect_uri)
    allow_form_to(f"{parts.scheme}://{parts.netloc}" if parts.netloc else f"{parts.scheme}:")
    parameters = request.args.to_dict() | {_TICKET: _tickets().dumps(new_secret())}
    return render(
        "oauth/consent.html",
        asked=question,
        problem=problem,
        action=f"{url_for('oauth.decide')}?{urlencode(parameters)}",
        needs_person=scopes.needs_person(question.requested),
        chosen=request.form.get("person") or (question.people[0].person_id if len(question.people) == 1 else None),
        ticked=_ticked() if problem else frozenset(kind.key for kind in question.kinds),
        groups=request.form.getlist("group") if problem else [group.key for group in question.groups],
        own=Mark.of(current_services().settings.organization),
        lasting=request.form.get("lasting", "yes") == "yes",
        reverse=request.form.get("reverse") == "yes",
        status=422 if problem else 200,
    )


def _refused(error: RefusedRequestError) -> ResponseReturnValue:
    """Back to the app with the error where the operator checked it; else a page here (RFC 6749, 4.1.2.1)."""
    services = current_services()
    with services.db.transaction() as tx:
        audit.record(
            tx,
            action=audit.Action.DENIED,
            actor=audit_actor() if current_user.is_authenticated else audit.Actor("client"),
            outcome="denied",
            client=error.client.client_id if error.client else "",
            reason=error.code,
        )
    address = consent.answer_address(
        services.settings,
        error.redirect_uri or "",
        error=error.code,
        error_description=error.description,
        state=request.args.get("state"),
    )
    if error.goes_back:
        return redirect(address, 303)
    if error.code == "access_denied" and error.client is not None:
        return render("oauth/not_shared.html", app=error.client.name, back=address)
    return error_page(
        400,
        _("This app’s request cannot be answered"),
        _(
            "The app sent something that this portal does not accept. Nothing was shared. Go back to the app and try "
            "again; if it happens again, tell the people who make it (reason: %(reason)s).",
            reason=error.description or error.code,
        ),
    )
