"""Adding and removing second factors."""

import segno
from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from markupsafe import Markup
from werkzeug.wrappers import Response as BaseResponse

from portal.authentication import factors
from portal.endpoints import confirm_first, signed_in, without_factor
from portal.extensions import current_services
from portal.store.people.factors import PRINTED, RECOVERY
from portal.web.account import mails
from portal.web.account.blueprint import blueprint
from portal.web.account.forms import NewAuthenticatorForm
from portal.web.htmx import render
from portal.web.phrases import gettext as _


@blueprint.route("/account/authenticator", methods=["GET", "POST"])
@signed_in
@without_factor
@confirm_first(back="account.authenticator")
def authenticator() -> ResponseReturnValue:
    """Add an authenticator app: its QR code, and the code that it shows then."""
    services, account, form = current_services(), current_user.account, NewAuthenticatorForm()
    if form.validate_on_submit():
        notice = mails.changed(_("An authenticator app was added to your account."))
        if factors.add_authenticator(services, account, sealed=form.sealed.data, code=form.code.data, notice=notice):
            flash(_("Your authenticator app is added. We ask for its code from now on when you sign in."))
            left = factors.summary(services, account).codes.get(RECOVERY, 0)
            return redirect(url_for("account.security" if left else "account.codes"), 303)
        form.code.errors = [_("That code is not right. Enter the newest code that the app shows")]
    if form.is_submitted():
        secret, address, sealed = factors.opened_authenticator(services, account, form.sealed.data or "")
    else:
        secret, address, sealed = factors.new_authenticator(services, account)
    form.sealed.data = sealed
    return render(
        "account/authenticator.html",
        form=form,
        picture=_qr(address),
        address=address,
        secret=" ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
        status=422 if form.is_submitted() else 200,
    )


@blueprint.post("/account/authenticator/remove")
@signed_in
@confirm_first(back="account.security")
def remove_authenticator() -> BaseResponse:
    notice = mails.changed(_("The authenticator app was removed from your account."))
    removed = factors.remove_authenticator(current_services(), current_user.account, notice=notice)
    return to_security(_("The authenticator app is removed.") if removed else only_one())


@blueprint.route("/account/codes", methods=["GET", "POST"])
@signed_in
@without_factor
@confirm_first(back="account.codes")
def codes() -> Response:
    """Make recovery codes, or printed ones (``kind=printed``) to sign in with; the page shows them once."""
    kind = PRINTED if request.values.get("kind") == PRINTED else RECOVERY
    if request.method != "POST":
        return render("account/codes.html", printed=kind == PRINTED, codes=())
    notice = mails.changed(
        _("New printed codes were made for your account.")
        if kind == PRINTED
        else _("New recovery codes were made for your account.")
    )
    new = factors.make_codes(current_services(), current_user.account, kind=kind, notice=notice)
    return render("account/codes.html", printed=kind == PRINTED, codes=new)


@blueprint.post("/account/codes/remove")
@signed_in
@confirm_first(back="account.security")
def remove_printed() -> BaseResponse:
    notice = mails.changed(_("The printed codes were removed from your account."))
    removed = factors.remove_printed(current_services(), current_user.account, notice=notice)
    return to_security(_("The printed codes are removed.") if removed else only_one())


def only_one() -> str:
    return _("This is your only second step. Add another one first, then remove it.")


def to_security(message: str) -> BaseResponse:
    flash(message)
    return redirect(url_for("account.security"), 303)


def _qr(address: str) -> Markup:
    """Return a QR code as SVG, without styles in it."""
    picture = segno.make(address, error="m").svg_inline(scale=5, border=4, light="#fff", svgclass="qr", lineclass=None)
    return Markup(picture)  # noqa: S704 - made from the address by segno
