"""``/invited``: who was invited says yes, signed in or with a new sign-in of their own. Nothing opens by it yet."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal import mail
from portal.authentication import invitations
from portal.authentication.invitations import InvitationAnswer
from portal.authentication.passwords import tell
from portal.domain.errors import ConflictError
from portal.endpoints import public
from portal.extensions import current_services
from portal.store.people import accounts, people
from portal.store.people.outbox import MailContent
from portal.store.people.proxies import Invitation
from portal.web.account import users
from portal.web.account.words import password_hint, refusal_word
from portal.web.family import words
from portal.web.family.area import blueprint
from portal.web.family.forms import InvitationAnswerForm, InvitationCodeForm, JoinForm
from portal.web.family.models import last_day
from portal.web.htmx import render
from portal.web.phrases import gettext as _


@blueprint.route("/invited", methods=["GET", "POST"])
@public
def answer() -> ResponseReturnValue:
    """Take the code, show who invites and to what, and take the answer."""
    code = request.values.get("code", "")
    invitation = invitations.of_code(current_services(), code) if code else None
    if invitation is None or invitation.account_id is not None:
        form = InvitationCodeForm(code=code)
        if code:
            form.code.errors = [_("This code does not work, or it was used. Check it, or ask for a new one.")]
        return render("family/code.html", form=form, status=422 if code else 200)
    if not current_user.is_authenticated:
        return _join(invitation, code)
    return _answer(invitation, code)


def _answer(invitation: Invitation, code: str) -> ResponseReturnValue:
    form = InvitationAnswerForm()
    if current_user.account.person_id == invitation.person_id:
        form.form_errors.append(_("This is your own invitation. Give the code to the person you invite."))
    elif form.validate_on_submit():
        answer = _accept(invitation, form.relationship.data or "")
        if answer is not InvitationAnswer.REFUSED:
            flash(
                _("Thank you. You can open the record now.")
                if answer is InvitationAnswer.BEGUN
                else _("Thank you. You can open the record once a second member of our staff has checked your papers.")
                if answer is InvitationAnswer.PAPERS
                else _("Thank you. You can open the record once your answer is confirmed.")
            )
            return redirect(url_for("family.family"), 303)
        form.form_errors.append(_("This sign-in cannot act for somebody else, or the code was used."))
    return render("family/answer.html", form=form, code=code, **_whose(invitation), status=_status(form))


def _join(invitation: Invitation, code: str) -> ResponseReturnValue:
    """For who has no sign-in here: make one. The patient's birth date shows that the code is in the right hands."""
    services, form = current_services(), JoinForm()
    if request.method == "POST" and form.validate():
        name, display, password = form.username.data.strip(), form.display.data.strip(), form.password.data
        refusal = invitations.password_refusal(services, username=name, display=display, password=password)
        if refusal:
            form.password.errors = [refusal_word(refusal)]
        else:
            try:
                account = invitations.join(
                    services,
                    invitation,
                    birth_date=form.birth_date.data,
                    username=name,
                    display=display,
                    password=password,
                )
            except ConflictError:
                form.username.errors = [_("Choose another user name")]
            else:
                if account is not None:
                    users.begin_session(account)
                    return redirect(url_for("family.answer", code=code), 303)
                form.birth_date.errors = [_("The birth date does not match. Five wrong tries end the code.")]
    return render(
        "family/join.html", form=form, code=code, hint=password_hint(), **_whose(invitation), status=_status(form)
    )


def _accept(invitation: Invitation, relationship: str) -> InvitationAnswer:
    services = current_services()
    answer = invitations.accept(services, invitation, account=current_user.account, relationship=relationship.strip())
    if answer is InvitationAnswer.WAITS:
        settings = services.settings
        named = {
            "name": current_user.account.display or current_user.account.username,
            "address": f"{settings.base_url}{url_for('family.family')}",
        }
        text = _("%(name)s said yes to your invitation. Sign in to confirm that it is them: %(address)s", **named)
        notice = MailContent("", _("%(portal)s: an answer to your invitation", portal=settings.name), text + "\n")
        with services.db.transaction() as tx:
            for account in accounts.of_person(tx, person_id=invitation.person_id):
                tell(tx, account, notice)
        mail.ask(services)
    return answer


def _whose(invitation: Invitation) -> dict[str, Any]:
    with current_services().db.reading() as tx:
        person = people.by_id(tx, person_id=invitation.person_id)
    return {
        "whose": person.demographics.display if person else "",
        "invited": invitation.invited,
        "choices": [words.label(choice) for choice in (*words.SEES, *words.DOES) if choice in invitation.choices],
        "until": last_day(invitation.grant_ends_at),
    }


def _status(form: InvitationCodeForm) -> int:
    return 422 if form.errors or form.form_errors else 200
