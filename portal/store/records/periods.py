"""A span of days as a condition on day keys (``portal.domain.dates.day_key``), each as precise as its source."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, String, and_, bindparam, func, literal, or_

_Value = Callable[[str], ColumnElement[str]]


def _parameter(name: str) -> ColumnElement[str]:
    return bindparam(name, type_=String)


class Ends(NamedTuple):
    """Which ends a period has: statements that are made once differ by these, and take ``Period.values``."""

    since: bool
    until: bool

    def listed(self, place: ColumnElement[str], key: ColumnElement[str]) -> tuple[ColumnElement[bool], ...]:
        """Return conditions of which a row that is dated in a period meets one: it stands in the period, or later.

        ``place`` is where a row stands in its list: at its own date, ``key``, or at that of a newer row which it names.
        So each condition is read between two ends of an index, in the order of the list.
        """
        # Between the ends of the place: those of the key would be asked of each row for nothing.
        in_place = and_(*self._bounds(place, _parameter), self._held(key, _parameter))
        if not self.until:
            return (in_place,)
        # Joined to nothing, it is no reason to read the list's index: rows that stand elsewhere have one of their own.
        later = place + "" > _parameter("period_last")
        return in_place, and_(later, place != key, self.holds(key, _parameter))

    def holds(self, key: ColumnElement[str], value: _Value) -> ColumnElement[bool]:
        return and_(*self._bounds(key, value), self._held(key, value))

    def _bounds(self, key: ColumnElement[str], value: _Value) -> list[ColumnElement[bool]]:
        """Return what says nothing more than ``_held``, but an index can be read between them."""
        bounds = [key >= value("period_first")] if self.since else []
        return bounds + ([key <= value("period_last")] if self.until else [])

    def _held(self, key: ColumnElement[str], value: _Value) -> ColumnElement[bool]:
        day = func.substr(key, 1, 10)
        instant = key.like("%Z")
        written: list[ColumnElement[bool]] = [~instant, key != ""]
        exact: list[ColumnElement[bool]] = [instant]
        # A day or more from both ends it is in the period in every zone, and however precise. Asked first, as it is
        # nearly always so and takes a fraction of the rest.
        inside = [key >= value("period_inside") if self.since else key != ""]
        if self.since:
            written.append(day >= func.substr(value("period_since"), 1, func.length(key)))
            exact.append(key >= value("period_begins"))
        if self.until:
            inside.append(key < value("period_until"))
            written.append(day <= value("period_until"))
            exact.append(key < value("period_ends"))
        return or_(and_(*inside), and_(*written), and_(*exact))


@dataclass(frozen=True, slots=True)
class Period:
    """From one day to another, both included; None is without an end. Days are those of ``zone``."""

    since: date | None
    until: date | None
    zone: ZoneInfo

    @property
    def ends(self) -> Ends:
        return Ends(self.since is not None, self.until is not None)

    @property
    def values(self) -> Mapping[str, str]:
        """What a statement with conditions of ``ends`` is executed with."""
        values: dict[str, str] = {}
        if self.since:
            values |= {"period_first": self._first(self.since), "period_since": self.since.isoformat()}
            values |= {"period_begins": self._instant(self.since), "period_inside": _later(self.since, 2).isoformat()}
        if self.until:
            values |= {"period_last": self._last(self.until), "period_until": self.until.isoformat()}
            values |= {"period_ends": self._instant(_later(self.until, 1))}
        return values

    def holds(self, key: ColumnElement[str]) -> ColumnElement[bool]:
        """Return the condition of being dated in it. A month or year that reaches into it counts; no date does not."""
        values = self.values
        return self.ends.holds(key, lambda name: literal(values[name]))

    def _first(self, day: date) -> str:
        """Return a key that none of the period is below: it may be only a year, or an instant of the day before."""
        return min(day.isoformat()[:4], self._instant(day))

    def _last(self, day: date) -> str:
        """Return a key that none of the period is above."""
        return max(f"{day.isoformat()}T24", self._instant(_later(day, 1)))

    def _instant(self, day: date) -> str:
        """Return the key of the moment at which a day begins; of the calendar's first and last day that in UTC."""
        try:
            begins = datetime.combine(day, time(), self.zone).astimezone(UTC)
        except OverflowError:
            begins = datetime.combine(day, time())
        return f"{begins.replace(tzinfo=None).isoformat()}Z"


def _later(day: date, days: int) -> date:
    return day + timedelta(days=days) if days <= (date.max - day).days else date.max
