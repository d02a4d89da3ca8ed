"""Partial dates: a FHIR ``date``/``dateTime`` is kept as written, as precise as it is, and sorted without inventing.

Source: FHIR R4 datatypes, ``date``, ``dateTime``, ``instant`` (https://hl7.org/fhir/R4/datatypes.html#dateTime).
"""

import re
from datetime import UTC, date, datetime
from enum import IntEnum
from functools import lru_cache

_PATTERN = re.compile(
    r"^(\d{4})(?:-(0[1-9]|1[0-2])(?:-(0[1-9]|[12]\d|3[01])"
    r"(?:T([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d|60)(?:\.\d{1,12})?)?(Z|[+-]\d{2}:\d{2})?)?)?)?",
    re.ASCII,
)


_LONGEST = 40  # letters of a date; the pattern allows for 38


class Precision(IntEnum):
    YEAR = 1
    MONTH = 2
    DAY = 3
    TIME = 4


def parse_when(text: object) -> str | None:
    """Return the FHIR date as written, or None when it is none (a wrong date is shown nowhere rather than guessed)."""
    return _checked(text) if isinstance(text, str) and len(text) <= _LONGEST else None


# A delivery says the same moments again and again: of an order, its results, their report and the visit.
@lru_cache(maxsize=16_384)
def _checked(text: str) -> str | None:
    if not _PATTERN.fullmatch(text):
        return None
    try:
        if len(text) > 10:
            as_instant(text)  # also refuses zones and years whose instant cannot be told
        elif len(text) == 10:
            date.fromisoformat(text)
    except (ValueError, OverflowError):
        return None
    return text


def precision(when: str) -> Precision:
    return {4: Precision.YEAR, 7: Precision.MONTH, 10: Precision.DAY}.get(len(when), Precision.TIME)


@lru_cache(maxsize=16_384)
def sort_key(when: str | None) -> str:
    """Return a string that sorts by time: UTC instant for date-times, the first moment of the period for partial dates.

    Without a date the empty string, so that undated items come last in a newest-first list.
    """
    if when is None:
        return ""
    if precision(when) is not Precision.TIME:
        return when
    return as_instant(when).strftime("%Y-%m-%dT%H:%M:%SZ")


@lru_cache(maxsize=16_384)
def as_instant(when: str) -> datetime:
    """Return an aware UTC instant for a FHIR dateTime; a value without a zone is read as UTC."""
    text = when.replace(":60", ":59")
    if re.search(r"T\d{2}:\d{2}(Z|[+-]\d{2}:\d{2})?$", text):
        text = re.sub(r"(T\d{2}:\d{2})", r"\1:00", text)
    if precision(when) is not Precision.TIME:
        text = (when + "-01-01")[:10] if len(when) == 4 else (when + "-01")[:10]
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    parsed = datetime.fromisoformat(text)
    return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)
