"""Getting in for the first time, and again after forgetting the password."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal import mail
from portal.authentication import activation, openid, passwords, recovery
from portal.endpoints import public
from portal.extensions import current_services
from portal.web.account import mails, openid_pages, users
from portal.web.account.blueprint import blueprint
from portal.web.account.forms import ActivationForm, ForgottenForm, NewPasswordForm
from portal.web.account.words import password_hint, refusal_word
from portal.web.errors import error_page
from portal.web.htmx import render
from portal.web.phrases import gettext as _


@blueprint.route("/activate", methods=["GET", "POST"])
@public
def activate() -> ResponseReturnValue:
    """Take an activation code, the birth date and the first password, and sign in."""
    services, form = current_services(), ActivationForm()
    by_openid = openid.is_on(services.settings) and "openid" in request.form
    if by_openid:
        form.password.validators = ()
    if not form.is_submitted():
        form.code.data = request.args.get("code", "")[:40]  # of the picture on paper
    if form.validate_on_submit():
        code, password = form.code.data, form.password.data
        account = activation.account_of(services, code=code, birth_date=(form.birth_date.data or "").strip())
        refusal = passwords.refusal(services, account, password) if account and not by_openid else None
        if account and by_openid:
            openid_pages.begin_activation(account)
            return render("account/openid.html", name=openid.name(services.settings))
        if refusal:
            form.password.errors = [refusal_word(refusal)]
        elif account and activation.activate(services, account, code=code, password=password):
            users.begin_session(account)
            flash(_("Welcome. Next time, sign in with the user name %(name)s.", name=account.username))
            return redirect(url_for("account.security"), 303)
        else:
            form.form_errors.append(
                _("The code and the birth date do not match, or the code has run out. Check both, or get a new code.")
            )
    status = 422 if form.is_submitted() else 200
    name = openid.name(services.settings)
    return render("account/activate.html", form=form, hint=password_hint(), openid=name, status=status)


@blueprint.route("/sign-in/forgotten", methods=["GET", "POST"])
@public
def forgotten() -> ResponseReturnValue:
    """Send a link to the owner's e-mail address; the answer is the same for every name."""
    services, form = current_services(), ForgottenForm()
    if mail.is_on(services) and form.validate_on_submit():
        recovery.send_link(services, username=form.username.data, letter=mails.reset_link)
        return render("account/forgotten.html", form=form, sent=True, mail_is_on=True)
    return render(
        "account/forgotten.html",
        form=form,
        sent=False,
        mail_is_on=mail.is_on(services),
        status=422 if form.is_submitted() else 200,
    )


@blueprint.route("/sign-in/new-password/<secret>", methods=["GET", "POST"])
@public
def new_password(secret: str) -> ResponseReturnValue:
    """Where the link in the e-mail leads: choose a new password, then sign in with it."""
    services, form = current_services(), NewPasswordForm()
    account = recovery.account_of(services, secret)
    if account is None:
        text = _("It works once, for 30 minutes. Ask for a new one and use that.")
        return error_page(404, _("This link does not work any more"), text)
    if form.validate_on_submit():
        refusal = passwords.refusal(services, account, form.password.data)
        if refusal:
            form.password.errors = [refusal_word(refusal)]
        else:
            notice = mails.changed(_("Your password was changed."))
            recovery.reset(services, account, secret=secret, password=form.password.data, notice=notice)
            flash(_("Your new password is saved. Sign in with it."))
            return redirect(url_for("account.sign_in"), 303)
    status = 422 if form.is_submitted() else 200
    return render("account/new_password.html", form=form, secret=secret, hint=password_hint(), status=status)
