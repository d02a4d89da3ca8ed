"""``/admin/staff``: who works here, with which role; letting somebody in, shutting out, starting over.

Whoever makes a code sees it. What takes two administrators would take one, could an administrator make another or start
over for one: that is the operator's command.
"""

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from wtforms import EmailField, SelectChoice, SelectField, StringField
from wtforms.validators import DataRequired, Length

from portal import audit
from portal.access import Duty
from portal.authentication import activation
from portal.domain.errors import ConflictError, NotFoundError
from portal.domain.people import Role
from portal.endpoints import confirm_first, for_duty
from portal.extensions import current_services
from portal.store import Tx
from portal.store.people import accounts, sign_ins
from portal.store.people.accounts import Account
from portal.web.guards import audit_actor, current_actor
from portal.web.htmx import render
from portal.web.phrases import gettext as _
from portal.web.phrases import lazy_gettext
from portal.web.words import ROLES

_INVITED = tuple(role for role in Role if role not in {Role.PATIENT, Role.ADMIN})


class StaffInviteForm(FlaskForm):  # type: ignore[misc]
    username = StringField(
        lazy_gettext("User name"), [DataRequired(lazy_gettext("Enter a user name.")), Length(max=100)]
    )
    display = StringField(lazy_gettext("Name"), [DataRequired(lazy_gettext("Enter a name.")), Length(max=200)])
    role = SelectField(lazy_gettext("Role"), choices=[SelectChoice(role.value, ROLES[role]) for role in _INVITED])
    email = EmailField(lazy_gettext("E-mail address"), [Length(max=254)])


def register(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/staff", view_func=staff)
    blueprint.add_url_rule("/staff", view_func=invite, methods=["POST"])
    blueprint.add_url_rule("/staff/<account>", view_func=change, methods=["POST"])


@for_duty(Duty.MANAGE_ACCOUNTS)
def staff() -> ResponseReturnValue:
    """Show everybody who works here."""
    return _page(StaffInviteForm())


@for_duty(Duty.MANAGE_ACCOUNTS)
@confirm_first(back="admin.staff")
def invite() -> ResponseReturnValue:
    """Add an account; the code for the first sign-in is shown on this answer only."""
    form = StaffInviteForm()
    if not form.validate_on_submit():
        return _page(form, status=422)
    try:
        with current_services().db.transaction() as tx:
            account_id = accounts.add(
                tx,
                username=form.username.data.strip(),
                display=form.display.data.strip(),
                password_hash="",
                role=Role(form.role.data),
                email=(form.email.data or "").strip(),
            )
            code = activation.invite(tx, account_id=account_id)
            _record(tx, account_id, "invited")
    except ConflictError:
        form.username.errors = [_("This user name is taken.")]
        return _page(form, status=422)
    return _page(StaffInviteForm(formdata=None), code=code, name=form.username.data)


@for_duty(Duty.MANAGE_ACCOUNTS)
@confirm_first(back="admin.staff")
def change(account: str) -> ResponseReturnValue:
    """Disable, enable, end sessions or start over; nobody shuts themselves out."""
    step = request.form.get("step", "")
    with current_services().db.transaction() as tx:
        stored = accounts.by_id(tx, account_id=account, disabled=True)
        if stored is None or stored.role is Role.PATIENT:
            raise NotFoundError
        if stored.id == current_actor().account_id:
            flash(_("You can’t change your own account here. Ask another administrator."))
            return redirect(url_for("admin.staff"), 303)
        if step == "started-over" and stored.role is Role.ADMIN:
            flash(_("Let an administrator in, or start again, with this command: portal user invite."))
            return redirect(url_for("admin.staff"), 303)
        code = _take(tx, stored, step)
        _record(tx, stored.id, step)
    if code:
        return _page(StaffInviteForm(formdata=None), code=code, name=stored.username)
    flash(_("Done: it has taken effect at once."))
    return redirect(url_for("admin.staff"), 303)


def _take(tx: Tx, account: Account, step: str) -> str:
    """Take one step; return the code of one that starts over."""
    if step == "disabled":
        accounts.disable(tx, account_id=account.id)
    elif step == "enabled":
        accounts.enable(tx, account_id=account.id)
    elif step == "sessions-ended":
        sign_ins.end_all(tx, account_id=account.id)
    elif step == "started-over":
        return activation.start_over(tx, account_id=account.id)
    else:
        raise NotFoundError
    return ""


def _page(form: StaffInviteForm, *, code: str = "", name: str = "", status: int = 200) -> ResponseReturnValue:
    with current_services().db.reading() as tx:
        everyone = [account for account in accounts.everyone(tx) if account.role is not Role.PATIENT]
    return render("admin/staff.html", form=form, accounts=everyone, roles=ROLES, code=code, name=name, status=status)


def _record(tx: Tx, account_id: str, change: str) -> None:
    audit.record(tx, action=audit.Action.SETTINGS_CHANGE, actor=audit_actor(), account=account_id, change=change)
