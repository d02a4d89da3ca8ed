"""Appointments that a person adds from a calendar file, as resources of a source of its own.

Source: RFC 5545 (iCalendar). A file is anybody's: it is read within bounds, nothing in it is followed (attachments,
addresses, alarms), and its own definitions of time zones are thrown away before it is parsed, because they may repeat
for ever; zones are known by their names alone.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from icalendar import Calendar, Event
from icalendar.error import BrokenCalendarProperty
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from portal.domain.errors import InvalidInputError
from portal.domain.ids import OWN
from portal.domain.sections import Section
from portal.normalise.elements import line
from portal.refresh.ingest import ingest
from portal.store import Database
from portal.store.records import resources, writing

MOST_BYTES = 256_000
MOST_EVENTS = 100  # of one file
MOST = 200  # appointments of one person
_LINES = 20_000
_AHEAD = timedelta(days=5 * 366)
_ZONE_NAME = re.compile(rb";TZID=", re.IGNORECASE)  # looked up here: a name may be a path
_REPEATING = ("RRULE", "RDATE", "RECURRENCE-ID")


@dataclass(frozen=True, slots=True)
class ReadCalendar:
    """``appointments`` by the key that names each in its file; ``refused`` counts the others by why."""

    appointments: Mapping[str, dict[str, Any]]
    refused: Counter[str] = field(default_factory=Counter)


def read(content: bytes, *, zone: ZoneInfo, now: datetime) -> ReadCalendar:
    """Return the appointments to come of a calendar file.

    Refused are those that are over or years ahead ("not-ahead"), repeat ("repeating"), have no time or none that can be
    read ("no-time"), a zone that nobody knows ("zone"), or were cancelled ("cancelled").

    Raises:
        InvalidInputError: "too-large", "not-a-calendar", "too-many".
    """
    if len(content) > MOST_BYTES or content.count(b"\n") > _LINES:
        raise InvalidInputError("too-large")
    if content.upper().count(b"BEGIN:VEVENT") > MOST_EVENTS:
        raise InvalidInputError("too-many")
    try:
        calendar = Calendar.from_ical(b"\r\n".join(_lines(content)))
        events = [event for event in calendar.subcomponents if isinstance(event, Event)]
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError, OverflowError):
        raise InvalidInputError("not-a-calendar") from None
    if not isinstance(calendar, Calendar):
        raise InvalidInputError("not-a-calendar")
    appointments: dict[str, dict[str, Any]] = {}
    refused: Counter[str] = Counter()
    for event in events:
        read_event = _appointment(event, zone, now)
        if isinstance(read_event, str):
            refused[read_event] += 1
        else:
            key = _text(event, "UID") or f"{read_event['start']}|{read_event.get('description')}"
            appointments[key] = read_event
    return ReadCalendar(appointments, refused)


def add(database: Database, *, person_id: str, appointments: Mapping[str, dict[str, Any]]) -> None:
    """Store appointments of a person; those that were added before under the same key are changed.

    Raises:
        InvalidInputError: "full": the person would have more than ``MOST``.
    """
    named = {_fhir_id(database, person_id, key): appointment for key, appointment in appointments.items()}
    with database.reading() as tx:
        stored = writing.entry_ids(tx, person_id=person_id, source=OWN, section=Section.VISITS)
    ids = {resources.resource_id(database.vault, source=OWN, type="Appointment", fhir_id=each) for each in named}
    if len(stored | ids) > MOST:
        raise InvalidInputError("full")
    made = [{"resourceType": "Appointment", "id": fhir_id, **appointment} for fhir_id, appointment in named.items()]
    ingest(database, person_id=person_id, source=OWN, resources=made)


def remove(database: Database, *, person_id: str, entry_id: str) -> bool:
    """Remove an appointment that the person added; False where there is no such one."""
    with database.transaction() as tx:
        if entry_id not in writing.entry_ids(tx, person_id=person_id, source=OWN, section=Section.VISITS):
            return False
        writing.settle(tx, person_id=person_id, source=OWN, section=Section.VISITS, removed=[entry_id])
    return True


def _lines(content: bytes) -> Iterator[bytes]:
    """Yield the unfolded lines that are parsed: without definitions of zones, and with zones by a name of our own."""
    within_zone = False
    for each in re.sub(rb"\r?\n[ \t]", b"", content).splitlines():
        start = each[:15].upper().rstrip()
        within_zone = within_zone or start == b"BEGIN:VTIMEZONE"
        if not within_zone and start:
            yield _ZONE_NAME.sub(b";X-ZONE=", each)
        within_zone = within_zone and start != b"END:VTIMEZONE"


def _fhir_id(database: Database, person_id: str, key: str) -> str:
    return database.vault.hash("own-appointment", f"{person_id}|{key}")[:32]


def _appointment(event: Event, zone: ZoneInfo, now: datetime) -> dict[str, Any] | str:
    """Return the Appointment, or why there is none."""
    if any(name in event for name in _REPEATING):
        return "repeating"
    if _text(event, "STATUS").upper() == "CANCELLED":
        return "cancelled"
    try:
        start = _moment(event, "DTSTART", zone)
        end = _moment(event, "DTEND", zone)
    except ZoneInfoNotFoundError:
        return "zone"
    if start is None:
        return "no-time"
    if not now - timedelta(days=1) < _instant(start, zone) < now + _AHEAD:
        return "not-ahead"
    place = _text(event, "LOCATION")
    where = {"actor": {"reference": "Location/own", "display": place}, "status": "accepted"}
    appointment: dict[str, Any] = {
        "status": "booked",
        "description": _text(event, "SUMMARY"),
        "start": _written(start),
        "participant": [where] if place else [],
    }
    if end is not None and type(end) is type(start) and _instant(end, zone) > _instant(start, zone):
        appointment["end"] = _written(end)
    return {name: value for name, value in appointment.items() if value}


def _moment(event: Event, name: str, zone: ZoneInfo) -> datetime | date | None:
    """Return a time with its zone, or a day; None where there is none that can be read."""
    prop = event.get(name)
    try:
        value = getattr(prop, "dt", None)
    except BrokenCalendarProperty:
        return None
    if not isinstance(value, datetime):
        return value if isinstance(value, date) else None
    written = str(getattr(prop, "params", {}).get("X-ZONE", ""))
    if written:
        return value.replace(tzinfo=_zone(written))
    return value if value.tzinfo is not None else value.replace(tzinfo=zone)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(WINDOWS_TO_OLSON.get(name, name))
    except (ValueError, OSError):  # a name that is a path, or a folder
        raise ZoneInfoNotFoundError from None


def _instant(moment: datetime | date, zone: ZoneInfo) -> datetime:
    if isinstance(moment, datetime):
        return moment.astimezone(UTC)
    return datetime(moment.year, moment.month, moment.day, 12, tzinfo=zone).astimezone(UTC)


def _written(moment: datetime | date) -> str:
    return moment.isoformat(timespec="seconds") if isinstance(moment, datetime) else moment.isoformat()


def _text(event: Event, name: str) -> str:
    value = event.get(name)
    return line(str(value), 200) if isinstance(value, str) else ""
