"""Numbers made comparable, however large."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.merge.words.text import number


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("7.20", "7.2"),
        ("1,200", "1.2E+3"),
        ("1E+30", "1.0e30"),
        ("1E-400", "10E-401"),
        ("1E+999999999", "1e999999999"),
        ("0E+50", "0"),
    ],
)
def test_one_number_in_two_spellings(one: str, other: str) -> None:
    assert number(one) == number(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1E+30", "1E+31"),
        ("1E-999999999", "1E-999999998"),
        ("1E+999999999", "1E+999999998"),
        ("12345678901234567890123456789012", "12345678901234567890123456789013"),
    ],
)
def test_two_numbers_stay_two(one: str, other: str) -> None:
    assert number(one) != number(other)


@given(st.decimals().map(str) | st.text(max_size=40))
def test_no_text_raises_or_grows(text: str) -> None:
    assert len(number(text)) <= 20 * len(text) + 60
