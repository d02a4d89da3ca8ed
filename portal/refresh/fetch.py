"""Fetching one unit: its searches, page by page, through the guard, and what they refer to. No database here.

What goes wrong in one search becomes the outcome of its sections and nothing else, except a lost authorization and
another person's data: those end the refresh.
"""

import threading
from collections import Counter
from collections.abc import Container, Iterator, Mapping
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
from portal.fhir.vendors import OPEN_ENDED, Quirks, parts_by
from portal.refresh.guard import LinkedPerson, Sorted, check_strays
from portal.refresh.plan import PlannedSearch, Unit
from portal.refresh.references import References
from portal.refresh.search_outcomes import SearchOutcome, combined, is_good, is_not_to_be_had, judged
from portal.refresh.since import key, newest

Resource = dict[str, Any]

OTHER_PERSON = "other-person"
UNCLEAR, TOTAL, UNUSABLE, NOT_TRIED = "unclear-subject", "total-mismatch", "unusable-entries", "organization-down"
UNREADABLE = "unreadable-items"
_SMALLER_PAGE = 20
_WITHDRAWN = frozenset({"suppressed", "incomplete", "too-costly", "throttled", "timeout"})
WITHHELD = "outcome-suppressed"  # the server keeps something back on purpose: all that is to be had came


class StoppedError(PortalError):
    """The refresh was cancelled or ended elsewhere."""

    code = "stopped"


@dataclass(slots=True)
class Fetched:
    """All that came for a unit."""

    unit: Unit
    resources: list[Resource] = field(default_factory=list)
    parts: list[SearchOutcome] = field(default_factory=list)
    pages: int = 0
    failed_references: str | None = None
    foreign: int = 0  # kept out: they name another patient
    marks: dict[str, str | None] = field(default_factory=dict)  # by ``since.key``: what the next refresh may start from
    unreadable: Counter[Section] = field(default_factory=Counter)  # kept items of a section that could not be read
    described: set[str] = field(default_factory=set)  # types that say more of items, of which all came

    def take(self, sorted_out: Sorted) -> None:
        """Add what is the linked person's; what is somebody else's is counted only."""
        self.resources.extend(sorted_out.own)
        self.foreign += sorted_out.foreign

    def outcome_of(self, section: Section) -> tuple[Outcome, str | None]:
        """Return one outcome from those of the searches that fill the section, and from what could be read of it."""
        outcome, reason = combined([part for part in self.parts if section in part.sections])
        if outcome is Outcome.DONE and reason is None and self.unreadable[section]:
            return Outcome.PARTLY, UNREADABLE
        return outcome, reason or (self.failed_references if outcome is Outcome.DONE else None)

    def is_complete(self, section: Section) -> bool:
        """Tell whether all that the organization has for the section came: what is missing was deleted there.

        What it keeps back on purpose is not to be had any more either.
        """
        parts = [part for part in self.parts if section in part.sections]
        came = all(part.reason == WITHHELD or is_good(part) for part in parts)
        return bool(parts) and came and all(part.whole for part in parts)

    def complete(self, *, but: Container[Section]) -> frozenset[Section]:
        """Return the sections of the unit of which all came, except some."""
        return frozenset(each for each in self.unit.sections if self.is_complete(each) and each not in but)

    def handed_over(self) -> Iterator[Resource]:
        """Yield one resource after the other, each forgotten once it is stored: a large section is in memory once."""
        self.resources.reverse()
        while self.resources:
            yield self.resources.pop()

    def has_come(self, section: Section) -> bool:
        """Tell whether everything that was asked for came, whatever of it could be read."""
        parts = [part for part in self.parts if section in part.sections]
        return bool(parts) and all(map(is_good, parts))

    def left_out(self, section: Section) -> Counter[str]:
        """Count by reason what came and left no trace; what several sections share counts in the first of them."""
        counts: Counter[str] = Counter()
        for part in self.parts:
            if part.sections[:1] == (section,):
                counts.update(part.left_out)
        return counts


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


