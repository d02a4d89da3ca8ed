"""Measured values for people: the number as it was sent, the UCUM unit as it is written on paper.

Source: UCUM (https://ucum.org/ucum), FHIR R4 Quantity, Range, Ratio, SimpleQuantity.
"""

import math
import re
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from portal.domain import decimals
from portal.domain.entry import Quantity, Range
from portal.normalise import phrases
from portal.normalise.coding import name_of
from portal.normalise.elements import flag, items, line, obj, paragraph, when, word

_UNITS = {
    "1": "",
    "%O2": "%",
    "ml": "mL",
    "ML": "mL",
    "mm[Hg]": "mmHg",
    "cm[H2O]": "cmH₂O",
    "Cel": "°C",
    "[degF]": "°F",
    "[lb_av]": "lb",
    "[oz_av]": "oz",
    "[in_i]": "in",
    "[ft_i]": "ft",
    "[in_us]": "in",
    "[drp]": "drops",
    "[puff]": "puffs",
    "[tsp_us]": "teaspoons",
    "[tbs_us]": "tablespoons",
    "deg": "°",
    "a": "years",
    "mo": "months",
    "wk": "weeks",
    "d": "days",
    "h": "hours",
    "min": "minutes",
    "s": "seconds",
}
_ANNOTATION = re.compile(r"\{([^{}]*)\}")
_TEN_POWER = re.compile(r"10[*^](-?\d{1,2})")
_EXPONENT = re.compile(r"(?<=[mds])([23])(?![\dA-Za-z])")
_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_LONGEST = 40  # characters of a number
_EMPTY_ANNOTATIONS = frozenset({"#", "nominal", "unity", "ratio", "index", "number"})


@lru_cache(maxsize=4096)
def humane_unit(unit: str) -> str:
    """A UCUM unit as people write it ("10*3/uL" → "×10³/µL", "mm[Hg]" → "mmHg"); other text stays as it is."""
    if unit in _UNITS:
        return _UNITS[unit]
    whole = _ANNOTATION.fullmatch(unit)
    if whole:
        return "" if whole.group(1).casefold() in _EMPTY_ANNOTATIONS else whole.group(1).replace("_", " ").strip()
    shown = unit.replace("mm[Hg]", "mmHg").replace("[degF]", "°F").replace("_i]", "]").replace("_av]", "]")
    shown = _ANNOTATION.sub(lambda found: _annotation(found.group(1)), shown)
    shown = _TEN_POWER.sub(lambda found: "×10" + found.group(1).translate(_SUPERSCRIPT), shown)
    shown = _EXPONENT.sub(lambda found: found.group(1).translate(_SUPERSCRIPT), shown)
    shown = re.sub(r"(?<![A-Za-z])u(?=(?:g|L|l|mol|kat|U|m|s)(?![a-z]))", "µ", shown)
    return shown.replace("[", "").replace("]", "").strip()


def _annotation(inside: str) -> str:
    inside = inside.replace("_", " ").strip()
    return inside if not inside or inside[0].isdigit() else f" {inside}"


def decimal_text(value: object) -> str:
    """A JSON number as text: 7.0 stays "7.0", 1e-05 becomes "0.00001"; "" when it is no number.

    More than four decimals are noise of a computation and are rounded: to two decimals from 1 upwards, else to four
    significant digits. Numbers as text are taken when they are numbers. What is too large or too small to be written
    out stays as it was written, and never longer than 40 characters.
    """
    if isinstance(value, bool):
        return ""
    if isinstance(value, str):
        value = value.strip()
        if len(value) > 40 or not re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", value, re.ASCII):
            return ""
        try:
            return _shortened(Decimal(value), value)
        except InvalidOperation:  # an exponent of twenty digits
            return value.lstrip("+")
    if isinstance(value, int):
        return _shortened(Decimal(value), str(Decimal(value)))
    if isinstance(value, float):
        if not math.isfinite(value):
            return ""
        written = repr(value)
        return _shortened(Decimal(written), written)
    if isinstance(value, Decimal) and value.is_finite():
        return _shortened(value, str(value))
    return ""


def _shortened(value: Decimal, written: str) -> str:
    exponent = value.as_tuple().exponent
    places = -exponent if isinstance(exponent, int) else 0
    written = written.lstrip("+") if len(written) <= _LONGEST else format(value, ".6E")
    if places <= 4 and "e" not in written.lower():
        return written
    if not -12 < value.adjusted() < 30:
        return written
    try:
        if places > 4:
            step = Decimal("0.01") if abs(value) >= 1 else Decimal(1).scaleb(value.adjusted() - 3)
            value = value.quantize(step).normalize()
    except InvalidOperation:
        return written
    return format(value, "f")


