"""Date parameters: prefixes, partial dates and periods as FHIR R4 has them (search.html#date). Pure.

Every date stands for a range, ``[first, after)``; a parameter compares ranges. Instants are UTC sort keys.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from portal.domain.dates import Precision, as_instant, parse_when, precision
from portal.provider.fhir.outcomes import invalid

_PREFIX = re.compile(r"(eq|ne|gt|lt|ge|le|sa|eb|ap)?(\d.*)", re.ASCII)
_FIRST = datetime.min.replace(tzinfo=UTC)
_LAST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Span:
    """A range of time: ``first`` is in it, ``after`` is not."""

    first: datetime
    after: datetime


@dataclass(frozen=True, slots=True)
class DateTest:
    """One value of a date parameter."""

    prefix: str
    span: Span

    def fits(self, other: Span) -> bool:
        own = self.span
        if self.prefix == "eq":
            return own.first <= other.first and other.after <= own.after
        if self.prefix == "ne":
            return not (own.first <= other.first and other.after <= own.after)
        if self.prefix == "gt":
            return other.after > own.after
        if self.prefix == "lt":
            return other.first < own.first
        if self.prefix == "ge":
            return other.after > own.first
        if self.prefix == "le":
            return other.first < own.after
        if self.prefix == "sa":
            return other.first >= own.after
        if self.prefix == "eb":
            return other.after <= own.first
        return own.first < other.after and other.first < own.after  # ap

    @property
    def earliest(self) -> datetime | None:
        """Nothing that ended before this can fit."""
        return (
            self.span.first
            if self.prefix in ("eq", "ge", "ap", "gt")
            else self.span.after
            if self.prefix == "sa"
            else None
        )

    @property
    def latest(self) -> datetime | None:
        """Nothing that began at or after this can fit."""
        if self.prefix in ("eq", "le", "ap"):
            return self.span.after
        return self.span.first if self.prefix in ("lt", "eb") else None


def parse(text: str) -> DateTest:
    """Return one value: an optional prefix and a date.

    Raises:
        FhirError: 400 when it is not one.
    """
    match = _PREFIX.fullmatch(text.strip().replace(" ", "+"))
    when = parse_when(match.group(2)) if match else None
    if match is None or when is None:
        raise invalid("A date parameter is not a FHIR date with an optional prefix")
    test = DateTest(match.group(1) or "eq", span_of(when))
    if test.prefix == "ap":
        # A tenth of the distance to now, at least a day (FHIR leaves the width to the server).
        width = max(abs(datetime.now(UTC) - test.span.first) / 10, timedelta(days=1))
        return DateTest("ap", Span(_shift(test.span.first, -width), _shift(test.span.after, width)))
    return test


@lru_cache(maxsize=16_384)  # a record says the same moments again and again, and one search looks at each
def _span(text: str) -> Span | None:
    when = parse_when(text)
    return span_of(when) if when else None


def span_of(when: str) -> Span:
    """Return the range that a FHIR date stands for."""
    first = as_instant(when)
    grain = precision(when)
    try:
        if grain is Precision.YEAR:
            return Span(first, first.replace(year=first.year + 1))
        if grain is Precision.MONTH:
            return Span(first, (first.replace(day=1) + timedelta(days=32)).replace(day=1))
        if grain is Precision.DAY:
            return Span(first, first + timedelta(days=1))
        if len(re.sub(r"(Z|[+-]\d{2}:\d{2})$", "", when)) <= 16:
            return Span(first, first + timedelta(minutes=1))
        whole = first.replace(microsecond=0)
        return Span(whole, whole + timedelta(seconds=1))
    except (OverflowError, ValueError):
        return Span(first, _LAST)


def fits(resource: Mapping[str, Any], paths: tuple[str, ...], tests: Sequence[DateTest]) -> bool:
    """Tell whether any of the ranges at these paths meets any of the tests."""
    for path in paths:
        value = resource.get(path)
        if isinstance(value, str):  # nearly always, and then without a generator
            span = _span(value)
            ranges: Iterable[Span] = () if span is None else (span,)
        else:
            ranges = _at(resource, path.split("."))
        for candidate in ranges:
            for test in tests:
                if test.fits(candidate):
                    return True
    return False


def spans(resource: Mapping[str, Any], paths: tuple[str, ...]) -> Iterator[Span]:
    """Yield the ranges at these paths: dates, periods (open ends reach as far as time), timings' events."""
    for path in paths:
        yield from _at(resource, path.split("."))


def _at(value: Any, path: list[str]) -> Iterator[Span]:
    if isinstance(value, list):
        for element in value:
            yield from _at(element, path)
    elif path:
        if isinstance(value, Mapping):
            yield from _at(value.get(path[0]), path[1:])
    elif isinstance(value, str):
        span = _span(value)
        if span:
            yield span
    elif isinstance(value, Mapping):
        start, end = parse_when(value.get("start")), parse_when(value.get("end"))
        if start or end:
            yield Span(span_of(start).first if start else _FIRST, span_of(end).after if end else _LAST)


def _shift(instant: datetime, width: timedelta) -> datetime:
    try:
        return instant + width
    except OverflowError:
        return _FIRST if width < timedelta(0) else _LAST


def sort_key_of(instant: datetime) -> str:
    """Return the instant as the store's sort keys are written; one before the year 1000 as the lowest."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if instant.year > 999 else "1000"
