"""A coming visit for the reader's own calendar: when and where, and not why.

A calendar is read by phones, watches, employers and families; what a visit is for is left to the portal.
Source: RFC 5545 (iCalendar).
"""

from datetime import UTC, datetime, timedelta, tzinfo

from icalendar import Calendar, Event

from portal.domain.dates import Precision, as_instant, day_key, is_past, local, precision
from portal.domain.entry import Entry, Status, Visit
from portal.web.phrases import gettext as _

_LAST_YEAR = 9999  # an end is reckoned from the start, and no calendar goes beyond
_LONGEST = 60 * 24 * 60  # minutes
_USUAL = 30  # minutes, where neither an end nor a duration is given


def _moment(when: str, zone: tzinfo) -> datetime:
    """Return a moment; one that is written without an offset is of the person's zone."""
    instant = as_instant(when)
    written = when.endswith("Z") or "+" in when[10:] or "-" in when[10:]
    return instant if written else instant.replace(tzinfo=zone)


def is_to_come(entry: Entry, now: datetime, zone: tzinfo) -> bool:
    """Tell whether an entry is a visit that is to come, with or without a time (midnight is none)."""
    return (
        isinstance(entry.detail, Visit)
        and entry.status is Status.UPCOMING
        and entry.start is not None
        and not entry.unsafe
        and not is_past(day_key(entry.start), now, zone)
    )


def fits(entry: Entry, now: datetime, zone: tzinfo) -> bool:
    """Tell whether an entry is a visit that is to come, at a known time."""
    if entry.start is None or not is_to_come(entry, now, zone):
        return False
    told = local(entry.start, zone)
    return told.time is not None and told.day.year < _LAST_YEAR


def ics(entry: Entry, *, uid: str, url: str, organization: str, now: datetime, zone: tzinfo) -> bytes:
    """Return the visit as an ``.ics`` file of one event, with its place."""
    detail = entry.detail
    if not isinstance(detail, Visit):
        raise TypeError("not a visit")
    title = _("Appointment, %(place)s", place=detail.place or organization)
    with_place = event(entry, uid=uid, url=url, title=title, now=now, zone=zone)
    if where := ", ".join(part for part in (detail.place, detail.address) if part):
        with_place.add("location", where)
    calendar = Calendar()
    calendar.add("prodid", "-//Tributary//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(with_place)
    return bytes(calendar.to_ical())


def event(entry: Entry, *, uid: str, url: str, title: str, now: datetime, zone: tzinfo) -> Event:
    """Return when a visit is. ``url`` is its page in the portal.

    The same visit keeps its ``uid``, so that adding it again after a change moves the event instead of doubling it.
    """
    detail = entry.detail
    if not isinstance(detail, Visit) or entry.start is None:
        raise TypeError("not a visit with a time")
    start = _moment(entry.start, zone)
    end = _moment(entry.end, zone) if entry.end and precision(entry.end) is Precision.TIME else None
    component = Event()
    component.add("uid", uid)
    component.add("dtstamp", now.astimezone(UTC))
    component.add("dtstart", start)
    minutes = detail.minutes if detail.minutes and 0 < detail.minutes <= _LONGEST else _USUAL
    component.add("dtend", end if end and end > start else start + timedelta(minutes=minutes))
    component.add("summary", title)
    component.add("url", url)
    component.add("class", "PRIVATE")
    return component
