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
        day = func.substr(key, 1, 10)
        instant = key.like("%Z")
        written: list[ColumnElement[bool]] = [~instant, key != ""]
        exact: list[ColumnElement[bool]] = [instant]
        if self.since:
            written.append(day >= func.substr(literal(self.since.isoformat()), 1, func.length(key)))
            exact.append(key >= self._instant(self.since))
        if self.until:
            written.append(day <= self.until.isoformat())
            exact.append(key < self._instant(self.until + timedelta(days=1)))
        return and_(*bounds, or_(and_(*written), and_(*exact)))

    def _first(self, day: date) -> str:
        """Return a key that none of the period is below: it may be only a year, or an instant of the day before."""
        return min(day.isoformat()[:4], self._instant(day))

    def _last(self, day: date) -> str:
        """Return a key that none of the period is above."""
        return max(f"{day.isoformat()}T24", self._instant(day + timedelta(days=1)))

    def _instant(self, day: date) -> str:
        return datetime.combine(day, time(), self.zone).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
