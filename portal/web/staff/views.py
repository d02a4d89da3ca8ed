"""``/staff``: what patients asked the home staff to correct."""

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import RadioField, SelectChoice, TextAreaField
from wtforms.validators import DataRequired, Length

from portal import audit
from portal.domain.errors import ConflictError
from portal.endpoints import staff
from portal.extensions import current_services
from portal.store.people import people
from portal.store.records import corrections
from portal.store.records.corrections import CorrectionState
from portal.web import formats
from portal.web.guards import audit_actor, current_actor
from portal.web.htmx import render
from portal.web.words import phrase, section_word

blueprint = Blueprint("staff", __name__, url_prefix="/staff")


class AnswerForm(FlaskForm):  # type: ignore[misc]
    state = RadioField(
        _("What was done?"),
        choices=[
            SelectChoice(CorrectionState.CORRECTED.value, _("It is corrected in the chart")),
            SelectChoice(CorrectionState.DECLINED.value, _("The chart stays as it is")),
        ],
        validators=[DataRequired(_("Choose what was done."))],
    )
    answer = TextAreaField(
        _("Answer to the patient"), [DataRequired(_("Write the patient an answer.")), Length(max=2000)]
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A request with what is needed to find the chart; the rest of the record is not shown."""

    id: str
    name: str
    birth_date: str | None
    numbers: tuple[str, ...]
    section: str
    title: str
    when: str
    wrong: str
    right: str
    asked_at: datetime
    form: AnswerForm


@blueprint.get("")
@staff
def tasks() -> Response:
    """Return what waits for an answer, what waits longest first."""
    return render("staff/corrections.html", tasks=_tasks(None, None))


@blueprint.post("/corrections/<correction>")
@staff
def answer(correction: str) -> ResponseReturnValue:
    """Answer one; an answered one stays as it was answered first."""
    form = AnswerForm(prefix=correction)
    if not form.validate_on_submit():
        return render("staff/corrections.html", tasks=_tasks(correction, form), status=422)
    try:
        with current_services().db.transaction() as tx:
            person_id = corrections.answer(
                tx,
                correction_id=correction,
                account_id=current_actor().account_id,
                state=CorrectionState(form.state.data),
                text=form.answer.data.strip(),
            )
            audit.record(tx, action=audit.Action.CORRECTION_ANSWER, actor=audit_actor(), person_id=person_id)
    except ConflictError:
        flash(gettext("Somebody else has answered this already."))
    else:
        flash(gettext("The patient sees your answer now."))
    return redirect(url_for("staff.tasks"), 303)


def _tasks(sent: str | None, form: AnswerForm | None) -> tuple[Task, ...]:
    lines = []
    with current_services().db.transaction() as tx:
        for correction in corrections.waiting(tx):
            person = people.by_id(tx, person_id=correction.person_id)
            if person is None:
                continue
            audit.record(
                tx,
                action=audit.Action.VIEW_ENTRY,
                actor=audit_actor(),
                person_id=correction.person_id,
                section=correction.section.value,
                entry=correction.entry_id,
            )
            demographics = person.demographics
            lines.append(
                Task(
                    id=correction.id,
                    name=demographics.display,
                    birth_date=demographics.birth_date,
                    numbers=tuple(number.value for number in demographics.identifiers if number.type == "MR"),
                    section=section_word(correction.section),
                    title=phrase(correction.request.title),
                    when=formats.date_text(correction.request.when) if correction.request.when else "",
                    wrong=correction.request.wrong,
                    right=correction.request.right,
                    asked_at=correction.created_at,
                    form=form if form and sent == correction.id else AnswerForm(formdata=None, prefix=correction.id),
                )
            )
    return tuple(lines)
