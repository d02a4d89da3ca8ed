"""Dates, times, numbers and quantities as a person reads them, by locale and never more precise than they are."""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, tzinfo
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Literal

from babel import Locale
from babel import dates as babel_dates
from babel.lists import format_list
from babel.numbers import get_decimal_symbol, get_group_symbol
from flask_babel import format_timedelta, get_timezone
from markupsafe import Markup, escape

from portal.domain.dates import Local, Precision, local, parse_when
from portal.domain.entry import Quantity, Range
from portal.extensions import of_request
from portal.web.phrases import current_locale
from portal.web.phrases import gettext as _

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
    """Return a FHIR date as written in the chart: ``2019`` stays a year, ``2019-03`` a month; "Z" times in our zone.

    Gives a ``<time>`` element, or an empty string without a date.
    """
    if not when:
        return ""
    return _time_element(when, date_text(when))


def _time_element(stamp: str, text: str) -> Markup:
    return Markup(f'<time datetime="{escape(stamp)}">{escape(text)}</time>')  # noqa: S704 - both are escaped


def date_text(when: str) -> str:
    """Return the words of ``fhir_date`` without markup; a text that is no FHIR date as it is."""
    if parse_when(when) is None:
        return when
    told = local(when, _zone())
    if told.time is None:
        return _day(told, "long")
    return f"{_day(told, 'medium')}, {_time(told.time)}"


def day(when: str | None) -> str:
    """Return only the day of a date-time, for lists; partial dates as they are.

    Made once a request: a list says it in its line, looks for it among what is said already, and is grouped by it.
    """
    if not when:
        return ""
    days: dict[tuple[str, Locale], str] = of_request().setdefault("days", {})
    key = (when, _locale())
    text = days.get(key)
    if text is None:
        text = days[key] = when if parse_when(when) is None else _day(local(when, _zone()), "medium")
    return text


def _zone() -> tzinfo:
    """Return the zone of the request."""
    zone: tzinfo | None = getattr(of_request().get("_flask_babel"), "babel_tzinfo", None)
    return zone or get_timezone() or UTC


def _day(told: Local, style: Literal["long", "medium"]) -> str:
    if told.precision is Precision.YEAR:
        return f"{told.day.year:04}"
    if told.precision is Precision.MONTH:
        return str(babel_dates.format_skeleton("yMMMM", told.day, locale=_locale()))
    return _calendar_day(told.day.year, told.day.month, told.day.day, style, _locale())


@lru_cache(maxsize=2000)
def _calendar_day(year: int, month: int, day: int, style: Literal["long", "medium"], locale: Locale) -> str:
    """Return a day of the calendar, which is nobody's: a page has dozens, and the same ones on the next page."""
    return babel_dates.format_date(date(year, month, day), style, locale=locale)


def short_day(told: Local) -> str:
    """Return a day as on a calendar's sheet ("Dec 14"), without its year; a month or a year as it is."""
    if told.precision in (Precision.YEAR, Precision.MONTH):
        return _day(told, "medium")
    return str(babel_dates.format_skeleton("MMMd", told.day, locale=_locale()))


def weekday_and_time(told: Local) -> str:
    """Return the weekday and the time of day, as far as they are known ("Monday, 2:00 PM")."""
    if told.precision in (Precision.YEAR, Precision.MONTH):
        return ""
    weekday = babel_dates.format_date(told.day, "EEEE", locale=_locale())
    return f"{weekday}, {_time(told.time)}" if told.time else weekday


def _time(at: time | datetime) -> str:
    return _clock(at.hour, at.minute, _locale())


@lru_cache(maxsize=2880)
def _clock(hour: int, minute: int, locale: Locale) -> str:
    """Return a time of day, which is nobody's either."""
    return babel_dates.format_time(time(hour, minute), "short", locale=locale)


def _locale() -> Locale:
    """Return the page's locale for dates and numbers: Spanish is that of the United States ("6.7", "2:00 p. m.")."""
    locale = current_locale()
    if locale is None:
        return _ENGLISH
    return locale if locale.territory else _OURS.get(locale.language, locale)


class _Locale(Locale):
    """A locale that is found by which object it is: babel works out the hash of one each time."""

    __hash__ = object.__hash__


_ENGLISH, _SPANISH = _Locale("en"), _Locale("es", "US")
_OURS = {"en": _ENGLISH, "es": _SPANISH}
"""One object each: what is kept by locale is then found without comparing two of them."""


def moment(at: datetime | None) -> Markup | str:
    """Return a moment of our own (a refresh, a message) with its time, in the person's zone.

    Made once a request: each row of a page says when its organization was last read.
    """
    if at is None:
        return ""
    moments: dict[tuple[datetime, Locale], Markup] = of_request().setdefault("moments", {})
    key = (at, _locale())
    if key not in moments:
        moments[key] = _time_element(at.isoformat(timespec="seconds"), moment_text(at))
    return moments[key]


