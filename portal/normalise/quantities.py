"""Measured values for people: the number as it was sent, the UCUM unit as it is written on paper.

Source: UCUM (https://ucum.org/ucum), FHIR R4 Quantity, Range, Ratio, SimpleQuantity.
"""

import math
import re
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from portal.domain import decimals
from portal.domain.entry import Quantity
from portal.normalise import phrases
from portal.normalise.coding import codings, name_of, words_of
from portal.normalise.elements import extension, first, flag, line, obj, paragraph, when, word

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
    """Return a UCUM unit as people write it ("10*3/uL" → "×10³/µL", "mm[Hg]" → "mmHg"); other text stays as it is."""
    if unit in _UNITS:
        return _UNITS[unit]
    whole = _ANNOTATION.fullmatch(unit)
    if whole:
        return "" if whole.group(1).casefold() in _EMPTY_ANNOTATIONS else whole.group(1).replace("_", " ").strip()
    shown = unit.replace("mm[Hg]", "mmHg").replace("[degF]", "°F").replace("_i]", "]").replace("_av]", "]")
    shown = _ANNOTATION.sub(lambda match: _annotation(match.group(1)), shown)
    shown = _TEN_POWER.sub(lambda match: "×10" + match.group(1).translate(_SUPERSCRIPT), shown)
    shown = _EXPONENT.sub(lambda match: match.group(1).translate(_SUPERSCRIPT), shown)
    if "_" in shown:
        shown = re.sub(r"(?<=\d)_(?=m)", " ", shown)
    if "u" in shown:
        shown = re.sub(r"(?<![A-Za-z])u(?=(?:g|L|l|mol|kat|U|m|s)(?![a-z]))", "µ", shown)
    return shown.replace("[", "").replace("]", "").strip()


def _annotation(inside: str) -> str:
    inside = inside.replace("_", " ").strip()
    return inside if not inside or inside[0].isdigit() else f" {inside}"


def decimal_text(value: object) -> str:
    """Return a JSON number as text: 7.0 stays "7.0", 1e-05 becomes "0.00001"; "" when it is no number.

    More than four decimals are noise of a computation and are rounded: to two decimals from 1 upwards, else to four
    significant digits. Numbers as text are taken when they are numbers. What is too large or too small to be written
    out stays as it was written, and never longer than 40 characters.
    """
    if isinstance(value, Decimal):  # as what is stored is read
        return _shortened(value, str(value)) if value.is_finite() else ""
    if isinstance(value, str):
        return _of_text(value.strip())
    if isinstance(value, float):
        return _shortened(Decimal(repr(value)), repr(value)) if math.isfinite(value) else ""
    if isinstance(value, int) and not isinstance(value, bool):
        return _shortened(Decimal(value), str(Decimal(value)))
    return ""


def _of_text(text: str) -> str:
    if len(text) > _LONGEST or not _NUMBER.fullmatch(text):
        return ""
    try:
        return _shortened(Decimal(text), text)
    except InvalidOperation:  # an exponent of twenty digits
        return text.lstrip("+")


_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)


def _shortened(value: Decimal, written: str) -> str:
    if "e" in written or "E" in written:
        exponent = value.as_tuple().exponent
        places = -exponent if isinstance(exponent, int) else 0
    else:
        places = len(written.partition(".")[2])
    written = written.lstrip("+") if len(written) <= _LONGEST else format(value, ".6E")
    if places <= 4 and "e" not in written.lower():
        return written
    if not -12 < value.adjusted() < 30:
        return written
    try:
        if places > 4 and 1 <= abs(value) < _LARGE:
            return f"{value:.2f}".rstrip("0").rstrip(".")
        if places > 4:
            step = _HUNDREDTH if abs(value) >= 1 else Decimal(1).scaleb(value.adjusted() - 3)
            value = value.quantize(step).normalize()
    except InvalidOperation:
        return written
    return format(value, "f")


