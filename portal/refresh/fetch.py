"""Fetching one unit: its searches, page by page, through the guard, and what they refer to. No database here.

What goes wrong in one search becomes the outcome of its sections and nothing else, except a lost authorization and
another person's data: those end the refresh.
"""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from portal.domain.errors import (
    AddressRefusedError,
    HttpStatusError,
    LimitReachedError,
    OutsideError,
    PortalError,
    UnauthorizedError,
    UnreachableError,
    WrongPersonError,
)
from portal.domain.links import Outcome
from portal.domain.sections import Section
from portal.fhir.client import BundlePage, FhirClient
from portal.fhir.limits import Limits
from portal.fhir.vendors import OPEN_ENDED, Quirks
from portal.refresh.guard import keep_own
from portal.refresh.plan import PlannedSearch, Unit
from portal.refresh.references import References
from portal.refresh.since import key, newest

Resource = dict[str, Any]

UNCLEAR, TOTAL, UNUSABLE, NOT_TRIED = "unclear-subject", "total-mismatch", "unusable-entries", "organization-down"
_SMALLER_PAGE = 20
_WITHDRAWN = frozenset({"suppressed", "incomplete", "too-costly", "throttled", "timeout"})


class StoppedError(PortalError):
    """The refresh was cancelled or ended elsewhere."""

    code = "stopped"


@dataclass(frozen=True, slots=True)
class SearchOutcome:
    """How one search, or one category of it, ended, for the sections it fills.

    ``whole``: everything was asked for, not only what changed since the last time, or the categories that we know.
    """

    sections: tuple[Section, ...]
    outcome: Outcome
    reason: str | None = None
    whole: bool = True


@dataclass(slots=True)
class Fetched:
    """All that came for a unit."""

    unit: Unit
    resources: list[Resource] = field(default_factory=list)
    parts: list[SearchOutcome] = field(default_factory=list)
    pages: int = 0
    failed_references: str | None = None
    marks: dict[str, str | None] = field(default_factory=dict)  # by ``since.key``: what the next refresh may start from

    def outcome_of(self, section: Section) -> tuple[Outcome, str | None]:
        """Return one outcome from those of the searches that fill the section."""
        outcome, reason = combined([part for part in self.parts if section in part.sections])
        return outcome, reason or (self.failed_references if outcome is Outcome.DONE else None)

    def is_complete(self, section: Section) -> bool:
        """Tell whether all that the organization has for the section came: what is missing was deleted there."""
        return self.is_good(section) and all(part.whole for part in self.parts if section in part.sections)

    def is_good(self, section: Section) -> bool:
        """Tell whether everything that was asked for came."""
        parts = [part for part in self.parts if section in part.sections]
        return bool(parts) and all(part.outcome is Outcome.DONE and part.reason is None for part in parts)


@dataclass(slots=True)
class Shared:
    """What the threads of one refresh share. ``progress`` is (pages, items) per section, read by the main thread."""

    limits: Limits
    stop: threading.Event = field(default_factory=threading.Event)
    progress: dict[Section, tuple[int, int]] = field(default_factory=dict)
    retry_after: float = 0.0
    limited: bool = False  # the organization counts our requests, and there were too many
    _failures: int = 0
    _pages: int = 0
    _resources: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def check(self) -> None:
        """Raise when nothing more should be asked for."""
        if self.stop.is_set():
            raise StoppedError
        if self._failures >= self.limits.failures:
            raise UnreachableError(NOT_TRIED)

    def took(self, pages: int, resources: int) -> None:
        with self._lock:
            self._failures = 0
            self._pages += pages
            self._resources += resources
            if self._pages > self.limits.refresh_pages or self._resources > self.limits.refresh_resources:
                raise LimitReachedError("refresh-budget")

    def failed(self, exc: OutsideError) -> None:
        """Count failures that concern the whole organization; note how long it wants to be left alone."""
        status = exc.status if isinstance(exc, HttpStatusError) else 0
        with self._lock:
            if isinstance(exc, HttpStatusError) and exc.retry_after is not None and status in (429, 503):
                self.retry_after = max(self.retry_after, exc.retry_after)
                self.limited = self.limited or status == 429
            if status == 429 or exc.code == "answer-too-slow" or _is_down(exc):
                self._failures += 1


