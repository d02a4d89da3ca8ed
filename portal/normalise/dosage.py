"""How to take it: a ``Dosage`` in one sentence. Source: https://hl7.org/fhir/R4/dosage.html, datatypes.html#Timing.

The organization's own words win (``patientInstruction``, then ``text``). Otherwise the sentence is put together from
the structured parts, and nothing is added that they do not say.
"""

from collections.abc import Mapping
from typing import Any

from portal.domain.entry import Quantity
from portal.normalise.coding import code_in, name_of, names_of, without_tag
from portal.normalise.elements import first, flag, items, line, lines, obj, paragraph, unique
from portal.normalise.quantities import decimal_text, quantity, quantity_text, range_text, ratio_text

_TIMES = {"1": "once", "2": "twice"}
_UNITS = {
    "s": ("second", "seconds"),
    "min": ("minute", "minutes"),
    "h": ("hour", "hours"),
    "d": ("day", "days"),
    "wk": ("week", "weeks"),
    "mo": ("month", "months"),
    "a": ("year", "years"),
}
_TIMING_CODES = {
    "BID": "twice a day",
    "TID": "3 times a day",
    "QID": "4 times a day",
    "QD": "once a day",
    "QOD": "every other day",
    "AM": "in the morning",
    "PM": "in the evening",
    "BED": "at bedtime",
    "WK": "once a week",
    "MO": "once a month",
    "Q1H": "every hour",
    "Q2H": "every 2 hours",
    "Q3H": "every 3 hours",
    "Q4H": "every 4 hours",
    "Q6H": "every 6 hours",
    "Q8H": "every 8 hours",
}
_WHEN = {
    "MORN": "in the morning",
    "MORN.early": "early in the morning",
    "MORN.late": "late in the morning",
    "NOON": "at noon",
    "AFT": "in the afternoon",
    "EVE": "in the evening",
    "NIGHT": "at night",
    "PHS": "after going to sleep",
    "HS": "at bedtime",
    "WAKE": "on waking",
    "C": "with meals",
    "CM": "with breakfast",
    "CD": "with lunch",
    "CV": "with dinner",
    "AC": "before meals",
    "ACM": "before breakfast",
    "ACD": "before lunch",
    "ACV": "before dinner",
    "PC": "after meals",
    "PCM": "after breakfast",
    "PCD": "after lunch",
    "PCV": "after dinner",
}
_DAYS = {"mon": "Monday", "tue": "Tuesday", "wed": "Wednesday", "thu": "Thursday", "fri": "Friday"}
_DAYS |= {"sat": "Saturday", "sun": "Sunday"}
_ROUTES = {
    "26643006": "by mouth",
    "PO": "by mouth",
    "ORAL": "by mouth",
    "37839007": "under the tongue",
    "46713006": "in the nose",
    "54485002": "in the eye",
    "10547007": "in the ear",
    "6064005": "on the skin",
    "45890007": "through the skin",
    "34206005": "under the skin",
    "78421000": "into a muscle",
    "47625008": "into a vein",
    "37161004": "rectally",
    "16857009": "vaginally",
    "447694001": "by breathing it in",
    "IPINHL": "by breathing it in",
}
"""SNOMED CT routes (and v3 RouteOfAdministration) in a patient's words."""


def instructions(dosages: object) -> tuple[str, ...]:
    """One sentence for each ``Dosage`` of a list, in the order of their ``sequence``."""
    found = items(dosages)
    if len(found) > 1:
        found = tuple(sorted(found, key=lambda one: _sequence(one.get("sequence"))))
    return unique(sentence(one) for one in found)


