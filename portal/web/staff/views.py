"""``/staff/corrections``: what patients asked the home staff to correct."""

from dataclasses import dataclass, replace
from datetime import datetime

from flask import Blueprint, Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from wtforms import RadioField, SelectChoice, TextAreaField
from wtforms.validators import DataRequired, Length

from portal import audit
from portal.access import Duty
from portal.domain.errors import ConflictError, NotFoundError
from portal.domain.people import Person
from portal.endpoints import for_duty
from portal.extensions import current_services
from portal.store.people import people
from portal.store.records import corrections
from portal.store.records.corrections import Correction, CorrectionState
from portal.web import formats
from portal.web.guards import audit_actor, current_actor
from portal.web.htmx import render
from portal.web.phrases import gettext
from portal.web.phrases import lazy_gettext as _
from portal.web.staff import merges
from portal.web.words import phrase, section_word

blueprint = Blueprint("staff", __name__, url_prefix="/staff")
merges.register(blueprint)


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
    asked_at: datetime
    section: str = ""
    title: str = ""
    when: str = ""
    wrong: str = ""
    right: str = ""
    form: AnswerForm | None = None  # None: about a confidential item, and not opened


@blueprint.get("/corrections")
@for_duty(Duty.ANSWER_CORRECTIONS)
def tasks() -> Response:
    """Return what waits for an answer, what waits longest first; of what is confidential only that it waits."""
    return render("staff/corrections.html", tasks=_tasks(None, None))


@blueprint.post("/corrections/<correction>/open")
@for_duty(Duty.ANSWER_CORRECTIONS)
def open_request(correction: str) -> Response:
    """Show the page with one confidential request opened, this once; each look is recorded."""
    lines = _tasks(correction, None)
    if correction not in {task.id for task in lines}:
        raise NotFoundError
    return render("staff/corrections.html", tasks=lines)


@blueprint.post("/corrections/<correction>")
@for_duty(Duty.ANSWER_CORRECTIONS)
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


def _tasks(opened: str | None, form: AnswerForm | None) -> tuple[Task, ...]:
    """Return the requests; ``opened`` is one to show though it is confidential, ``form`` what was sent of it."""
    lines = []
    with current_services().db.reading() as tx:
        pairs = [
            (correction, people.by_id(tx, person_id=correction.person_id)) for correction in corrections.waiting(tx)
        ]
    with current_services().db.transaction() as tx:
        for correction, person in pairs:
            if person is None:
                continue
            if correction.confidential and correction.id != opened:
                lines.append(_closed(correction, person.demographics))
                continue
            audit.record(
                tx,
                action=audit.Action.VIEW_ENTRY,
                actor=audit_actor(),
                person_id=correction.person_id,
                section=correction.section.value,
                entry=correction.entry_id,
            )
            sent = form if opened == correction.id else None
            lines.append(_open(correction, person.demographics, sent))
    return tuple(lines)


def _closed(correction: Correction, demographics: Person) -> Task:
    return Task(
        id=correction.id,
        name=demographics.display,
        birth_date=demographics.birth_date,
        numbers=_numbers(demographics),
        asked_at=correction.created_at,
    )


def _open(correction: Correction, demographics: Person, sent: AnswerForm | None) -> Task:
    request = correction.request
    return replace(
        _closed(correction, demographics),
        section=section_word(correction.section),
        title=phrase(request.title),
        when=formats.date_text(request.when) if request.when else "",
        wrong=request.wrong,
        right=request.right,
        form=sent or AnswerForm(formdata=None, prefix=correction.id),
    )


def _numbers(demographics: Person) -> tuple[str, ...]:
    return tuple(number.value for number in demographics.identifiers if number.type == "MR")
