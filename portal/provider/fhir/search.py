"""Running a search over the home chart: the store narrows, tests decide, includes follow.

A search newest first with an earliest day has two phases: what is kept under that day or later, straight from the
index; then the few resources kept under earlier days whose period, or year, or month reaches into it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from portal.normalise.context import target_of
from portal.normalise.search_tokens import tokens as tokens_of
from portal.provider.fhir import shared
from portal.provider.fhir.access import Caller, visible
from portal.provider.fhir.definitions import INCLUDES, REVINCLUDES
from portal.provider.fhir.query import Query
from portal.provider.oauth.scopes import Reach
from portal.provider.types import SHARED
from portal.store import Tx
from portal.store.records import fhir_search
from portal.store.records import references as stored_references
from portal.store.records import resources as stored_resources
from portal.store.records.fhir_search import Criteria
from portal.store.records.resources import StoredResource

_BUDGET = 4000  # resources looked at for one page: a search that matches little goes on with the next page
_LATE = "L"  # the cursor's mark for the second phase


@dataclass(slots=True)
class Found:
    """One page. ``total`` is known when everything fits on the first page, or when only the count was asked for."""

    matches: list[StoredResource] = field(default_factory=list)
    included: list[StoredResource] = field(default_factory=list)
    next: str | None = None
    total: int | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose record is searched: our id, and the FHIR id."""

    person_id: str
    patient: str


