"""``/calendar/own``: appointments that the person adds from a calendar file, and takes out again."""

from collections import Counter
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from flask import Response, abort, flash, redirect, request, url_for
from werkzeug.wrappers import Response as WerkzeugResponse

from portal import audit
from portal.access import Permission
from portal.domain.errors import InvalidInputError
from portal.domain.ids import OWN
from portal.domain.sections import Section
from portal.endpoints import for_person, takes_files
from portal.extensions import current_services
from portal.refresh import own_calendar
from portal.store.records import rows
from portal.web.calendar.views import blueprint
from portal.web.guards import audit_actor, current_person_id, current_sight, person_route
from portal.web.health import record_rows
from portal.web.health.record_rows import Origins
from portal.web.htmx import render
from portal.web.phrases import gettext as _
from portal.web.phrases import ngettext
from portal.web.viewed import viewed


@person_route(blueprint, "/calendar/own")
@for_person(Permission.SHARE_RECORD)
def own() -> Response:
    """List what the person added, and offer to add more."""
    return _page()


@person_route(blueprint, "/calendar/own", methods=["POST"])
@for_person(Permission.SHARE_RECORD)
@takes_files
def add_own() -> Response | WerkzeugResponse:
    """Add the appointments to come of a calendar file."""
    services, person_id = current_services(), current_person_id()
    sent = request.files.get("file")
    content = sent.stream.read(own_calendar.MOST_BYTES + 1) if sent else b""
    if not content:
        return _page(error=_("Choose a calendar file first. Its name often ends in .ics."))
    try:
        with services.db.reading() as tx:
            now = tx.now
        calendar = own_calendar.read(content, zone=ZoneInfo(services.settings.time_zone), now=now)
        own_calendar.add(services.db, person_id=person_id, appointments=calendar.appointments)
    except InvalidInputError as error:
        return _page(error=_refusal(error.code))
    with services.db.transaction() as tx:
        audit.record(tx, action=audit.Action.IMPORT, actor=audit_actor(), person_id=person_id, what="calendar-file")
    number = len(calendar.appointments)
    if number:
        flash(ngettext("%(num)s appointment is added.", "%(num)s appointments are added.", number))
    for sentence in _left_out(calendar.refused):
        flash(sentence)
    if not number and not calendar.refused:
        flash(_("The file has no appointments."))
    return redirect(url_for("calendar.own"), 303)


@person_route(blueprint, "/calendar/own/<entry>/remove", methods=["POST"])
@for_person(Permission.SHARE_RECORD)
def remove_own(entry: str) -> WerkzeugResponse:
    """Take an appointment out again."""
    person_id = current_person_id()
    if not own_calendar.remove(current_services().db, person_id=person_id, entry_id=entry):
        abort(404)
    with current_services().db.transaction() as tx:
        audit.record(tx, action=audit.Action.IMPORT, actor=audit_actor(), person_id=person_id, what="calendar-removal")
    flash(_("The appointment is removed."))
    return redirect(url_for("calendar.own"), 303)


def _page(*, error: str = "") -> Response:
    person_id = current_person_id()
    with current_services().db.reading() as tx:
        page = rows.page(
            tx, person_id=person_id, section=Section.VISITS, sight=current_sight(), source=OWN, limit=own_calendar.MOST
        )
    viewed(person_id, audit.Action.VIEW_SECTION, section=Section.VISITS.value)
    origins = Origins((), {}, current_services().settings.organization)
    added = [
        (sourced.id, record_rows.item(row, origins, source=OWN))
        for row in reversed(page.rows)
        for sourced in row.entries
        if sourced.source == OWN
    ]
    return render("calendar/own.html", added=added, error=error, status=422 if error else 200)


def _refusal(code: str) -> str:
    refusals = {
        "too-large": _("The file is too large. Save only the appointments of the next months, and try again."),
        "too-many": _("The file has too many appointments. Save only those of the next months, and try again."),
        "full": _("There are too many appointments already. Remove some that you no longer need."),
    }
    return refusals.get(code, _("This is not a calendar file. Its name often ends in .ics."))


def _left_out(refused: Counter[str]) -> Iterator[str]:
    """Yield what was not taken, and why."""
    if number := refused["repeating"]:
        yield ngettext(
            "%(num)s that repeats was left out. Add each day on its own.",
            "%(num)s that repeat were left out. Add each day on its own.",
            number,
        )
    if number := refused["not-ahead"]:
        yield ngettext(
            "%(num)s that is over, or years ahead, was left out.",
            "%(num)s that are over, or years ahead, were left out.",
            number,
        )
    if number := refused["cancelled"]:
        yield ngettext("%(num)s that was cancelled was left out.", "%(num)s that were cancelled were left out.", number)
    if number := refused["no-time"] + refused["zone"]:
        yield ngettext(
            "%(num)s whose time cannot be read was left out.",
            "%(num)s whose times cannot be read were left out.",
            number,
        )
