"""What people type when they measured something, and what is asked back. Nothing is refused for being unusual."""

import pytest

from portal.domain.entry import Quantity
from portal.domain.readings import KINDS, is_unusual, number


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("180", "180"),
        ("180.50", "180.50"),
        ("98,6", "98.6"),
        ("1,600", "1600"),
        ("1,600.5", "1600.5"),
        (" 120 ", "120"),
        ("007", "7"),
        ("0.5", "0.5"),
        ("", ""),
        ("-5", ""),
        ("1e9", ""),
        ("NaN", ""),
        ("12/8", ""),
        ("1.2.3", ""),
        ("1234567890", ""),
    ],
)
def test_a_number_is_written_as_it_was_typed(typed: str, text: str) -> None:
    assert number(typed) == text


@pytest.mark.parametrize(
    ("kind", "numbers", "unit", "asked"),
    [
        ("weight", ("160",), "[lb_av]", False),
        ("weight", ("1600",), "[lb_av]", True),
        ("weight", ("72.5",), "kg", False),
        ("weight", ("400",), "kg", True),
        ("blood-pressure", ("128", "82"), "mm[Hg]", False),
        ("blood-pressure", ("82", "128"), "mm[Hg]", True),
        ("blood-pressure", ("1280", "82"), "mm[Hg]", True),
        ("glucose", ("5.6",), "mmol/L", False),
        ("glucose", ("5.6",), "mg/dL", True),
        ("temperature", ("37",), "Cel", False),
        ("temperature", ("37",), "[degF]", True),
        ("oxygen", ("101",), "%", True),
        ("heart-rate", ("72",), "/min", False),
    ],
)
def test_what_is_likely_a_slip_is_asked(kind: str, numbers: tuple[str, ...], unit: str, asked: bool) -> None:
    assert is_unusual(KINDS[kind], numbers, unit) is asked


@pytest.mark.parametrize(
    ("number_", "before", "unusual"),
    [
        ("76", Quantity("76.0", "kg", "kg"), True),
        ("168", Quantity("76.0", "kg", "kg"), False),
        ("125", Quantity("100", "lb", "[lb_av]"), False),
        ("125.1", Quantity("100", "lb", "[lb_av]"), True),
        ("74.9", Quantity("100", "lb", "[lb_av]"), True),
        ("300", Quantity("100", "lb", "[lb_av]", ">"), False),
        ("300", Quantity("100", "stone", "[stone_av]"), False),
    ],
)
def test_a_weight_far_from_the_last_one_is_asked(number_: str, before: Quantity, unusual: bool) -> None:
    assert is_unusual(KINDS["weight"], (number_,), "[lb_av]", before=before) is unusual


def test_a_heart_rate_may_double() -> None:
    before = Quantity("60", "/min", "/min")
    assert not is_unusual(KINDS["heart-rate"], ("130",), "/min", before=before)
