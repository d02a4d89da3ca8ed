"""Units in which the same measurement is written, converted only where the factor is exact. Pure.

What needs a molar mass (mmol/L to mg/dL) or a calibration is not here: two laboratories' values that cannot be
converted exactly are shown beside each other and not drawn into one line.
Source: UCUM (https://ucum.org/ucum), definitions.
"""

from decimal import Decimal, InvalidOperation

from portal.domain.entry import Quantity

_D = Decimal
_SCALES: tuple[dict[str, Decimal], ...] = (
    {"kg": _D(1), "g": _D("0.001"), "[lb_av]": _D("0.45359237"), "[oz_av]": _D("0.028349523125")},
    {"cm": _D(1), "m": _D(100), "mm": _D("0.1"), "[in_i]": _D("2.54"), "[ft_i]": _D("30.48")},
    {"mg/dL": _D(1), "g/L": _D(100), "g/dL": _D(1000), "mg/L": _D("0.1"), "ug/dL": _D("0.001"), "ug/mL": _D("0.1"),
     "mg/mL": _D(100), "ng/mL": _D("0.0001"), "ug/L": _D("0.0001"), "pg/mL": _D("0.0000001"), "ng/L": _D("0.0000001"),
     "ng/dL": _D("0.000001")},
    {"mmol/L": _D(1), "umol/L": _D("0.001"), "nmol/L": _D("0.000001"), "pmol/L": _D("0.000000001")},
    {"10*3/uL": _D(1), "10*9/L": _D(1), "10*6/uL": _D(1000), "10*12/L": _D(1000), "/uL": _D("0.001")},
    {"U/L": _D(1), "U/mL": _D(1000), "mU/mL": _D(1), "mU/L": _D("0.001"), "uU/mL": _D("0.001")},
    {"[IU]/L": _D(1), "[IU]/mL": _D(1000), "m[IU]/mL": _D(1), "m[IU]/L": _D("0.001"), "u[IU]/mL": _D("0.001")},
    {"mm[Hg]": _D(1)},
    {"/min": _D(1)},
    {"%": _D(1)},
    {"Cel": _D(1)},
)  # fmt: skip
_SPELLINGS = {
    "mmHg": "mm[Hg]", "mm Hg": "mm[Hg]", "lb": "[lb_av]", "lbs": "[lb_av]", "in": "[in_i]", "µg/mL": "ug/mL",
    "{beats}/min": "/min", "{breaths}/min": "/min", "bpm": "/min", "10^3/uL": "10*3/uL", "K/uL": "10*3/uL",
    "x10E3/uL": "10*3/uL", "°C": "Cel", "degC": "Cel", "°F": "[degF]", "degF": "[degF]", "mcg/mL": "ug/mL",
}  # fmt: skip
_MOST = 15  # digits, and places from the point: what lies beyond is no measurement that a plot could show


def unit_of(quantity: Quantity) -> str:
    """Return the unit as UCUM writes it, as far as it is known; else as the source does."""
    written = (quantity.code or quantity.unit).strip()
    return _SPELLINGS.get(written, written)


def convert(quantity: Quantity, unit: str) -> Decimal | None:
    """Return the value in ``unit`` (UCUM), or None where there is no exact conversion or no plain number."""
    if quantity.comparator:
        return None
    try:
        value = Decimal(quantity.value)
    except InvalidOperation:
        return None
    if not value.is_finite() or abs(value.adjusted()) > _MOST or len(value.as_tuple().digits) > _MOST:
        return None
    own = unit_of(quantity)
    if own == unit:
        return value
    if {own, unit} == {"Cel", "[degF]"}:
        return (value - 32) * 5 / 9 if unit == "Cel" else value * 9 / 5 + 32
    for scale in _SCALES:
        if own in scale and unit in scale:
            return value * scale[own] / scale[unit]
    return None
