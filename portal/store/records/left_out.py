"""What came from a source and is shown on no page: how much, why, and which.

Two kinds are counted where a reader looks: what could not be read, and what is of a kind that is not shown here. What
was refused by policy (an unsent message) is not counted, and what a reader may not see leaves no count.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    and_,
    bindparam,
    false,
    func,
    literal,
    or_,
    select,
    true,
    union_all,
)

from portal.access.visibility import Sight
from portal.domain.ids import HOME
from portal.domain.links import Outcome
from portal.domain.sections import SECTIONS_OF, Section
from portal.store.engine.constants import with_constants
from portal.store.engine.database import Tx
from portal.store.links import refreshes
from portal.store.links.refreshes import SectionState
from portal.store.records.seen import seen
from portal.store.schema.links import link, section_state
from portal.store.schema.records import record_count, resource

UNREADABLE = frozenset({"malformed", "no-code", "unusable-entries"})
NOT_SHOWN = frozenset({"unsupported-type", "not-an-implant"})
ELSEWHERE = frozenset({"other-person", "unclear-subject"})
"""Kept out because they belong to somebody else, or nobody can say to whom."""
_COUNTED = UNREADABLE | NOT_SHOWN | ELSEWHERE


@dataclass(slots=True)
class LeftOut:
    """Items of one source and section by reason; ``section`` is None for kinds of records that no section shows.

    ``types`` counts the kept ones by FHIR resource type. ``held``: how many rows wait until the person wants to see
    them (``portal.access.result_timing``), not part of ``total``; the source "" has how many there are in all.
    """

    source: str
    section: Section | None
    reasons: Counter[str] = field(default_factory=Counter)
    types: Counter[str] = field(default_factory=Counter)
    held: int = 0

    @property
    def total(self) -> int:
        return self.reasons.total()

    @property
    def unreadable(self) -> int:
        return sum(self.reasons[reason] for reason in UNREADABLE)

    @property
    def not_shown(self) -> int:
        return sum(self.reasons[reason] for reason in NOT_SHOWN)


@dataclass(frozen=True, slots=True)
class LeftOutItem:
    """One kept resource that is not shown; ``resources.by_id`` has its original text."""

    id: str
    source: str
    type: str
    reason: str
    date: str


def section_of_type(kind: str) -> Section | None:
    """Return the section whose readers are told of a resource of this type; None when no section shows such a kind."""
    return SECTIONS_OF.get(kind, (None,))[0]


UnshownCount = tuple[str, str, str, int]
"""Kept resources of one kind that are not shown: source, FHIR type, reason, how many.

