"""A span of days as a condition on day keys (``portal.domain.dates.day_key``), each as precise as its source."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, func, literal, or_


@dataclass(frozen=True, slots=True)
class Period:
    """From one day to another, both included; None is without an end. Days are those of ``zone``."""

    since: date | None
    until: date | None
    zone: ZoneInfo

    def holds(self, key: ColumnElement[str]) -> ColumnElement[bool]:
        """Return the condition of being dated in it. A month or year that reaches into it counts; no date does not."""
        # The bounds say nothing more, but an index can be read between them.
        bounds = [key >= self._first(self.since)] if self.since else []
        bounds += [key <= self._last(self.until)] if self.until else []
        return and_(*bounds, self._held(key))

    def _held(self, key: ColumnElement[str]) -> ColumnElement[bool]:
        day = func.substr(key, 1, 10)
        instant = key.like("%Z")
        written: list[ColumnElement[bool]] = [~instant, key != ""]
        exact: list[ColumnElement[bool]] = [instant]
        if self.since:
            written.append(day >= func.substr(literal(self.since.isoformat()), 1, func.length(key)))
            exact.append(key >= self._instant(self.since))
        if self.until:
            written.append(day <= self.until.isoformat())
            exact.append(key < self._instant(_later(self.until, 1)))
        # Asked first, as it is nearly always so and takes a fraction of the rest.
        return or_(and_(*self._inside(key)), and_(*written), and_(*exact))

    def listed(self, place: ColumnElement[str], key: ColumnElement[str]) -> tuple[ColumnElement[bool], ...]:
        """Return conditions of which a row that is dated in it meets one: it stands in the period, or later.

        ``place`` is where a row stands in its list: at its own date, ``key``, or at that of a newer row which it names.
        So each condition is read between two ends of an index, in the order of the list.
        """
        held = self._held(key)  # between the ends of the place: ends of the key would be asked of each row for nothing
        in_place = [place >= self._first(self.since)] if self.since else []
        if self.until is None:
            return (and_(*in_place, held),)
        last = self._last(self.until)
        # Joined to nothing, it is no reason to read the list's index: rows that stand elsewhere have one of their own.
        return and_(*in_place, place <= last, held), and_(place + "" > last, place != key, self.holds(key))

    def _inside(self, key: ColumnElement[str]) -> list[ColumnElement[bool]]:
        """Return the condition of being a day or more from both ends: so in it, in every zone and however precise."""
        inside = [key >= _later(self.since, 2).isoformat() if self.since else key != ""]
        return inside + ([key < self.until.isoformat()] if self.until else [])

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
