"""A coming visit for the reader's own calendar: when and where, and not why.

A calendar is read by phones, watches, employers and families; what a visit is for is left to the portal.
Source: RFC 5545 (iCalendar).
"""

from datetime import UTC, datetime, timedelta

from flask_babel import gettext as _
from icalendar import Calendar, Event

from portal.domain.dates import Precision, as_instant, precision
from portal.domain.entry import Entry, Status, Visit

_USUAL = 30  # minutes, where neither an end nor a duration is given


def fits(entry: Entry, now: datetime) -> bool:
    """Whether an entry is a visit that is to come, at a known time."""
    return (
        isinstance(entry.detail, Visit)
        and entry.status is Status.UPCOMING
        and entry.start is not None
        and precision(entry.start) is Precision.TIME
        and as_instant(entry.start) > now
    )


def ics(entry: Entry, *, uid: str, url: str, organization: str, now: datetime) -> bytes:
    """The visit as an ``.ics`` file of one event. ``url`` is its page in the portal.

    The same visit keeps its ``uid``, so that adding it again after a change moves the event instead of doubling it.
    """
    detail = entry.detail
    if not isinstance(detail, Visit) or entry.start is None:
        raise TypeError("not a visit with a time")
    start = as_instant(entry.start)
    end = as_instant(entry.end) if entry.end and precision(entry.end) is Precision.TIME else None
    event = Event()
    event.add("uid", uid)
    event.add("dtstamp", now.astimezone(UTC))
    event.add("dtstart", start)
    event.add("dtend", end if end and end > start else start + timedelta(minutes=detail.minutes or _USUAL))
    event.add("summary", _("Appointment, %(place)s", place=detail.place or organization))
    if where := ", ".join(part for part in (detail.place, detail.address) if part):
        event.add("location", where)
    event.add("url", url)
    event.add("class", "PRIVATE")
    calendar = Calendar()
    calendar.add("prodid", "-//Tributary//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(event)
    return bytes(calendar.to_ical())
