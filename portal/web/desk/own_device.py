"""The patient's side of the desk, on a device of their own: say yes or no, finish a link, wait, keep a second step."""

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal.access import Permission, can
from portal.assist import assists, printing, tasks
from portal.domain.assists import Purpose
from portal.domain.errors import ConflictError
from portal.endpoints import confirm_first, for_person, public, signed_in
from portal.extensions import current_services
from portal.sharing import visits
from portal.store.desk import queue
from portal.store.desk.handovers import Handover
from portal.store.directory import organizations
from portal.store.people import accounts, people
from portal.store.shares.shares import ShareTerms
from portal.web.desk import words
from portal.web.desk.forms import HandoverForm, WaitForm
from portal.web.errors import error_page
from portal.web.guards import current_actor, current_person_id, person_route
from portal.web.htmx import render
from portal.web.phrases import gettext as _
from portal.web.share import models as share_models
from portal.web.share.models import PreviewPart
from portal.web.templating import endpoint_of


def register(blueprint: Blueprint) -> None:
    person_route(blueprint, "/assist")(consent)
    person_route(blueprint, "/assist", methods=["POST"])(answer)
    person_route(blueprint, "/assist/visit", methods=["POST"])(agree_visit)
    person_route(blueprint, "/assist/wait", methods=["POST"])(get_in_line)
    person_route(blueprint, "/assist/print", methods=["POST"])(release_print)
    blueprint.add_url_rule("/print", view_func=print_summary, methods=["GET", "POST"])
    blueprint.add_url_rule("/go", view_func=go_form, methods=["GET", "POST"])
    blueprint.add_url_rule("/go/<code>", view_func=go)
    blueprint.add_url_rule("/go/<code>", view_func=open_code, methods=["POST"])
    blueprint.add_url_rule("/sign-in/keep-factor/<secret>", view_func=keep_factor, methods=["GET", "POST"])


@for_person(Permission.MANAGE_LINKS)
def consent() -> ResponseReturnValue:
    """Show who at the front desk asks to help, and with what; or how to ask them for help."""
    person_id = current_person_id()
    assist = assists.asked(current_services(), person_id=person_id)
    with current_services().db.reading() as tx:
        clerk = accounts.by_id(tx, account_id=assist.account_id) if assist else None
        waits = queue.of_person(tx, person_id=person_id)
    shares = can(current_actor(), Permission.SHARE_RECORD, person_id)
    is_visit = bool(assist and assist.purpose is Purpose.VISIT) and shares
    form = WaitForm(formdata=None)
    return render(
        "staff/consent.html",
        clerk=clerk,
        assist=assist,
        purposes=words.PURPOSES,
        meanings=words.MEANINGS,
        is_visit=is_visit,
        waits=waits,
        form=form,
    )


@for_person(Permission.MANAGE_LINKS)
def answer() -> ResponseReturnValue:
    """Say yes or no to the front desk, to what stood on the page."""
    agrees = request.form.get("answer") == "yes"
    if not _take_answer(request.form.get("purpose", ""), agrees=agrees):
        pass
    elif agrees:
        flash(_("The front desk can help now. They see no health information. It ends when they finish."))
    else:
        flash(_("You said no. The front desk sees nothing."))
    return redirect(url_for("desk.consent"), 303)


@for_person(Permission.SHARE_RECORD)
@confirm_first(back="desk.consent")
def agree_visit() -> ResponseReturnValue:
    """Let the desk hand out a link to the record of the visit, and show the passcode that opens it: here alone."""
    passcode, passcode_hash = visits.choose_passcode()
    if not _take_answer(Purpose.VISIT.value, agrees=True, passcode_hash=passcode_hash):
        return redirect(url_for("desk.consent"), 303)
    return render("staff/passcode.html", passcode=passcode)


def _take_answer(purpose: str, *, agrees: bool, passcode_hash: str = "") -> bool:
    """Take an answer to what stood on the page. False: it is not asked any more, as the next page says."""
    try:
        taken = assists.answer(
            current_services(),
            person_id=current_person_id(),
            account_id=current_actor().account_id,
            assist_id=request.form.get("assist", ""),
            purpose=purpose,
            agrees=agrees,
            passcode_hash=passcode_hash,
        )
    except ConflictError:
        flash(_("The front desk asks something else now. Nothing was agreed. Read it, then answer."))
        return False
    if not taken:
        flash(_("The front desk does not ask any more."))
    return taken


