"""``/staff``: find somebody by two details, or call who waits; then help them, one at a time."""

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal import audit
from portal.access import Duty
from portal.assist import assists
from portal.domain.assists import AssistEnding, AssistState, Consent, Purpose
from portal.domain.errors import ConflictError
from portal.endpoints import for_duty
from portal.extensions import current_services
from portal.sharing import visits
from portal.store.desk import queue
from portal.store.desk.assists import Assist
from portal.store.people import finding
from portal.web.desk import family_pages, letters, models, own_device, task_pages, words
from portal.web.desk.current import bind, current_assist
from portal.web.desk.forms import AskForm, ConsentCodeForm, FindForm, WaitForm
from portal.web.guards import audit_actor
from portal.web.htmx import render
from portal.web.phrases import gettext as _

blueprint = Blueprint("desk", __name__)
bind(blueprint)
own_device.register(blueprint)
task_pages.register(blueprint)
family_pages.register(blueprint)


def _to_patient() -> ResponseReturnValue:
    return redirect(url_for("desk.patient"), 303)


@blueprint.get("/staff")
@for_duty(Duty.ASSIST_PATIENTS)
def start() -> ResponseReturnValue:
    """Show the form to find somebody, and who waits; while somebody is helped, their page."""
    if assists.current(current_services(), current_user.account) is not None:
        return _to_patient()
    return _find_page(FindForm())


@blueprint.post("/staff/find")
@for_duty(Duty.ASSIST_PATIENTS)
def find() -> ResponseReturnValue:
    """Find one person by birth date and record number or name. What did not match is not told."""
    services, form = current_services(), FindForm()
    if not form.validate_on_submit():
        return _find_page(form, status=422)
    born = finding.read_birth_date(form.birth_date.data or "")
    if not born:
        form.birth_date.errors = [_("Enter the birth date: month, day, year. Two details are needed.")]
        return _find_page(form, status=422)
    told = {field: (form[field].data or "").strip() for field in ("number", "family", "given")}
    with services.db.reading() as tx:
        matches = finding.find(tx, birth_date=born, **told)
    if len(matches) != 1:
        with services.db.transaction() as tx:
            audit.record(tx, action=audit.Action.ASSIST, actor=audit_actor(), step="found", outcome="none")
        form.form_errors.append(_("Nothing matches both. Ask for the record number."))
        return _find_page(form, status=422)
    return _begin(matches[0].id)


@blueprint.post("/staff/queue/<waiting>")
@for_duty(Duty.ASSIST_PATIENTS)
def call(waiting: str) -> ResponseReturnValue:
    """Help somebody who waits."""
    with current_services().db.reading() as tx:
        line = next((line for line in queue.everyone(tx) if line.id == waiting), None)
    if line is None:
        flash(_("Somebody else is helping this person already."))
        return redirect(url_for("desk.start"), 303)
    return _begin(line.person_id, line.purpose)


def _begin(person_id: str, purpose: Purpose | None = None) -> ResponseReturnValue:
    try:
        assists.begin(current_services(), current_user.account, person_id=person_id, purpose=purpose)
    except ConflictError as error:
        flash(words.problem(error.code))
        return redirect(url_for("desk.start"), 303)
    return _to_patient()


def _find_page(form: FindForm, *, status: int = 200) -> ResponseReturnValue:
    with current_services().db.reading() as tx:
        return render("staff/find.html", form=form, waiting=models.waiting(tx), status=status)


@blueprint.get("/staff/patient")
@for_duty(Duty.ASSIST_PATIENTS)
def patient() -> ResponseReturnValue:
    """Show the person who is helped: ask them, wait for their yes, then help."""
    assist = current_assist()
    if assist.state is AssistState.AGREED:
        return task_pages.page(assist)
    if assist.state is AssistState.ASKED:
        return _asked_page(assist, ConsentCodeForm())
    return _ask_page(assist, AskForm(purpose=assist.purpose.value if assist.purpose else None))


