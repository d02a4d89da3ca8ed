"""``/admin/accounts``: one patient's account, found by two details or its user name; nothing of the record is shown."""

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_login import current_user
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, EmailField, StringField
from wtforms.validators import DataRequired, Length

from portal import audit, mail
from portal.access import Duty
from portal.assist import tasks
from portal.assist.assists import addresses
from portal.authentication import sessions
from portal.domain.errors import ConflictError, InvalidInputError, NotFoundError
from portal.domain.people import Role
from portal.endpoints import confirm_first, for_duty, takes_files
from portal.extensions import current_services
from portal.persons import export as persons_export
from portal.persons import inviting
from portal.persons.inviting import InvitationLine, Invitee
from portal.store import Tx
from portal.store.desk import factor_resets
from portal.store.people import accounts, factors, finding, sign_ins
from portal.store.people.accounts import Account
from portal.store.people.outbox import MailContent
from portal.store.shares import exports
from portal.store.shares.exports import PreparedExport
from portal.web import formats
from portal.web.desk import letters
from portal.web.guards import audit_actor
from portal.web.htmx import render
from portal.web.phrases import gettext as _
from portal.web.phrases import lazy_gettext


class AccountSearchForm(FlaskForm):  # type: ignore[misc]
    username = StringField(lazy_gettext("User name"), [Length(max=100)])
    number = StringField(lazy_gettext("Or record number (MRN)"), [Length(max=60)])
    birth_date = StringField(lazy_gettext("and birth date"), [Length(max=10)])


class AccountDetailsForm(FlaskForm):  # type: ignore[misc]
    username = StringField(
        lazy_gettext("User name"), [DataRequired(lazy_gettext("Enter a user name.")), Length(max=100)]
    )
    display = StringField(lazy_gettext("Name"), [DataRequired(lazy_gettext("Enter a name.")), Length(max=200)])
    email = EmailField(lazy_gettext("E-mail address"), [Length(max=254)])


class InviteManyForm(FlaskForm):  # type: ignore[misc]
    file = FileField(lazy_gettext("File"), [FileRequired(lazy_gettext("Choose a file."))])
    again = BooleanField(lazy_gettext("New codes also for those whose code still works; the codes from before end"))


_MOST = 500  # patients of one file
_BYTES = 256 * 1024
_PROBLEMS = {
    "invited": lazy_gettext("was invited already; the code works"),
    "has-password": lazy_gettext("signs in already"),
    "no-patient": lazy_gettext("no patient has this id"),
    "own-account": lazy_gettext("has an account under another user name"),
    "username-taken": lazy_gettext("this user name is taken"),
}

_NO_RESET = {
    "no-factor": lazy_gettext("There is no second step to remove."),
    "no-address": lazy_gettext("There is no e-mail address at which the patient could be told and stop it."),
}


@dataclass(frozen=True, slots=True)
class AccountCard:
    """``sessions`` are the browsers that are signed in now; ``steps`` whether a second step is set up.

    ``reset_at``: when it is removed, where that was begun.
    """

    account: Account
    activated: bool
    steps: bool
    sessions: int
    export: PreparedExport | None  # the newest
    reset_at: datetime | None


