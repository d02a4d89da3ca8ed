"""Which entries are the same and which are marked to each other: those that meet under a key, compared pair by pair.

Entries that say the same of everything but dates are one kind: what keeps two kinds apart is found out once, and then
none of their pairs is looked at. What an organization's own entries fold into (``portal.merge.folding``) is one entry.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations

from portal.merge.alike import FEW, alike
from portal.merge.candidates import entry_pairs, kind_pairs
from portal.merge.facts import Bond, Facts, Member
from portal.merge.relation import (
    DATED_NAMES,
    DATED_RULES,
    WITHDRAWN,
    Relation,
    Tie,
    Timeless,
    may_fold,
    relation,
    timeless,
)


class Pairs:
    """Which of these entries are the same, and which are marked to each other with which fields.

    ``likes`` holds those that were not compared, because what they are to others the second of their likes is.
    """

    def __init__(self, members: Mapping[int, Member]) -> None:
        self.same: dict[int, set[int]] = defaultdict(set)
        self.closeness: dict[tuple[int, int], int] = {}
        self.marked: dict[tuple[int, int], tuple[str, ...]] = {}
        self._members = members
        self._kinds = _kinds(members)
        self._timeless: dict[tuple[int, int], Timeless] = {}
        # Of kinds, and whether of one organization, where neither dates nor what folds plays a part.
        self._undated: dict[tuple[int, int, bool], Relation] = {}
        self._compared: set[tuple[int, int]] = set()
        blocks = list(_blocks(members))
        self.likes = alike(members, [block for block, _seekers in blocks], dated=True)
        for block, seekers in blocks:
            self._meet([index for index in block if index not in self.likes], seekers - self.likes.keys())

    def _meet(self, block: Sequence[int], seekers: set[int]) -> None:
        if len(block) <= FEW:
            self._compare_all(combinations(block, 2), seekers)
            return
        by_kind: dict[int, list[int]] = defaultdict(list)
        for index in block:
            by_kind[self._kinds[index]].append(index)
        for kind, group in by_kind.items():
            if not self._common(kind, kind, group[0], group[0]).apart:
                self._compare_all(entry_pairs(self._members, group), seekers)
        facts = {kind: says for kind, group in by_kind.items() if (says := self._members[group[0]].facts)}
        for kind, other_kind in kind_pairs(facts):
            group, others = by_kind[kind], by_kind[other_kind]
            if not self._common(kind, other_kind, group[0], others[0]).apart:
                self._compare_all(entry_pairs(self._members, group, others), seekers)

    def _common(self, kind: int, other_kind: int, index: int, other_index: int) -> Timeless:
        """Return what the entries of two kinds are to each other whatever their dates."""
        kinds = (kind, other_kind) if kind < other_kind else (other_kind, kind)
        common = self._timeless.get(kinds)
        if common is None:
            facts, other_facts = self._members[index].facts, self._members[other_index].facts
            common = Timeless(shared=False, apart=True)
            if facts is not None and other_facts is not None and facts.kind == other_facts.kind:
                common = timeless(facts, other_facts)
            self._timeless[kinds] = common
        return common

    def _compare_all(self, pairs: Iterable[tuple[int, int]], seekers: set[int]) -> None:
        for left, right in pairs:
            if left in seekers or right in seekers:
                self._compare(left, right)

    def _compare(self, index: int, other_index: int) -> None:
        pair = (index, other_index) if index < other_index else (other_index, index)
        if pair in self._compared:
            return
        self._compared.add(pair)
        between = self._between(*pair)
        if between.tie is Tie.SAME:
            self.same[pair[0]].add(pair[1])
            self.same[pair[1]].add(pair[0])
            self.closeness[pair] = _closeness(self._members[pair[0]].facts, self._members[pair[1]].facts)
        elif between.tie is Tie.MARKED:
            self.marked[pair] = between.fields

    def _between(self, index: int, other_index: int) -> Relation:
        left, right = self._members[index], self._members[other_index]
        if left.facts is None or right.facts is None:
            return Relation(Tie.APART)
        one_organization = left.source == right.source
        alone = bool(DATED_RULES[left.facts.kind]) or (one_organization and may_fold(left.facts, right.facts))
        kinds = self._kinds[index], self._kinds[other_index], one_organization
        between = None if alone else self._undated.get(kinds)
        if between is None:
            common = self._common(*kinds[:2], index, other_index)
            between = relation(left.facts, right.facts, one_organization=one_organization, common=common)
            if not alone:
                self._undated[kinds] = between
        if one_organization and between.tie is Tie.SAME and left.facts.state != WITHDRAWN:
            return _UNFOLDED
        return between


_UNFOLDED = Relation(Tie.MARKED, ("entry",))
"""What would fold, and did not because one of them fits two that do not fit each other."""


def _kinds(members: Mapping[int, Member]) -> dict[int, int]:
    """Return a number for each member: the same for those that say the same of everything but dates."""
    numbers: dict[object, int] = {}
    kinds = {}
    for index, member in members.items():
        facts = member.facts
        says = () if facts is None else tuple(item for item in facts.says.items() if item[0] not in DATED_NAMES)
        of_all = facts and (facts.kind, facts.identity, facts.state)
        kinds[index] = numbers.setdefault((of_all, says), len(numbers))
    return kinds


def _blocks(members: Mapping[int, Member]) -> Iterator[tuple[list[int], set[int]]]:
    """Return members that share a key, and those of them that seek by it; most keys are of one member alone."""
    first: dict[str, int] = {}
    blocks: dict[str, list[int]] = {}
    for index, member in members.items():
        for _bond, key in member.keys:
            alone = first.setdefault(key, index)
            if alone != index:
                blocks.setdefault(key, [alone]).append(index)
    for key, block in blocks.items():
        seekers = {index for index in block if (Bond.SEEK, key) in members[index].keys}
        if seekers:
            yield block, seekers


def _closeness(left: Facts | None, right: Facts | None) -> int:
    """0: the same statement and state; 1: the same statement; 2: the same thing."""
    if left is None or right is None or left.repeat.partition("|")[2] == "":
        return 2
    state, _, statement = left.repeat.partition("|")
    other_state, _, other_statement = right.repeat.partition("|")
    return (state != other_state) + (statement != other_statement)