_HUNDREDTH = Decimal("0.01")
_LARGE = 10**15


def quantity(value: object) -> Quantity | None:
    """Return a ``Quantity`` with a readable unit, or None when it has no number."""
    if not value:
        return None
    measured = obj(value)
    amount = decimal_text(measured.get("value"))
    if not amount:
        return None
    code = word(measured.get("code"))
    written = line(measured.get("unit"), 60)
    ucum = measured.get("system") in ("http://unitsofmeasure.org", "urn:oid:2.16.840.1.113883.6.8")
    comparator = measured.get("comparator")
    return Quantity(
        value=amount,
        unit=humane_unit(written or code) if written or ucum else code,
        code=code if ucum else "",
        comparator=word(comparator) if comparator and comparator in _COMPARATOR_CODES else "",
    )


_COMPARATOR_CODES = ("<", "<=", ">=", ">", "ad")
_TO = "\N{EN DASH}"
_COMPARATORS = {"<=": "≤", ">=": "≥"}


def quantity_text(value: Quantity | None) -> str:
    """Return a quantity in one line: "≥ 7.0 mmol/L", "60%"."""
    if value is None:
        return ""
    comparator = _COMPARATORS.get(value.comparator, value.comparator)
    gap = "" if value.unit.startswith(("%", "°")) and not value.unit.startswith("°C") else " "
    return f"{comparator + ' ' if comparator else ''}{value.value}{gap if value.unit else ''}{value.unit}"


def range_text(value: object) -> str:
    """Return a FHIR ``Range`` in one line: "1 to 2 mmol" with an en dash; the unit once when both ends have it."""
    return _range(quantity(obj(value).get("low")), quantity(obj(value).get("high"))) if value else ""


def _range(low: Quantity | None, high: Quantity | None) -> str:
    if low and high:
        if low.unit in (high.unit, "") or high.unit in (f"{low.unit}s", f"{low.unit}es"):
            return f"{low.value}{_TO}{quantity_text(high)}"
        return f"{quantity_text(low)}{_TO}{quantity_text(high)}"
    if low:
        return f"≥ {quantity_text(low)}"
    return f"≤ {quantity_text(high)}" if high else ""


def ratio_text(value: object) -> str:
    """Return a FHIR ``Ratio`` in one line: "15 mg per mL", "1:128" for titres."""
    return _ratio(quantity(obj(value).get("numerator")), quantity(obj(value).get("denominator"))) if value else ""


_DOSE_UNITS = {
    "ug": "mcg", "µg": "mcg", "μg": "mcg", "microgram": "mcg", "micrograms": "mcg", "[iu]": "units", "iu": "units",
    "u": "units", "unt": "units", "unit": "units", "[usp'u]": "units", "international unit": "units",
    "international units": "units", "int'l units": "units",
    "tab": "tablet", "tabs": "tablets", "cap": "capsule", "caps": "capsules",
    "cc": "mL",
}  # fmt: skip
"""Units of doses by their small letters. "µg" is misread as "mg" and "IU" as "IV" (ISMP, error-prone abbreviations)."""
_PREFIXED_UNITS = {
    "mU": "milliunits", "m[IU]": "milliunits", "m[iU]": "milliunits", "mIU": "milliunits", "uU": "microunits",
    "u[IU]": "microunits", "u[iU]": "microunits", "uIU": "microunits", "kU": "thousand units",
    "k[IU]": "thousand units", "k[iU]": "thousand units", "MU": "million units", "M[IU]": "million units",
    "M[iU]": "million units",
}  # fmt: skip
"""As they are written: between "mU" and "MU" is a factor of a thousand million."""
_COUNTED = frozenset({"tablet", "capsule", "puff", "drop", "spray", "patch", "lozenge", "film", "packet"})
_MICRO = re.compile(r"(?<![A-Za-z])[uµμ]g(?![A-Za-z])")
_UNIT_SIGN = re.compile(r"(?<![A-Za-z])(?:\[?[iI][uU]\]?|U)(?![A-Za-z])")


