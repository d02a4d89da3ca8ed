"""Partial dates: a FHIR ``date``/``dateTime`` is kept as written, as precise as it is, and sorted without inventing.

Source: FHIR R4 datatypes, ``date``, ``dateTime``, ``instant`` (https://hl7.org/fhir/R4/datatypes.html#dateTime).
"""

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, tzinfo
from enum import IntEnum
from functools import lru_cache

_PATTERN = re.compile(
    r"^(\d{4})(?:-(0[1-9]|1[0-2])(?:-(0[1-9]|[12]\d|3[01])"
    r"(?:T([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d|60)(?:\.\d{1,12})?)?(Z|[+-]\d{2}:\d{2})?)?)?)?",
    re.ASCII,
)


_FIRST = datetime(1, 1, 1, tzinfo=UTC)
_LAST = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
_LONGEST = 40  # letters of a date; the pattern allows for 38


class Precision(IntEnum):
    YEAR = 1
    MONTH = 2
    DAY = 3
    TIME = 4


def parse_when(text: object) -> str | None:
    """Return the FHIR date as written, or None when it is not one (none is guessed)."""
    return _checked(text) if isinstance(text, str) and len(text) <= _LONGEST else None


# A delivery says the same moments again and again: of an order, its results, their report and the visit.
@lru_cache(maxsize=16_384)
def _checked(text: str) -> str | None:
    if not _PATTERN.fullmatch(text):
        return None
    try:
        date.fromisoformat((text + "-01-01")[:10])
        if len(text) > 10:
            datetime.fromisoformat(_whole(text))  # also refuses offsets of a day and more
    except ValueError:
        return None
    return text


def precision(when: str) -> Precision:
    return _PRECISIONS.get(len(when), Precision.TIME)


_PRECISIONS = {4: Precision.YEAR, 7: Precision.MONTH, 10: Precision.DAY}


@dataclass(frozen=True, slots=True)
class Local:
    """The day a reader is told, and the time of day where one belongs to it. ``precision`` is that of what is told."""

    day: date
    time: time | None
    precision: Precision


def local(when: str, zone: tzinfo) -> Local:
    """Return the day and time of a FHIR date: the one decision for lists, pages, print, search, merging and calendars.

    A date with an offset is that day as written, a time without a zone is as written, and only an instant in UTC
    ("Z") is read in the person's ``zone``. Midnight, as written or in the zone, is how systems without times write a
    day, so it has no time.
    """
    level = precision(when)
    day = date.fromisoformat((when + "-01-01")[:10])
    if level is not Precision.TIME:
        return Local(day, None, level)
    written = datetime.fromisoformat(_whole(when)).replace(tzinfo=None)
    if when.endswith("Z") and written.time() != time():
        with suppress(OverflowError, ValueError):  # the first hours of year 1 and the last of 9999 have no local time
            written = written.replace(tzinfo=UTC).astimezone(zone).replace(tzinfo=None)
    if written.time() == time():
        return Local(written.date(), None, Precision.DAY)
    return Local(written.date(), written.time(), level)


@lru_cache(maxsize=16_384)
def day_key(when: str | None) -> str:
    """Return a string that sorts by the day that ``local`` tells: wall-clock time, or a UTC instant that ends in "Z".

    Without a date the empty string, so that undated items come last in a newest-first list.
    """
    if when is None:
        return ""
    if precision(when) is not Precision.TIME:
        return when
    told = local(when, UTC)
    if told.time is None:
        return told.day.isoformat()
    return f"{told.day.isoformat()}T{told.time.replace(microsecond=0).isoformat()}{'Z' if when.endswith('Z') else ''}"


def is_past(key: str, now: datetime, zone: tzinfo) -> bool:
    """Tell whether what has this ``day_key`` lies before ``now``, as precisely as it is written; undated is not."""
    return bool(key) and key < now_key(key, now, zone)


def now_key(key: str, now: datetime, zone: tzinfo) -> str:
    """Return ``now`` in the form of ``key``: as an instant where that is one, else as the zone's clock shows it."""
    if key.endswith("Z"):
        return now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return now.astimezone(zone).strftime("%Y-%m-%dT%H:%M:%S")[: len(key)]


@lru_cache(maxsize=16_384)
def sort_key(when: str | None) -> str:
    """Return a string that sorts by time: UTC instant for date-times, the first moment of the period for partial dates.

    Without a date the empty string, so that undated items come last in a newest-first list.
    """
    if when is None:
        return ""
    if precision(when) is not Precision.TIME:
        return when
    return as_instant(when).replace(tzinfo=None, microsecond=0).isoformat() + "Z"


@lru_cache(maxsize=16_384)
def sort_number(key: str) -> int:
    """Return a number that sorts as a ``sort_key`` does, what is less precise before what it contains; 0 for none."""
    parts = [int(part) for part in re.findall(r"\d+", key)]
    number = 0
    for place, size in enumerate(_SIZES):
        # Hours, minutes and seconds begin at 0, which is more than not being there.
        number = number * size + (parts[place] + (place > 2) if place < len(parts) else 0)
    return number


_SIZES = (10_000, 13, 32, 25, 61, 61)


@lru_cache(maxsize=16_384)
def as_instant(when: str) -> datetime:
    """Return an aware UTC instant for a FHIR dateTime; a value without a zone is read as UTC.

    What an offset carries out of the years 1 to 9999 is their first or last moment.
    """
    if precision(when) is not Precision.TIME:
        return datetime.combine(date.fromisoformat((when + "-01-01")[:10]), time(), UTC)
    parsed = datetime.fromisoformat(_whole(when))
    if parsed.tzinfo is None:
        return parsed.replace(tzinfo=UTC)
    try:
        return parsed.astimezone(UTC)
    except OverflowError:
        return _LAST if parsed.year > 1 else _FIRST


def _whole(when: str) -> str:
    """Return a date-time in the form that Python reads: a leap second is the one before, seconds are there."""
    text = when.replace(":60", ":59")
    return text if text[_MINUTES_END] == ":" else _WITHOUT_SECONDS.sub(r"\1:00", text)


_MINUTES_END = slice(16, 17)  # behind "2026-11-30T10:00"
_WITHOUT_SECONDS = re.compile(r"(T\d{2}:\d{2})(?=Z|[+-]|$)")