Of rows that wait: source, section, no reason, how many.
"""

_LEFT_OUT = and_(
    resource.c.refusal.is_not(None),  # so that the index of refused ones serves
    resource.c.refusal.in_(sorted(_COUNTED)),
    resource.c.deleted_at.is_(None),
)
BY_REFUSAL = (resource.c.refusal, resource.c.source, resource.c.type)
"""In the order of that index, or SQLite passes it over."""


def is_unshown(sight: Sight) -> ColumnElement[bool]:
    """Return the condition for resources of "person_id" that are not shown, as far as the reader may know of them."""
    return and_(resource.c.person_id == bindparam("person_id"), _LEFT_OUT, _seen(sight))


def is_waiting(sight: Sight) -> ColumnElement[bool]:
    """Return the condition for the counts of rows of "person_id" that wait, of which the reader may know otherwise."""
    if sight.held:
        return false()
    of_person = record_count.c.person_id == bindparam("person_id")
    return and_(of_person, record_count.c.held, seen(record_count.c, replace(sight, held=True)))


def counts(
    tx: Tx,
    *,
    person_id: str,
    sight: Sight,
    states: Mapping[str, Mapping[Section, SectionState]] | None = None,
    unshown: Iterable[UnshownCount] | None = None,
) -> tuple[LeftOut, ...]:
    """Return what is left out of a person's record or waits, by source and section, home first; only what there is.

    What the reader may not see (``sight``) leaves no count. ``states``: of all live links (``refreshes.of_person``),
    and ``unshown`` (``portal.store.records.numbers``): where they were read already.
    """
    groups: dict[tuple[str, Section | None], LeftOut] = {}
    if unshown is None:
        answer = tx.conn.execute(_unshown(sight), {"person_id": person_id})
        unshown = [(source, kind, reason, int(number)) for source, kind, reason, number in answer]
    for source, kind, reason, number in unshown:
        if not reason:
            _group(groups, source, Section(kind)).held += number
            continue
        group = _group(groups, source, section_of_type(kind))
        group.reasons[reason] += number
        group.types[kind] += number
    all_states = refreshes.of_person(tx, person_id=person_id) if states is None else states
    for source, by_section in all_states.items():
        for section, state in by_section.items():
            lost = {str(reason): int(number) for reason, number in state.left_out.items()}
            if lost and sight.opens(section):
                _group(groups, source, section).reasons.update(lost)
    return tuple(sorted(groups.values(), key=lambda group: (group.source != HOME, group.source, group.section or "")))


@lru_cache(maxsize=64)  # with what is confidential or private and without
def _unshown(sight: Sight) -> CompoundSelect[Any]:
    columns = (resource.c.source, resource.c.type, resource.c.refusal)
    unshown = select(*columns, func.count()).where(is_unshown(sight)).group_by(*BY_REFUSAL)
    rows = (record_count.c.source, record_count.c.section)
    waits = select(*rows, literal(""), func.sum(record_count.c.rows)).where(is_waiting(sight)).group_by(*rows)
    return with_constants(union_all(unshown, waits))


@dataclass(frozen=True, slots=True)
class OrganizationGaps:
    """Over all live links of one organization: sections that did not come completely, items that could not be shown."""

    incomplete: int = 0
    items: int = 0


def by_organization(tx: Tx) -> Mapping[str, OrganizationGaps]:
    """Return by organization how much of what was asked for is missing. Numbers only, nobody's data."""
    refused = (
        select(link.c.organization_id, func.count())
        .join(resource, resource.c.source == link.c.id)
        .where(_LEFT_OUT, link.c.live)
        .group_by(link.c.organization_id)
    )
    items: Counter[str] = Counter()
    for organization_id, number in tx.conn.execute(refused):
        items[organization_id] = number
    states = (
        select(link.c.organization_id, section_state.c.outcome, section_state.c.left_out)
        .join(link, link.c.id == section_state.c.link_id)
        .where(link.c.live, or_(section_state.c.left_out.is_not(None), section_state.c.outcome.in_(_INCOMPLETE)))
    )
    incomplete: Counter[str] = Counter()
    for organization_id, outcome, lost in tx.conn.execute(states):
        incomplete[organization_id] += outcome in _INCOMPLETE
        items[organization_id] += sum(int(number) for number in (lost or {}).values())
    return {
        organization_id: OrganizationGaps(incomplete[organization_id], items[organization_id])
        for organization_id in {*incomplete, *items}
    }


_INCOMPLETE = (Outcome.PARTLY.value, Outcome.FAILED.value)


def of_source(tx: Tx, *, person_id: str, source: str) -> Mapping[Section | None, Counter[str]]:
    """Return the kept resources of one source that are not shown, by section and reason, confidential ones included."""
    reasons: dict[Section | None, Counter[str]] = {}
    query = (
        select(resource.c.type, resource.c.refusal, func.count())
        .where(resource.c.person_id == person_id, resource.c.source == source, _LEFT_OUT)
        .group_by(resource.c.refusal, resource.c.type)
    )
    for kind, reason, number in tx.conn.execute(query):
        reasons.setdefault(section_of_type(kind), Counter())[reason] += number
    return reasons


def items(
    tx: Tx, *, person_id: str, source: str, section: Section | None, sight: Sight, limit: int = 100
) -> tuple[LeftOutItem, ...]:
    """Return the kept resources of one source and section that are not shown, newest first."""
    query = (
        select(resource.c.id, resource.c.source, resource.c.type, resource.c.refusal, resource.c.date)
        .where(resource.c.person_id == person_id, resource.c.source == source, _LEFT_OUT)
        .order_by(resource.c.date.desc(), resource.c.id)
    )
    query = query.where(_seen(sight))
    if section is not None:
        query = query.where(
            resource.c.type.in_([kind for kind, (first, *_) in SECTIONS_OF.items() if first is section])
        )
    else:
        query = query.where(resource.c.type.not_in(list(SECTIONS_OF)))
    return tuple(LeftOutItem(*row) for row in tx.conn.execute(query.limit(limit)))


def _seen(sight: Sight) -> ColumnElement[bool]:
    """As ``portal.store.records.seen``, of resources, which have a type and no section."""
    hidden = sorted(sight.hidden_types())
    conditions: list[ColumnElement[bool]] = [resource.c.type.not_in(hidden) if hidden else true()]
    if not sight.confidential:
        conditions.append(resource.c.confidential.is_(False))
    if not sight.private:
        conditions.append(resource.c.private.is_(False))
    if sight.authors is not None:
        conditions.append(resource.c.author.in_(sorted(sight.authors)))
    return and_(*conditions)


def _group(groups: dict[tuple[str, Section | None], LeftOut], source: str, section: Section | None) -> LeftOut:
    return groups.setdefault((source, section), LeftOut(source, section))
