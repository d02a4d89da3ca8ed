"""What people measure at home: which measurements, in which units, and what is likely a slip of the finger. Pure.

Source: US Core 6.1.0 (profiles of vital signs), LOINC, UCUM.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from portal.domain.code_systems import LOINC
from portal.domain.entry import Code, Quantity
from portal.domain.phrases import N_
from portal.domain.units import convert, substance_of

_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
_DIGITS = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One number of a reading. ``usual``: the bounds, in the first unit, outside of which a slip is likely."""

    code: str
    name: str
    usual: tuple[Decimal, Decimal]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingKind:
    """What can be measured. ``units`` (UCUM), the one people here use first; ``profile`` of US Core, where it has one.

    ``parts``: of a kind with one number the reading's own code, else the codes of its components. ``steady``: two
    numbers of one person are much alike.
    """

    name: str
    codes: tuple[str, ...]
    units: tuple[str, ...]
    parts: tuple[Measure, ...]
    profile: str = ""
    steady: bool = False


def _one(code: str, name: str, low: str, high: str) -> tuple[Measure, ...]:
    return (Measure(code=code, name=name, usual=(Decimal(low), Decimal(high))),)


KINDS: Mapping[str, ReadingKind] = {
    "weight": ReadingKind(
        name=N_("Weight"),
        codes=("29463-7",),
        units=("[lb_av]", "kg"),
        parts=_one("29463-7", N_("Weight"), "5", "700"),
        profile="us-core-body-weight",
        steady=True,
    ),
    "blood-pressure": ReadingKind(
        name=N_("Blood pressure"),
        codes=("85354-9",),
        units=("mm[Hg]",),
        parts=(
            *_one("8480-6", N_("Upper number (systolic)"), "60", "250"),
            *_one("8462-4", N_("Lower number (diastolic)"), "30", "150"),
        ),
        profile="us-core-blood-pressure",
    ),
    "glucose": ReadingKind(
        name=N_("Blood sugar (glucose)"),
        codes=("41653-7",),
        units=("mg/dL", "mmol/L"),
        parts=_one("41653-7", N_("Blood sugar (glucose)"), "20", "600"),
    ),
    "temperature": ReadingKind(
        name=N_("Temperature"),
        codes=("8310-5",),
        units=("[degF]", "Cel"),
        parts=_one("8310-5", N_("Temperature"), "90", "108"),
        profile="us-core-body-temperature",
    ),
    "oxygen": ReadingKind(
        name=N_("Oxygen in the blood"),
        codes=("59408-5", "2708-6"),
        units=("%",),
        parts=_one("59408-5", N_("Oxygen in the blood"), "70", "100"),
        profile="us-core-pulse-oximetry",
    ),
    "heart-rate": ReadingKind(
        name=N_("Heart rate"),
        codes=("8867-4",),
        units=("/min",),
        parts=_one("8867-4", N_("Heart rate"), "30", "220"),
        profile="us-core-heart-rate",
    ),
}


def number(text: str) -> str:
    """Return a decimal as FHIR writes it, of what a person typed ("1,600", "98,6"); empty where it is none."""
    typed = text.strip().replace(" ", "")
    if _THOUSANDS.fullmatch(typed):
        typed = typed.replace(",", "")
    elif not _NUMBER.fullmatch(typed):
        return ""
    typed = typed.replace(",", ".")
    whole, point, places = typed.partition(".")
    plain = (whole.lstrip("0") or "0") + point + places
    return plain if sum(map(str.isdigit, plain)) <= _DIGITS else ""


def is_unusual(kind: ReadingKind, numbers: tuple[str, ...], unit: str, *, before: Quantity | None = None) -> bool:
    """Tell whether one should ask if these numbers are right. It is a question and no judgment on health.

    ``before``: what was measured last, of a kind that is ``steady``; asked is when more than a quarter lies between.
    """
    values = []
    for part, text in zip(kind.parts, numbers, strict=True):
        value = _in_first_unit(kind, text, unit)
        values.append(value)
        if not part.usual[0] <= value <= part.usual[1]:
            return True
    last = convert(before, kind.units[0]) if before and kind.steady and not before.comparator else None
    if last is not None and abs(values[0] - last) * 4 > last:
        return True
    return len(values) == 2 and values[1] >= values[0]


def _in_first_unit(kind: ReadingKind, text: str, unit: str) -> Decimal:
    substance = substance_of([Code(LOINC, code) for code in kind.codes])
    value = convert(Quantity(text, unit, unit), kind.units[0], substance=substance)
    return Decimal(text) if value is None else value
