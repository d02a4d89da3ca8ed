"""``/health/readings``: what a person measured at home, added, changed and removed, each time with the way back."""

from base64 import b64decode, b64encode
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from flask import Response, abort, flash, redirect, request, session, url_for
from werkzeug.wrappers import Response as WerkzeugResponse

from portal import audit
from portal.access import Permission
from portal.domain.code_systems import LOINC
from portal.domain.dates import local
from portal.domain.entry import Quantity, Result
from portal.domain.errors import ConflictError, DecryptionError
from portal.domain.ids import OWN, is_id, new_id
from portal.domain.readings import KINDS, ReadingKind, is_unusual, number
from portal.domain.sections import Section
from portal.endpoints import for_person
from portal.extensions import current_services
from portal.refresh import own_readings
from portal.refresh.own_readings import OwnReading
from portal.store import Tx
from portal.store.people import people
from portal.store.records import resources, rows
from portal.web import formats
from portal.web.guards import audit_actor, current_actor, current_person_id, current_sight, person_route
from portal.web.health import record_rows
from portal.web.health.models import Item
from portal.web.health.record_rows import Origins
from portal.web.health.views import blueprint
from portal.web.htmx import render
from portal.web.phrases import gettext as _
from portal.web.viewed import viewed
from portal.web.words import phrase

_UNDO = "undo_reading"
_LISTED = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingForm:
    """What is in the form. ``question``: what to ask before it is saved; ``sure``: the values it was asked of."""

    kind: str
    reading: str
    numbers: tuple[str, ...]
    unit: str
    day: str
    time: str
    errors: dict[str, str]
    question: str = ""
    sure: str = ""


@person_route(blueprint, "/health/readings")
@for_person(Permission.ADD_READINGS)
def readings() -> Response:
    """List what was added, and offer to add more."""
    return _page(_empty(request.args.get("kind", "")))


@person_route(blueprint, "/health/readings", methods=["POST"])
@for_person(Permission.ADD_READINGS)
def add_reading() -> Response | WerkzeugResponse:
    """Add a reading. The same form sent twice is one."""
    return _save(None)


@person_route(blueprint, "/health/readings/<entry>")
@for_person(Permission.ADD_READINGS)
def reading(entry: str) -> Response:
    """Show one reading, to be changed or removed."""
    with current_services().db.reading() as tx:
        return _page(_filled(_own(tx, entry)), entry=entry)


@person_route(blueprint, "/health/readings/<entry>", methods=["POST"])
@for_person(Permission.ADD_READINGS)
def change_reading(entry: str) -> Response | WerkzeugResponse:
    """Change a reading."""
    with current_services().db.reading() as tx:
        before = _own(tx, entry)
    return _save(before, entry=entry)


@person_route(blueprint, "/health/readings/<entry>/remove", methods=["POST"])
@for_person(Permission.ADD_READINGS)
def remove_reading(entry: str) -> WerkzeugResponse:
    """Remove a reading; until the next one it can be taken back."""
    services, person_id = current_services(), current_person_id()
    with services.db.reading() as tx:
        before = _own(tx, entry)
    own_readings.remove(services.db, person_id=person_id, reading_id=before.id)
    _recorded("reading-removal")
    _keep(before)
    flash(_("The reading is removed."))
    return redirect(url_for("health.readings"), 303)


@person_route(blueprint, "/health/readings/undo", methods=["POST"])
@for_person(Permission.ADD_READINGS)
def undo_reading() -> WerkzeugResponse:
    """Put back what was removed or changed last in this browser; with nothing to put back, do nothing."""
    before = _kept()
    if before is not None:
        _put(before)
        _recorded("reading")
        session.pop(_UNDO, None)
        flash(_("The reading is as it was."))
    return redirect(url_for("health.readings"), 303)