@blueprint.post("/staff/patient/ask")
@for_duty(Duty.ASSIST_PATIENTS)
def ask() -> ResponseReturnValue:
    """Ask the patient, with a purpose, in the way that they can answer."""
    assist, form = current_assist(), AskForm()
    if not form.validate_on_submit():
        return _ask_page(assist, form, status=422)
    with current_services().db.reading() as tx:
        language = letters.language_of(models.band(tx, assist).language)
        purpose = Purpose(form.purpose.data)
        no_visit = purpose is Purpose.VISIT and not visits.latest(
            tx, person_id=assist.person_id, settings=current_services().settings
        )
    if no_visit:
        form.form_errors.append(words.problem("visit-none"))
        return _ask_page(assist, form, status=422)
    try:
        assists.ask(
            current_services(),
            assist,
            purpose=purpose,
            consent=Consent(form.consent.data),
            id_checked=bool(form.id_checked.data),
            letter=lambda code: letters.consent_code(code, language, purpose),
        )
    except ConflictError as error:
        form.form_errors.append(words.problem(error.code))
        return _ask_page(assist, form, status=422)
    return _to_patient()


@blueprint.post("/staff/patient/code")
@for_duty(Duty.ASSIST_PATIENTS)
def hear_code() -> ResponseReturnValue:
    """Take the code that the patient tells as their yes."""
    assist, form = current_assist(), ConsentCodeForm()
    if form.validate_on_submit():
        if assists.hear_code(current_services(), assist, form.code.data):
            return _to_patient()
        form.code.errors = [_("This is not the code. After 5 wrong tries, send a new one.")]
    return _asked_page(assist, form, status=422)


@blueprint.post("/staff/patient/wait")
@for_duty(Duty.ASSIST_PATIENTS)
def wait() -> ResponseReturnValue:
    """Put the person who was found into the queue."""
    assist, form = current_assist(), WaitForm()
    if not form.validate_on_submit():
        return _to_patient()
    purpose, place = form.wishes()
    assists.put_in_queue(current_services(), assist, purpose=purpose, place=place)
    return redirect(url_for("desk.start"), 303)


@blueprint.post("/staff/patient/finish")
@for_duty(Duty.ASSIST_PATIENTS)
def finish() -> ResponseReturnValue:
    """Finish helping; ``wrong`` says that it was the wrong person, which undoes what was started and is told."""
    assist = assists.current(current_services(), current_user.account)
    if assist is not None and "wrong" in request.form:
        with current_services().db.reading() as tx:
            language = letters.language_of(models.band(tx, assist).language)
        assists.undo(current_services(), assist, letters.wrong_person(language))
        flash(_("Undone. The person is told, and it is in both logs."))
    elif assist is not None:
        assists.finish(current_services(), assist, AssistEnding.FINISHED)
    return redirect(url_for("desk.start"), 303)


@blueprint.get("/staff/log")
@for_duty(Duty.ASSIST_PATIENTS)
def log() -> ResponseReturnValue:
    """Show the clerk what they did, the newest first, as it stands in the patients' logs too."""
    with current_services().db.reading() as tx:
        return render("staff/log.html", lines=models.log(tx, current_user.account.id))


def _ask_page(assist: Assist, form: AskForm, *, status: int = 200) -> ResponseReturnValue:
    with current_services().db.reading() as tx:
        band = models.band(tx, assist)
    return render(
        "staff/ask.html", band=band, form=form, wait=WaitForm(formdata=None), consents=words.CONSENTS, status=status
    )


def _asked_page(assist: Assist, form: ConsentCodeForm, *, status: int = 200) -> ResponseReturnValue:
    with current_services().db.reading() as tx:
        band = models.band(tx, assist)
    address = f"{current_services().settings.base_url}{url_for('desk.consent')}"
    return render("staff/asked.html", band=band, form=form, address=address, status=status)
