"""Before big steps: who sits there shows once more who it is."""

from flask import Response, jsonify, redirect, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal.authentication import factors, openid, passkeys, passwords
from portal.authentication.passkeys import PasskeyError
from portal.endpoints import signed_in, without_factor
from portal.extensions import current_services
from portal.web.account import users
from portal.web.account.blueprint import blueprint
from portal.web.account.forms import ConfirmForm
from portal.web.htmx import render
from portal.web.phrases import gettext as _


@blueprint.route("/account/confirm", methods=["GET", "POST"])
@signed_in
@without_factor
def confirm() -> ResponseReturnValue:
    """Ask for the second factor; for the password where there is none. ``next`` is the page to come back to."""
    services, account, form = current_services(), current_user.account, ConfirmForm()
    following = users.safe_next(request.values.get("next"))
    summary = factors.summary(services, account)
    if form.validate_on_submit():
        shown = form.proof.data
        if summary.is_any:
            fits = factors.check(services, account, shown)
        else:
            fits = passwords.check(services, username=account.username, password=shown) is not None
        if fits:
            users.confirm_session()
            return redirect(following, 303)
        form.proof.errors = [_("That is not right. Check it and try again")]
    return render(
        "account/confirm.html",
        form=form,
        next=following,
        factors=summary,
        passkeys=bool(summary.passkeys) and passkeys.are_possible(services.settings),
        openid=openid.name(services.settings) if not summary.is_any and openid.is_bound(services, account) else "",
        status=422 if form.is_submitted() else 200,
    )


@blueprint.post("/account/confirm/passkey")
@signed_in
@without_factor
def confirm_by_passkey() -> tuple[Response, int] | Response:
    try:
        account = passkeys.check(current_services(), request.get_data())
    except PasskeyError:
        account = None
    if account is None or account.id != current_user.account.id:
        return jsonify(problem=_("That passkey did not work here. Try again, or use another way.")), 422
    users.confirm_session()
    return jsonify(next=users.safe_next(request.args.get("next")))
