"""``/health/received`` for the patient, ``/care-team/received`` for the care team: what was handed on at the desk."""

from flask import Blueprint, Response, abort, redirect, url_for
from flask.typing import ResponseReturnValue

from portal import audit
from portal.access import Duty, Permission
from portal.audit.events import RECEIVED
from portal.endpoints import for_duty, for_person
from portal.extensions import current_services
from portal.store import Tx
from portal.store.people import people
from portal.store.shares import received
from portal.store.shares.received import Received, ReceivedState
from portal.web.guards import audit_actor, current_person_id, person_route
from portal.web.htmx import render
from portal.web.received import models
from portal.web.viewed import viewed
from portal.web.whole_record import sees_whole_record

blueprint = Blueprint("received", __name__)
_MOST = 100


@person_route(blueprint, "/health/received")
@for_person(Permission.VIEW_RECORD)
def listed() -> Response:
    """Return what the person handed on at the front desk."""
    with current_services().db.reading() as tx:
        summaries = received.of_person(tx, person_id=_whole_record(tx))
    _viewed()
    return render("received/list.html", summaries=summaries)


@person_route(blueprint, "/health/received/<string(length=20):summary>")
@for_person(Permission.VIEW_RECORD)
def page(summary: str) -> Response:
    with current_services().db.reading() as tx:
        shown = models.page(tx, stored=_own(tx, summary))
    _viewed()
    return render("received/page.html", page=shown, for_team=False)


@person_route(blueprint, "/health/received/<string(length=20):summary>/file/<int:number>")
@for_person(Permission.VIEW_RECORD)
def file(summary: str, number: int) -> Response:
    with current_services().db.reading() as tx:
        content = models.file(tx, stored=_own(tx, summary), number=number)
    _viewed()
    return _saved(content)


@blueprint.get("/care-team/received")
@for_duty(Duty.ANSWER_MESSAGES)
def team_list() -> Response:
    """List what patients handed on at the front desk, what nobody has read first."""
    with current_services().db.reading() as tx:
        summaries = [
            (summary, person.demographics.display if person else "")
            for state in (ReceivedState.FILED, ReceivedState.READ)
            for summary in received.in_state(tx, state=state, limit=_MOST)
            for person in [people.by_id(tx, person_id=summary.person_id)]
        ]
    _team_looked(*(summary.person_id for summary, _name in summaries))
    return render("received/team.html", summaries=summaries)


@blueprint.get("/care-team/received/<string(length=20):summary>")
@for_duty(Duty.ANSWER_MESSAGES)
def team_page(summary: str) -> Response:
    with current_services().db.reading() as tx:
        stored = _filed(tx, summary)
        shown = models.page(tx, stored=stored)
    _team_looked(stored.person_id)
    return render("received/page.html", page=shown, for_team=True)


@blueprint.get("/care-team/received/<string(length=20):summary>/file/<int:number>")
@for_duty(Duty.ANSWER_MESSAGES)
def team_file(summary: str, number: int) -> Response:
    with current_services().db.reading() as tx:
        stored = _filed(tx, summary)
        content = models.file(tx, stored=stored, number=number)
    _team_looked(stored.person_id)
    return _saved(content)


@blueprint.post("/care-team/received/<string(length=20):summary>")
@for_duty(Duty.ANSWER_MESSAGES)
def team_read(summary: str) -> ResponseReturnValue:
    """Note that the care team has read it."""
    with current_services().db.transaction() as tx:
        stored = _filed(tx, summary)
        received.mark_read(tx, received_id=stored.id)
        _looked(tx, stored.person_id)
    return redirect(url_for("received.team_list"), 303)


def _whole_record(tx: Tx) -> str:
    """Return whose record is open, for who sees all of it: a summary cannot be shown in part."""
    if not sees_whole_record(tx):
        abort(404)
    return current_person_id()


def _own(tx: Tx, summary: str) -> Received:
    person_id = _whole_record(tx)
    stored = _filed(tx, summary)
    if stored.person_id != person_id:
        abort(404)
    return stored


def _filed(tx: Tx, summary: str) -> Received:
    stored = received.by_id(tx, received_id=summary)
    if stored is None or stored.state is ReceivedState.FETCHED:
        abort(404)
    return stored


def _saved(content: bytes) -> Response:
    """Hand a file over to be saved: it is a stranger's, and runs nowhere in our pages."""
    answer = Response(content, content_type="application/pdf")
    answer.headers["Content-Disposition"] = "attachment; filename=shared-summary.pdf"
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _viewed() -> None:
    viewed(current_person_id(), audit.Action.VIEW_SECTION, section=RECEIVED)


def _team_looked(*person_ids: str) -> None:
    with current_services().db.transaction() as tx:
        for person_id in dict.fromkeys(person_ids):
            _looked(tx, person_id)


def _looked(tx: Tx, person_id: str) -> None:
    audit.record(tx, action=audit.Action.CARE_TEAM_VIEW, actor=audit_actor(), person_id=person_id, section=RECEIVED)
