"""``/view``: a shared link for who has no software for it. The page says who decrypts what it shows.

With JavaScript the browser does: the key is behind the ``#`` of the address, which no server sees, and this one holds
the file only encrypted. Without it a code and the birth date let the server do it, for an hour.
"""

import re

from flask import Blueprint, current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from itsdangerous import BadSignature, URLSafeTimedSerializer
from wtforms import StringField
from wtforms.validators import DataRequired, Length, ValidationError

from portal.domain.errors import NotFoundError
from portal.endpoints import public
from portal.extensions import current_services
from portal.sharing import copies
from portal.sharing.copies import CopyRefusedError
from portal.sharing.opening import LinkBusyError
from portal.store.people.finding import read_birth_date
from portal.store.shares import copies as stored_copies
from portal.store.shares import shares
from portal.store.shares.copies import ShareNote
from portal.web import shared_copy
from portal.web.htmx import render
from portal.web.phrases import gettext as _
from portal.web.phrases import lazy_gettext

blueprint = Blueprint("viewing", __name__, url_prefix="/view")
_NAME, _TEXT = 80, 2000


def _is_no_passcode(_form: FlaskForm, field: StringField) -> None:
    """Tell who typed the passcode of a link where it is asked for."""
    if re.fullmatch(r"\d{6}", (field.data or "").strip()):
        raise ValidationError(
            _("Six digits are the passcode of a link. Open the link or scan its QR code, and enter it there.")
        )


class CopyForm(FlaskForm):  # type: ignore[misc]
    recipient = StringField(
        lazy_gettext("Who you are: name and place of work"),
        [DataRequired(lazy_gettext("Enter who you are. The patient sees it.")), Length(max=_NAME)],
    )
    code = StringField(
        lazy_gettext("Code"), [DataRequired(lazy_gettext("Enter the code.")), Length(max=40), _is_no_passcode]
    )
    birth_date = StringField(
        lazy_gettext("The patient’s birth date"),
        [DataRequired(lazy_gettext("Enter the birth date: month, day, year.")), Length(max=10)],
    )


@blueprint.get("")
@public
def page() -> ResponseReturnValue:
    """Return the page that opens a link: in the browser, or with a code."""
    return render("view/page.html", form=CopyForm(formdata=None))


@blueprint.post("")
@public
def open_with_code() -> ResponseReturnValue:
    """Show what a code and the birth date open."""
    form, services = CopyForm(), current_services()
    if not form.validate_on_submit():
        return render("view/page.html", form=form, status=422)
    try:
        opened = copies.open_copy(
            services.db,
            settings=services.settings,
            code=form.code.data,
            birth_date=read_birth_date(form.birth_date.data),
            recipient=form.recipient.data.strip(),
        )
    except CopyRefusedError:
        form.code.errors = [_("Code and birth date open nothing. Check them, or ask the patient for a new link.")]
        return render("view/page.html", form=form, status=422)
    except LinkBusyError:
        form.code.errors = [_("This was opened very often within the last hour. Try again later.")]
        return render("view/page.html", form=form, status=429)
    ticket = _tickets().dumps([opened.share_id, form.recipient.data.strip()])
    return render("view/opened.html", opened=opened, parts=tuple(shared_copy.parts(opened.summary)), ticket=ticket)


@blueprint.post("/note")
@public
def leave_note() -> ResponseReturnValue:
    """Leave a note for the patient, within the hour."""
    try:
        share_id, name = _tickets().loads(
            request.form.get("ticket", ""), max_age=int(stored_copies.OPEN_FOR.total_seconds())
        )
    except BadSignature:
        raise NotFoundError from None
    text = request.form.get("text", "").strip()[:_TEXT]
    with current_services().db.transaction() as tx:
        stored = shares.by_id(tx, share_id=share_id)
        if stored is None or not stored.opens(tx.now):
            raise NotFoundError
        if text:
            stored_copies.add_note(
                tx, share_id=share_id, person_id=stored.person_id, note=ShareNote(name[:_NAME], text)
            )
    flash(_("Your note is with the patient."))
    return redirect(url_for("viewing.page"), 303)


def _tickets() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key or "", salt="view.note")
