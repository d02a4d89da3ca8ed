""" "Tell us": an organization that the search does not find (product.md §3.12)."""

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import DataRequired, Length

from portal.access import Permission
from portal.endpoints import for_person
from portal.extensions import current_services
from portal.store.directory import missing_reports
from portal.store.directory.missing_reports import ReportState
from portal.web.guards import current_person_id, person_route, sees_confidential
from portal.web.htmx import render
from portal.web.phrases import gettext
from portal.web.phrases import lazy_gettext as _

ANSWERS = {
    ReportState.OPEN: _("We are looking for it"),
    ReportState.ADDED: _("It can be found now"),
    ReportState.DECLINED: _("It cannot be linked"),
}


class MissingForm(FlaskForm):  # type: ignore[misc]
    name = StringField(_("Name of the organization"), [DataRequired(_("Enter its name.")), Length(max=200)])
    place = StringField(_("Town or postal code"), [Length(max=100)])
    note = StringField(_("Anything that helps to find it"), [Length(max=300)])


def register(blueprint: Blueprint) -> None:
    person_route(blueprint, "/links/missing")(tell)
    person_route(blueprint, "/links/missing", methods=["POST"])(keep)


@for_person(Permission.MANAGE_LINKS)
def tell() -> ResponseReturnValue:
    """Return the form; ``name`` fills it in. Below, what was told before, with its answer."""
    return _page(MissingForm(name=request.args.get("name", "")[:100]))


@for_person(Permission.MANAGE_LINKS)
def keep() -> ResponseReturnValue:
    """Into the administrator's list."""
    form = MissingForm()
    if not form.validate_on_submit():
        return _page(form, status=422)
    with current_services().db.transaction() as tx:
        report_id = missing_reports.report(
            tx,
            person_id=current_person_id(),
            name=form.name.data,
            place=form.place.data or "",
            note=form.note.data or "",
        )
    if report_id is None:
        form.form_errors.append(gettext("You told us of many already. Please wait until we have looked at them."))
        return _page(form, status=422)
    flash(gettext("Thank you. The people who keep the directory will look for it."))
    return redirect(url_for("links.search"), 303)


def _page(form: MissingForm, *, status: int = 200) -> Response:
    # What somebody looks for is known to nobody else: it is shown to those who may see what is confidential.
    with current_services().db.reading() as tx:
        told = missing_reports.of_person(tx, person_id=current_person_id()) if sees_confidential() else []
    return render("links/missing.html", form=form, told=told, words=ANSWERS, status=status)
