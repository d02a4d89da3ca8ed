"""Running a search over the home chart: the store narrows, tests decide, includes follow."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from portal.normalise.context import target_of
from portal.smart.fhir import shared
from portal.smart.fhir.access import Caller, visible
from portal.smart.fhir.definitions import INCLUDES, REVINCLUDES
from portal.smart.fhir.query import Query
from portal.smart.oauth.scopes import Reach
from portal.smart.types import SHARED
from portal.store import Tx, provider_search, records
from portal.store.records import Criteria, StoredResource

_BUDGET = 4000  # resources looked at for one page: a search that matches little goes on with the next page


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


def run(tx: Tx, *, caller: Caller, subject: Subject, query: Query, reach: Reach, after: str | None) -> Found:
    """One page of the search, with what it includes."""
    criteria = _criteria(subject, query, reach)
    if query.only_count:
        return Found(total=_total(tx, caller, subject, query, reach, criteria))
    found = Found()
    found.next = after
    found.matches = list(_page(tx, caller, subject, query, reach, criteria, found))
    if after is None and found.next is None:
        found.total = len(found.matches)
    found.included = _included(tx, caller, subject, query, found.matches)
    return found


def _criteria(subject: Subject, query: Query, reach: Reach) -> Criteria:
    tokens: list[tuple[str, tuple[str, ...]]] = list(query.tokens)
    if reach.categories is not None:
        tokens.append(("category", tuple(sorted(reach.categories))))
    return Criteria(
        person_id=None if query.kind in SHARED else subject.person_id,
        type=query.kind,
        ids=query.ids,
        tokens=tokens,
        date_before=query.date_before,
        updated_from=query.updated_from,
        updated_before=query.updated_before,
    )


def _page(
    tx: Tx, caller: Caller, subject: Subject, query: Query, reach: Reach, criteria: Criteria, found: Found
) -> Iterator[StoredResource]:
    wanted, looked_at = query.count, 0
    while wanted > 0:
        page = records.search(tx, criteria=criteria, after=found.next, limit=wanted, newest_first=query.newest_first)
        found.next = page.next
        for stored in _seen(tx, caller, subject, query, reach, page.resources):
            wanted -= 1
            yield stored
        looked_at += len(page.resources)
        if page.next is None or looked_at >= _BUDGET:
            return


def _seen(
    tx: Tx, caller: Caller, subject: Subject, query: Query, reach: Reach, resources: Iterable[StoredResource]
) -> list[StoredResource]:
    kept = [
        one for one in resources if visible(caller, reach, one.body) and all(test(one.body) for test in query.tests)
    ]
    if query.kind in SHARED:
        return shared.led_to(tx, patients=frozenset({subject.patient}), resources=kept)
    return kept


def _total(tx: Tx, caller: Caller, subject: Subject, query: Query, reach: Reach, criteria: Criteria) -> int:
    if not query.tests and caller.confidential and query.kind not in SHARED:
        return records.count(tx, criteria=criteria)
    total, after = 0, None
    while True:
        page = records.search(tx, criteria=criteria, after=after, limit=500)
        total += len(_seen(tx, caller, subject, query, reach, page.resources))
        after = page.next
        if after is None:
            return total


def _included(
    tx: Tx, caller: Caller, subject: Subject, query: Query, matches: list[StoredResource]
) -> list[StoredResource]:
    found: dict[str, StoredResource] = {}
    wanted: set[str] = set()
    for name in query.includes:
        for one in matches:
            for path in INCLUDES[query.kind][name]:
                wanted.update(references_at(one.body, path))
    for one in readable(tx, caller=caller, subject=subject, references=wanted):
        found[one.id] = one
    if matches:
        names = [f"{one.type}/{one.fhir_id}" for one in matches]
        for value in query.revincludes:
            kind = value.partition(":")[0]
            if not caller.reaches(kind, "s"):
                continue
            for one in provider_search.targeting(
                tx, person_id=subject.person_id, kind=kind, param=REVINCLUDES[value], references=names
            ):
                found[one.id] = one
    own = {one.id for one in matches}
    return [one for one in found.values() if one.id not in own]


def readable(tx: Tx, *, caller: Caller, subject: Subject, references: Iterable[str]) -> list[StoredResource]:
    """Of these references, the resources that this caller may read for this person."""
    allowed = [name for name in references if caller.reaches(name.partition("/")[0], "r")]
    stored = records.many(tx, references=allowed)
    reach = {one.type: caller.reach(one.type, "r") for one in stored}
    own = [one for one in stored if one.person_id == subject.person_id and visible(caller, reach[one.type], one.body)]
    nobodys = [one for one in stored if one.person_id is None and one.type in SHARED]
    return own + shared.led_to(tx, patients=frozenset({subject.patient}), resources=nobodys)


def references_at(body: Mapping[str, Any], path: str) -> set[str]:
    """The relative references at a path of a resource."""
    values: list[Any] = [body]
    for step in path.split("."):
        values = [part.get(step) for part in values if isinstance(part, Mapping)]
        values = [one for part in values for one in (part if isinstance(part, list) else [part])]
    return {target for value in values if (target := target_of(value)) and target.count("/") == 1}
