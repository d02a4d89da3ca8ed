"""Signing in and out."""

from flask import Blueprint, Response, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.endpoints import public, signed_in
from portal.extensions import current_services
from portal.web.account import users
from portal.web.account.forms import SignInForm
from portal.web.htmx import render

blueprint = Blueprint("account", __name__)


@blueprint.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> ResponseReturnValue:
    """Return the sign-in page; ``next`` is a path of this site to go on to."""
    following = users.safe_next(request.values.get("next"))
    if current_user.is_authenticated and request.method == "GET":
        return redirect(following, 303)
    form = SignInForm()
    if form.validate_on_submit():
        secret = users.check_password(current_services(), username=form.username.data, password=form.password.data)
        if secret and users.begin_session(secret):
            return redirect(following, 303)
        form.form_errors.append(_("The user name and the password do not match. Check both and try again."))
    return render("account/sign_in.html", form=form, next=following, status=422 if form.is_submitted() else 200)


@blueprint.post("/sign-out")
@signed_in
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