class Fetcher:
    """Fetches units for one patient; used by several threads at once."""

    def __init__(
        self,
        client: FhirClient,
        *,
        patient_id: str,
        person: LinkedPerson,
        quirks: Quirks,
        references: References,
        shared: Shared,
        since: Mapping[str, str] | None = None,
    ) -> None:
        self._client = client
        self._patient_id = patient_id
        self._person = person
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
            sorted_out = self._person.sort(referenced)
            into.take(sorted_out)
            if sorted_out.foreign:
                left_out = {OTHER_PERSON: sorted_out.foreign}
                into.parts.append(SearchOutcome(unit.sections[:1], Outcome.PARTLY, OTHER_PERSON, left_out=left_out))
        check_strays(into.foreign, len(into.resources) + into.foreign)
        return into

    def _search(self, search: PlannedSearch, into: Fetched) -> None:
        if search.categories:
            into.parts.extend(judged([self._search_part(search, category, into) for category in search.categories]))
            return
        try:
            part = self._search_part(search, "", into)
            if search.describing and is_good(part) and part.whole:
                into.described.add(search.resource_type)
            if not (search.describing and is_not_to_be_had(part)):
                into.parts.append(part)
        except _NarrowerError as wanted:
            self._search(wanted.search, into)

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
            narrower = None if state.pages or category else _narrower(search, exc)
            if narrower is not None:
                raise _NarrowerError(narrower) from None
            return SearchOutcome(sections, _outcome(exc, state), exc.code, left_out=state.left_out)
        if state.reason is None and state.total is not None and state.total > state.seen:
            return SearchOutcome(sections, Outcome.DONE, TOTAL)
        if state.reason is None:
            into.marks[key(search, category)] = newest(state.matches, asked_at=state.asked_at)
        whole = not category or (search.exhaustive and search.resource_type not in OPEN_ENDED)
        outcome = Outcome.PARTLY if state.reason else Outcome.DONE
        return SearchOutcome(sections, outcome, state.reason, whole=whole, left_out=state.left_out)

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
        into.foreign += changed.foreign
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
        sorted_out = self._person.sort(repaired, bases=page.bases)
        into.take(sorted_out)
        into.pages += 1
        state.pages += 1
        state.seen += len(page.matches)
        state.matches.extend({"meta": resource.get("meta")} for resource in page.matches)
        state.total = page.total if page.total is not None else state.total
        reasons = {OTHER_PERSON: sorted_out.foreign, UNCLEAR: sorted_out.unclear, UNUSABLE: page.unusable}
        state.left_out.update({reason: count for reason, count in reasons.items() if count})
        if sorted_out.foreign:
            state.reason = OTHER_PERSON
        elif sorted_out.unclear:
            state.reason = state.reason or UNCLEAR
        elif page.unusable:
            state.reason = state.reason or UNUSABLE
        for issue in (*page.errors, *(issue for issue in page.issues if issue in _WITHDRAWN)):
            state.reason = state.reason if state.reason not in (None, WITHHELD) else f"outcome-{issue}"
        for section in search.sections:
            self._shared.progress[section] = (into.pages, len(into.resources))
        self._shared.took(1, len(sorted_out.own))


class _NarrowerError(Exception):
    """The server wants the search in another form."""

    def __init__(self, search: PlannedSearch) -> None:
        super().__init__()
        self.search = search


@dataclass(slots=True)
class _State:
    since: str = ""
    asked_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    pages: int = 0
    seen: int = 0
    total: int | None = None
    reason: str | None = None
    matches: list[Resource] = field(default_factory=list)  # their ``meta`` only
    left_out: Counter[str] = field(default_factory=Counter)


def _narrower(search: PlannedSearch, exc: OutsideError) -> PlannedSearch | None:
    """Return the search in the form that the server asks for; None where its refusal is one.

    What counts is what the body says: some say "a category is required" with a 403 or 404, others give no reason
    with a 400.
    """
    if not isinstance(exc, HttpStatusError) or search.param or exc.status not in (400, 403, 404, 422):
        return None
    for param in exc.parameters:
        values, exhaustive = parts_by(search.resource_type, param)
        if values:
            return replace(search, categories=values, fallback=(), param=param, exhaustive=exhaustive)
    if search.fallback and (exc.status in (400, 422) or exc.issue == "required"):
        return replace(search, categories=search.fallback, fallback=())
    return None


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
