"""Dates as merge compares them: a date with an offset is that day as written, a midnight is a date without a time."""

import re
from functools import lru_cache

from portal.domain.dates import Precision, as_instant, precision

_MIDNIGHT = re.compile(r"T00:00(?::00(?:\.0+)?)?(?:Z|[+-]\d{2}:\d{2})?$")
_ZONE = re.compile(r"(?:Z|[+-]\d{2}:\d{2})$")


def has_time(when: str | None) -> bool:
    """Tell whether a date has a real time of day."""
    if when is None or precision(when) is not Precision.TIME:
        return False
    return "T00:00" not in when or not _MIDNIGHT.search(when)


def local_day(when: str | None) -> str:
    """Return the calendar day as written, or as much of it as is written."""
    return (when or "")[:10]


_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january enero", "feb february febrero", "mar march marzo", "apr april abril", "may mayo",
            "jun june junio", "jul july julio", "aug august agosto", "sep sept september septiembre",
            "oct october octubre", "nov november noviembre", "dec december diciembre",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_BEFORE_DATE = (
    r"\s*(?:(?:in|on|since|circa|about|around|approx\.?|en|desde|el|diagnosed|dx|noted|onset|inicio"
    r"|resolved|ended|resuelt[oa]):?\s+){0,2}"
)
_YEAR = re.compile(rf"{_BEFORE_DATE}((?:19|20)\d\d)\s*")
_MONTH_YEAR = re.compile(rf"{_BEFORE_DATE}([a-z]{{3,10}})\.?,?\s*(?:de\s+)?((?:19|20)\d\d)\s*")
_LONG_DATE = re.compile(
    rf"{_BEFORE_DATE}(?P<month>[a-z]{{3,10}})\.?\s+(?P<day>[12]?\d|3[01])(?:st|nd|rd|th)?,?\s+(?P<year>(?:19|20)\d\d)\s*"
)
_SPANISH_DATE = re.compile(
    rf"{_BEFORE_DATE}(?P<day>[12]?\d|3[01])\s+de\s+(?P<month>[a-z]{{3,10}})\s+(?:de\s+|del\s+)?(?P<year>(?:19|20)\d\d)\s*"
)
_US_DATE = re.compile(rf"{_BEFORE_DATE}(?:(\d{{1,2}})/)?(?:(\d{{1,2}})/)?((?:19|20)\d\d)\s*")


def worded_date(text: str) -> str:
    """Return a date written in words as FHIR writes it: "2010", "3/2010", "March 14, 2010"; else nothing."""
    folded = text.casefold()
    if match := _YEAR.fullmatch(folded):
        return match[1]
    match = _MONTH_YEAR.fullmatch(folded)
    if match and match[1] in _MONTHS:
        return f"{match[2]}-{_MONTHS[match[1]]:02}"
    match = _LONG_DATE.fullmatch(folded) or _SPANISH_DATE.fullmatch(folded)
    if match and match["month"] in _MONTHS:
        return f"{match['year']}-{_MONTHS[match['month']]:02}-{int(match['day']):02}"
    match = _US_DATE.fullmatch(folded)
    if match is None or not 1 <= int(match[1] or 0) <= 12 or int(match[2] or 1) > 31:
        return ""
    return f"{match[3]}-{int(match[1]):02}" + (f"-{int(match[2]):02}" if match[2] else "")


@lru_cache(maxsize=16_384)
def moment(when: str | None) -> tuple[str, ...]:
    """Return (local day, instant to the minute or "", local minute or "") of a date; empty for none.

    An instant without a zone has no "Z" at its end.
    """
    if not when:
        return ()
    if not has_time(when):
        return (local_day(when), "", "")
    local = when[:16]
    if not _ZONE.search(when):
        return (local_day(when), local, local)
    return (local_day(when), f"{as_instant(when).isoformat()[:16]}Z", local)
