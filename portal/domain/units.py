"""Units in which the same measurement is written, converted only where the factor is exact. Pure.

What needs a molar mass (mmol/L to mg/dL) or a calibration is not here, but for the glucose that people measure at home,
in either unit with one kind of meter: two laboratories' values that cannot be converted exactly are shown beside each
other and not drawn into one line.
Source: UCUM (https://ucum.org/ucum), definitions.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from portal.domain.entry import Code, Quantity

_D = Decimal
_SCALES: tuple[dict[str, Decimal], ...] = (
    {"kg": _D(1), "g": _D("0.001"), "mg": _D("0.000001"), "[lb_av]": _D("0.45359237"), "[oz_av]": _D("0.028349523125")},
    {"cm": _D(1), "m": _D(100), "mm": _D("0.1"), "[in_i]": _D("2.54"), "[ft_i]": _D("30.48")},
    {"mg/dL": _D(1), "g/L": _D(100), "g/dL": _D(1000), "mg/L": _D("0.1"), "ug/dL": _D("0.001"), "ug/mL": _D("0.1"),
     "mg/mL": _D(100), "ng/mL": _D("0.0001"), "ug/L": _D("0.0001"), "pg/mL": _D("0.0000001"), "ng/L": _D("0.0000001"),
     "ng/dL": _D("0.000001")},
    {"mmol/L": _D(1), "umol/L": _D("0.001"), "nmol/L": _D("0.000001"), "pmol/L": _D("0.000000001")},
    {"meq/L": _D(1), "meq/dL": _D(10), "ueq/L": _D("0.001")},
    {"10*3/uL": _D(1), "10*9/L": _D(1), "10*6/uL": _D(1000), "10*12/L": _D(1000), "/uL": _D("0.001"),
     "10*6/L": _D("0.001"), "/mL": _D("0.000001"), "10*3/mL": _D("0.001"), "10*6/mL": _D(1)},
    {"U/L": _D(1), "U/mL": _D(1000), "mU/mL": _D(1), "mU/L": _D("0.001"), "uU/mL": _D("0.001"), "kU/L": _D(1000)},
    {"[IU]/L": _D(1), "[IU]/mL": _D(1000), "m[IU]/mL": _D(1), "m[IU]/L": _D("0.001"), "u[IU]/mL": _D("0.001"),
     "k[IU]/L": _D(1000)},
    {"L/min": _D(1), "mL/min": _D("0.001")},
    {"s": _D(1), "min": _D(60), "h": _D(3600)},
)  # fmt: skip
_SPELLINGS = {
    "mmHg": "mm[Hg]", "mm Hg": "mm[Hg]", "lb": "[lb_av]", "lbs": "[lb_av]", "oz": "[oz_av]", "in": "[in_i]",
    "inch": "[in_i]", "inches": "[in_i]", "ft": "[ft_i]", "{beats}/min": "/min", "{breaths}/min": "/min", "bpm": "/min",
    "degC": "Cel", "C": "Cel", "degF": "[degF]", "F": "[degF]",
    "K/uL": "10*3/uL", "K/cumm": "10*3/uL", "K/mm3": "10*3/uL", "thou/uL": "10*3/uL", "Thousand/uL": "10*3/uL",
    "THOUS/uL": "10*3/uL", "10*3/mm3": "10*3/uL", "M/uL": "10*6/uL", "Million/uL": "10*6/uL", "mill/uL": "10*6/uL",
    "10*6/mm3": "10*6/uL", "cells/uL": "/uL", "{cells}/uL": "/uL", "/mm3": "/uL", "/cumm": "/uL",
    "mEq/L": "meq/L", "mEq/dL": "meq/dL", "IU/L": "[IU]/L", "IU/mL": "[IU]/mL", "mIU/L": "m[IU]/L",
    "mIU/mL": "m[IU]/mL", "uIU/mL": "u[IU]/mL", "mcIU/mL": "u[IU]/mL", "kIU/L": "k[IU]/L", "gm/dL": "g/dL", "gm": "g",
    "sec": "s", "seconds": "s", "minutes": "min", "hours": "h", "beats/min": "/min", "breaths/min": "/min",
}  # fmt: skip
_UCUM = frozenset(unit for scale in _SCALES for unit in scale)
_FOLDED = {spelling.casefold(): unit for spelling, unit in _SPELLINGS.items() if len(spelling) > 1}
_KNOWN = {unit.casefold(): unit for scale in _SCALES for unit in scale if not unit.startswith("M")}
_TYPED = str.maketrans("\u00b5\u03bc\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079", "uu0123456789")
"""What is written in print as UCUM writes it: a micro sign, a superscript."""
_POWER = re.compile(r"^(?:x|\u00d7|\*)?\s?10(?:\^|E|e|\*\*|\*)?\s?(?:\*\*)?(3|6|9|12)\s?/")
_CHARGES = {
    **dict.fromkeys(
        [
            "2951-2",
            "2947-0",
            "2823-3",
            "6298-4",
            "2075-0",
            "2069-3",
            "2028-9",
            "1963-8",
            "1959-6",
            "14334-7",
            "33037-3",
        ],
        1,
    ),
    **dict.fromkeys(["2000-8", "1995-0", "12180-6", "2601-3"], 2),
}
"""The charge of the ion that a LOINC code measures: mEq/L is mmol/L times this."""
_MOLAR_MASSES = {"41653-7": _D("180.156")}
"""Grams in a mole of what a LOINC code measures, either way: glucose in capillary blood, by a glucometer."""
_MOST = 15  # digits, and places from the point: what lies beyond is no measurement that a plot could show


def unit_of(quantity: Quantity) -> str:
    """Return the unit as UCUM writes it, as far as it is known; else as the source does."""
    return quantity.code if quantity.code in _UCUM else _as_ucum(quantity.code or quantity.unit)


@lru_cache(maxsize=2000)
def _as_ucum(text: str) -> str:
    """Return a unit, which is nobody's: a page of results asks for the same few again and again."""
    written = text.strip().translate(_TYPED).replace("mcg", "ug").replace("\u00b0", "deg")
    written = _POWER.sub(r"10*\1/", written)
    if written in _UCUM:
        return written
    return _SPELLINGS.get(written) or _FOLDED.get(written.casefold()) or _KNOWN.get(written.casefold()) or written


