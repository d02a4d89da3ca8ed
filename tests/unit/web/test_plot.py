"""The plot of a test over time, and the units it is drawn in."""

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain import units
from portal.domain.entry import Code, Quantity
from portal.domain.units import convert, substance_of, unit_of
from portal.normalise.quantities import humane_unit
from portal.web.health.plot import HEIGHT, WIDTH, Plot, Point, plot

DAY = 86400.0


def points(*values: str, low: str | None = None, high: str | None = None) -> list[Point]:
    bounds = [Decimal(one) if one else None for one in (low, high)]
    return [Point(n * DAY, Decimal(value), *bounds) for n, value in enumerate(values)]


def drawn(made: Plot) -> str:
    return (
        made.line
        + made.ranges
        + made.within
        + made.unranged
        + made.less
        + made.more
        + made.above
        + made.below
        + made.grid
    )


def test_shapes_say_what_is_out_of_range() -> None:
    made = plot(points("5", "7", "3", "5.6", low="4", high="5.6"))
    assert made
    assert (made.within.count("h0"), made.above.count("z"), made.below.count("z")) == (2, 1, 1)
    assert made.ranges.count("V") == 4


def test_one_value_or_one_moment_is_no_line() -> None:
    assert plot([]) is None
    assert plot(points("5")) is None
    assert plot([Point(0, Decimal(1)), Point(0, Decimal(2))]) is None


def test_a_hundred_values_stay_small_and_older_ones_are_counted() -> None:
    made = plot(points(*(str(100 + n % 37) for n in range(260)), low="90", high="120"))
    assert made
    assert made.left_out == 200
    assert len(drawn(made)) < 3000


@given(
    st.lists(
        st.decimals(min_value=-(10**6), max_value=10**9, allow_nan=False, allow_infinity=False), min_size=2, max_size=60
    )
)
def test_everything_is_inside_the_picture(values: list[Decimal]) -> None:
    made = plot([Point(n * DAY, value, high=values[0]) for n, value in enumerate(values)])
    assert made
    for match in re.finditer(r"[ML](-?[\d.]+(?:e[+-]\d+)?) (-?[\d.]+(?:e[+-]\d+)?)", made.line):
        assert 0 <= float(match[1]) <= WIDTH
        assert 0 <= float(match[2]) <= HEIGHT
    assert 2 <= len(made.ticks) <= 8
    assert all(0 <= tick.y <= HEIGHT for tick in made.ticks)


@pytest.mark.parametrize(
    ("value", "unit", "into", "expected"),
    [
        ("150", "[lb_av]", "kg", "68.0388555"),
        ("98.6", "[degF]", "Cel", "37"),
        ("37", "Cel", "[degF]", "98.6"),
        ("13.5", "g/dL", "g/L", "135"),
        ("7.2", "10*3/uL", "10*9/L", "7.2"),
        ("120", "mmHg", "mm[Hg]", "120"),
        ("5.5", "mmol/L", "mg/dL", None),
        ("5", "U/L", "[IU]/L", None),
        ("a few", "mg/dL", "mg/dL", None),
        ("1E+30", "mg/dL", "mg/dL", None),
        ("1E-400", "kg", "g", None),
        ("9E+999999999", "g/dL", "mg/dL", None),
        ("9E+999999999", "[degF]", "Cel", None),
        ("1234567890123456789012345678", "mg/dL", "mg/dL", None),
    ],
)
def test_only_exact_conversions(value: str, unit: str, into: str, expected: str | None) -> None:
    found = convert(Quantity(value, code=unit), into)
    assert found == (Decimal(expected) if expected else None)


def test_a_bound_is_drawn_as_a_bound() -> None:
    bound = Point(0, Decimal(20), low=Decimal(30), bound="<")
    made = plot([bound, Point(DAY, Decimal(35), low=Decimal(30))])
    assert made
    assert made.less
    assert not made.below, "what is only known to be less than 20 has no place below its range"
    assert made.line == "", "one exact value is no course"


@pytest.mark.parametrize(
    ("written", "unit"),
    [
        ("K/uL", "10*3/uL"),
        ("k/ul", "10*3/uL"),
        ("x10E3/uL", "10*3/uL"),
        ("10^3/\u00b5L", "10*3/uL"),
        ("Thousand/uL", "10*3/uL"),
        ("10*3/uL", "10*9/L"),
        ("mcg/mL", "ug/mL"),
        ("IU/L", "[IU]/L"),
    ],
)
def test_one_unit_in_many_spellings(written: str, unit: str) -> None:
    assert convert(Quantity("7.0", unit=written), unit) == Decimal("7.0")


@pytest.mark.parametrize(
    ("code", "value", "unit", "into", "expected"),
    [
        ("2951-2", "140", "mEq/L", "mmol/L", "140"),
        ("2000-8", "2.4", "mmol/L", "meq/L", "4.8"),
        ("2601-3", "1.6", "mEq/L", "mmol/L", "0.8"),
        ("2345-7", "5", "mEq/L", "mmol/L", None),  # no ion
        ("41653-7", "5.5", "mmol/L", "mg/dL", "99.0858"),  # of a glucometer
        ("41653-7", "180.156", "mg/dL", "mmol/L", "10"),
        ("41653-7", "0.99", "g/L", "mg/dL", "99"),
        ("2345-7", "5.5", "mmol/L", "mg/dL", None),  # of two laboratories
    ],
)
def test_equivalents_need_a_charge_and_masses_a_molar_mass(
    code: str, value: str, unit: str, into: str, expected: str | None
) -> None:
    substance = substance_of([Code("http://loinc.org", code)])
    converted = convert(Quantity(value, unit=unit), into, substance=substance)
    assert converted == (Decimal(expected) if expected else None)


def test_the_newest_values_can_be_read_beside_an_old_outlier() -> None:
    made = plot(points("9000", "1.0", "1.2", "1.1", "1.3", "1.2", "1.4", "1.1", "1.0", "1.3", "1.2", "1.5", "1.4"))
    assert made
    heights = [int(match) for match in re.findall(r"[ML]\d+ (\d+)", made.line)][1:]
    assert max(heights) - min(heights) > 20
    assert made.beyond == 1


@pytest.mark.parametrize("unit", sorted(units._UCUM) + sorted(units._SPELLINGS))
def test_a_unit_is_the_same_in_print(unit: str) -> None:
    """A range often has its unit in words only: its band is drawn all the same."""
    assert unit_of(Quantity("1", humane_unit(unit))) == unit_of(Quantity("1", unit))
