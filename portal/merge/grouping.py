"""Which entries make one row, and which rows name each other: a pure function of the set of entries.

Entries that meet under a key are compared pair by pair (``portal.merge.relation``). A row is a set of entries in which
each is the same as each other: an entry that would fit two rows which do not fit each other stands alone beside them.
What fits most closely joins first (an organization's own repeats, then equal instructions, then the rest), each step
seeing only what the steps before made, so that the answer depends on nothing but the set: taking a source away equals
never having had it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from heapq import nsmallest
from operator import itemgetter

import msgspec

from portal.domain.entry import Status
from portal.domain.ids import HOME
from portal.merge.facts import Bond, Facts
from portal.merge.relation import DATED_RULES, Relation, Tie, Timeless, relation, timeless

RANKS: Mapping[Status, int] = {
    Status.ABSENT: -1,
    Status.PAST: 0,
    Status.UNKNOWN: 1,
    Status.ACTIVE: 2,
    Status.UPCOMING: 3,
    Status.UNSAFE: 4,
}
"""A status as a place in the list, highest first: what is coming, what holds now, what is over."""

_MOST_MARKS = 12  # per row: a list that says more would say nothing
_CROWD = 400  # entries under one key beyond which only equal facts are compared


class Member(msgspec.Struct, frozen=True):
    """What grouping needs to know of an entry. Keys are opaque: plain text or hashes of it."""

    id: str
    source: str
    status: Status
    sort_at: str
    keys: tuple[tuple[Bond, str], ...] = ()
    facts: Facts | None = None


class RowSource(msgspec.Struct, frozen=True):
    """What one source has in a row: the entry that holds now, how many it has in all, and how many of them hold now.

    ``first_at`` is the sort key of its oldest entry.
    """

    source: str
    entry_id: str
    entries: int
    current: int = 0
    first_at: str = ""


class Lookalike(msgspec.Struct, frozen=True, order=True):
    """Another row that may be the same thing, by one of its entries: where it is from and what keeps it apart.

    ``withdrawn``: the other was entered in error and is in no row.
    """

    entry_id: str
    source: str
    fields: tuple[str, ...]
    withdrawn: bool = False


class Row(msgspec.Struct, frozen=True):
    """One line of a section page. ``id`` is the smallest id of its members; ``voices`` are ordered, home first."""

    id: str
    rank: int
    sort_at: str
    primary_id: str
    home: bool
    members: tuple[str, ...]
    voices: tuple[RowSource, ...]
    marks: tuple[Lookalike, ...] = ()
    place_at: str = ""  # rows of one rank that name each other stand together: at the newest date of them,
    place_id: str = ""  # under the smallest id of them; else a row's own


def rows(members: Iterable[Member]) -> tuple[Row, ...]:
    """Return the rows of one section of one person by id. Entries entered in error are in none, but are marked."""
    everyone = sorted(members, key=lambda member: member.id)
    pairs = _Pairs(everyone)
    row_of = _clusters(everyone, pairs)
    grouped: dict[int, list[int]] = defaultdict(list)
    for index, member in enumerate(everyone):
        if member.status is not Status.ENTERED_IN_ERROR:
            grouped[row_of[index]].append(index)
    marks, beside = _marks(everyone, pairs, row_of, grouped)
    listed = [
        _row([everyone[index] for index in group], marks.get(top, ()), beside.get(top, ""))
        for top, group in grouped.items()
    ]
    return tuple(sorted(_placed(listed), key=lambda row: row.id))


def _placed(listed: Sequence[Row]) -> Iterable[Row]:
    """Rows with their places in the list. ``place_id`` holds the group's id until here."""
    together: dict[tuple[str, int], list[Row]] = defaultdict(list)
    for row in listed:
        if row.place_id:
            together[row.place_id, row.rank].append(row)
        else:
            yield msgspec.structs.replace(row, place_at=row.sort_at, place_id=row.id)
    for group in together.values():
        newest, smallest = max(row.sort_at for row in group), min(row.id for row in group)
        for row in group:
            yield msgspec.structs.replace(row, place_at=newest, place_id=smallest)


def _row(group: Sequence[Member], marks: tuple[Lookalike, ...], beside: str) -> Row:
    if len(group) == 1:
        (member,) = group
        rank = RANKS[member.status]
        voice = RowSource(member.source, member.id, 1, int(rank >= RANKS[Status.ACTIVE]), member.sort_at)
        home = member.source == HOME
        return Row(member.id, rank, member.sort_at, member.id, home, (member.id,), (voice,), marks, place_id=beside)
    by_source: dict[str, list[Member]] = defaultdict(list)
    for member in group:
        by_source[member.source].append(member)
    leads = {source: max(entries, key=_lead_order) for source, entries in by_source.items()}
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
        voices=tuple(_voice(source, leads[source], by_source[source]) for source in order),
        marks=marks,
        place_id=beside,
    )


