"""``/settings/notices``: which e-mails one gets, and when; ``/notices/stop``: none any more, with one press."""

from flask import Blueprint, Response, abort, flash, redirect, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as WerkzeugResponse

from portal import audit, mail
from portal.endpoints import public, signed_in
from portal.extensions import csrf, current_services
from portal.mail import notices as letters
from portal.store.people import accounts, notices
from portal.store.people.notices import NO_NEWS, NoticeChoices, Timing
from portal.web.guards import audit_actor
from portal.web.htmx import render
from portal.web.phrases import gettext as _
from portal.web.phrases import lazy_gettext

blueprint = Blueprint("notices", __name__)

_KINDS = {
    "messages": lazy_gettext("A new message"),
    "results": lazy_gettext("A new test result"),
    "visits": lazy_gettext("A new or changed appointment"),
    "links": lazy_gettext("A link that is about to end"),
}
"""By the fields of ``NoticeChoices``."""
_TIMINGS = {
    Timing.AT_ONCE: lazy_gettext("As soon as it is here"),
    Timing.DAILY: lazy_gettext("Once a day, in the morning"),
    Timing.NEVER: lazy_gettext("Never"),
}


@blueprint.get("/settings/notices")
@signed_in
def page() -> Response:
    services = current_services()
    with services.db.reading() as tx:
        chosen = notices.choices(tx, account_id=current_user.account.id)
    kinds = [(name, title, getattr(chosen, name)) for name, title in _KINDS.items()]
    email = current_user.account.email if mail.is_on(services) else ""
    return render("settings/notices.html", kinds=kinds, timings=_TIMINGS, at_night=chosen.at_night, email=email)


@blueprint.post("/settings/notices")
@signed_in
def save() -> WerkzeugResponse:
    """Keep all choices at once; what the form does not say stays."""
    account_id = current_user.account.id
    with current_services().db.transaction() as tx:
        before = notices.choices(tx, account_id=account_id)
        timings = {name: _timing(request.form.get(name, ""), getattr(before, name)) for name in _KINDS}
        chosen = NoticeChoices(**timings, at_night="at_night" in request.form)
        notices.choose(tx, account_id=account_id, chosen=chosen)
        audit.record(tx, action=audit.Action.SETTINGS_CHANGE, actor=audit_actor(), what="notices")
    flash(_("Your settings are saved."))
    return redirect(url_for("notices.page"), 303)


@blueprint.get(f"{letters.STOP}/<token>")
@public
def ask_stop(token: str) -> Response:
    """Ask before anything is changed: programs that check e-mails open every address."""
    _account_id(token)
    return render("settings/stop.html", token=token, stopped=False)


@blueprint.post(f"{letters.STOP}/<token>")
@public
def stop(token: str) -> Response:
    """Stop e-mails about news. Mail programs send this by themselves, without a session (RFC 8058, 3.2)."""
    account_id = _account_id(token)
    with current_services().db.transaction() as tx:
        notices.choose(tx, account_id=account_id, chosen=NO_NEWS)
        actor = audit.Actor("link")
        audit.record(tx, action=audit.Action.SETTINGS_CHANGE, actor=actor, what="notices", account=account_id)
    return render("settings/stop.html", token=token, stopped=True)


csrf.exempt(stop)


def _account_id(token: str) -> str:
    """Return whose e-mails a token stops; 404 for one that is not ours, or of an account that is no more."""
    services = current_services()
    account_id = letters.stopped_account(services.settings, token)
    with services.db.reading() as tx:
        if account_id is None or accounts.by_id(tx, account_id=account_id, disabled=True) is None:
            abort(404)
    return account_id


def _timing(text: str, before: Timing) -> Timing:
    return Timing(text) if text in list(Timing) else before
