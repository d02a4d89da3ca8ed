"""Dates as precise as they are, in the person's zone where that is known; numbers with all their digits."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask_babel import Babel, force_locale
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.entry import Quantity, Range
from portal.web import formats


@pytest.fixture(autouse=True)
def _request() -> Iterator[None]:
    app = Flask(__name__)
    app.config["BABEL_DEFAULT_TIMEZONE"] = "America/New_York"
    Babel(app)
    with app.test_request_context():
        yield


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("2019", "2019"),
        ("2019-03", "March 2019"),
        ("2019-03-02", "March 2, 2019"),
        ("2020-01-01T00:00:00Z", "January 1, 2020"),  # a date that was given a time by a system, not by a person
        ("2020-01-01T23:30:00-05:00", "Jan 1, 2020, 11:30\u202fPM"),
        ("2014-09-12T23:30:00-08:00", "Sep 12, 2014, 11:30\u202fPM"),  # an offset: as written, wherever it is read
        ("2014-09-12T00:30:00+10:00", "Sep 12, 2014, 12:30\u202fAM"),
        ("2014-09-12T01:30:00", "Sep 12, 2014, 1:30\u202fAM"),  # no zone: as written
        ("2014-09-12T00:00:00-04:00", "September 12, 2014"),  # midnight is a day without a time
        ("2014-09-12T04:00:00Z", "September 12, 2014"),  # the same, written as an instant
        ("9999-12-31T23:59:59-12:00", "Dec 31, 9999, 11:59\u202fPM"),
        ("9999-12-31T23:59:59Z", "Dec 31, 9999, 6:59\u202fPM"),
        ("0001-01-01T00:30:00Z", "Jan 1, 1, 12:30\u202fAM"),
        ("yesterday", "yesterday"),
        ("2020-06-01T02:30:00Z", "May 31, 2020, 10:30\u202fPM"),
    ],
)
def test_dates_are_as_precise_as_they_are(written: str, shown: str) -> None:
    assert formats.date_text(written) == shown


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("2020-01-01T00:00:00Z", "Jan 1, 2020"),
        ("2020-01-01T23:30:00-08:00", "Jan 1, 2020"),  # the day it was there
        ("2020-06-01T02:30:00Z", "May 31, 2020"),
        ("2021", "2021"),
        (None, ""),
    ],
)
def test_days_in_lists(written: str | None, shown: str) -> None:
    assert formats.day(written) == shown


def test_spanish() -> None:
    with force_locale("es"):
        assert formats.date_text("2019-03-02") == "2 de marzo de 2019"
        assert formats.date_text("2019-03") == "marzo de 2019"
        assert formats.quantity_text(Quantity("7.0", "%", "%")) == "7.0%"  # as written in the United States
        assert formats.date_text("2020-06-01T14:00:00") == "1 jun 2020, 2:00\u202fp.m."
        assert formats.listing(["A", "B", "C"]) == "A, B y C"


@pytest.mark.parametrize(
    ("quantity", "shown"),
    [
        (Quantity("7.0", "%", "%"), "7.0%"),
        (Quantity("150000", "/uL", "/uL"), "150,000/uL"),
        (Quantity("128", "mm[Hg]", "mm[Hg]"), "128\u00a0mmHg"),
        (Quantity("0.5", "mg/dL", "mg/dL", "<"), "< 0.5\u00a0mg/dL"),
        (Quantity("3", "{score}", "{score}"), "3"),
        (Quantity("not a number", "mg"), "not a number\u00a0mg"),
    ],
)
def test_quantities_keep_their_digits(quantity: Quantity, shown: str) -> None:
    assert formats.quantity_text(quantity) == shown


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("1E+30", "1E+30"),
        ("1E-400", "1E-400"),
        ("-2.5E+999999999", "-2.5E+999999999"),
        ("1E+99999999999999999999", "1E+99999999999999999999"),
        ("12345678901234567890123456789", "12345678901234567890123456789"),
        ("1234567890123456789012345678", "1,234,567,890,123,456,789,012,345,678"),
        ("0.000012", "0.000012"),
        ("sNaN", "sNaN"),
    ],
)
def test_a_number_beyond_reason_is_shown_as_written(written: str, shown: str) -> None:
    assert formats.number(written) == shown


@given(st.decimals().map(str) | st.text(max_size=40))
def test_no_number_raises_or_grows(written: str) -> None:
    value = Quantity(written, "mg", "mg")
    assert len(formats.number(written)) <= 2 * len(written) + 20
    assert formats.range_text(Range(value, value))
    assert formats.quantity(value)


def test_ranges() -> None:
    low, high = Quantity("4.0", "%", "%"), Quantity("5.6", "%", "%")
    assert formats.range_text(Range(low, high)) == "4.0 to 5.6%"
    assert formats.range_text(Range(None, high)) == "up to 5.6%"
    assert formats.range_text(Range(low, None)) == "from 4.0%"
    assert formats.range_text(Range(text="negative")) == "negative"


def test_markup_escapes_what_it_is_given() -> None:
    assert "&lt;b&gt;" in str(formats.quantity(Quantity("1", "<b>")))
    assert str(formats.lines("a\n<b>")) == "a<br>&lt;b&gt;"
    assert 'datetime="2026-11-23T09:00:00+00:00"' in str(formats.moment(datetime(2026, 11, 23, 9, tzinfo=UTC)))


@pytest.mark.parametrize(
    ("text", "dialled"),
    [
        ("(856) 555-0100", "+18565550100"),
        ("1-856-555-0100", "+18565550100"),
        ("856.555.0100 x12", "+18565550100;ext=12"),
        ("+34 600 000 000", "+34600000000"),
        ("ask at the desk", ""),
        ("123", ""),
    ],
)
def test_a_number_as_a_phone_dials_it(text: str, dialled: str) -> None:
    assert formats.dialled(text) == dialled


def test_numbers_in_a_text_are_links_and_the_rest_is_text() -> None:
    assert (
        formats.with_phones("Call <us>: (856) 555-0100 or 911")
        == 'Call &lt;us&gt;: <a class="nowrap" href="tel:+18565550100">(856) 555-0100</a> or 911'
    )
    assert formats.with_phones("Room 555-0100") == "Room 555-0100"