def _save(before: OwnReading | None, *, entry: str = "") -> Response | WerkzeugResponse:
    form, typed = _sent(before)
    if typed is None:
        return _page(form, entry=entry, status=422 if form.errors else 200)
    try:
        _put(typed)
    except ConflictError:
        flash(_("There are too many readings already. Remove some that you no longer need."))
        return redirect(url_for("health.readings", kind=form.kind), 303)
    _recorded("reading")
    if before is None:
        session.pop(_UNDO, None)
        flash(_("The reading is added."))
    else:
        _keep(before)
        flash(_("The reading is changed."))
    return redirect(url_for("health.readings", kind=form.kind), 303)


def _sent(before: OwnReading | None) -> tuple[ReadingForm, OwnReading | None]:
    """Return the form as it came, with what is wrong or to be asked, and the reading where it can be saved."""
    sent = request.form
    key = before.kind if before else sent.get("kind", "")
    key = key if key in KINDS else next(iter(KINDS))
    kind = KINDS[key]
    typed = tuple(sent.get(f"number-{at}", "").strip()[:20] for at in range(len(kind.parts)))
    unit = sent.get("unit", "")
    unit = unit if unit in kind.units else kind.units[0]
    day, time = sent.get("day", "").strip()[:10], sent.get("time", "").strip()[:8]
    numbers = tuple(map(number, typed))
    errors = {f"number-{at}": _("Enter a number, such as 120 or 98.6") for at, text in enumerate(numbers) if not text}
    at = _instant(day, time)
    if at is None:
        errors["day"] = _("Enter the day and the time")
    elif at.date().isoformat() < _birth_date():
        errors["day"] = _("That day is before the birth date. Enter a later one.")
    reading_id = before.id if before else sent.get("reading", "")
    sure = "|".join((*numbers, unit, day, time))
    form = ReadingForm(
        kind=key,
        reading=reading_id if is_id(reading_id) else new_id(),
        numbers=typed,
        unit=unit,
        day=day,
        time=time,
        errors=errors,
        sure=sure,
    )
    if errors or at is None:
        return form, None
    if sent.get("sure") != sure and (question := _question(form, numbers, at, before)):
        return ReadingForm(**{name: getattr(form, name) for name in _COPIED}, question=question), None
    by = "" if current_actor().own_person_id == current_person_id() else record_rows.adder()
    return form, OwnReading(id=form.reading, kind=key, numbers=numbers, unit=unit, at=at.isoformat(), by=by)


_COPIED = ("kind", "reading", "numbers", "unit", "day", "time", "errors", "sure")


def _question(form: ReadingForm, numbers: tuple[str, ...], at: datetime, changed: OwnReading | None) -> str:
    """Return what to ask: a number, or a day, that is likely a slip. Nothing is refused for it."""
    if at > datetime.now(UTC):
        return _("Is %(date)s right? It is still to come.", date=formats.moment_text(at))
    kind = KINDS[form.kind]
    if is_unusual(kind, numbers, form.unit, before=_last(kind, changed) if kind.steady else None):
        value = " / ".join(map(formats.number, numbers))
        return _("Is %(value)s right?", value=f"{value} {own_readings.unit_name(form.unit)}")
    return ""


def _last(kind: ReadingKind, changed: OwnReading | None) -> Quantity | None:
    """Return what was measured last of a kind with one number, by whomever; but for a reading that is being changed."""
    db = current_services().db
    same = own_readings.entry_id(db, changed.id) if changed else ""
    with db.reading() as tx:
        listed = rows.of_code(
            tx,
            person_id=current_person_id(),
            section=Section.VITAL_SIGNS,
            codes=[(LOINC, kind.codes[0])],
            sight=current_sight(),
            limit=2,
        )
    details = (row.primary.entry.detail for row in listed if row.primary_id != same)
    return next((detail.quantity for detail in details if isinstance(detail, Result) and detail.quantity), None)


def _birth_date() -> str:
    """Return the first day that a reading can be of: of no birth date that is on record, the first of 1900.

    Before that, clocks had no offsets that FHIR can write.
    """
    with current_services().db.reading() as tx:
        person = people.by_id(tx, person_id=current_person_id())
    return max("1900-01-01", person.demographics.birth_date if person else "")


