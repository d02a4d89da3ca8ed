"""Dates as merge compares them: a date with an offset is that day as written, a midnight is a date without a time."""

import re

from portal.domain.dates import Precision, as_instant, precision

_MIDNIGHT = re.compile(r"T00:00(?::00(?:\.0+)?)?(?:Z|[+-]\d{2}:\d{2})?$")
_ZONE = re.compile(r"(?:Z|[+-]\d{2}:\d{2})$")


def has_time(when: str | None) -> bool:
    """Tell whether a date has a real time of day."""
    return when is not None and precision(when) is Precision.TIME and not _MIDNIGHT.search(when)


def local_day(when: str | None) -> str:
    """Return the calendar day as written, or as much of it as is written."""
    return (when or "")[:10]


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
    return (local_day(when), as_instant(when).strftime("%Y-%m-%dT%H:%MZ"), local)
