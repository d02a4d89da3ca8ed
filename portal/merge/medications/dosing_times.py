"""Times on the clock in instructions ("at 2 pm", "14:00", "at 0800 and 2000"), and the parts of the day they fit."""

import re
from collections.abc import Collection
from functools import lru_cache

from portal.domain.forgetting import remembered

_HOURS = r"(?:\s*(?:hrs?|hours?|h)\b)?"
_ONE = (
    r"(?:(?<![\d:.])\d{1,2}(?::[0-5]\d)?\s*(?:am|pm)\b"
    rf"|(?<![\d:.])(?:[01]?\d|2[0-4]):[0-5]\d(?![\d:]){_HOURS}"
    rf"|(?<![\d:.])(?:[01]\d|2[0-4])(?:00|15|30|45)(?![\d:]){_HOURS})"
)
_SEVERAL = rf"{_ONE}(?:\s*(?:,|/|&|\+|,?\s*\band\b|,?\s*\by\b)\s*(?:at\s+|a las\s+)?{_ONE})*"
_SPOKEN = re.compile(
    rf"(?:\b(?:at|around|by|a las?)\s+|@\s*|\(\s*){_SEVERAL}"
    rf"|(?:(?<![\d:.])\d{{1,2}}:[0-5]\d\s*(?:am|pm)?(?![\d:]){_HOURS})(?:\s*(?:,|/|&|\band\b)\s*{_ONE})*"
)
"""Behind "at", or with a colon: "2 am" alone may be two in the morning."""
_READ = re.compile(r"(?<![\d:.])(\d{1,2}):?([0-5]\d)?(?![\d:])\s*(am|pm)?")
_NOON = 12


@remembered
@lru_cache(maxsize=4096)
def times_in(text: str) -> tuple[tuple[str, ...], str]:
    """Return the times of day of instructions (``sig_words.sig_text``) as "14:00", and the text without them."""
    times = [time for match in _SPOKEN.finditer(text) for time in map(_time, _READ.finditer(match[0])) if time]
    return tuple(sorted(set(times))), _SPOKEN.sub(" at time ", text) if times else text


def _time(match: re.Match[str]) -> str:
    hour, minute, half = int(match[1]), match[2] or "00", match[3]
    if half:
        hour = hour % _NOON + (_NOON if half == "pm" else 0)
    return f"{hour % 24:02}:{minute}" if match[2] or half else ""


_PARTS_OF_DAY = {
    "MORN": ("04:00", "11:59"),
    "NOON": ("11:00", "13:59"),
    "AFT": ("12:00", "17:59"),
    "EVE": ("16:00", "22:29"),
    "HS": ("19:00", "23:59"),
}
"""From when to when a time fits a part of the day (FHIR R4, event-timing)."""


def fits(parts: Collection[str], times: Collection[str]) -> bool:
    """Tell whether each part of the day that is named has a time that it fits; of other events nothing is known."""
    spans = [_PARTS_OF_DAY[part] for part in parts if part in _PARTS_OF_DAY]
    return all(any(first <= time <= last for time in times) for first, last in spans)
