"""Rows out of pairs: sets in which each is the same as each other, the closest joined first.

Each step sees only what the steps before made, so that the answer depends on nothing but the set of pairs.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

_STEPS = 3


_Groups = Mapping[int, Sequence[int]]
_Same = Mapping[int, set[int]]


class SamePairs(NamedTuple):
    """Which are the same, and of each such pair (the smaller index first) in which step it may join."""

    same: Mapping[int, set[int]]
    closeness: Mapping[tuple[int, int], int]


def clusters(row_of: Sequence[int], ties: SamePairs) -> list[int]:
    """Return for each member the smallest index of its row; ``row_of`` says it of what is one already."""
    groups: dict[int, list[int]] = {}
    top_of = {index: index for index in row_of}
    for step in range(_STEPS):
        edges: dict[int, set[int]] = defaultdict(set)
        for (left, right), closeness in ties.closeness.items():
            if closeness <= step and top_of[left] != top_of[right]:
                edges[top_of[left]].add(top_of[right])
                edges[top_of[right]].add(top_of[left])
        for component in components(edges):
            for joined in _joined(component, groups, ties.same):
                groups[joined[0]] = [index for top in joined for index in groups.pop(top, [top])]
                top_of |= dict.fromkeys(groups[joined[0]], joined[0])
    return [top_of[index] for index in row_of]


def components(edges: Mapping[int, set[int]]) -> list[list[int]]:
    """Return what hangs together, each sorted."""
    seen: set[int] = set()
    connected = []
    for start in sorted(edges):
        if start in seen:
            continue
        component, fresh = {start}, {start}
        while fresh:
            fresh = set().union(*(edges.get(top, ()) for top in fresh)) - component
            component |= fresh
        seen |= component
        connected.append(sorted(component))
    return connected


def _joined(
    component: Sequence[int], groups: Mapping[int, Sequence[int]], same: Mapping[int, set[int]]
) -> Iterator[list[int]]:
    """Return what joins of a component: all of it when all is the same; else without what fits two that do not fit.

    Sets of places in the component are numbers here, a bit for each.
    """
    fits = _fits(component, groups, same)
    remaining = (1 << len(component)) - 1
    while True:
        ambiguous = 0
        for place in _bits(remaining):
            near = fits[place] & remaining
            if any(near & ~fits[other] & ~(1 << other) for other in _bits(near)):
                ambiguous |= 1 << place
        if not ambiguous:
            break
        if ambiguous == remaining:
            return
        remaining &= ~ambiguous
    while remaining:
        place = next(_bits(remaining))
        together = (fits[place] | 1 << place) & remaining
        remaining &= ~together
        if together != 1 << place:
            yield [component[other] for other in _bits(together)]


def _fits(component: Sequence[int], groups: _Groups, same: _Same) -> list[int]:
    """Return for each group of a component those others of which each entry is the same as each of its own."""
    members = [groups.get(top, [top]) for top in component]
    bit = {index: 1 << place for place, index in enumerate(index for group in members for index in group)}
    whole = [sum(bit[index] for index in group) for group in members]
    common = []
    for group in members:
        shared = -1
        for index in group:
            shared &= sum(bit[other] for other in same.get(index, ()) if other in bit)
        common.append(shared)
    return [
        sum(1 << other for other, mask in enumerate(whole) if other != place and not mask & ~shared)
        for place, shared in enumerate(common)
    ]


def _bits(number: int) -> Iterator[int]:
    while number:
        lowest = number & -number
        yield lowest.bit_length() - 1
        number ^= lowest
