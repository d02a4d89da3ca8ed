"""Signing in and out."""

from flask import Response, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal.authentication import factors, openid, passkeys, passwords, sessions
from portal.endpoints import public, signed_in, without_factor
from portal.extensions import current_services
from portal.web.account import users
from portal.web.account.blueprint import blueprint
from portal.web.account.browsers import remember
from portal.web.account.forms import CodeForm, SignInForm
from portal.web.account.signing_in import go_on
from portal.web.htmx import render
from portal.web.phrases import gettext as _


@blueprint.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> ResponseReturnValue:
    """Return the sign-in page; ``next`` is a path of this site to go on to."""
    following = users.safe_next(request.values.get("next"))
    if current_user.is_authenticated and request.method == "GET":
        return redirect(following, 303)
    form = SignInForm()
    if form.validate_on_submit():
        account = passwords.check(current_services(), username=form.username.data, password=form.password.data)
        if account is not None:
            return go_on(account, following)
        form.form_errors.append(_("The user name and the password do not match. Check both and try again."))
    before = users.secret_of_session()
    return render(
        "account/sign_in.html",
        timed_out=sessions.timed_out(current_services(), before) if before else None,
        form=form,
        next=following,
        passkeys=passkeys.are_possible(current_services().settings),
        openid=openid.name(current_services().settings),
        status=422 if form.is_submitted() else 200,
    )


@blueprint.route("/sign-in/code", methods=["GET", "POST"])
@public
def code() -> ResponseReturnValue:
    """Ask for the second factor; ``way=paper`` for a recovery code or a printed one."""
    services, account, form = current_services(), users.half_signed_in(), CodeForm()
    following = users.safe_next(request.values.get("next"))
    if account is None:
        return redirect(url_for("account.sign_in", next=following), 303)
    if form.validate_on_submit():
        if factors.check(services, account, form.code.data):
            users.begin_session(account)
            response = make_response(redirect(users.after_sign_in(following), 303))
            return remember(response, account, skips_code=bool(form.remember.data))
        form.code.errors = [_("That code is not right. Enter the newest one, or one that you have not used yet")]
    summary = factors.summary(services, account)
    return render(
        "account/code.html",
        form=form,
        next=following,
        passkeys=bool(summary.passkeys) and passkeys.are_possible(services.settings),
        paper=request.values.get("way") == "paper" or not summary.authenticator_since,
        status=422 if form.is_submitted() else 200,
    )


@blueprint.post("/sign-out")
@signed_in
@without_factor
def sign_out() -> Response:
    """End this sign-in everywhere in the browser, so that the Back button shows nothing."""
    users.end_session()
    response = make_response(redirect(url_for("account.signed_out"), 303))
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@blueprint.get("/signed-out")
@public
def signed_out() -> Response:
    return render("account/signed_out.html")
