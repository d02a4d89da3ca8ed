"""How one signs in: what there is, and changing it."""

from flask import Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from portal import mail
from portal.authentication import factors, openid, passkeys, passwords, sessions
from portal.endpoints import confirm_first, signed_in, without_factor
from portal.extensions import current_services
from portal.store.people import accounts
from portal.web.account import mails
from portal.web.account.blueprint import blueprint
from portal.web.account.forms import EmailForm, PasswordForm
from portal.web.account.words import password_hint, refusal_word
from portal.web.htmx import render
from portal.web.phrases import gettext as _


@blueprint.get("/account/security")
@signed_in
@without_factor
def security() -> Response:
    services = current_services()
    return render(
        "account/security.html",
        factors=factors.summary(services, current_user.account),
        passkeys=passkeys.are_possible(services.settings),
        open_sign_ins=sessions.open_ones(services, current_user.account),
        own_sign_in=current_user.stored.sign_in.id_hash,
        lacks_factor=current_user.stored.lacks_factor,
        mail_is_on=mail.is_on(services),
        openid=openid.name(services.settings) if openid.is_bound(services, current_user.account) else "",
    )


@blueprint.route("/account/password", methods=["GET", "POST"])
@signed_in
@confirm_first(back="account.password")
def password() -> ResponseReturnValue:
    """Change the password: the one before is asked for, whoever else sits here."""
    services, account, form = current_services(), current_user.account, PasswordForm()
    if form.validate_on_submit():
        chosen = form.password.data
        refusal = passwords.refusal(services, account, chosen)
        if passwords.check(services, username=account.username, password=form.current.data) is None:
            form.current.errors = [_("That is not your current password")]
        elif refusal:
            form.password.errors = [refusal_word(refusal)]
        else:
            notice = mails.changed(_("Your password was changed."))
            passwords.change(services, account, password=chosen, secret=current_user.secret, notice=notice)
            flash(_("Your password is changed. Everywhere else you are signed out."))
            return redirect(url_for("account.security"), 303)
    return render("account/password.html", form=form, hint=password_hint(), status=422 if form.is_submitted() else 200)


@blueprint.route("/account/email", methods=["GET", "POST"])
@signed_in
@confirm_first(back="account.email")
def email() -> ResponseReturnValue:
    """Change where e-mails go; the address before is told."""
    services, account, form = current_services(), current_user.account, EmailForm(email=current_user.account.email)
    if form.validate_on_submit():
        with services.db.transaction() as tx:
            passwords.tell(tx, account, mails.changed(_("The e-mail address of your account was changed.")))
            accounts.set_email(tx, account_id=account.id, email=(form.email.data or "").strip())
            passwords.record(tx, account, change="email")
        mail.ask(services)
        flash(_("Your e-mail address is saved."))
        return redirect(url_for("account.security"), 303)
    return render("account/email.html", form=form, status=422 if form.is_submitted() else 200)


@blueprint.post("/account/sessions/<id_hash>/end")
@signed_in
def end_sign_in(id_hash: str) -> BaseResponse:
    """End one of one's own sign-ins."""
    sessions.end(current_services(), current_user.account, id_hash=id_hash)
    flash(_("You are signed out there."))
    return redirect(url_for("account.security"), 303)


@blueprint.post("/account/sessions/end")
@signed_in
def end_other_sign_ins() -> BaseResponse:
    """End all but this one; every browser asks for the second factor again."""
    sessions.end_others(current_services(), current_user.account, secret=current_user.secret)
    flash(_("You are signed out on all other devices. There we ask for your second step again."))
    return redirect(url_for("account.security"), 303)
