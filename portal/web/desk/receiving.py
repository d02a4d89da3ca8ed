"""``/staff/patient/receive``: a patient's Health Link, scanned, pasted or in a picture; who it is, and then filed.

The clerk sees who it is about, where and when it was made, and how many items of which kind: no clinical word.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from flask import Blueprint, flash, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.access import Duty
from portal.assist import assists
from portal.domain.errors import ConflictError, NotFoundError
from portal.domain.people import Person
from portal.endpoints import for_duty, takes_files
from portal.extensions import current_services
from portal.identity.comparison import Finding, Verdict
from portal.normalise.demographics import person_of
from portal.sharing import filing, pictures, receiving
from portal.sharing.filing import OtherPersonError
from portal.sharing.receiving import PasscodeNeededError
from portal.sharing.shlink import LinkRefusedError
from portal.store import Tx
from portal.store.desk import assists as assist_rows
from portal.store.desk.assists import Assist
from portal.store.shares import received
from portal.store.shares.received import Received, ReceivedState
from portal.web.desk import models, refusals
from portal.web.desk.current import bind, current_assist
from portal.web.headers import allow_camera
from portal.web.htmx import render
from portal.web.links import words as link_words
from portal.web.phrases import gettext as _
from portal.web.received import words

blueprint = Blueprint("receiving", __name__, url_prefix="/staff/patient/receive")
bind(blueprint)
_LONGEST = 16_384


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedSummary:
    """What the clerk sees of what was fetched. ``differences``: label, here, there."""

    received: Received
    person: Person
    is_same: bool
    differences: tuple[tuple[str, str, str], ...]
    kinds: tuple[str, ...]
    problems: tuple[str, ...]


@blueprint.get("")
@for_duty(Duty.ASSIST_PATIENTS)
def form() -> ResponseReturnValue:
    """Return the form: a field that a scanner types into, a picture, or a pasted link."""
    return _form(assists.require(current_assist()))


@blueprint.post("")
@takes_files
@for_duty(Duty.ASSIST_PATIENTS)
def fetch() -> ResponseReturnValue:
    """Fetch what the link leads to; what is somebody else's is refused and not kept."""
    assist = assists.require(current_assist())
    texts = tuple(_texts())
    if not texts:
        return _form(assist, problem=refusals.why("no-picture" if request.files.get("picture") else "no-link"))
    try:
        received_id = filing.fetch(
            current_services(),
            person_id=assist.person_id,
            account_id=assist.account_id,
            text=texts[0],
            passcode=request.form.get("passcode", ""),
        )
    except LinkRefusedError as error:
        return _form(assist, text=texts[0], problem=refusals.why(error.code))
    except PasscodeNeededError as error:
        return _form(assist, text=texts[0], asks_passcode=True, problem=_passcode(error))
    except OtherPersonError:
        problem = _("This link is about somebody else. Nothing of it was kept. Check whom you are helping.")
        return _form(assist, problem=problem)
    return redirect(url_for("receiving.page", received_id=received_id), 303)


@blueprint.post("/frame")
@takes_files
@for_duty(Duty.ASSIST_PATIENTS)
def frame() -> ResponseReturnValue:
    """Return the code in one picture of the camera, as JSON; empty where there is none. Nothing of it is kept."""
    assists.require(current_assist())
    return jsonify(link=next(_texts(), "")[:_LONGEST])


@blueprint.get("/<string(length=20):received_id>")
@for_duty(Duty.ASSIST_PATIENTS)
def page(received_id: str) -> ResponseReturnValue:
    """Return who it is about, compared with the patient, and the question whether to file it."""
    assist = assists.require(current_assist())
    with current_services().db.reading() as tx:
        look = _look(tx, _fetched(tx, assist, received_id), assist)
        band = models.band(tx, assist)
    return render("staff/received.html", band=band, look=look)


@blueprint.post("/<string(length=20):received_id>")
@for_duty(Duty.ASSIST_PATIENTS)
def decide(received_id: str) -> ResponseReturnValue:
    """File it, or drop it as somebody else's. Where something differs, a document is compared first."""
    assist = assists.require(current_assist())
    is_same = request.form.get("answer") == "same"
    with current_services().db.transaction() as tx:
        look = _look(tx, _fetched(tx, assist, received_id), assist)
        if "id_checked" in request.form:
            assist_rows.check_document(tx, assist_id=assist.id)
        elif is_same and not look.is_same and not assist.id_checked:
            raise ConflictError("assist-document")
        filing.decide(
            tx, received_id=received_id, person_id=assist.person_id, account_id=assist.account_id, is_same=is_same
        )
    flash(_("Filed for the care team.") if is_same else _("Not filed, and nothing of it is kept."))
    return redirect(url_for("desk.patient"), 303)


def _texts() -> Iterator[str]:
    """Yield what was scanned or pasted, else the codes of the picture."""
    if text := request.form.get("link", "").strip()[:_LONGEST]:
        yield text
    elif (picture := request.files.get("picture")) and pictures.can_read():
        yield from pictures.codes_in(picture.read())


def _fetched(tx: Tx, assist: Assist, received_id: str) -> Received:
    stored = received.by_id(tx, received_id=received_id)
    if stored is None or stored.person_id != assist.person_id or stored.state is not ReceivedState.FETCHED:
        raise NotFoundError
    return stored


def _look(tx: Tx, stored: Received, assist: Assist) -> FetchedSummary:
    content = received.content(tx, received_id=stored.id)
    if content is None:
        raise NotFoundError
    patient = receiving.patient_of(receiving.bundle_of(content))
    compared = filing.finding(tx, assist.person_id, patient)
    return FetchedSummary(
        received=stored,
        person=person_of(patient),
        is_same=compared.verdict is Verdict.SAME,
        differences=tuple(_differences(compared)),
        kinds=words.kinds(stored.origin),
        problems=words.problems(stored.origin),
    )


def _differences(compared: Finding) -> Iterator[tuple[str, str, str]]:
    for difference in compared.differences:
        yield (
            link_words.difference(difference),
            link_words.side(difference.aspect, difference.ours, is_theirs=False),
            link_words.side(difference.aspect, difference.theirs, is_theirs=True),
        )


def _form(assist: Assist, *, text: str = "", asks_passcode: bool = False, problem: str = "") -> ResponseReturnValue:
    with current_services().db.reading() as tx:
        band = models.band(tx, assist)
    allow_camera()
    return render(
        "staff/receive.html",
        band=band,
        text=text,
        asks_passcode=asks_passcode,
        reads_pictures=pictures.can_read(),
        problem=problem,
        status=422 if problem else 200,
    )


def _passcode(error: PasscodeNeededError) -> str:
    if error.remaining is None:
        return _("This link has a passcode. Ask the patient for it.")
    return _("This is not the passcode. Tries left: %(num)s", num=error.remaining)