def moment_text(at: datetime) -> str:
    """Return the words of ``moment`` without markup."""
    told = _told(at)
    return f"{_calendar_day(told.year, told.month, told.day, 'medium', _locale())}, {_time(told)}"


def _told(at: datetime) -> datetime:
    """Return a moment of our own as the clock of the request's zone tells it."""
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(_zone())


def clock(at: datetime) -> str:
    """Return the time of day of a moment of our own, in the person's zone."""
    return _time(_told(at))


def day_of(at: datetime) -> str:
    """Return the day of a moment of our own, in the person's zone: "December 2, 2026"."""
    return date_text(_told(at).date().isoformat())


def whole_day(at: datetime) -> str:
    """Return the day of a moment of our own, with its weekday: "Saturday, November 28, 2026"."""
    return babel_dates.format_date(_told(at), "full", locale=_locale())


def ago(at: datetime | None) -> str:
    """Say how long ago, roughly: "2 hours ago", "just now"."""
    if at is None:
        return ""
    delta = (at if at.tzinfo else at.replace(tzinfo=UTC)) - datetime.now(UTC)
    if abs(delta.total_seconds()) < 60:
        return _("just now")
    return str(format_timedelta(delta, add_direction=True))


def dialled(number_: str) -> str:
    """Return a North American telephone number as a phone dials it (RFC 3966), empty for any other text."""
    digits = re.sub(r"[\s().-]", "", number_)
    matched = re.fullmatch(r"(?:\+?1)?([2-9]\d{9})(?:(?:x|ext|;ext=)(\d{1,7}))?", digits, re.IGNORECASE)
    if matched is None:
        return digits if re.fullmatch(r"\+\d{7,15}", digits) else ""
    return f"+1{matched[1]};ext={matched[2]}" if matched[2] else f"+1{matched[1]}"


def with_phones(text: str) -> Markup:
    """Return a text of ours with each telephone number in it as a link that a phone can dial."""
    parts = _PHONE.split(text)
    return Markup("").join(
        Markup('<a class="nowrap" href="tel:{}">{}</a>').format(dialled(part), part)
        if at % 2 and dialled(part)
        else part
        for at, part in enumerate(parts)
    )


_PHONE = re.compile(r"((?:\+?1[ .-])?\(?[2-9]\d\d\)?[ .-]\d{3}[ .-]\d{4})")


def number(text: str) -> str:
    """Return a decimal with the locale's marks and all its digits; as written where that would be too long."""
    if _PLAIN.fullmatch(text):
        return text.replace(".", _symbols(_locale())[1]) if "." in text else text
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
    group, point = _symbols(_locale())
    return "".join({",": group, ".": point}.get(sign, sign) for sign in f"{value:,.{places}f}")


_PLAIN = re.compile(r"-?(?:0|[1-9][0-9]{0,2})(?:\.[0-9]{1,15})?")
"""A decimal that is written as it is, but for its point."""


@lru_cache
def _symbols(locale: Locale) -> tuple[str, str]:
    """Return what stands between thousands and before decimals; babel parses a pattern for each number."""
    return get_group_symbol(locale), get_decimal_symbol(locale)


def unit(value: Quantity) -> str:
    """Return the unit: a known UCUM code's usual spelling, else the source's own unit, without annotations."""
    for text in (value.code, value.unit):
        if text in _UNITS:
            return _UNITS[text]
    written = value.unit or value.code
    return "" if written.startswith("{") and written.endswith("}") else written


def quantity(value: Quantity | None) -> Markup | str:
    """Return a value with its unit, kept together on one line."""
    if value is None:
        return ""
    return Markup(f'<span class="nowrap">{escape(quantity_text(value))}</span>')  # noqa: S704 - it is escaped


def quantity_text(value: Quantity) -> str:
    comparator = {"<=": "≤ ", ">=": "≥ ", "<": "< ", ">": "> "}.get(value.comparator, "")
    name = unit(value)
    gap = "" if name in ("%", "") or name.startswith("/") else "\u00a0"
    return f"{comparator}{number(value.value)}{gap}{name}"


def range_text(value: Range) -> str:
    """Return a reference range: "4.0 to 5.6 %", "below 100 mg/dL", or its own text."""
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
    """Return text with its line breaks kept; everything else escaped."""
    return Markup("<br>").join(escape(line) for line in text.splitlines())


def listing(names: Sequence[str]) -> str:
    """Return names as a list in a sentence: "A, B and C"."""
    return names[0] if len(names) == 1 else str(format_list(list(names), locale=_locale()))
