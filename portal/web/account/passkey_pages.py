"""Passkeys: what ``static/passkeys.js`` asks for and sends. Without JavaScript there are none, and no button either."""

from flask import Response, current_app, flash, jsonify, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from portal.authentication import passkeys
from portal.authentication.devices import device_name
from portal.authentication.passkeys import PasskeyError
from portal.endpoints import confirm_first, public, signed_in, without_factor
from portal.extensions import current_services
from portal.web.account import mails, users
from portal.web.account.blueprint import blueprint
from portal.web.account.browsers import remember
from portal.web.account.factor_pages import only_one, to_security
from portal.web.phrases import gettext as _


@blueprint.post("/sign-in/passkey/options")
@public
def passkey_options() -> Response:
    return _json(passkeys.sign_in_options(current_services()))


@blueprint.post("/sign-in/passkey")
@public
def passkey_sign_in() -> tuple[Response, int] | Response:
    """Sign in by what a passkey answered; ``next`` in the address is a path of this site to go on to."""
    try:
        account = passkeys.check(current_services(), request.get_data())
    except PasskeyError:
        return jsonify(problem=_("That passkey did not work here. Try again, or use your password.")), 422
    users.begin_session(account)
    return remember(jsonify(next=users.after_sign_in(users.safe_next(request.args.get("next")))), account)


@blueprint.post("/account/passkeys/options")
@signed_in
@without_factor
@confirm_first(back="account.security")
def new_passkey_options() -> Response:
    return _json(passkeys.new_options(current_services(), current_user.account))


@blueprint.post("/account/passkeys")
@signed_in
@without_factor
@confirm_first(back="account.security")
def add_passkey() -> tuple[Response, int] | Response:
    name = device_name(request.headers.get("User-Agent", ""))
    notice = mails.changed(_("A passkey was added to your account."))
    try:
        passkeys.add(current_services(), current_user.account, answer=request.get_data(), name=name, notice=notice)
    except PasskeyError:
        return jsonify(problem=_("The passkey could not be added. Try again.")), 422
    flash(_("Your passkey is added. You can sign in with it from now on, without a password."))
    return jsonify(next=url_for("account.security"))


@blueprint.post("/account/passkeys/<passkey>/remove")
@signed_in
@confirm_first(back="account.security")
def remove_passkey(passkey: str) -> BaseResponse:
    notice = mails.changed(_("A passkey was removed from your account."))
    removed = passkeys.remove(current_services(), current_user.account, passkey_id=passkey, notice=notice)
    return to_security(_("The passkey is removed.") if removed else only_one())


def _json(text: str) -> Response:
    return current_app.response_class(text, mimetype="application/json", headers={"Cache-Control": "no-store"})
