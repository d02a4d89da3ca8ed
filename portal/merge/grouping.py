"""Which entries make one row: a pure function of the set of entries, whatever their order and history.

Entries that share a *certain* key (``Bond.SAME``) are one cluster. Clusters that share a weaker key are joined only
where nothing speaks against it: no two of them may carry different codes in the same code system (or differ in another
trait that the bond minds), and for ``Bond.RIVAL`` no organization may document two of them itself. A weak key that is
ambiguous joins nothing, because a wrong merge is worse than a missed one.

Since the answer depends on nothing but the set, taking a source away equals never having had it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum

import msgspec

from portal.domain.entry import Status
from portal.domain.ids import HOME

RANKS: Mapping[Status, int] = {Status.PAST: 0, Status.UNKNOWN: 1, Status.ACTIVE: 2, Status.UPCOMING: 3}
"""A status as a place in the list, highest first: what is coming, what holds now, what is over."""


class Bond(StrEnum):
    """How far a shared key goes."""

    SAME = "same"  # certain
    CODE = "code"  # a coarser code: unless finer codes differ
    TEXT = "text"  # the same words: unless codes of one system differ
    RIVAL = "rival"  # the same thing with another particular: unless one organization documents both


_MINDS: Mapping[Bond, frozenset[str] | None] = {
    Bond.CODE: None,  # every trait
    Bond.TEXT: None,
    Bond.RIVAL: frozenset({"form", "route", "hours", "side", "kind", "serial", "lot", "snomed"}),
}
"""Traits in which clusters must agree, where both have them, before a weak key joins them."""


class Member(msgspec.Struct, frozen=True):
    """What grouping needs to know of an entry. Keys and traits are opaque: plain text or hashes of it.

    ``traits`` gives for each trait (a code system, a side of the body …) the values this entry has.
    """

    id: str
    source: str
    status: Status
    sort_at: str
    keys: tuple[tuple[Bond, str], ...] = ()
    traits: Mapping[str, tuple[str, ...]] = {}


class Voice(msgspec.Struct, frozen=True):
    """What one source has in a row: the entry that holds now, and how many it has in all."""

    source: str
    entry_id: str
    entries: int


class Row(msgspec.Struct, frozen=True):
    """One line of a section page. ``id`` is the smallest id of its members; ``voices`` are ordered, home first."""

    id: str
    rank: int
    sort_at: str
    primary_id: str
    home: bool
    members: tuple[str, ...]
    voices: tuple[Voice, ...]


def rows(members: Iterable[Member]) -> tuple[Row, ...]:
    """The rows of one section of one person, ordered by id. Entries entered in error belong to none."""
    listed = [member for member in members if member.status is not Status.ENTERED_IN_ERROR]
    return tuple(sorted((_row(group) for group in _groups(listed)), key=lambda row: row.id))


def _row(group: Sequence[Member]) -> Row:
    by_source: dict[str, list[Member]] = defaultdict(list)
    for member in group:
        by_source[member.source].append(member)
    leads = {source: max(its, key=_lead_order) for source, its in by_source.items()}
    order = sorted(leads, key=lambda source: (source != HOME, source))
    rank = max(RANKS[lead.status] for lead in leads.values())
    best = max(leads.values(), key=_lead_order)
    return Row(
        id=min(member.id for member in group),
        rank=rank,
        sort_at=max(lead.sort_at for lead in leads.values() if RANKS[lead.status] == rank),
        primary_id=leads.get(HOME, best).id,
        home=HOME in leads,
        members=tuple(sorted(member.id for member in group)),
        voices=tuple(Voice(source, leads[source].id, len(by_source[source])) for source in order),
    )


def _lead_order(member: Member) -> tuple[int, str, str]:
    return RANKS[member.status], member.sort_at, member.id


class _Sets:
    """Disjoint sets of numbers (union by smaller root, path halving)."""

    def __init__(self, size: int) -> None:
        self.parent = list(range(size))

    def find(self, one: int) -> int:
        parent = self.parent
        while parent[one] != one:
            parent[one] = parent[parent[one]]
            one = parent[one]
        return one

    def join(self, one: int, other: int) -> None:
        first, second = self.find(one), self.find(other)
        if first != second:
            self.parent[max(first, second)] = min(first, second)


_STEPS = ((Bond.CODE, Bond.TEXT), (Bond.RIVAL,))
"""Weak keys in the order of their strength; a later step sees what the earlier ones made."""


def _groups(members: Sequence[Member]) -> list[list[Member]]:
    sets = _Sets(len(members))
    first: dict[str, int] = {}
    weak: dict[Bond, dict[str, list[int]]] = {bond: defaultdict(list) for bond in Bond}
    for index, member in enumerate(members):
        for bond, key in member.keys:
            if bond is not Bond.SAME:
                weak[bond][key].append(index)
            elif first.setdefault(key, index) != index:
                sets.join(index, first[key])
    cluster_of = [sets.find(index) for index in range(len(members))]
    for bonds in _STEPS:
        keys = [(bond, indexes) for bond in bonds for indexes in weak[bond].values() if len(indexes) > 1]
        cluster_of = _join_weakly(members, cluster_of, keys)
    grouped: dict[int, list[Member]] = defaultdict(list)
    for index, cluster in enumerate(cluster_of):
        grouped[cluster].append(members[index])
    return list(grouped.values())


def _join_weakly(
    members: Sequence[Member], cluster_of: list[int], keys: Sequence[tuple[Bond, Sequence[int]]]
) -> list[int]:
    """The clusters after one step.

    Each weak key is judged on the clusters it was given alone, and what the good keys join together is judged once more
    as a whole: both are functions of the set, so the order of the keys does not matter.
    """
    if not keys:
        return cluster_of
    traits = _Traits(members, cluster_of)
    good: list[tuple[Bond, list[int]]] = []
    outer = _Sets(len(members))
    for bond, indexes in keys:
        clusters = sorted({cluster_of[index] for index in indexes})
        if len(clusters) > 1 and not traits.apart(bond, clusters):
            good.append((bond, clusters))
            for cluster in clusters[1:]:
                outer.join(clusters[0], cluster)
    together: dict[int, set[int]] = defaultdict(set)
    bonds: dict[int, set[Bond]] = defaultdict(set)
    for bond, clusters in good:
        top = outer.find(clusters[0])
        together[top].update(clusters)
        bonds[top].add(bond)
    joined: dict[int, int] = {}
    for top, whole in together.items():
        if not any(traits.apart(bond, sorted(whole)) for bond in bonds[top]):
            joined.update(dict.fromkeys(whole, top))
    return [joined.get(cluster, cluster) for cluster in cluster_of]


class _Traits:
    """The traits and sources of clusters, worked out once for those that a weak key touches."""

    def __init__(self, members: Sequence[Member], cluster_of: Sequence[int]) -> None:
        self._members = members
        self._clusters: dict[int, list[int]] = defaultdict(list)
        for index, cluster in enumerate(cluster_of):
            self._clusters[cluster].append(index)
        self._known: dict[int, dict[str, set[str]]] = {}

    def _of(self, cluster: int) -> dict[str, set[str]]:
        known = self._known.get(cluster)
        if known is None:
            known = defaultdict(set)
            for index in self._clusters[cluster]:
                for trait, values in self._members[index].traits.items():
                    known[trait].update(values)
            self._known[cluster] = known
        return known

    def apart(self, bond: Bond, clusters: Sequence[int]) -> bool:
        """Whether any two of these clusters may not be joined by ``bond``."""
        if bond is Bond.RIVAL:
            seen: set[str] = set()
            for cluster in clusters:
                sources = {self._members[index].source for index in self._clusters[cluster]}
                if seen & sources:
                    return True
                seen |= sources
        minds = _MINDS[bond]
        held: dict[str, list[set[str]]] = defaultdict(list)
        for cluster in clusters:
            for trait, values in self._of(cluster).items():
                if minds is not None and trait not in minds:
                    continue
                if any(not (values & other) for other in held[trait]):
                    return True
                held[trait].append(values)
        return False