def _instant(day: str, time: str) -> datetime | None:
    try:
        return datetime.fromisoformat(f"{day}T{time}").replace(tzinfo=_zone())
    except ValueError:
        return None


def _zone() -> ZoneInfo:
    return ZoneInfo(current_services().settings.time_zone)


def _empty(kind: str) -> ReadingForm:
    key = kind if kind in KINDS else next(iter(KINDS))
    now = datetime.now(_zone())
    return ReadingForm(
        kind=key,
        reading=new_id(),
        numbers=("",) * len(KINDS[key].parts),
        unit=KINDS[key].units[0],
        day=now.date().isoformat(),
        time=now.strftime("%H:%M"),
        errors={},
    )


def _filled(of: OwnReading) -> ReadingForm:
    told = local(of.at, _zone())
    time = told.time.strftime("%H:%M") if told.time else "00:00"
    return ReadingForm(
        kind=of.kind,
        reading=of.id,
        numbers=of.numbers,
        unit=of.unit,
        day=told.day.isoformat(),
        time=time,
        errors={},
    )


def _own(tx: Tx, entry: str) -> OwnReading:
    """Return the reading that an entry of the open record is, as far as who is signed in sees it."""
    row = rows.by_entry(
        tx, person_id=current_person_id(), section=Section.VITAL_SIGNS, entry_id=entry, sight=current_sight()
    )
    stored = resources.by_id(tx, resource_id=entry) if row and row.sources == (OWN,) else None
    read = own_readings.read(stored.body, reading_id=stored.fhir_id) if stored else None
    return read or abort(404)


def _put(reading: OwnReading) -> None:
    services, person_id = current_services(), current_person_id()
    with services.db.reading() as tx:
        person = people.by_id(tx, person_id=person_id)
    if person is None:
        abort(404)
    own_readings.put(services.db, person_id=person_id, patient=person.fhir_id or person_id, reading=reading)


def _recorded(what: str) -> None:
    with current_services().db.transaction() as tx:
        audit.record(tx, action=audit.Action.READING, actor=audit_actor(), person_id=current_person_id(), what=what)


def _keep(before: OwnReading) -> None:
    """Keep what can be put back in this browser, sealed: nobody reads it there."""
    person_id = current_person_id()
    with current_services().db.transaction() as tx:
        sealed = tx.seal(before, row=f"reading.undo:{person_id}", person_id=person_id)
    session[_UNDO] = b64encode(sealed).decode()


def _kept() -> OwnReading | None:
    """Return what can be put back into the open record."""
    sealed = session.get(_UNDO)
    if not sealed:
        return None
    try:
        with current_services().db.reading() as tx:
            return tx.unseal(b64decode(sealed), OwnReading, row=f"reading.undo:{current_person_id()}")
    except DecryptionError:
        return None  # of another person's record


def _page(form: ReadingForm, *, entry: str = "", status: int = 200) -> Response:
    person_id = current_person_id()
    with current_services().db.reading() as tx:
        page = rows.page(
            tx, person_id=person_id, section=Section.VITAL_SIGNS, sight=current_sight(), source=OWN, limit=_LISTED
        )
    viewed(person_id, audit.Action.VIEW_SECTION, section=Section.VITAL_SIGNS.value)
    origins = Origins((), {}, current_services().settings.organization)
    listed: tuple[Item, ...] = tuple(record_rows.item(row, origins, source=OWN) for row in page.rows)
    kind = KINDS[form.kind]
    return render(
        "health/readings.html",
        form=form,
        entry=entry,
        kinds=[(key, phrase(each.name), key == form.kind) for key, each in KINDS.items()],
        name=phrase(kind.name),
        labels=[phrase(part.name) for part in kind.parts],
        units=[(unit, own_readings.unit_name(unit)) for unit in kind.units],
        listed=listed,
        more=page.next is not None,
        undo=None if entry else _kept(),
        status=status,
    )