def combined(parts: list[SearchOutcome]) -> tuple[Outcome, str | None]:
    """Combine several outcomes: what came counts, and what did not is named."""
    outcomes = {part.outcome for part in parts}
    came = outcomes & {Outcome.DONE, Outcome.PARTLY}
    if not came:
        for worst in (Outcome.FAILED, Outcome.REFUSED, Outcome.NOT_OFFERED):
            if worst in outcomes:
                return worst, _reason(parts, worst)
        return Outcome.NOT_OFFERED, None
    for lacking in (Outcome.FAILED, Outcome.REFUSED, Outcome.PARTLY):
        if lacking in outcomes:
            return Outcome.PARTLY, _reason(parts, lacking)
    return Outcome.DONE, _reason(parts, Outcome.DONE)


class Fetcher:
    """Fetches units for one patient; used by several threads at once."""

    def __init__(
        self,
        client: FhirClient,
        *,
        patient_id: str,
        quirks: Quirks,
        references: References,
        shared: Shared,
        since: Mapping[str, str] | None = None,
    ) -> None:
        self._client = client
        self._patient_id = patient_id
        self._quirks = quirks
        self._references = references
        self._shared = shared
        self._since = since or {}

    def fetch(self, unit: Unit) -> Fetched:
        """Fetch everything of one unit.

        Raises:
            UnauthorizedError, WrongPersonError: the refresh is over. StoppedError: it was cancelled.
        """
        into = Fetched(unit)
        for search in unit.searches:
            self._search(search, into)
        if into.resources:
            referenced, into.failed_references = self._references.of(into.resources, check=self._shared.check)
            referenced = [self._quirks.repaired(resource) for resource in referenced]
            own, _ = keep_own(referenced, patient_id=self._patient_id, base=self._client.base)
            into.resources.extend(own)
        return into

    def _search(self, search: PlannedSearch, into: Fetched) -> None:
        if search.categories:
            into.parts.extend([self._search_part(search, category, into) for category in search.categories])
            return
        try:
            into.parts.append(self._search_part(search, "", into))
        except _CategoryRequiredError:
            self._search(replace(search, categories=search.fallback, fallback=()), into)

    def _search_part(self, search: PlannedSearch, category: str, into: Fetched) -> SearchOutcome:
        sections = search.sections_of(category) if category else search.sections
        changed = self._changed(search, category, into)
        if changed is not None:
            return changed
        state = _State()
        try:
            self._pages(search, category, into, state, self._quirks.page_size)
        except (UnauthorizedError, WrongPersonError):
            raise
        except OutsideError as exc:
            self._shared.failed(exc)
            if not state.pages and not category and search.fallback and _asks_for_category(exc):
                raise _CategoryRequiredError from None
            return SearchOutcome(sections, _outcome(exc, state), exc.code)
        if state.reason is None and state.total is not None and state.total > state.seen:
            return SearchOutcome(sections, Outcome.DONE, TOTAL)
        if state.reason is None:
            into.marks[key(search, category)] = newest(state.matches, asked_at=state.asked_at)
        whole = not category or search.resource_type not in OPEN_ENDED
        return SearchOutcome(sections, Outcome.PARTLY if state.reason else Outcome.DONE, state.reason, whole=whole)

    def _changed(self, search: PlannedSearch, category: str, into: Fetched) -> SearchOutcome | None:
        """Return what changed since the last time, or None when everything must be asked for.

        Only an answer beyond doubt counts. An empty one does not: the newest resource that we know must be in it.
        """
        mark = self._since.get(key(search, category))
        if mark is None:
            return None
        state, changed = _State(since=mark), Fetched(into.unit)
        try:
            self._pages(search, category, changed, state, self._quirks.page_size)
        except (UnauthorizedError, WrongPersonError):
            raise
        except OutsideError as exc:
            self._shared.failed(exc)
            return None
        if not state.matches or state.reason or (state.total is not None and state.total > state.seen):
            return None
        into.resources.extend(changed.resources)
        into.pages += changed.pages
        into.marks[key(search, category)] = max(mark, newest(state.matches, asked_at=state.asked_at) or mark)
        sections = search.sections_of(category) if category else search.sections
        return SearchOutcome(sections, Outcome.DONE, whole=False)

    def _pages(self, search: PlannedSearch, category: str, into: Fetched, state: "_State", size: int | None) -> None:
        params = self._quirks.params(self._patient_id)
        params |= search.narrowed_to(category)
        params |= {"_include": search.include} if search.include else {}
        params |= {"_lastUpdated": f"ge{state.since}"} if state.since else {}
        self._shared.check()
        try:
            for page in self._client.search(search.resource_type, params, page_size=size):
                self._take(page, search, into, state)
                self._shared.check()
        except LimitReachedError as exc:
            # One page may be too much where ten small ones are not.
            if state.pages or exc.code not in ("answer-too-large", "answer-too-slow") or size == _SMALLER_PAGE:
                raise
            self._pages(search, category, into, state, _SMALLER_PAGE)

    def _take(self, page: BundlePage, search: PlannedSearch, into: Fetched, state: "_State") -> None:
        repaired = [self._quirks.repaired(resource) for resource in (*page.matches, *page.included)]
        own, unclear = keep_own(repaired, patient_id=self._patient_id, base=self._client.base)
        into.resources.extend(own)
        into.pages += 1
        state.pages += 1
        state.seen += len(page.matches)
        state.matches.extend({"meta": resource.get("meta")} for resource in page.matches)
        state.total = page.total if page.total is not None else state.total
        if unclear:
            state.reason = UNCLEAR
        elif page.unusable:
            state.reason = state.reason or UNUSABLE
        for issue in page.issues:
            if issue in _WITHDRAWN:
                state.reason = state.reason or f"outcome-{issue}"
        for section in search.sections:
            self._shared.progress[section] = (into.pages, len(into.resources))
        self._shared.took(1, len(own))


