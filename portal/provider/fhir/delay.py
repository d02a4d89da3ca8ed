"""Results that apps read only some days after they were issued: part of the organization's release policy.

What is held back is as if it were not there yet: no search finds it, no count counts it, a read answers 404. When the
time is over it counts as changed at that moment, so that who asks for what changed (``_lastUpdated``) gets it.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from msgspec import structs

from portal.domain.dates import as_instant, parse_when
from portal.normalise.elements import obj
from portal.provider.fhir.categories import categories
from portal.store.records.resources import StoredResource

_NO_RESULTS = ("vital-signs", "social-history", "survey", "activity")


@dataclass(frozen=True, slots=True)
class Delay:
    """``span`` of zero: nothing is held back. ``now`` is the moment of the request."""

    span: timedelta
    now: datetime

    def concerns(self, kind: str) -> bool:
        return bool(self.span) and kind in ("Observation", "DiagnosticReport")

    def released(self, stored: StoredResource) -> StoredResource | None:
        """Return the resource as of its release; None while it is held back."""
        if not self.concerns(stored.type) or not _is_result(stored):
            return stored
        from_then = _after(_issued(stored), self.span)
        if from_then > self.now:
            return None
        return stored if stored.updated_at >= from_then else structs.replace(stored, updated_at=from_then)


def _after(moment: datetime, span: timedelta) -> datetime:
    """Return a moment later by a span; at the end of time (a result issued in the year 9999) it stays there."""
    try:
        return moment + span
    except OverflowError:
        return moment


def _is_result(stored: StoredResource) -> bool:
    codes = {category.rpartition("|")[2] for category in categories(stored.body)}
    return stored.type == "DiagnosticReport" or not codes & set(_NO_RESULTS)


def _issued(stored: StoredResource) -> datetime:
    """Return when it was issued, else the time that it is about, else when it was stored."""
    body = stored.body
    period = obj(body.get("effectivePeriod"))
    for value in (body.get("issued"), body.get("effectiveDateTime"), period.get("end"), period.get("start")):
        when = parse_when(value)
        if when is not None:
            return as_instant(when).astimezone(UTC)
    return stored.updated_at