@dataclass(frozen=True, slots=True)
class Substance:
    """What is measured, as far as units need it: the charge of an ion, the grams in a mole; None where not known."""

    charge: int | None = None
    molar_mass: Decimal | None = None


def substance_of(codes: Iterable[Code]) -> Substance:
    """Return what the codes say is measured."""
    listed = [code.code for code in codes]
    charge = next((_CHARGES[code] for code in listed if code in _CHARGES), None)
    return Substance(charge, next((_MOLAR_MASSES[code] for code in listed if code in _MOLAR_MASSES), None))


def convert(quantity: Quantity, unit: str, *, substance: Substance | None = None) -> Decimal | None:
    """Return the number in ``unit`` (UCUM), or None where there is no exact conversion or no plain number.

    A comparator ("<20") is left to the caller. Of an ion mmol/L and mEq/L are one scale, with a molar mass mmol/L and
    mg/dL.
    """
    try:
        value = Decimal(quantity.value)
    except InvalidOperation:
        return None
    if not value.is_finite() or abs(value.adjusted()) > _MOST:
        return None
    if len(quantity.value) > _MOST and len(value.as_tuple().digits) > _MOST:  # of a shorter text there are not so many
        return None
    own_unit = unit_of(quantity)
    if own_unit == unit:
        return value
    if {own_unit, unit} == {"Cel", "[degF]"}:
        return (value - 32) * 5 / 9 if unit == "Cel" else value * 9 / 5 + 32
    if substance and substance.charge:
        value, own_unit = _as_moles(value, own_unit, substance.charge)
        if unit in _EQUIVALENTS:
            moles = _scaled(value, own_unit, _EQUIVALENTS[unit])
            return moles * substance.charge if moles is not None else None
    if substance and substance.molar_mass:
        value, own_unit = _across(value, own_unit, unit, substance.molar_mass / 10)
    return value if own_unit == unit else _scaled(value, own_unit, unit)


_EQUIVALENTS = {"meq/L": "mmol/L", "ueq/L": "umol/L"}


def _as_moles(value: Decimal, unit: str, charge: int) -> tuple[Decimal, str]:
    return (value / charge, _EQUIVALENTS[unit]) if unit in _EQUIVALENTS else (value, unit)


def _across(value: Decimal, unit: str, target: str, factor: Decimal) -> tuple[Decimal, str]:
    """Return an amount as a mass or the other way, where the target is that; ``factor``: mg/dL in one mmol/L."""
    moles, mass = _scaled(value, unit, "mmol/L"), _scaled(value, unit, "mg/dL")
    if moles is not None and _scaled(_D(1), "mg/dL", target) is not None:
        return moles * factor, "mg/dL"
    if mass is not None and _scaled(_D(1), "mmol/L", target) is not None:
        return mass / factor, "mmol/L"
    return value, unit


def _scaled(value: Decimal, unit: str, target: str) -> Decimal | None:
    for scale in _SCALES:
        if unit in scale and target in scale:
            return value if unit == target else value * scale[unit] / scale[target]
    return None


_US: dict[str, str] = {"kg": "[lb_av]", "g": "[lb_av]", "cm": "[in_i]", "m": "[in_i]", "Cel": "[degF]"}
_METRIC: dict[str, str] = {"[lb_av]": "kg", "[oz_av]": "kg", "[in_i]": "cm", "[ft_i]": "cm", "[degF]": "Cel"}


def us_unit(unit: str) -> str:
    """Return the unit that people in the United States measure bodies in, for a metric one; else the same."""
    return _US.get(unit, unit)


def counterpart(quantity: Quantity) -> Quantity | None:
    """Return a weight, length or temperature of a body in the other system, to a tenth; None for anything else."""
    unit = unit_of(quantity)
    other = _US.get(unit) or _METRIC.get(unit)
    value = convert(quantity, other) if other else None
    if other is None or value is None:
        return None
    return Quantity(f"{value.quantize(Decimal('0.1')):f}", other, other, quantity.comparator)


def is_metric(quantity: Quantity) -> bool:
    """Tell whether a weight, length or temperature is written in metric units."""
    return unit_of(quantity) in _US