class _CategoryRequiredError(Exception):
    """The server wants the search category by category."""


@dataclass(slots=True)
class _State:
    since: str = ""
    asked_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    pages: int = 0
    seen: int = 0
    total: int | None = None
    reason: str | None = None
    matches: list[Resource] = field(default_factory=list)  # their ``meta`` only


def _asks_for_category(exc: OutsideError) -> bool:
    return isinstance(exc, HttpStatusError) and exc.status in (400, 422)


def _outcome(exc: OutsideError, state: _State) -> Outcome:
    if state.pages or isinstance(exc, LimitReachedError):
        return Outcome.PARTLY
    if isinstance(exc, HttpStatusError):
        return _BY_STATUS.get(exc.status, Outcome.FAILED)
    return Outcome.FAILED


_BY_STATUS: Mapping[int, Outcome] = {
    403: Outcome.REFUSED,
    404: Outcome.NOT_OFFERED,
    410: Outcome.NOT_OFFERED,
    501: Outcome.NOT_OFFERED,
}


def _is_down(exc: OutsideError) -> bool:
    """Tell whether it is the organization, not one kind of record: no connection, no answer, no name."""
    refused = isinstance(exc, AddressRefusedError) and exc.code not in (
        "other-origin",
        "outside-base",
        "address-malformed",
    )
    return refused or (isinstance(exc, UnreachableError) and exc.code != NOT_TRIED)


def _reason(parts: list[SearchOutcome], outcome: Outcome) -> str | None:
    return next((part.reason for part in parts if part.outcome is outcome and part.reason), None)
