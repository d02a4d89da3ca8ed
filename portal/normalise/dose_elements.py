"""The ``Dosage`` that a ``Dose`` was read from, as far as its parts hold it: the other way round of ``dosage.doses``.

What a Dose does not hold (a second amount, events, a span of durations) is missing in it, and so in the sentence that
is made of it: who compares that sentence with the entry's own sees whether the parts are the whole.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from portal.domain.entry import Dose, Quantity
from portal.normalise.dosage import Dosage, dosage, sentence
from portal.normalise.quantities import dose as as_dose
from portal.normalise.timing import UNITS

_UCUM = "http://unitsofmeasure.org"
_RATIO = re.compile(r"(?P<number>\d+(?:\.\d+)?) (?P<unit>[^\d;]+?) per (?:(?P<span>\d+(?:\.\d+)?) )?(?P<time>[a-z]+)")
_AT_ONCE = re.compile(r"(?P<number>\d+(?:\.\d+)?) (?P<unit>[^\d;]+?) (?P<limit>at a time|in a lifetime)")
_AMOUNT = re.compile(r"(?P<number>\d+(?:\.\d+)?) (?P<unit>\S+)")
_LENGTH = re.compile(r"(?P<number>\d+(?:\.\d+)?) (?P<unit>[a-z]+)")
TIME_UNITS: Mapping[str, str] = {word: code for code, both in UNITS.items() for word in both}
"""UCUM's unit of time by its English word, of one and of several."""


def whole_of(dose: Dose, written: str, since: str | None) -> Dosage | None:
    """Return a dose in words where a sentence of an entry's instructions says what its parts say and nothing beyond.

    ``since``: the date of the order.
    """
    told = (dosage(element, since) for element in _elements(dose))
    return next((part for part in told if sentence(part) == written), None)


def ratio(text: str) -> tuple[str, str, str, str] | None:
    """Return number, unit, span and unit of time of "8 tablets per 24 hours"; None where it is no such text."""
    match = _RATIO.fullmatch(text)
    return (match["number"], match["unit"], match["span"] or "1", match["time"]) if match else None


def limit_at_once(text: str) -> tuple[str, str, str] | None:
    """Return number, unit and "at a time" or "in a lifetime" of a limit; None where it is no such text."""
    match = _AT_ONCE.fullmatch(text)
    return (match["number"], match["unit"], match["limit"]) if match else None


def amounts(dose: Dose) -> tuple[Quantity, ...]:
    """Return how much at a time in the units that doses are written in: one, or several that mean the same."""
    return tuple(filter(None, map(as_dose, map(_quantity, dose.amounts or (dose.amount,)))))


def highest(dose: Dose) -> Quantity | None:
    """Return the upper end of how much at a time, where it is a range."""
    return as_dose(_quantity(dose.amount_high))


def written_unit(number: str, unit: str) -> str:
    """Return the unit of a dose as it is written with a number: "8 tablets", "500 mcg"."""
    written = as_dose({"value": number, "unit": unit})
    return written.unit if written else unit


def amount(text: str) -> tuple[str, str] | None:
    """Return number and unit of "2 tablets"; None where it is no such text."""
    match = _AMOUNT.fullmatch(text)
    return (match["number"], match["unit"]) if match else None


def length(text: str) -> tuple[str, str] | None:
    """Return number and UCUM unit of a duration in words: of "7 days" ("7", "d"); None where it is no such text."""
    match = _LENGTH.fullmatch(text)
    return (match["number"], TIME_UNITS[match["unit"]]) if match and match["unit"] in TIME_UNITS else None


def _elements(dose: Dose) -> Iterator[Mapping[str, Any]]:
    """Yield what it may have been read from: of a timing's code and its words it holds one of the two."""
    element = _element(dose)
    yield element
    if dose.code:
        yield {**element, "timing": {**element["timing"], "code": {"text": dose.code}}}


def _element(dose: Dose) -> Mapping[str, Any]:
    repeat: dict[str, Any] = {name: text for name, text in dose.repeat.items() if name != "boundsDuration"}
    repeat |= {"dayOfWeek": list(dose.days), "when": list(dose.when), "timeOfDay": list(dose.times)}
    lasting = length(dose.repeat.get("boundsDuration", ""))
    if lasting:
        repeat["boundsDuration"] = {"value": lasting[0], "code": lasting[1], "system": _UCUM}
    if dose.start or dose.end:
        repeat["boundsPeriod"] = {"start": dose.start, "end": dose.end}
    return {
        "text": dose.text,
        "patientInstruction": dose.patient,
        "additionalInstruction": [{"text": text} for text in dose.additional],
        "doseAndRate": [{"doseQuantity": _quantity(each)} for each in dose.amounts] or [_amount(dose)],
        "route": {"text": dose.route},
        "site": {"text": dose.site},
        "method": {"text": dose.method},
        "timing": {"repeat": repeat, "code": {"coding": [{"code": dose.code}]} if dose.code else {}},
        "asNeededBoolean": dose.as_needed,
        "asNeededCodeableConcept": {"text": dose.as_needed_for},
        **_limits(dose.maximum),
    }


def _amount(dose: Dose) -> Mapping[str, Any]:
    rate = ratio(dose.rate)
    return {
        **(
            {"doseRange": {"low": _quantity(dose.amount), "high": _quantity(dose.amount_high)}}
            if dose.amount_high
            else {}
        ),
        **({"doseQuantity": _quantity(dose.amount)} if dose.amount and not dose.amount_high else {}),
        **({"rateRatio": _ratio_element(*rate)} if rate else {}),
    }


def _quantity(measured: Quantity | None) -> Mapping[str, Any] | None:
    if measured is None:
        return None
    coded = {"code": measured.code, "system": _UCUM} if measured.code else {}
    return {"value": measured.value, "unit": measured.unit, "comparator": measured.comparator, **coded}


def _ratio_element(number: str, unit: str, span: str, time: str) -> Mapping[str, Any]:
    return {"numerator": {"value": number, "unit": unit}, "denominator": {"value": span, "unit": time}}


_NAMES = {"at a time": "maxDosePerAdministration", "in a lifetime": "maxDosePerLifetime"}


def _limits(maximum: str) -> Mapping[str, Any]:
    limits: dict[str, Any] = {}
    for text in filter(None, maximum.split("; ")):
        if per := ratio(text):
            limits["maxDosePerPeriod"] = [_ratio_element(*per)]
        elif once := limit_at_once(text):
            limits[_NAMES[once[2]]] = {"value": once[0], "unit": once[1]}
    return limits
