"""What to ask for since when: an incremental refresh that never loses an item. Pure.

The mark of a search is the newest ``meta.lastUpdated`` among what it brought, so it is a moment of the other server's
clock. The next refresh asks for ``_lastUpdated=ge<mark>``; as the newest resource is not older than itself, an answer
without any resource is not believed and the search is made in full. Deletions are seen only in a complete answer, so
everything is asked for again once a week. Source: FHIR R4 search.html#lastUpdated.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from portal.domain.sections import Section
from portal.fhir.capability import Capability
from portal.refresh.plan import PlannedSearch, Unit
from portal.store.links.refreshes import SectionState

FULL_EVERY = timedelta(days=6, hours=12)
"""After so long everything is asked for again: within a week also when refreshes come once a day."""

_OVERLAP = timedelta(minutes=2)
"""What was stored there shortly before we asked may have become visible after: such a mark goes back so far."""

_FUTURE = timedelta(minutes=2)
"""A mark that lies further ahead of our clock is not a moment of any clock."""


class Cursor(msgspec.Struct, frozen=True, kw_only=True):
    """Kept for a section: when it was last complete, for which authorization, and the mark of each search."""

    full_at: datetime
    grant: str
    marks: dict[str, str]

    def to_json(self) -> dict[str, Any]:
        plain: dict[str, Any] = msgspec.to_builtins(self)
        return plain


@dataclass(frozen=True, slots=True)
class Since:
    """The marks that searches of one refresh may start from, by ``key``."""

    grant: str
    started: datetime
    marks: Mapping[str, str] = field(default_factory=dict)
    cursors: Mapping[Section, Cursor] = field(default_factory=dict)

    def cursor(self, unit: Unit, section: Section, seen: Mapping[str, str | None], *, whole: bool) -> Cursor | None:
        """Return the cursor of a section that ended well, or None when there is none to keep.

        ``seen`` are the newest marks by search; ``whole``: nothing was left out because of a mark.
        """
        before = self.cursors.get(section)
        full_at = self.started if whole else before.full_at if before else None
        if full_at is None:
            return None
        keys = [key(search, category) for search in unit.searches for category in _categories(search, seen)]
        marks = {search_key: mark for search_key in keys if (mark := seen.get(search_key)) is not None}
        return Cursor(full_at=full_at, grant=self.grant, marks=marks) if marks else None


def grant_of(scopes: Iterable[str], patient: str) -> str:
    """Return what an answer depends on besides the search: another grant may show what was left out before."""
    return hashlib.sha256("\n".join([patient, *sorted(scopes)]).encode()).hexdigest()[:16]


def since(
    units: Iterable[Unit], states: Mapping[Section, SectionState], capability: Capability, *, grant: str, now: datetime
) -> Since:
    """Return the searches that may be incremental: the server lists ``_lastUpdated``, and each of their sections was
    complete within the week, for the same grant, and has nothing wrong with it since.
    """
    cursors: dict[Section, Cursor] = {}
    for section, state in states.items():
        cursor = _cursor(state)
        if cursor is not None and cursor.grant == grant and timedelta(0) <= now - cursor.full_at < FULL_EVERY:
            cursors[section] = cursor
    marks: dict[str, str] = {}
    for unit in units:
        for search in unit.searches:
            if not capability.searches_by(search.resource_type, "_lastUpdated"):
                continue
            for category in (*search.categories, *search.fallback, ""):
                own = [cursors.get(section) for section in search.sections_of(category)]
                stored = [cursor.marks.get(key(search, category)) if cursor else None for cursor in own]
                if all(stored):
                    marks[key(search, category)] = min(str(mark) for mark in stored)
    return Since(grant, now, marks, cursors)


def key(search: PlannedSearch, category: str) -> str:
    """Return what names one search among those of a link."""
    return f"{search.resource_type}|{category}|{search.include}"


def newest(resources: Iterable[Mapping[str, Any]], *, asked_at: datetime) -> str | None:
    """Return the mark of an answer, as an instant in UTC; None when a resource does not say when it was changed.

    Raises nothing: a moment that cannot be read, or that lies ahead of us, gives None too.
    """
    moments = {_instant(text) for text in {_changed_at(resource) for resource in resources}}
    if not moments or None in moments:
        return None
    latest = max(moment for moment in moments if moment is not None)
    if latest > asked_at + _FUTURE:
        return None
    latest = min(latest, asked_at - _OVERLAP) if latest > asked_at - _OVERLAP else latest
    return latest.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _changed_at(resource: Mapping[str, Any]) -> str | None:
    meta = resource.get("meta")
    text = meta.get("lastUpdated") if isinstance(meta, Mapping) else None
    return text if isinstance(text, str) else None


def _instant(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else None


def _cursor(state: SectionState) -> Cursor | None:
    if state.cursor is None:
        return None
    try:
        return msgspec.convert(state.cursor, Cursor)
    except msgspec.ValidationError:  # of another version: everything is asked for again
        return None


def _categories(search: PlannedSearch, seen: Mapping[str, str | None]) -> tuple[str, ...]:
    """Return the categories by which it was asked for in the end."""
    categories = (*search.categories, *search.fallback, "")
    return tuple(category for category in categories if key(search, category) in seen)
