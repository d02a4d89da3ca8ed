"""When to take it: FHIR R4 ``Timing`` in words. Source: https://hl7.org/fhir/R4/datatypes.html#Timing."""

import re
from collections.abc import Mapping
from typing import Any

from portal.domain.dates import precision
from portal.domain.entry import Quantity
from portal.domain.phrases import N_
from portal.normalise.coding import code_in, name_of, words_of
from portal.normalise.elements import line, lines, obj, when
from portal.normalise.quantities import decimal_text, plain_number, quantity, quantity_text

_TIMES = {"1": "once", "2": "twice"}
UNITS = {
    "s": ("second", "seconds"),
    "min": ("minute", "minutes"),
    "h": ("hour", "hours"),
    "d": ("day", "days"),
    "wk": ("week", "weeks"),
    "mo": ("month", "months"),
    "a": ("year", "years"),
}
TIMING_CODES = {
    "BID": N_("twice a day"),
    "TID": N_("3 times a day"),
    "QID": N_("4 times a day"),
    "QD": N_("once a day"),
    "QOD": N_("every other day"),
    "AM": N_("in the morning"),
    "PM": N_("in the evening"),
    "BED": N_("at bedtime"),
    "WK": N_("once a week"),
    "MO": N_("once a month"),
    "Q1H": N_("every hour"),
    "Q2H": N_("every 2 hours"),
    "Q3H": N_("every 3 hours"),
    "Q4H": N_("every 4 hours"),
    "Q6H": N_("every 6 hours"),
    "Q8H": N_("every 8 hours"),
}
WHEN = {
    "MORN": N_("in the morning"),
    "MORN.early": N_("early in the morning"),
    "MORN.late": N_("late in the morning"),
    "NOON": N_("at noon"),
    "AFT": N_("in the afternoon"),
    "EVE": N_("in the evening"),
    "NIGHT": N_("at night"),
    "PHS": N_("after going to sleep"),
    "HS": N_("at bedtime"),
    "WAKE": N_("on waking"),
    "C": N_("with meals"),
    "CM": N_("with breakfast"),
    "CD": N_("with lunch"),
    "CV": N_("with dinner"),
    "AC": N_("before meals"),
    "ACM": N_("before breakfast"),
    "ACD": N_("before lunch"),
    "ACV": N_("before dinner"),
    "PC": N_("after meals"),
    "PCM": N_("after breakfast"),
    "PCD": N_("after lunch"),
    "PCV": N_("after dinner"),
}
DAYS = {"mon": "Monday", "tue": "Tuesday", "wed": "Wednesday", "thu": "Thursday", "fri": "Friday"}
DAYS |= {"sat": "Saturday", "sun": "Sunday"}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_SPACE = re.compile(r"\W+")


def how_often(timing: Mapping[str, Any]) -> str:
    """Return how often, at which times, how long each time and how many times in all."""
    repeat = obj(timing.get("repeat"))
    offset = _minutes(repeat.get("offset"))
    parts = [_frequency(repeat)]
    moments = [WHEN.get(code, "") for code in lines(repeat.get("when"))]
    parts += [f"{offset} {moment}" if offset else moment for moment in moments]
    parts += [f"at {time[:5]}" for time in lines(repeat.get("timeOfDay"))]
    parts += [f"on {date_words(date)}" for date in map(when, _listed(timing.get("event"))) if date]
    code = code_in(timing.get("code"))
    usual = TIMING_CODES.get(code.upper(), "")
    own = words_of(timing.get("code"))
    if not any(parts):
        parts.append(usual or own or (name_of(timing.get("code")) if code else ""))
        usual = ""
    if own and not usual and own.upper() != code.upper() and not any(says(part, own) for part in parts):
        parts.append(own)
    for_each = _span(repeat.get("duration"), repeat.get("durationMax"), line(repeat.get("durationUnit")))
    parts += [f"over {for_each}" if for_each else "", _count(repeat)]
    shown = [part[0].lower() + part[1:] if part[1:2].islower() else part for part in parts if part]
    return ", ".join(shown)


def _minutes(offset: object) -> str:
    """Return ``Timing.repeat.offset`` (minutes) in words; empty for none."""
    minutes = _whole(offset)
    return f"{minutes} {'minute' if minutes == '1' else 'minutes'}" if minutes and minutes != "0" else ""


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _frequency(repeat: Mapping[str, Any]) -> str:
    unit = UNITS.get(line(repeat.get("periodUnit")))
    often, most = _whole(repeat.get("frequency")), _whole(repeat.get("frequencyMax"))
    span, longest = _whole(repeat.get("period")), _whole(repeat.get("periodMax"))
    if unit is None or not span:
        return ""
    several = f"{often or '1'} to {most} times" if most and most != often else ""
    times = several or _TIMES.get(often or "1", f"{often} times")
    if longest and longest != span:
        every = f"every {span} to {longest} {unit[1]}"
    elif span == "1":
        every = f"{'an' if unit[0] == 'hour' else 'a'} {unit[0]}"
    else:
        every = f"every {span} {unit[1]}"
    # "every 8 hours", not "once every 8 hours"
    return every if times == "once" and every.startswith("every") else f"{times} {every}"


def duration(repeat: Mapping[str, Any]) -> str:
    """Return for how long in all: "7 days", "7 to 10 days"."""
    bounds = length(repeat.get("boundsDuration"))
    if bounds:
        return bounds
    low, high = (length(obj(repeat.get("boundsRange")).get(end)) for end in ("low", "high"))
    return f"{low.split(' ')[0]} to {high}" if low and high else low or high


def _count(repeat: Mapping[str, Any]) -> str:
    count, most = _whole(repeat.get("count")), _whole(repeat.get("countMax"))
    if not count:
        return ""
    if most and most != count:
        return f"{count} to {most} times in all"
    return "one time only" if count == "1" else f"{count} times in all"


def length(value: object) -> str:
    """Return a ``Duration`` in words."""
    measured = quantity(value)
    if measured is None:
        return ""
    unit = UNITS.get(measured.code)
    whole = plain_number(measured.value)
    if unit is None:
        return quantity_text(Quantity(value=whole, unit=measured.unit, comparator=measured.comparator))
    return f"{whole} {unit[0] if whole == '1' else unit[1]}"


def _span(shortest: object, longest: object, unit_code: str) -> str:
    low, high, unit = _whole(shortest), _whole(longest), UNITS.get(unit_code)
    if not low or unit is None:
        return ""
    return f"{low} to {high} {unit[1]}" if high and high != low else f"{low} {unit[0] if low == '1' else unit[1]}"


def _whole(value: object) -> str:
    return plain_number(decimal_text(value))


def says(text: str, phrase: str) -> bool:
    """Tell whether a text holds all words of a phrase, one after the other."""
    if not phrase:
        return True
    return f" {_folded(phrase)} " in f" {_folded(text)} "


def _folded(text: str) -> str:
    return _SPACE.sub(" ", text.casefold()).strip()


def date_words(date: str) -> str:
    """Return a FHIR date as it is written in an instruction: "Apr 22, 2024"; a month or a year where it is no more."""
    year, month, day = date[:4], date[5:7], date[8:10]
    if precision(date) == 1 or not month:
        return year
    name = _MONTHS[int(month) - 1]
    return f"{name} {int(day)}, {year}" if day else f"{name} {year}"


def days(repeat: Mapping[str, Any]) -> str:
    """Return the days of the week: "Monday, Friday"."""
    return ", ".join(DAYS[day] for day in lines(repeat.get("dayOfWeek")) if day in DAYS)