def _voice(source: str, lead: Member, entries: Sequence[Member]) -> RowSource:
    current = sum(1 for member in entries if RANKS[member.status] >= RANKS[Status.ACTIVE])
    return RowSource(source, lead.id, len(entries), current, min(member.sort_at for member in entries))


def _lead_order(member: Member) -> tuple[int, str, str]:
    return RANKS[member.status], member.sort_at, member.id


class _Pairs:
    """Which of the members that meet are the same, and which are marked to each other with which fields."""

    def __init__(self, members: Sequence[Member]) -> None:
        self.same: dict[int, set[int]] = defaultdict(set)
        self.closeness: dict[tuple[int, int], int] = {}
        self.marked: dict[tuple[int, int], tuple[str, ...]] = {}
        self._kinds = _kinds(members)
        self._timeless: dict[tuple[int, int], Timeless] = {}
        self._undated: dict[tuple[int, int], Relation] = {}  # of two organizations, where dates play no part
        compared: set[tuple[int, int]] = set()
        for block, seekers in _blocks(members):
            self._meet(members, block, seekers, compared)

    def _meet(
        self, members: Sequence[Member], block: Sequence[int], seekers: Sequence[int], compared: set[tuple[int, int]]
    ) -> None:
        crowd = len(block) * len(seekers) > _CROWD * _CROWD
        for left in seekers:
            for right in block:
                pair = (left, right) if left < right else (right, left)
                if left == right or pair in compared:
                    continue
                facts, other_facts = members[left].facts, members[right].facts
                if facts is None or other_facts is None or (crowd and facts.says != other_facts.says):
                    continue
                compared.add(pair)
                self._compare(members, pair, facts, other_facts)

    def _compare(self, members: Sequence[Member], pair: tuple[int, int], facts: Facts, other_facts: Facts) -> None:
        left, right = members[pair[0]], members[pair[1]]
        one_organization = left.source == right.source
        kinds = self._kinds[pair[0]], self._kinds[pair[1]]
        between = None if one_organization else self._undated.get(kinds)
        if between is None:
            common = self._timeless.get(kinds)
            if common is None and facts.kind == other_facts.kind:
                common = self._timeless[kinds] = timeless(facts, other_facts)
            between = relation(facts, other_facts, one_organization=one_organization, common=common)
            if not one_organization and not DATED_RULES[facts.kind]:
                self._undated[kinds] = between
        if between.tie is Tie.SAME:
            self.same[pair[0]].add(pair[1])
            self.same[pair[1]].add(pair[0])
            self.closeness[pair] = _closeness(left, right, one_organization=one_organization)
        elif between.tie is Tie.MARKED:
            self.marked[pair] = between.fields


def _kinds(members: Sequence[Member]) -> list[int]:
    """Return a number for each member: the same for those that say the same of everything but dates."""
    numbers: dict[object, int] = {}
    kinds = []
    for member in members:
        facts = member.facts
        says = () if facts is None else tuple(item for item in facts.says.items() if item[0] not in _DATED_NAMES)
        of_all = facts and (facts.kind, facts.identity, facts.state)
        kinds.append(numbers.setdefault((of_all, says), len(numbers)))
    return kinds


_DATED_NAMES = frozenset(rule.name for rules in DATED_RULES.values() for _place, rule in rules)


def _blocks(members: Sequence[Member]) -> Iterable[tuple[list[int], list[int]]]:
    """Return members that share a key, and those of them that seek by it; most keys are of one member alone."""
    first: dict[str, int] = {}
    blocks: dict[str, list[int]] = {}
    for index, member in enumerate(members):
        for _bond, key in member.keys:
            alone = first.setdefault(key, index)
            if alone != index:
                blocks.setdefault(key, [alone]).append(index)
    for key, block in blocks.items():
        seekers = [index for index in block if (Bond.SEEK, key) in members[index].keys]
        if seekers:
            yield block, seekers


def _closeness(left: Member, right: Member, *, one_organization: bool) -> int:
    """0: repeats of one organization; 1: the same statement and state; 2: the same statement; 3: the same thing."""
    if one_organization:
        return 0
    if left.facts is None or right.facts is None or left.facts.repeat.partition("|")[2] == "":
        return 3
    state, _, statement = left.facts.repeat.partition("|")
    other_state, _, other_statement = right.facts.repeat.partition("|")
    return 1 + (state != other_state) + (statement != other_statement)