@for_person(Permission.MANAGE_LINKS)
def get_in_line() -> ResponseReturnValue:
    """Ask the front desk for help; sent again, what is needed is changed and the place in line kept."""
    form = WaitForm()
    if form.validate_on_submit():
        purpose, place = form.wishes()
        with current_services().db.transaction() as tx:
            queue.add(tx, person_id=current_person_id(), purpose=purpose, place=place)
            assists.note(tx, current_actor().account_id, current_person_id(), "queued")
    return redirect(url_for("desk.consent"), 303)


@for_person(Permission.SHARE_RECORD)
@confirm_first(back="desk.consent")
def release_print() -> ResponseReturnValue:
    """Let one's own summary be printed once, at an address outside the staff session."""
    code = printing.issue(current_services(), person_id=current_person_id(), account_id=current_actor().account_id)
    if code is None:
        flash(_("Only a person with an account of their own can release it."))
        return redirect(url_for("desk.consent"), 303)
    address = f"{current_services().settings.base_url}{url_for('desk.print_summary')}"
    return render("staff/released.html", code=code, address=address)


@public
def print_summary() -> ResponseReturnValue:
    """Show a released summary once, to be printed. What is confidential is not in it."""
    services, form = current_services(), HandoverForm()
    parts: tuple[PreviewPart, ...] = ()
    name = birth_date = ""
    person_id = printing.take(services, form.code.data) if form.validate_on_submit() else None
    if person_id is not None:
        terms = ShareTerms("", share_models.CODES, confidential=False)
        with services.db.reading() as tx:
            parts = share_models.preview(tx, person_id=person_id, terms=terms, settings=services.settings).parts
            person = people.by_id(tx, person_id=person_id)
        name, birth_date = (person.demographics.display, person.demographics.birth_date) if person else ("", "")
    elif form.is_submitted():
        form.code.errors = [_("This code does not work. The patient can make a new one.")]
    status = 422 if form.is_submitted() and not parts else 200
    return render("staff/print.html", form=form, parts=parts, name=name, birth_date=birth_date, status=status)


@signed_in
def go_form() -> ResponseReturnValue:
    """Take a code from the front desk that is typed."""
    form = HandoverForm()
    if form.validate_on_submit():
        if _handover(form.code.data) is not None:
            return redirect(url_for("desk.go", code=form.code.data.strip()), 303)
        form.code.errors = [_("This code does not work. Check it, or ask the front desk for a new one.")]
    return render("staff/go.html", form=form, status=422 if form.is_submitted() else 200)


@signed_in
def go(code: str) -> ResponseReturnValue:
    """Show where a code leads, so that no look ahead uses it up."""
    handover = _handover(code)
    if handover is None:
        return _worthless()
    with current_services().db.reading() as tx:
        organization = organizations.by_id(tx, organization_id=handover.organization_id)
        person = people.by_id(tx, person_id=handover.person_id)
    if organization is None or person is None:
        return _worthless()
    other = handover.person_id != current_actor().own_person_id
    return render(
        "staff/opened.html",
        code=code,
        organization=organization,
        name=person.demographics.name.display if other else "",
    )


@signed_in
def open_code(code: str) -> ResponseReturnValue:
    """Go on to the page before linking, in the record that the code is for."""
    handover = _handover(code)
    if handover is None or not tasks.open_handover(current_services(), handover, account_id=current_user.account.id):
        return _worthless()
    person = None if handover.person_id == current_actor().own_person_id else handover.person_id
    address = url_for(endpoint_of("/links/new/<organization>"), organization=handover.organization_id, person=person)
    return redirect(address, 303)


def _handover(code: str) -> Handover | None:
    """Return what a code stands for, where who is signed in may finish it; of another person's it says nothing."""
    handover = tasks.handed_over(current_services(), code)
    if handover is None or not can(current_actor(), Permission.MANAGE_LINKS, handover.person_id):
        return None
    return handover


def _worthless() -> ResponseReturnValue:
    text = _("It works once, until the evening, for the person it was made for. Ask the front desk for a new one.")
    return error_page(404, _("This code does not work any more"), text)


@public
def keep_factor(secret: str) -> ResponseReturnValue:
    """Where the link in the notice leads: stop the removal of a second step."""
    services = current_services()
    if request.method == "POST" and tasks.keep_factor(services, secret):
        return render("staff/kept.html", stopped=True, secret=secret)
    if not tasks.waits(services, secret):
        text = _("It was stopped already, or the second step has been removed. If that was not you, call us.")
        return error_page(404, _("This link does not work any more"), text)
    return render("staff/kept.html", stopped=False, secret=secret)
