"""What one organization's own entries fold into (clinical-truth.md §1), before others are looked at.

What folds is one statement of that organization: its newest entry speaks for it, and a therapy lasts from the first of
its orders to the end of the last. Others are compared with that.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations

import msgspec

from portal.merge.alike import alike, followed
from portal.merge.clusters import SamePairs, clusters
from portal.merge.comparing import therapies_near
from portal.merge.facts import Bond, Facts, Member
from portal.merge.relation import DATED_NAMES, Fold, fold

_STEPS: Mapping[Fold, int] = {Fold.REPEAT: 0, Fold.VERSION: 0, Fold.VISITS: 0, Fold.ORDERS: 1, Fold.PAST_ORDERS: 2}
"""Orders with the same instructions are one row before past orders with others join it."""


def folded(members: Sequence[Member]) -> list[int]:
    """Return for each member the smallest index of what it folds into; members are sorted by id."""
    first_of = list(range(len(members)))
    equal: dict[object, list[int]] = defaultdict(list)
    ties = _ties(members)
    for index, member in enumerate(members):
        facts = member.facts
        if facts is not None and (facts.repeat or index in ties):
            # Dates keep none of an organization's own repeats and orders apart, so that these are looked at once.
            says = tuple(told for told in facts.says.items() if told[0] not in DATED_NAMES)
            of_one = (member.source, facts.kind, facts.state, facts.repeat, facts.identity, says)
            equal[of_one, tuple(ties.get(index, ()))].append(index)
    for group in equal.values():
        for together in _meeting(members, group):
            if len(together) > 1 and _fold(members, together[0], together[1]) is not None:
                for index in together:
                    first_of[index] = together[0]
    firsts = sorted({first_of[index] for group in equal.values() for index in group})
    meeting: dict[tuple[str, str], list[int]] = defaultdict(list)
    for index in firsts:
        for _bond, key in members[index].keys:
            meeting[members[index].source, key].append(index)
    likes = alike(members, meeting.values(), dated=False)
    blocks = ([index for index in block if index not in likes] for block in meeting.values())
    return followed(clusters(first_of, _folding(members, blocks)), likes)


def _meeting(members: Sequence[Member], group: Sequence[int]) -> Iterable[list[int]]:
    """Return the entries of a group by what they share a key with: what is kept apart by its keys never folds."""
    apart: list[tuple[set[str], list[int]]] = []
    for index in group:
        keys = {key for _bond, key in members[index].keys}
        for shared, together in apart:
            if not shared.isdisjoint(keys):
                shared.update(keys)
                together.append(index)
                break
        else:
            apart.append((keys, [index]))
    return [together for _keys, together in apart]


def _folding(members: Sequence[Member], blocks: Iterable[Sequence[int]]) -> SamePairs:
    """Return which of those that meet fold: those tied by content or link, and orders of one product."""
    same: dict[int, set[int]] = defaultdict(set)
    closeness: dict[tuple[int, int], int] = {}
    compared: set[tuple[int, int]] = set()
    for block in blocks:
        for pair in combinations(block, 2):
            if pair in compared:
                continue
            compared.add(pair)
            why = _fold(members, *pair)
            if why is not None:
                same[pair[0]].add(pair[1])
                same[pair[1]].add(pair[0])
                closeness[pair] = _STEPS[why]
    return SamePairs(same, closeness)


def _fold(members: Sequence[Member], index: int, other_index: int) -> Fold | None:
    facts, other_facts = members[index].facts, members[other_index].facts
    return None if facts is None or other_facts is None else fold(facts, other_facts)


def _ties(members: Sequence[Member]) -> dict[int, list[str]]:
    """Return by index what ties a member to others of its organization: the same content, or a link."""
    first: dict[tuple[str, str], int] = {}
    tied: dict[int, list[str]] = {}
    for index, member in enumerate(members):
        if member.facts is None:
            continue
        for tie in (member.facts.digest, *member.facts.links):
            alone = first.setdefault((member.source, tie), index)
            if alone != index and tie:
                tied.setdefault(index, []).append(tie)
                if tie not in tied.setdefault(alone, []):
                    tied[alone].append(tie)
    return tied


def statement(group: Sequence[Member], lead: Member) -> Member:
    """Return what an organization's folded entries say together to others: the lead's facts, under every key."""
    if len(group) == 1:
        return lead
    keys: dict[str, Bond] = {}
    for member in group:
        for bond, key in member.keys:
            keys[key] = Bond.SEEK if keys.get(key) is Bond.SEEK else bond
    facts = None if lead.facts is None else _lasting(lead.facts, [member.facts for member in group if member.facts])
    return msgspec.structs.replace(lead, keys=tuple((bond, key) for key, bond in keys.items()), facts=facts)


def _lasting(facts: Facts, others: Iterable[Facts]) -> Facts:
    """Return the lead's facts with its therapy: from the first to the last of the orders that lie near one another."""
    therapy = facts.says.get("therapy", ())
    spans = {span for other in others if len(span := other.says.get("therapy", ())) == len(_THERAPY)}
    if len(therapy) != len(_THERAPY) or len(spans) < 2:
        return facts
    first, last, slack = therapy
    for span in sorted(spans, reverse=True):  # what began last first: each brings the one before it into reach
        if therapies_near((first, last, slack), span):
            first, last = min(first, span[0]), max(last, span[1])
    return msgspec.structs.replace(facts, says={**facts.says, "therapy": (first, last, slack)})


_THERAPY = ("first day", "last day", "days that may lie between")
