"""Language and data use: kept with the account, or in this browser while nobody is signed in."""

from flask import Blueprint, Response, flash, make_response, redirect, request, url_for
from flask_babel import force_locale
from flask_login import current_user

from portal import audit
from portal.endpoints import public, signed_in
from portal.extensions import current_services
from portal.store.people import accounts
from portal.web.account.users import safe_next
from portal.web.guards import audit_actor
from portal.web.htmx import render
from portal.web.phrases import gettext as _
from portal.web.settings import export
from portal.web.templating import LANGUAGE_COOKIE, LANGUAGES, REDUCE_COOKIE, locale, reduce_data

blueprint = Blueprint("settings", __name__)
export.register(blueprint)

_YEAR = 365 * 24 * 3600


@blueprint.get("/settings")
@signed_in
def page() -> Response:
    return render("settings/page.html")


@blueprint.post("/settings")
@signed_in
def save() -> Response:
    """Both choices at once."""
    language = request.form.get("language", "")
    chosen = language if language in LANGUAGES else locale()
    _keep(chosen, reduce=request.form.get("reduce_data") == "1")
    with force_locale(chosen):
        flash(_("Your settings are saved."))
    return _back(url_for("settings.page"), chosen, reduce=request.form.get("reduce_data") == "1")


@blueprint.post("/settings/quick")
@public
def quick() -> Response:
    """One choice from the foot of any page, then back to that page."""
    language = request.form.get("language", "")
    chosen = language if language in LANGUAGES else locale()
    reduce = request.form["reduce_data"] == "1" if "reduce_data" in request.form else reduce_data()
    if current_user.is_authenticated:
        _keep(chosen, reduce=reduce)
    return _back(safe_next(request.form.get("next")), chosen, reduce=reduce)


def _keep(language: str, *, reduce: bool) -> None:
    account_id = current_user.account.id
    with current_services().db.transaction() as tx:
        accounts.set_preferences(tx, account_id=account_id, locale=language, reduce_data=reduce)
        audit.record(tx, action=audit.Action.SETTINGS_CHANGE, actor=audit_actor(), what="language-and-data")


def _back(address: str, language: str, *, reduce: bool) -> Response:
    """Store the language, in the browser too: it says nothing about the person, and the sign-in page follows it."""
    secure = current_services().settings.secure
    response = make_response(redirect(address, 303))
    response.set_cookie(LANGUAGE_COOKIE, language, max_age=_YEAR, samesite="Lax", httponly=True, secure=secure)
    response.set_cookie(
        REDUCE_COOKIE, "1" if reduce else "0", max_age=_YEAR, samesite="Lax", httponly=True, secure=secure
    )
    return response