def sentence(dosage: Mapping[str, Any]) -> str:
    """One ``Dosage`` in words; empty when it says nothing."""
    own = without_tag(paragraph(dosage.get("patientInstruction"), 2000) or paragraph(dosage.get("text"), 2000))
    if own:
        return own
    head = " ".join(part for part in (name_of(dosage.get("method")), dose(dosage), route(dosage)) if part)
    parts = [head, *_timing(obj(dosage.get("timing"))), _as_needed(dosage), _maximum(dosage)]
    said = ", ".join(part for part in parts if part)
    return ". ".join(part.rstrip(".") for part in (said[:1].upper() + said[1:], *_more(dosage)) if part)


def _more(dosage: Mapping[str, Any]) -> tuple[str, ...]:
    return names_of(dosage.get("additionalInstruction"))


def dose(dosage: Mapping[str, Any]) -> str:
    """How much at a time: "1 tablet", "5 mL", "2 per dose" when the unit is not said."""
    for one in items(dosage.get("doseAndRate")) or (dosage,):
        measured = quantity(one.get("doseQuantity"))
        said = _plain(measured) if measured else range_text(one.get("doseRange"))
        rate = ratio_text(one.get("rateRatio")) or range_text(one.get("rateRange"))
        rate = rate or quantity_text(quantity(one.get("rateQuantity")))
        if said or rate:
            return " at ".join(part for part in (said, rate) if part)
    return ""


def _plain(measured: Quantity) -> str:
    whole = measured.value.removesuffix(".0")
    shown = quantity_text(Quantity(value=whole, unit=measured.unit, comparator=measured.comparator))
    return shown if measured.unit else f"{shown} per dose"


def route(dosage: Mapping[str, Any]) -> str:
    """How it gets into the body, in words."""
    name = name_of(dosage.get("route"))
    return _ROUTES.get(code_in(dosage.get("route")), "") or (name if name.isupper() else name.lower())


def as_needed(dosages: object) -> bool:
    """Whether any of the dosages is to be taken only when needed."""
    return any(flag(one.get("asNeededBoolean")) or obj(one.get("asNeededCodeableConcept")) for one in items(dosages))


def _as_needed(dosage: Mapping[str, Any]) -> str:
    reason = name_of(dosage.get("asNeededCodeableConcept")) or name_of(first(dosage.get("asNeededFor")))
    if reason:
        return f"as needed for {reason[0].lower() + reason[1:] if reason[1:2].islower() else reason}"
    return "as needed" if flag(dosage.get("asNeededBoolean")) or flag(dosage.get("asNeeded")) else ""


def _maximum(dosage: Mapping[str, Any]) -> str:
    most = ratio_text(first(dosage.get("maxDosePerPeriod")))
    return f"at most {most}" if most else ""


def _timing(timing: Mapping[str, Any]) -> list[str]:
    repeat = obj(timing.get("repeat"))
    parts = [_frequency(repeat)]
    parts += [_WHEN.get(code, "") for code in lines(repeat.get("when"))]
    days = [_DAYS.get(day, "") for day in lines(repeat.get("dayOfWeek"))]
    if any(days):
        parts.append("on " + ", ".join(day for day in days if day))
    parts += [f"at {time[:5]}" for time in lines(repeat.get("timeOfDay"))]
    if not any(parts):
        code = code_in(timing.get("code"))
        parts.append(_TIMING_CODES.get(code.upper(), "") or name_of(timing.get("code")))
    length = _count(repeat.get("boundsDuration"))
    if length:
        parts.append(f"for {length}")
    count = decimal_text(repeat.get("count"))
    if count and not length:
        parts.append(f"{count} times in all" if count != "1" else "one time only")
    return parts


def _frequency(repeat: Mapping[str, Any]) -> str:
    unit = _UNITS.get(line(repeat.get("periodUnit")))
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


def _count(duration: object) -> str:
    measured = quantity(duration)
    if measured is None:
        return ""
    unit = _UNITS.get(measured.code)
    whole = measured.value.removesuffix(".0")
    return f"{whole} {unit[0] if whole == '1' else unit[1]}" if unit else quantity_text(measured)


def _whole(value: object) -> str:
    return decimal_text(value).removesuffix(".0")


def _sequence(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
