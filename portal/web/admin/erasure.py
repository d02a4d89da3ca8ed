"""``/admin/erasure``: asking to erase a person or to close a record after a death, and what waits for a second one."""

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf import FlaskForm
from wtforms import RadioField, SelectChoice, StringField
from wtforms.validators import DataRequired, Length

from portal import audit
from portal.access import Duty
from portal.domain.errors import ConflictError, NotFoundError
from portal.endpoints import confirm_first, for_duty
from portal.extensions import current_services
from portal.persons import erasure
from portal.store import Tx
from portal.store.people import accounts, changes, finding, people
from portal.web.guards import audit_actor
from portal.web.htmx import render
from portal.web.phrases import gettext as _
from portal.web.phrases import lazy_gettext

_KINDS = {
    changes.ERASURE: lazy_gettext("Erase everything about this person"),
    changes.DECEASED: lazy_gettext("They died: close the account and everybody’s access"),
}


class ErasureForm(FlaskForm):  # type: ignore[misc]
    kind = RadioField(
        lazy_gettext("What is asked for"),
        choices=[SelectChoice(kind, words) for kind, words in _KINDS.items()],
        default=changes.ERASURE,
    )
    number = StringField(
        lazy_gettext("Record number (MRN)"), [DataRequired(lazy_gettext("Enter the number.")), Length(max=60)]
    )
    birth_date = StringField(
        lazy_gettext("Birth date"), [DataRequired(lazy_gettext("Enter the birth date.")), Length(max=10)]
    )


@dataclass(frozen=True, slots=True)
class PendingLine:
    """Whose erasure waits, who asked for it, and whether who reads this may confirm it."""

    id: str
    kind: str
    words: str
    name: str
    requested_by: str
    at: datetime
    may_confirm: bool


def register(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/erasure", view_func=erasures)
    blueprint.add_url_rule("/erasure", view_func=ask_erasure, methods=["POST"])
    blueprint.add_url_rule("/erasure/<change>", view_func=decide_erasure, methods=["POST"])


@for_duty(Duty.MANAGE_ACCOUNTS)
def erasures() -> ResponseReturnValue:
    """Show what waits for a second administrator."""
    return _page(ErasureForm())


@for_duty(Duty.MANAGE_ACCOUNTS)
@confirm_first(back="admin.erasures")
def ask_erasure() -> ResponseReturnValue:
    """Ask for the erasure, or the closing, of the person who has this number and birth date."""
    form = ErasureForm()
    if not form.validate_on_submit():
        return _page(form, status=422)
    born = finding.read_birth_date(form.birth_date.data)
    with current_services().db.reading() as tx:
        matches = finding.find(tx, birth_date=born, number=form.number.data)
    if len(matches) != 1:
        with current_services().db.transaction() as tx:
            audit.record(tx, action=audit.Action.ERASURE, actor=audit_actor(), outcome="none")
        form.form_errors.append(_("Nothing matches both."))
        return _page(form, status=422)
    with current_services().db.transaction() as tx:
        erasure.request(tx, person_id=matches[0].id, by=current_user.account, kind=form.kind.data)
    flash(_("It waits for a second administrator. Until then you can call it off."))
    return redirect(url_for("admin.erasures"), 303)


@for_duty(Duty.MANAGE_ACCOUNTS)
@confirm_first(back="admin.erasures")
def decide_erasure(change: str) -> ResponseReturnValue:
    """Confirm one, which cannot be undone, or call it off."""
    try:
        if request.form.get("step") == "confirm":
            kind = erasure.confirm(current_services(), change_id=change, by=current_user.account)
            flash(
                _("Erased. Only the log’s entries are left, and they name nobody.")
                if kind == changes.ERASURE
                else _("Closed. Nobody’s access is left, and the record stays.")
            )
        else:
            with current_services().db.transaction() as tx:
                erasure.cancel(tx, change_id=change, by=current_user.account)
            flash(_("Called off. Nothing changed."))
    except ConflictError:
        flash(_("A second administrator has to confirm it."))
    except NotFoundError:
        flash(_("This was confirmed or called off already."))
    return redirect(url_for("admin.erasures"), 303)


def _page(form: ErasureForm, *, status: int = 200) -> ResponseReturnValue:
    with current_services().db.reading() as tx:
        lines = [_line(tx, change) for change in changes.everything(tx)]
    return render("admin/erasure.html", form=form, lines=lines, status=status)


def _line(tx: Tx, change: changes.PendingChange) -> PendingLine:
    person = people.by_id(tx, person_id=change.person_id)
    asker = accounts.by_id(tx, account_id=change.account_id, disabled=True)
    return PendingLine(
        change.id,
        change.kind,
        str(_KINDS[change.kind]),
        person.demographics.display if person else "",
        asker.display if asker else "",
        change.created_at,
        change.account_id != current_user.account.id,
    )