def dose(value: object) -> Quantity | None:
    """Return a ``Quantity`` as doses are written: "mcg" and "units", no trailing zeros, a zero before the point."""
    measured = quantity(value)
    if measured is None:
        return None
    written = line(obj(value).get("unit"), 60) or measured.unit or measured.code
    unit = (
        _PREFIXED_UNITS.get(written)
        or _DOSE_UNITS.get(written.casefold())
        or _DOSE_UNITS.get(measured.unit.casefold())
        or measured.unit
    )
    unit = _UNIT_SIGN.sub("units", _MICRO.sub("mcg", unit))
    number = plain_number(measured.value)
    if unit in _COUNTED and number not in ("1", "0") and not number.startswith("0."):
        unit = unit + "es" if unit.endswith("ch") else unit + "s"
    return Quantity(value=number, unit=unit, code=measured.code, comparator=measured.comparator)


def plain_number(text: str) -> str:
    """Return a number without trailing zeros, and with a zero before its point: "5.0" is "5", ".5" is "0.5"."""
    if "." not in text or "E" in text.upper():
        return text
    whole = text.rstrip("0").rstrip(".")
    sign = "-" if whole.startswith("-") else ""
    digits = whole.removeprefix("-")
    return f"{sign}0{digits}" if digits.startswith(".") else whole


def dose_range(value: object) -> str:
    """Return a ``Range`` of doses in one line."""
    return _range(dose(obj(value).get("low")), dose(obj(value).get("high")))


def dose_ratio(value: object) -> str:
    """Return a ``Ratio`` of doses in one line."""
    return _ratio(dose(obj(value).get("numerator")), dose(obj(value).get("denominator")))


def _ratio(numerator: Quantity | None, denominator: Quantity | None) -> str:
    if numerator is None:
        return ""
    if denominator is None:
        return quantity_text(numerator)
    if not numerator.unit and not denominator.unit:
        return f"{numerator.value}:{denominator.value}"
    if decimals.from_json(denominator.value) == 1:
        unit = _ONE.get(denominator.unit, denominator.unit)
        return f"{quantity_text(numerator)} per {unit}" if unit else quantity_text(numerator)
    return f"{quantity_text(numerator)} per {quantity_text(denominator)}"


_ONE = {"days": "day", "hours": "hour", "minutes": "minute", "weeks": "week", "months": "month", "years": "year"}
"""Units of time by the singular: at most 8 per day, not per days, whatever the source writes."""


def amount_text(parent: object, element: str) -> str:
    """Return ``<element>Quantity``, ``<element>Range`` or ``<element>Ratio`` of ``parent``, in one line."""
    holder = obj(parent)
    return (
        quantity_text(quantity(holder.get(f"{element}Quantity")))
        or range_text(holder.get(f"{element}Range"))
        or ratio_text(holder.get(f"{element}Ratio"))
    )


def value_of(parent: object) -> tuple[Quantity | None, str]:
    """Return ``value[x]`` of an observation or a component: a quantity, or what it says in words.

    Dates are as written; of a period both ends.
    """
    holder = obj(parent)
    if _VALUES.isdisjoint(holder):
        return None, ""
    measured = quantity(holder.get("valueQuantity"))
    if measured:
        return measured, ""
    coded = holder.get("valueCodeableConcept")
    name = name_of(coded) if coded else ""
    if name:
        return None, name
    integer = decimal_text(holder.get("valueInteger"))
    if integer:
        return Quantity(value=integer), ""
    if "valueBoolean" in holder and holder["valueBoolean"] is not None:
        return None, phrases.YES if flag(holder["valueBoolean"]) else phrases.NO
    text = (
        _free_text(holder.get("valueString"))
        or range_text(holder.get("valueRange"))
        or ratio_text(holder.get("valueRatio"))
        or when(holder.get("valueDateTime"))
        or line(holder.get("valueTime"))
        or _span_text(holder.get("valuePeriod"))
        or _series_text(holder.get("valueSampledData"))
        or line(obj(holder.get("valueAttachment")).get("title"))
        or line(obj(holder.get("valueReference")).get("display"))
        or _half_quantity(holder.get("valueQuantity"))
    )
    return None, text


