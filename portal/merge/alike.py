"""Entries of one organization that nothing tells apart: two of them are compared, the others go as the second does.

They say the same and meet others under the same keys; content, links and repetition count where another entry has
them, too. So each is to any entry what its likes are. Two are compared because what fits both of two that do not fit
each other stands alone (``portal.merge.clusters``): of three and more nothing else follows.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

from portal.merge.facts import Member
from portal.merge.relation import DATED_NAMES


class Likes(NamedTuple):
    """The first two of those that are alike."""

    first: int
    second: int


FEW = 8
"""Entries under one key of which all pairs are sooner compared than chosen."""


def alike(
    members: Mapping[int, Member] | Sequence[Member], blocks: Collection[Collection[int]], *, dated: bool
) -> dict[int, Likes]:
    """Return of the third and each further of those that are alike the first two.

    ``blocks``: the indexes of those that meet under a key; where all are of few, every entry is compared. With
    ``dated`` dates count, too.
    """
    if all(len(block) <= FEW for block in blocks):
        return {}
    meeting = {index: members[index] for index in sorted(set(chain(*blocks)))}
    shared = Counter(tie for member in meeting.values() for _use, tie in _ties(member))
    groups: dict[object, list[int]] = defaultdict(list)
    for index, member in meeting.items():
        facts = member.facts
        if facts is None:
            continue
        says = tuple(told for told in facts.says.items() if dated or told[0] not in DATED_NAMES)
        ties = frozenset(each for each in _ties(member) if shared[each[1]] > 1)
        of_all = (member.source, facts.kind, facts.state, facts.identity, bool(facts.repeat))
        groups[of_all, says, ties].append(index)
    return {index: Likes(*group[:2]) for group in groups.values() for index in group[2:]}


def _ties(member: Member) -> Iterator[tuple[str, str]]:
    """Yield what may be equal with another entry, and as what: keys, content, links, both parts of a repetition."""
    yield from member.keys
    if member.facts:
        state, _, statement = member.facts.repeat.partition("|")
        yield from (("digest", member.facts.digest), ("state", state), ("statement", statement))
        yield from (("link", link) for link in member.facts.links)


def followed(row_of: Sequence[int], likes: Mapping[int, Likes]) -> list[int]:
    """Return the rows with those of ``likes`` in that of the first two, where these are in one."""
    joined = {index: row_of[first] for index, (first, second) in likes.items() if row_of[first] == row_of[second]}
    return [joined.get(top, top) for top in row_of]