def _clusters(members: Sequence[Member], pairs: _Pairs) -> list[int]:
    """For each member the smallest index of its row."""
    row_of = list(range(len(members)))
    groups: dict[int, list[int]] = {}
    for step in range(4):
        edges: dict[int, set[int]] = defaultdict(set)
        for (left, right), closeness in pairs.closeness.items():
            if closeness <= step and row_of[left] != row_of[right]:
                edges[row_of[left]].add(row_of[right])
                edges[row_of[right]].add(row_of[left])
        for component in _components(edges):
            _join(component, pairs, row_of, groups)
    return row_of


def _components(edges: Mapping[int, set[int]]) -> list[list[int]]:
    seen: set[int] = set()
    components = []
    for start in sorted(edges):
        if start in seen:
            continue
        component, fresh = {start}, [start]
        while fresh:
            fresh = sorted({near for top in fresh for near in edges.get(top, ())} - component)
            component.update(fresh)
        seen |= component
        components.append(sorted(component))
    return components


def _join(
    component: Sequence[int],
    pairs: _Pairs,
    row_of: list[int],
    groups: dict[int, list[int]],
) -> None:
    """Join a component when all of it is the same; else without those that fit what does not fit together."""
    fits = {
        top: {
            other
            for other in component
            if other != top and _fit(groups.get(top, [top]), groups.get(other, [other]), pairs)
        }
        for top in component
    }
    remaining = list(component)
    while remaining:
        ambiguous = [
            top
            for top in remaining
            if any(
                right not in fits[left]
                for left in fits[top]
                for right in fits[top]
                if left < right and {left, right} <= set(remaining)
            )
        ]
        if not ambiguous:
            break
        if len(ambiguous) == len(remaining):
            return
        remaining = [top for top in remaining if top not in set(ambiguous)]
    for left in remaining:
        for right in fits[left]:
            if right in remaining and row_of[left] != row_of[right]:
                _merge(min(row_of[left], row_of[right]), max(row_of[left], row_of[right]), row_of, groups)


def _merge(first: int, second: int, row_of: list[int], groups: dict[int, list[int]]) -> None:
    whole = groups.get(first, [first]) + groups.pop(second, [second])
    groups[first] = whole
    for index in whole:
        row_of[index] = first


def _fit(left: Sequence[int], right: Sequence[int], pairs: _Pairs) -> bool:
    return all(pairs.same.get(index, set()).issuperset(right) for index in left)


def _marks(
    members: Sequence[Member], pairs: _Pairs, row_of: Sequence[int], grouped: Mapping[int, Sequence[int]]
) -> tuple[dict[int, tuple[Lookalike, ...]], dict[int, str]]:
    """Per row the rows that it names, and the id under which they stand together."""
    neighbours: dict[int, dict[int, dict[str, None]]] = defaultdict(lambda: defaultdict(dict))
    ambiguous = {
        (left, right): ("entry",)
        for left, others in pairs.same.items()
        for right in others
        if left < right and row_of[left] != row_of[right]
    }
    for (left, right), fields in (*pairs.marked.items(), *ambiguous.items()):
        if row_of[left] == row_of[right]:
            continue
        for index, other in ((left, right), (right, left)):
            if row_of[index] in grouped:
                neighbours[row_of[index]][row_of[other]].update(dict.fromkeys(fields))
    speaking = {
        other: _speaker([members[index] for index in grouped.get(other, ())] or [members[other]])
        for other in {other for others in neighbours.values() for other in others}
    }
    marks = {
        top: tuple(
            Lookalike(member.id, member.source, tuple(fields), withdrawn)
            for _id, member, withdrawn, fields in nsmallest(
                _MOST_MARKS,
                ((*speaking[other], fields) for other, fields in others.items()),
                key=itemgetter(0),
            )
        )
        for top, others in neighbours.items()
    }
    beside: dict[int, str] = {}
    for component in _components(
        {top: {other for other in others if other in grouped} for top, others in neighbours.items()}
    ):
        if len(component) > 1:
            smallest = min(members[index].id for top in component for index in grouped[top])
            beside |= dict.fromkeys(component, smallest)
    return marks, beside


def _speaker(group: Sequence[Member]) -> tuple[str, Member, bool]:
    """Return which entry of a row stands for it where another names it, after its id; whether it was withdrawn."""
    withdrawn = all(member.status is Status.ENTERED_IN_ERROR for member in group)
    listed = group if withdrawn else [member for member in group if member.status is not Status.ENTERED_IN_ERROR]
    lead = max(listed, key=lambda member: (0, member.sort_at, member.id) if withdrawn else _lead_order(member))
    return lead.id, lead, withdrawn