_VALUES = frozenset(
    {
        *("valueQuantity", "valueCodeableConcept", "valueInteger", "valueBoolean", "valueString", "valueRange"),
        *("valueRatio", "valueDateTime", "valueTime", "valuePeriod", "valueSampledData", "valueAttachment"),
        "valueReference",
    }
)


def _span_text(span: object) -> str:
    start, end = when(obj(span).get("start")), when(obj(span).get("end"))
    return f"{start or '…'} {_TO} {end or '…'}" if start or end else ""


_MOST_SAMPLES = 40
_SAMPLE = re.compile(r"[+-]?\d+(?:\.\d+)?|[EUL]")


def _series_text(value: object) -> str:
    """``SampledData``: its values in their unit, the first forty of them; a cut says how many there are."""
    series = obj(value)
    samples = _SAMPLE.findall(series["data"][:100_000]) if isinstance(series.get("data"), str) else []
    if not samples:
        return ""
    origin = quantity(series.get("origin"))
    factor = decimals.from_json(decimal_text(series.get("factor")) or "1")
    base = decimals.from_json(origin.value) if origin else Decimal(0)
    shown = [_sample(text, base, factor) for text in samples[:_MOST_SAMPLES]]
    unit = f" {origin.unit}" if origin and origin.unit else ""
    rest = f", … ({len(samples)})" if len(samples) > _MOST_SAMPLES else ""
    return f"{', '.join(shown)}{rest}{unit}"


def _sample(text: str, base: Decimal | str, factor: Decimal | str) -> str:
    if text in ("E", "U", "L") or isinstance(base, str) or isinstance(factor, str):
        return {"E": "?", "U": "↑", "L": "↓"}.get(text, text)
    try:
        return decimal_text(base + Decimal(text) * factor) or text
    except ArithmeticError:
        return text


def _half_quantity(value: object) -> str:
    """Return what stands in the place of a number ("<", "see note"), with the unit; a unit alone says nothing."""
    measured = obj(value)
    number = measured.get("value")
    text = line(number) if isinstance(number, str) else ""
    return f"{text} {humane_unit(line(measured.get('unit'), 60))}".strip() if text else ""


def absent_reason(parent: object) -> tuple[str, str]:
    """Return why there is no value: the code of FHIR's data-absent-reason (may be empty), and the source's own words.

    Stated as ``dataAbsentReason``, as an extension of the value (of the element itself, its number, its twin with an
    underscore), or as a code in the place of the value.
    """
    holder = obj(parent)
    concept = holder.get("dataAbsentReason")
    if concept:
        inner = codings(concept, absent=True) or codings(concept)
        code = word(first(inner).get("code")) if inner else word(concept)
        return code, words_of(concept) or next((line(part.get("display")) for part in inner if part.get("display")), "")
    for element, value in holder.items():
        if isinstance(element, str) and element.startswith(("value", "_value")):
            for place in (value, obj(value).get("_value"), obj(value).get("_text")):
                code = word(extension(place, "data-absent-reason").get("valueCode"))
                if code:
                    return code, ""
            inner = codings(value, absent=True) if element == "valueCodeableConcept" else ()
            if inner:
                return word(inner[0].get("code")), line(inner[0].get("display"))
    return "", ""


def _free_text(value: object) -> str:
    """Return a textual value; some laboratories send line ends as the two characters backslash and n."""
    return (
        paragraph(value.replace("\\n", "\n"), 4000)
        if isinstance(value, str) and len(value) < 100_000
        else paragraph(value)
    )
