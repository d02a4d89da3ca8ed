"""Running a search over the home chart: the store narrows, tests decide, includes follow.

A search newest first with an earliest day has two phases: what is kept under that day or later, straight from the
index; then the few resources kept under earlier days whose period, or year, or month reaches into it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from portal.domain.ids import HOME, OWN
from portal.normalise.context import target_of
from portal.normalise.search_tokens import tokens as tokens_of
from portal.provider.fhir import shared
from portal.provider.fhir.access import Caller, visible
from portal.provider.fhir.budget import Budget
from portal.provider.fhir.definitions import INCLUDES, REFERENCES, REVINCLUDES
from portal.provider.fhir.masking import masked
from portal.provider.fhir.query import Query
from portal.provider.oauth.scopes import Reach
from portal.provider.types import SHARED
from portal.store import Tx
from portal.store.records import fhir_search, packing
from portal.store.records import references as stored_references
from portal.store.records import resources as stored_resources
from portal.store.records.fhir_search import Criteria
from portal.store.records.resources import StoredResource

_LATE = "L"  # the cursor's mark for the second phase


@dataclass(slots=True)
class SearchPage:
    """One page. ``total`` is known when everything fits on the first page, or when only the count was asked for."""

    matches: list[StoredResource] = field(default_factory=list)
    included: list[StoredResource] = field(default_factory=list)
    next: str | None = None
    total: int | None = None
    late: int | None = None
    """How many matches are of the first phase, once the second has begun."""


@dataclass(frozen=True, slots=True)
class SearchSubject:
    """Whose record is searched: our id, and the FHIR id."""

    person_id: str
    patient: str


@dataclass(frozen=True, slots=True)
class RecordSearch:
    """One search by one caller over one person's record, and how far the caller's token reaches on its type."""

    tx: Tx
    caller: Caller
    subject: SearchSubject
    query: Query
    reach: Reach
    budget: Budget = field(default_factory=Budget)

    def run(self, *, after: str | None) -> SearchPage:
        """Return one page, with what it includes; ``after`` is the cursor of the page before."""
        if self.query.only_count:
            return SearchPage(total=self._total())
        answer = SearchPage(next=after)
        ahead = int(not self._sees_all)  # one more says whether a page follows
        for match in self._page(answer, self.query.count + ahead):
            answer.matches.append(match)
        if len(answer.matches) > self.query.count:
            answer.matches.pop()
            answer.next = self._after(answer)
        elif answer.next is not None and not self._sees_all:
            answer.next = self._with_more(answer.next)
        if after is None and answer.next is None:
            answer.total = len(answer.matches)
        answer.included = self._included(answer.matches)
        return answer

    def _after(self, answer: SearchPage) -> str:
        """Return where the page after these matches begins, of which there is at least one, and one follows."""
        last, following = fhir_search.cursor(answer.matches[-1]), len(answer.matches)
        if answer.late is None or following < answer.late:
            return last
        return f"{_LATE}{last}" if following > answer.late else _LATE

    def _criteria(self) -> Criteria:
        query = self.query
        tokens: list[tuple[str, tuple[str, ...]]] = list(query.tokens)
        if self.reach.categories is not None:
            tokens.append(("category", tuple(sorted(self.reach.categories))))
        return Criteria(
            person_id=None if query.kind in SHARED else self.subject.person_id,
            type=query.kind,
            source=OWN if query.own else HOME,
            ids=query.ids,
            tokens=tokens,
            date_from=self._first_day(),
            date_before=query.date_before,
            updated_from=query.updated_from - self.caller.delay.span if query.updated_from else None,
            updated_before=query.updated_before,
            open_only=not self.caller.confidential,
        )

    def _first_day(self) -> str | None:
        """Return the day from which the index is read; oldest first, or among given ids, everything is looked at."""
        if self.query.date_from is None or not self.query.newest_first or self.query.ids is not None:
            return None
        return self.query.date_from[:10]

    def _page(self, answer: SearchPage, remaining: int) -> Iterator[StoredResource]:
        criteria, looked_at = self._criteria(), 0
        while remaining > 0 and not (answer.next or "").startswith(_LATE):
            page = fhir_search.search(
                self.tx, criteria=criteria, after=answer.next, limit=remaining, newest_first=self.query.newest_first
            )
            answer.next = page.next
            for stored in self._seen(page.resources):
                remaining -= 1
                yield stored
            looked_at += len(page.resources)
            if page.next is None:
                if criteria.date_from is None or self.query.own:  # what was measured at home has a moment
                    break
                answer.next = _LATE
            elif self.budget.page_is_over(looked_at):
                return
        if (answer.next or "").startswith(_LATE):
            yield from self._late(answer, remaining)

    def _late(self, answer: SearchPage, remaining: int) -> Iterator[StoredResource]:
        """Yield the second phase: what began earlier and reaches into the requested time."""
        cursor = (answer.next or "")[len(_LATE) :] or None
        answer.late = len(answer.matches)
        waiting = stored_references.long_ones(
            self.tx,
            person_id=self.subject.person_id,
            kind=self.query.kind,
            before=self._first_day() or "",
            after=cursor,
        )
        answer.next = None
        for place, (date, number) in enumerate(waiting):
            if remaining == 0 or (place > 0 and self.budget.page_is_over(place)):
                answer.next = f"{_LATE}{cursor or ''}"
                return
            cursor = f"{date}~{number}"
            stored = stored_resources.by_number(self.tx, number=number)
            if stored is None or stored.deleted or not self._has_tokens(stored):
                continue
            for resource in self._seen([stored]):
                remaining -= 1
                yield resource

    def _has_tokens(self, stored: StoredResource) -> bool:
        own = tokens_of(stored.body)
        return all(any((param, token) in own for token in values) for param, values in self._criteria().tokens)

    def _in_time(self, stored: StoredResource) -> bool:
        lower, upper = self.query.updated_from, self.query.updated_before
        return (lower is None or stored.updated_at >= lower) and (upper is None or stored.updated_at < upper)

    def _passing(self, resources: Iterable[StoredResource]) -> list[StoredResource]:
        """Return those that pass the query's tests; no more of them is decoded than these look at."""
        names, tests = self.query.elements, self.query.tests
        decode = None if names is None else packing.decoder_of(names)
        passing = []
        for resource in resources:
            body = resource.body if decode is None else decode(resource.text)
            for test in tests:
                if not test(body):
                    break
            else:
                passing.append(resource)
        return passing

    @property
    def _sight(self) -> shared.PeopleSight:
        return shared.PeopleSight(self.tx, self.caller, {self.subject.person_id: self.subject.patient})

    def _seen(self, resources: Iterable[StoredResource]) -> list[StoredResource]:
        caller, reach = self.caller, self.reach
        seen = [shown for stored in resources if (shown := visible(caller, reach, stored)) is not None]
        whole = seen
        if self.query.kind in shared.DESCRIBING:
            seen = self._sight.narrowed(seen)
        seen = masked(self.tx, caller, seen)
        if seen != whole:  # perhaps found by a reference that was taken out
            seen = [resource for resource in seen if self._has_tokens(resource)]
        query = self.query
        fitting = seen
        if query.updated_from is not None or query.updated_before is not None:
            fitting = [resource for resource in fitting if self._in_time(resource)]
        if query.tests:
            fitting = self._passing(fitting)
        return self._sight.led_to(fitting) if self.query.kind in SHARED else fitting

    @property
    def _sees_all(self) -> bool:
        """Whether whatever the store finds is shown: then it need not be opened to be counted."""
        unlimited = self.caller.opens_all(self.query.kind)
        by_reference = any(param in REFERENCES for param, _ in self.query.tokens)  # which may be taken out of it
        looked_into = by_reference or bool(self.query.tests)
        return unlimited and not looked_into and self.query.kind not in SHARED | shared.DESCRIBING

    def _with_more(self, cursor: str) -> str | None:
        """Return where the next page begins; None where nothing shown follows: an empty page would tell of the rest."""
        ahead = SearchPage(next=cursor)
        return cursor if any(True for _ in self._page(ahead, 1)) else ahead.next

    def _total(self) -> int:
        criteria = msgspec.structs.replace(self._criteria(), date_from=None)
        if self._sees_all:
            return fhir_search.count(self.tx, criteria=criteria)
        total, after = 0, None
        while True:
            page = fhir_search.search(self.tx, criteria=criteria, after=after, limit=500)
            self.budget.spend(len(page.resources))
            total += len(self._seen(page.resources))
            after = page.next
            if after is None:
                return total

    def _included(self, matches: list[StoredResource]) -> list[StoredResource]:
        if not self.query.includes and not self.query.revincludes:
            return []
        included: dict[str, StoredResource] = {}
        references: set[str] = set()
        for include in self.query.includes:
            name, _colon, target = include.partition(":")
            for resource in matches:
                for path in INCLUDES[self.query.kind][name]:
                    named = references_at(resource.body, path)
                    references.update(each for each in named if not target or each.startswith(f"{target}/"))
        for resource in self._readable(references):
            included[resource.id] = resource
        if matches:
            names = [f"{resource.type}/{resource.fhir_id}" for resource in matches]
            for value in self.query.revincludes:
                for resource in self._pointing_here(value, names):
                    included[resource.id] = resource
        own = {resource.id for resource in matches}
        return [resource for resource in included.values() if resource.id not in own]

    def _pointing_here(self, value: str, names: list[str]) -> list[StoredResource]:
        kind = value.partition(":")[0]
        if not self.caller.reaches(kind, "s"):
            return []
        stored = stored_references.targeting(
            self.tx,
            person_id=self.subject.person_id,
            kind=kind,
            param=REVINCLUDES[value],
            references=names,
            open_only=not self.caller.confidential,
        )
        self.budget.spend(len(stored))
        return self._sight.shown(self.caller.reach(kind, "s"), stored)

    def _readable(self, references: Iterable[str]) -> list[StoredResource]:
        """Return the resources behind these references that this caller may read for this person."""
        allowed = [name for name in references if self.caller.reaches(name.partition("/")[0], "r")]
        self.budget.spend(len(allowed))
        by_type: dict[str, list[StoredResource]] = {}
        for resource in stored_resources.many(self.tx, references=allowed, open_only=not self.caller.confidential):
            if resource.person_id == self.subject.person_id or (resource.person_id is None and resource.type in SHARED):
                by_type.setdefault(resource.type, []).append(resource)
        return [
            resource
            for kind, stored in by_type.items()
            for resource in self._sight.shown(self.caller.reach(kind, "r"), stored)
        ]


def references_at(body: Mapping[str, Any], path: str) -> set[str]:
    """Return the relative references at a path of a resource."""
    values: list[Any] = [body]
    for step in path.split("."):
        values = [part.get(step) for part in values if isinstance(part, Mapping)]
        values = [element for part in values for element in (part if isinstance(part, list) else [part])]
    return {target for value in values if (target := target_of(value)) and target.count("/") == 1}