@dataclass(frozen=True, slots=True)
class Search:
    """One search by one caller over one person's record, and how far the caller's token reaches on its type."""

    tx: Tx
    caller: Caller
    subject: Subject
    query: Query
    reach: Reach

    def run(self, *, after: str | None) -> Found:
        """One page, with what it includes; ``after`` is the cursor of the page before."""
        if self.query.only_count:
            return Found(total=self._total())
        found = Found(next=after)
        found.matches = list(self._page(found))
        if after is None and found.next is None:
            found.total = len(found.matches)
        found.included = self._included(found.matches)
        return found

    def _criteria(self) -> Criteria:
        query = self.query
        tokens: list[tuple[str, tuple[str, ...]]] = list(query.tokens)
        if self.reach.categories is not None:
            tokens.append(("category", tuple(sorted(self.reach.categories))))
        return Criteria(
            person_id=None if query.kind in SHARED else self.subject.person_id,
            type=query.kind,
            ids=query.ids,
            tokens=tokens,
            date_from=self._first_day(),
            date_before=query.date_before,
            updated_from=query.updated_from - self.caller.delay.span if query.updated_from else None,
            updated_before=query.updated_before,
        )

    def _first_day(self) -> str | None:
        """The day from which the index is read; oldest first, or among given ids, everything is looked at."""
        if self.query.date_from is None or not self.query.newest_first or self.query.ids is not None:
            return None
        return self.query.date_from[:10]

    def _page(self, found: Found) -> Iterator[StoredResource]:
        criteria, wanted, looked_at = self._criteria(), self.query.count, 0
        while wanted > 0 and not (found.next or "").startswith(_LATE):
            page = fhir_search.search(
                self.tx, criteria=criteria, after=found.next, limit=wanted, newest_first=self.query.newest_first
            )
            found.next = page.next
            for stored in self._seen(page.resources):
                wanted -= 1
                yield stored
            looked_at += len(page.resources)
            if page.next is None:
                if criteria.date_from is None:
                    break
                found.next = _LATE
            elif looked_at >= _BUDGET:
                return
        if (found.next or "").startswith(_LATE):
            yield from self._late(found, wanted)

    def _late(self, found: Found, wanted: int) -> Iterator[StoredResource]:
        """The second phase: what began earlier and reaches into the time asked for."""
        cursor = (found.next or "")[len(_LATE) :] or None
        waiting = stored_references.long_ones(
            self.tx,
            person_id=self.subject.person_id,
            kind=self.query.kind,
            before=self._first_day() or "",
            after=cursor,
        )
        found.next = None
        for date, resource_id in waiting:
            if wanted == 0:
                found.next = f"{_LATE}{cursor or ''}"
                return
            cursor = f"{date}~{resource_id}"
            stored = stored_resources.by_id(self.tx, resource_id=resource_id)
            if stored is None or stored.deleted or not self._has_tokens(stored):
                continue
            for one in self._seen([stored]):
                wanted -= 1
                yield one

    def _has_tokens(self, stored: StoredResource) -> bool:
        own = tokens_of(stored.body)
        return all(any((param, one) in own for one in values) for param, values in self._criteria().tokens)

    def _in_time(self, stored: StoredResource) -> bool:
        lower, upper = self.query.updated_from, self.query.updated_before
        return (lower is None or stored.updated_at >= lower) and (upper is None or stored.updated_at < upper)

    @property
    def _sight(self) -> shared.Sight:
        return shared.Sight(self.tx, self.caller, {self.subject.person_id: self.subject.patient})

    def _seen(self, resources: Iterable[StoredResource]) -> list[StoredResource]:
        seen = [one for one in (visible(self.caller, self.reach, stored) for stored in resources) if one is not None]
        if self.query.kind == "Provenance":  # found by a target that may have been taken out
            seen = [one for one in self._sight.narrowed(seen) if self._has_tokens(one)]
        fitting = [one for one in seen if self._in_time(one) and all(test(one.body) for test in self.query.tests)]
        return self._sight.led_to(fitting) if self.query.kind in SHARED else fitting

    def _total(self) -> int:
        criteria = replace(self._criteria(), date_from=None)
        counted = self.caller.confidential and not self.caller.delay.concerns(self.query.kind)
        if counted and not self.query.tests and self.query.kind not in SHARED | {"Provenance"}:
            return fhir_search.count(self.tx, criteria=criteria)
        total, after = 0, None
        while True:
            page = fhir_search.search(self.tx, criteria=criteria, after=after, limit=500)
            total += len(self._seen(page.resources))
            after = page.next
            if after is None:
                return total

    def _included(self, matches: list[StoredResource]) -> list[StoredResource]:
        found: dict[str, StoredResource] = {}
        wanted: set[str] = set()
        for name in self.query.includes:
            for one in matches:
                for path in INCLUDES[self.query.kind][name]:
                    wanted.update(references_at(one.body, path))
        for one in self._readable(wanted):
            found[one.id] = one
        if matches:
            names = [f"{one.type}/{one.fhir_id}" for one in matches]
            for value in self.query.revincludes:
                for one in self._pointing_here(value, names):
                    found[one.id] = one
        own = {one.id for one in matches}
        return [one for one in found.values() if one.id not in own]

    def _pointing_here(self, value: str, names: list[str]) -> list[StoredResource]:
        kind = value.partition(":")[0]
        if not self.caller.reaches(kind, "s"):
            return []
        stored = stored_references.targeting(
            self.tx, person_id=self.subject.person_id, kind=kind, param=REVINCLUDES[value], references=names
        )
        return self._sight.shown(self.caller.reach(kind, "s"), stored)

    def _readable(self, references: Iterable[str]) -> list[StoredResource]:
        """Of these references, the resources that this caller may read for this person."""
        allowed = [name for name in references if self.caller.reaches(name.partition("/")[0], "r")]
        by_type: dict[str, list[StoredResource]] = {}
        for one in stored_resources.many(self.tx, references=allowed):
            if one.person_id == self.subject.person_id or (one.person_id is None and one.type in SHARED):
                by_type.setdefault(one.type, []).append(one)
        return [one for kind, some in by_type.items() for one in self._sight.shown(self.caller.reach(kind, "r"), some)]


def references_at(body: Mapping[str, Any], path: str) -> set[str]:
    """The relative references at a path of a resource."""
    values: list[Any] = [body]
    for step in path.split("."):
        values = [part.get(step) for part in values if isinstance(part, Mapping)]
        values = [one for part in values for one in (part if isinstance(part, list) else [part])]
    return {target for value in values if (target := target_of(value)) and target.count("/") == 1}