def quantity(value: object) -> Quantity | None:
    """A ``Quantity`` with a readable unit, or None when it has no number."""
    found = obj(value)
    amount = decimal_text(found.get("value"))
    if not amount:
        return None
    code = word(found.get("code"))
    written = line(found.get("unit"), 60)
    ucum = found.get("system") in ("http://unitsofmeasure.org", "urn:oid:2.16.840.1.113883.6.8")
    return Quantity(
        value=amount,
        unit=humane_unit(written or (code if ucum else "")) if written or ucum else code,
        code=code if ucum else "",
        comparator=word(found.get("comparator")) if found.get("comparator") in ("<", "<=", ">=", ">", "ad") else "",
    )


_TO = "\N{EN DASH}"
_COMPARATORS = {"<=": "≤", ">=": "≥"}


def quantity_text(value: Quantity | None) -> str:
    """A quantity in one line: "≥ 7.0 mmol/L", "60%"."""
    if value is None:
        return ""
    comparator = _COMPARATORS.get(value.comparator, value.comparator)
    gap = "" if value.unit.startswith(("%", "°")) and not value.unit.startswith("°C") else " "
    return f"{comparator + ' ' if comparator else ''}{value.value}{gap if value.unit else ''}{value.unit}"


def range_text(value: object) -> str:
    """A FHIR ``Range`` in one line: "1 to 2 tablets" with an en dash; the unit is said once when both ends have it."""
    low, high = quantity(obj(value).get("low")), quantity(obj(value).get("high"))
    if low and high:
        if low.unit in (high.unit, ""):
            return f"{low.value}{_TO}{quantity_text(high)}"
        return f"{quantity_text(low)}{_TO}{quantity_text(high)}"
    if low:
        return f"≥ {quantity_text(low)}"
    return f"≤ {quantity_text(high)}" if high else ""


def ratio_text(value: object) -> str:
    """A FHIR ``Ratio`` in one line: "15 mg per mL", "1:128" for titres."""
    numerator, denominator = quantity(obj(value).get("numerator")), quantity(obj(value).get("denominator"))
    if numerator is None:
        return ""
    if denominator is None:
        return quantity_text(numerator)
    if not numerator.unit and not denominator.unit:
        return f"{numerator.value}:{denominator.value}"
    if decimals.from_json(denominator.value) == 1:
        return f"{quantity_text(numerator)} per {denominator.unit}" if denominator.unit else quantity_text(numerator)
    return f"{quantity_text(numerator)} per {quantity_text(denominator)}"


def amount_text(parent: object, element: str) -> str:
    """``<element>Quantity``, ``<element>Range`` or ``<element>Ratio`` of ``parent``, in one line."""
    found = obj(parent)
    return (
        quantity_text(quantity(found.get(f"{element}Quantity")))
        or range_text(found.get(f"{element}Range"))
        or ratio_text(found.get(f"{element}Ratio"))
    )


def ranges(value: object, of: Quantity | None = None) -> tuple[Range, ...]:
    """Reference ranges. An end without a unit has that of the measured quantity ``of``."""
    found = []
    for one in items(value):
        low, high = _end(one.get("low"), of), _end(one.get("high"), of)
        text = line(one.get("text"))
        if low or high or text:
            found.append(Range(low=low, high=high, text=text, meaning=_meaning(one)))
    return tuple(found)


def _end(value: object, of: Quantity | None) -> Quantity | None:
    found = quantity(value)
    if found and of and not found.unit and not found.code:
        return Quantity(value=found.value, unit=of.unit, code=of.code, comparator=found.comparator)
    return found


def _meaning(value: object) -> str:
    found = obj(value)
    kind = name_of(found.get("type"))
    parts = ["" if kind.casefold().startswith("normal") else kind]
    parts += [name_of(one) for one in items(found.get("appliesTo"))]
    parts.append(range_text(found.get("age")))
    return ", ".join(part for part in parts if part)


def value_of(parent: object) -> tuple[Quantity | None, str]:
    """``value[x]`` of an observation or a component: a quantity, or what it says in words."""
    found = obj(parent)
    measured = quantity(found.get("valueQuantity"))
    if measured:
        return measured, ""
    integer = decimal_text(found.get("valueInteger"))
    if integer:
        return Quantity(value=integer), ""
    if "valueBoolean" in found:
        return None, phrases.YES if flag(found["valueBoolean"]) else phrases.NO
    text = (
        name_of(found.get("valueCodeableConcept"))
        or _free_text(found.get("valueString"))
        or range_text(found.get("valueRange"))
        or ratio_text(found.get("valueRatio"))
        or when(found.get("valueDateTime"))
        or line(found.get("valueTime"))
        or (when(obj(found.get("valuePeriod")).get("start")) or "")
    )
    return None, text


def _free_text(value: object) -> str:
    """A textual value; some laboratories send line ends as the two characters backslash and n."""
    return (
        paragraph(value.replace("\\n", "\n"), 4000)
        if isinstance(value, str) and len(value) < 100_000
        else paragraph(value)
    )