def register(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/accounts", view_func=find_account, methods=["GET", "POST"])
    blueprint.add_url_rule("/accounts/invite", view_func=invite_many, methods=["GET", "POST"])
    blueprint.add_url_rule("/accounts/<account>", view_func=account_page)
    blueprint.add_url_rule("/accounts/<account>", view_func=change_account, methods=["POST"])
    blueprint.add_url_rule("/accounts/<account>/export", view_func=prepare_export, methods=["POST"])
    blueprint.add_url_rule("/accounts/<account>/factors", view_func=change_factors, methods=["POST"])
    blueprint.add_url_rule("/accounts/<account>/details", view_func=change_details, methods=["POST"])


@for_duty(Duty.MANAGE_ACCOUNTS)
def find_account() -> ResponseReturnValue:
    """Find one account. Patients are not listed, and what did not match is not told."""
    form = AccountSearchForm()
    if not form.is_submitted():
        return render("admin/accounts.html", form=form)
    account = _find(form) if form.validate() else None
    if account is not None:
        return redirect(url_for("admin.account_page", account=account.id), 303)
    _record_look(None)
    form.form_errors.append(_("No patient’s account matches."))
    return render("admin/accounts.html", form=form, status=422)


def _record_look(account: Account | None) -> None:
    """Record that an account was looked at, or that none matched. What was typed is not kept."""
    outcome, person_id = ("success", account.person_id) if account else ("none", None)
    detail = {"account": account.id} if account else {}
    with current_services().db.transaction() as tx:
        audit.record(
            tx, action=audit.Action.ACCOUNT_VIEW, actor=audit_actor(), person_id=person_id, outcome=outcome, **detail
        )


def _find(form: AccountSearchForm) -> Account | None:
    username, number = (form.username.data or "").strip(), (form.number.data or "").strip()
    with current_services().db.reading() as tx:
        if username:
            stored = accounts.by_username(tx, username=username)
            return stored if stored is not None and stored.role is Role.PATIENT else None
        matches = finding.find(tx, birth_date=finding.read_birth_date(form.birth_date.data or ""), number=number)
        return accounts.own_account(tx, person_id=matches[0].id) if len(matches) == 1 else None


@for_duty(Duty.MANAGE_ACCOUNTS)
def account_page(account: str) -> ResponseReturnValue:
    """Show an account, and what can be done about it."""
    with current_services().db.reading() as tx:
        stored = _patients(tx, account)
    page = _page(stored, AccountDetailsForm(obj=stored))
    _record_look(stored)
    return page


@for_duty(Duty.MANAGE_ACCOUNTS)
@confirm_first(back="admin.account_page")
def change_account(account: str) -> ResponseReturnValue:
    """Disable, enable, or end every session: at once, for open pages too."""
    step = request.form.get("step", "")
    with current_services().db.transaction() as tx:
        stored = _patients(tx, account)
        if step == "disabled":
            accounts.disable(tx, account_id=stored.id)
        elif step == "enabled":
            accounts.enable(tx, account_id=stored.id)
        elif step == "sessions-ended":
            sign_ins.end_all(tx, account_id=stored.id)
        else:
            raise NotFoundError
        _record(tx, stored, step)
    flash(_("Done: it has taken effect at once."))
    return redirect(url_for("admin.account_page", account=account), 303)


@for_duty(Duty.MANAGE_ACCOUNTS)
@confirm_first(back="admin.account_page")
def change_factors(account: str) -> ResponseReturnValue:
    """Begin to remove a lost second step, with a photo ID: it takes a day, all addresses are told. Or stop it."""
    services = current_services()
    with services.db.reading() as tx:
        stored = _patients(tx, account)
    if request.form.get("step") == "keep":
        with services.db.transaction() as tx:
            tasks.stop_factor_reset(tx, account=stored, by=current_user.account.id)
        flash(_("Stopped: the second step stays."))
    elif not request.form.get("id_checked"):
        flash(_("Compare a photo ID first."))
    else:
        flash(_begin_reset(stored))
    return redirect(url_for("admin.account_page", account=account), 303)


def _begin_reset(account: Account) -> str:
    try:
        due_at = tasks.start_factor_reset(current_services(), account, letters.factor_reset, by=current_user.account.id)
    except ConflictError as error:
        return str(_NO_RESET[error.code])
    return _(
        "The second step is removed on %(moment)s, unless the patient stops it. We told all their addresses.",
        moment=formats.moment_text(due_at),
    )


@for_duty(Duty.MANAGE_ACCOUNTS)
@confirm_first(back="admin.account_page")
def change_details(account: str) -> ResponseReturnValue:
    """Change user name, name and e-mail address. Old, new and the chart's addresses are told: it may let others in."""
    form, services = AccountDetailsForm(), current_services()
    with services.db.reading() as tx:
        stored = _patients(tx, account)
    if not form.validate_on_submit():
        return _page(stored, form, status=422)
    new = {name: form[name].data.strip() for name in ("username", "display", "email")}
    try:
        with services.db.transaction() as tx:
            accounts.rename(tx, account_id=stored.id, **new)
            _record(tx, stored, "renamed")
            chart = addresses(tx, person_id=stored.person_id) if stored.person_id else ()
            for address in dict.fromkeys(filter(None, (stored.email, new["email"], *chart))):
                _tell(tx, stored, address)
    except ConflictError:
        form.username.errors = [_("This user name is taken.")]
        return _page(stored, form, status=422)
    mail.ask(services)
    flash(_("Saved. Their e-mail addresses, before and now, are told."))
    return redirect(url_for("admin.account_page", account=account), 303)


@for_duty(Duty.MANAGE_ACCOUNTS)
@confirm_first(back="admin.invite_many")
@takes_files
def invite_many() -> ResponseReturnValue:
    """Invite the patients of a file; their codes are shown on this answer only."""
    form = InviteManyForm()
    invited: tuple[InvitationLine, ...] = ()
    if form.validate_on_submit():
        try:
            invitees = _invitees(form.file.data.read(_BYTES + 1))
            database, again = current_services().db, form.again.data
            invited = tuple(inviting.invite_all(database, invitees, actor=audit_actor(), again=again))
        except (UnicodeDecodeError, InvalidInputError):
            form.file.errors = [
                _("Choose a CSV file with at most 500 patients. Its first line names the columns, as said here.")
            ]
    status = 422 if form.errors else 200
    return render("admin/invite.html", form=form, invited=invited, problems=_PROBLEMS, status=status)


def _invitees(data: bytes) -> tuple[Invitee, ...]:
    if len(data) > _BYTES:
        raise InvalidInputError("bytes")
    return inviting.read(data.decode("utf-8-sig").splitlines(), most=_MOST)


@for_duty(Duty.MANAGE_ACCOUNTS)
@confirm_first(back="admin.account_page")
def prepare_export(account: str) -> ResponseReturnValue:
    """Put everything that is kept of a patient together. Only their own sign-in opens it, once; they are told."""
    services = current_services()
    with services.db.reading() as tx:
        stored = _patients(tx, account)
    try:
        persons_export.prepare(services, person_id=stored.person_id or "", by=current_user.account)
    except (ConflictError, NotFoundError):
        flash(_("This account is off, or has no record of its own."))
        return redirect(url_for("admin.account_page", account=account), 303)
    with services.db.transaction() as tx:
        content = _offer(stored)
        told = addresses(tx, person_id=stored.person_id or "")
        for address in told:
            mail.post(tx, recipient=address, subject=content.subject, text=content.text)
    mail.ask(services)
    flash(
        _("It is ready for them, and they are told by e-mail. Nobody else can open it.")
        if told
        else _("It is ready for them. We have no e-mail address for them: please tell them. Nobody else can open it.")
    )
    return redirect(url_for("admin.account_page", account=account), 303)


def _offer(account: Account) -> MailContent:
    settings = current_services().settings
    with force_locale(account.locale or "en"):
        text = _(
            "%(organization)s has put together everything that is kept about you. Sign in and open it here: "
            "%(address)s\n\nIt opens once, within %(days)s days. Only you can open it, not the people who work here.",
            organization=settings.organization,
            address=f"{settings.base_url}{url_for('settings.export_page')}",
            days=exports.LASTING.days,
        )
        return MailContent("", _("%(portal)s: take everything with you", portal=settings.name), text + "\n")


def _tell(tx: Tx, account: Account, address: str) -> None:
    settings = current_services().settings
    with force_locale(account.locale or "en"):
        text = _(
            "An administrator of %(organization)s changed the user name, the name or the e-mail address of your "
            "account. If you did not ask for it, call us. %(support)s",
            organization=settings.organization,
            support=settings.support,
        )
        subject = _("%(portal)s: your account was changed", portal=settings.name)
    mail.post(tx, recipient=address, subject=subject, text=text.strip() + "\n")


def _patients(tx: Tx, account_id: str) -> Account:
    stored = accounts.by_id(tx, account_id=account_id, disabled=True)
    if stored is None or stored.role is not Role.PATIENT:
        raise NotFoundError
    return stored


def _page(account: Account, form: AccountDetailsForm, *, status: int = 200) -> ResponseReturnValue:
    signed_in = sessions.open_ones(current_services(), account)
    with current_services().db.reading() as tx:
        reset = factor_resets.of_account(tx, account_id=account.id)
        card = AccountCard(
            account,
            accounts.has_password(tx, account_id=account.id),
            factors.summary(tx, account_id=account.id).is_any,
            len(signed_in),
            next(iter(exports.of_person(tx, person_id=account.person_id or "")), None),
            reset.due_at if reset else None,
        )
    return render("admin/account.html", card=card, form=form, status=status)


def _record(tx: Tx, account: Account, change: str) -> None:
    detail = {"account": account.id, "change": change}
    audit.record(tx, action=audit.Action.SETTINGS_CHANGE, actor=audit_actor(), person_id=account.person_id, **detail)
