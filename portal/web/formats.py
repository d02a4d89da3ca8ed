"""Dates, times, numbers and quantities as a person reads them, by locale and never more precise than they are."""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation

from babel.dates import format_skeleton
from babel.lists import format_list
from babel.numbers import format_decimal as babel_decimal
from flask_babel import format_date as babel_date
from flask_babel import format_time as babel_time
from flask_babel import format_timedelta, get_locale
from flask_babel import gettext as _
from markupsafe import Markup, escape

from portal.domain.dates import Precision, as_instant, precision
from portal.domain.entry import Quantity, Range

_UNITS = {
    "mm[Hg]": "mmHg",
    "[degF]": "°F",
    "Cel": "°C",
    "[lb_av]": "lb",
    "[in_i]": "in",
    "{score}": "",
    "{INR}": "",
    "1": "",
    "/min": "/min",
}
"""What people write for UCUM codes whose code is not fit to read; everything else is shown as the source wrote it."""
_MOST_PLACES = 15
_MOST_DIGITS = 28  # more than the context of decimal holds, and babel raises


def fhir_date(when: str | None) -> Markup | str:
    """A FHIR date as written in the chart: ``2019`` stays a year, ``2019-03`` a month; date-times in our zone.

    Gives a ``<time>`` element, or an empty string without a date.
    """
    if not when:
        return ""
    return Markup('<time datetime="{}">{}</time>').format(when, date_text(when))


def date_text(when: str) -> str:
    """The words of ``fhir_date`` without markup."""
    level = precision(when)
    if level is Precision.TIME and not _is_day(when):
        return _moment(as_instant(when))
    return _day(when, "long")


def day(when: str | None) -> str:
    """Only the day of a date-time, for lists; partial dates as they are."""
    return _day(when, "medium") if when else ""


def _is_day(when: str) -> bool:
    """Midnight UTC is how many systems write a date without a time; showing it in our zone would be the day before."""
    return re.search(r"T00:00(:00(\.0+)?)?Z$", when) is not None


def _day(when: str, style: str) -> str:
    """The day as the organization wrote it where it gave its own offset; an instant in UTC in the person's zone."""
    level = precision(when)
    if level is Precision.YEAR:
        return when
    if level is Precision.MONTH:
        return str(format_skeleton("yMMMM", date(int(when[:4]), int(when[5:7]), 1), locale=get_locale() or "en"))
    if level is Precision.TIME and when.endswith("Z") and not _is_day(when):
        return str(babel_date(as_instant(when), style))
    return str(babel_date(date.fromisoformat(when[:10]), style))


def moment(at: datetime | None) -> Markup | str:
    """A moment of our own (a refresh, a message) with its time, in the person's zone."""
    if at is None:
        return ""
    return Markup('<time datetime="{}">{}</time>').format(at.isoformat(timespec="seconds"), moment_text(at))


def moment_text(at: datetime) -> str:
    return _moment(at if at.tzinfo else at.replace(tzinfo=UTC))


def _moment(at: datetime) -> str:
    return f"{babel_date(at, 'medium')}, {babel_time(at, 'short')}"


def ago(at: datetime | None) -> str:
    """How long ago, roughly: "2 hours ago", "just now"."""
    if at is None:
        return ""
    delta = (at if at.tzinfo else at.replace(tzinfo=UTC)) - datetime.now(UTC)
    if abs(delta.total_seconds()) < 60:
        return _("just now")
    return str(format_timedelta(delta, add_direction=True))


def number(text: str) -> str:
    """A decimal with the locale's marks and all its digits (7.0 stays 7.0); as written where that would be too long."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        return text
    if not value.is_finite():
        return text
    exponent = value.as_tuple().exponent
    places = max(-exponent, 0) if isinstance(exponent, int) else 0
    if places > _MOST_PLACES or max(value.adjusted(), 0) + 1 + places > _MOST_DIGITS:
        return text
    pattern = "#,##0" + ("." + "0" * places if places else "")
    return str(babel_decimal(value, pattern, locale=get_locale() or "en"))


def unit(value: Quantity) -> str:
    """The unit for people: a known UCUM code's usual spelling, else the source's own unit, without annotations."""
    for text in (value.code, value.unit):
        if text in _UNITS:
            return _UNITS[text]
    written = value.unit or value.code
    return "" if written.startswith("{") and written.endswith("}") else written


def quantity(value: Quantity | None) -> Markup | str:
    """A value with its unit, kept together on one line."""
    if value is None:
        return ""
    return Markup('<span class="nowrap">{}</span>').format(quantity_text(value))


def quantity_text(value: Quantity) -> str:
    comparator = {"<=": "≤ ", ">=": "≥ ", "<": "< ", ">": "> "}.get(value.comparator, "")
    name = unit(value)
    gap = "" if name in ("%", "") or name.startswith("/") else "\u00a0"
    return f"{comparator}{number(value.value)}{gap}{name}"


def range_text(value: Range) -> str:
    """A reference range: "4.0 to 5.6 %", "below 100 mg/dL", or its own text."""
    low, high = value.low, value.high
    if low and high:
        same = unit(low) == unit(high)
        start = number(low.value) if same else quantity_text(low)
        return _("%(low)s to %(high)s", low=start, high=quantity_text(high))
    if high:
        return _("up to %(high)s", high=quantity_text(high))
    if low:
        return _("from %(low)s", low=quantity_text(low))
    return value.text


def lines(text: str) -> Markup:
    """Text with its line breaks kept; everything else escaped."""
    return Markup("<br>").join(escape(line) for line in text.splitlines())


def listing(names: Sequence[str]) -> str:
    """Names as a list in a sentence: "A, B and C"."""
    return str(format_list(list(names), locale=get_locale() or "en"))
