"""Signing in at the hospital's OpenID provider: on the way there, and back."""

import time

import structlog
from flask import abort, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal.authentication import activation, factors, openid
from portal.authentication.openid import Identity, OpenIdError
from portal.domain.errors import ConflictError
from portal.endpoints import public
from portal.extensions import current_services
from portal.store.people.accounts import Account
from portal.web.account import users
from portal.web.account.blueprint import blueprint
from portal.web.account.signing_in import go_on
from portal.web.errors import error_page
from portal.web.phrases import gettext as _

_ATTEMPT = "openid"
_ACTIVATING = "openid_activating"
_log = structlog.get_logger()


@blueprint.get("/sign-in/openid")
@public
def openid_sign_in() -> ResponseReturnValue:
    """Send the browser to the provider; whoever confirms who they are, or activates an account, is asked anew there."""
    services = current_services()
    if not openid.is_on(services.settings):
        abort(404)
    state, following = openid.new_state(), users.safe_next(request.args.get("next"))
    activating = _activating() if "activate" in request.args else ""
    anew = bool(activating) or current_user.is_authenticated
    session[_ATTEMPT] = [state, int(time.time()), following, anew, activating]
    try:
        return redirect(openid.address(services, state, anew=anew), 303)
    except OpenIdError as error:
        return _failed(error)


@blueprint.get("/sign-in/openid/callback")
@public
def openid_back() -> ResponseReturnValue:
    """Take the provider's answer: sign in, confirm, or bind the account that is being activated."""
    services = current_services()
    state, started, following, anew, activating = session.pop(_ATTEMPT, ("", 0, "/", False, ""))
    if not openid.is_on(services.settings) or not state:
        return redirect(url_for("account.sign_in"), 303)
    try:
        identity = openid.finish(services, state=state, started=started, answer=request.args.to_dict(), anew=anew)
    except OpenIdError as error:
        return _failed(error)
    if activating:
        return _bound(activating, identity)
    if anew:
        return _confirmed(identity, following)
    account = openid.account_of(services, identity)
    return go_on(account, following) if account is not None else _unknown()


def begin_activation(account: Account) -> None:
    """Remember in this browser that the code and the birth date were right, for one attempt at the provider."""
    session[_ACTIVATING] = [account.id, int(time.time() + openid.LASTING.total_seconds())]


def _activating() -> str:
    account_id, until = session.pop(_ACTIVATING, ("", 0))
    return str(account_id) if time.time() < until else ""


def _bound(account_id: str, identity: Identity) -> ResponseReturnValue:
    try:
        account = activation.activate_by_openid(current_services(), account_id, identity)
    except ConflictError:
        account = None
    if account is None:
        return _unknown()
    users.begin_session(account)
    return redirect(url_for("account.security"), 303)


def _confirmed(identity: Identity, following: str) -> ResponseReturnValue:
    """Take it as the password: where there is a second factor, that is asked for."""
    services = current_services()
    account = openid.account_of(services, identity)
    is_owner = current_user.is_authenticated and account is not None and account.id == current_user.account.id
    if not is_owner or factors.summary(services, current_user.account).is_any:
        return _unknown()
    users.confirm_session()
    return redirect(following, 303)


@blueprint.get("/sign-in/openid/ended/<why>")
@public
def openid_ended(why: str) -> ResponseReturnValue:
    """Say why it did not work, at an address without what the provider answered."""
    if why == "unknown":
        text = _("Sign in another way. If you are here for the first time, use the code from the front desk.")
        return error_page(403, _("No account here belongs to that sign-in"), text)
    text = _("Nothing was changed. Try again, or sign in another way.")
    return error_page(400, _("Signing in there did not work"), text)


def _failed(error: OpenIdError) -> ResponseReturnValue:
    _log.warning("openid.failed", why=error.code)
    return redirect(url_for("account.openid_ended", why="failed"), 303)


def _unknown() -> ResponseReturnValue:
    return redirect(url_for("account.openid_ended", why="unknown"), 303)
