"""How two birth dates go together, and which dates are none (FHIR R4 ``date``: YYYY, YYYY-MM or YYYY-MM-DD). Pure."""

from datetime import date
from enum import Enum, auto

from rapidfuzz.distance import OSA

_PLACEHOLDERS = frozenset({"1900-01-01", "1901-01-01"})
_OLDEST = 115  # years; nobody living is older, and systems fill in such dates for want of a real one


class Birth(Enum):
    EQUAL = auto()
    SWAPPED = auto()  # day and month the other way round
    CLOSE = auto()  # one digit, two digits exchanged, or a neighbouring day
    PARTIAL = auto()  # as far as both are told they agree
    UNKNOWN = auto()
    CONTRARY = auto()


def compare_births(left: str, right: str, *, today: date) -> Birth:
    """Compare two birth dates; a placeholder, a future date and one of nobody living count as not told."""
    if not is_told(left, today=today) or not is_told(right, today=today):
        return Birth.UNKNOWN
    if len(left) != 10 or len(right) != 10:
        shorter = min(len(left), len(right))
        return Birth.PARTIAL if left[:shorter] == right[:shorter] else Birth.CONTRARY
    if left == right:
        return Birth.EQUAL
    if f"{left[:5]}{left[8:]}-{left[5:7]}" == right:
        return Birth.SWAPPED
    days = abs((date.fromisoformat(left) - date.fromisoformat(right)).days)
    is_slip = days == 1 or OSA.distance(left.replace("-", ""), right.replace("-", "")) == 1
    return Birth.CLOSE if is_slip else Birth.CONTRARY


def is_told(text: str, *, today: date) -> bool:
    """Tell whether a text is a date, in full or in part, on which somebody living may have been born."""
    if text in _PLACEHOLDERS or len(text) not in (4, 7, 10):
        return False
    try:
        day = date.fromisoformat(text + "-01-01"[len(text) - 10 :] if len(text) < 10 else text)
    except ValueError:
        return False
    return day <= today and today.year - day.year < _OLDEST
