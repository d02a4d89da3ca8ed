"""Which entries make one row, and which rows name each other: a pure function of the set of entries.

Entries that meet under a key are compared pair by pair (``portal.merge.relation``). A row is a set of entries in which
each is the same as each other: an entry that would fit two rows which do not fit each other stands alone beside them.
What fits most closely joins first (what one organization's own entries fold into, then equal instructions, then the
rest), each step seeing only what the steps before made, so that the answer depends on nothing but the set: taking a
source away equals never having had it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

import msgspec

from portal.domain.entry import Status
from portal.domain.ids import HOME
from portal.merge.alike import followed
from portal.merge.clusters import SamePairs, clusters, components
from portal.merge.facts import Member
from portal.merge.folding import folded, statement
from portal.merge.pairing import Pairs
from portal.merge.versions import replaced_members

RANKS: Mapping[Status, int] = {
    Status.ABSENT: -1,
    Status.PAST: 0,
    Status.UNKNOWN: 1,
    Status.ACTIVE: 2,
    Status.UPCOMING: 3,
    Status.UNSAFE: 4,
}
"""A status as a place in the list, highest first: what is coming, what holds now, what is over."""

_WITHDRAWN = min(RANKS.values()) - 1
_MOST_MARKS = 12  # per row: a list that says more would say nothing


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
    folded_of = folded(everyone)
    folds: dict[int, list[Member]] = defaultdict(list)
    for index, top in enumerate(folded_of):
        folds[top].append(everyone[index])
    pairs = Pairs({top: statement(group, _lead(group)) for top, group in folds.items()})
    row_of = followed(clusters(folded_of, SamePairs(pairs.same, pairs.closeness)), pairs.likes)
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
    leads = {source: _lead(entries) for source, entries in by_source.items()}
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
    replaced = replaced_members(entries)
    current = sum(1 for member in entries if RANKS[member.status] >= RANKS[Status.ACTIVE] and member.id not in replaced)
    return RowSource(source, lead.id, len(entries), current, min(member.sort_at for member in entries))


def _lead(members: Sequence[Member]) -> Member:
    """Return which speaks for one organization: nothing that another one replaces, then the most active and newest."""
    replaced = replaced_members(members)
    return max(members, key=lambda member: (member.id not in replaced, *_lead_order(member)))


def _lead_order(member: Member) -> tuple[int, str, str]:
    return RANKS.get(member.status, _WITHDRAWN), member.sort_at, member.id


_Neighbours = Mapping[int, Mapping[int, tuple[str, ...]]]


def _marks(
    members: Sequence[Member], pairs: Pairs, row_of: Sequence[int], grouped: Mapping[int, Sequence[int]]
) -> tuple[dict[int, tuple[Lookalike, ...]], dict[int, str]]:
    """Per row the rows that it names, and the id under which they stand together."""
    neighbours = _neighbours(pairs, row_of)
    crowds = {second: crowd for second, crowd in _crowds(pairs, row_of).items() if second in neighbours}
    speaking = {
        top: _speaker([members[index] for index in grouped.get(top, ())] or [members[top]])
        for top in (*neighbours, *chain(*crowds.values()))
    }
    ids = {top: speaker.id for top, (speaker, _withdrawn) in speaking.items()}
    nearest = {second: sorted(crowd, key=ids.__getitem__)[: _MOST_MARKS + 1] for second, crowd in crowds.items()}
    marks: dict[int, tuple[Lookalike, ...]] = {}
    for top, others in neighbours.items():
        fields = {each: told for other, told in others.items() for each in (other, *nearest.get(other, ()))}
        if top in crowds:  # those that are alike name each other, too, as the first two do
            among = others.get(pairs.likes[crowds[top][0]].first, ())
            fields |= dict.fromkeys((top, *nearest[top]) if among else (), among)
        named = {
            other: Lookalike(ids[other], speaking[other][0].source, fields[other], speaking[other][1])
            for other in sorted(fields, key=ids.__getitem__)[: _MOST_MARKS + 1]
        }
        for row in (top, *crowds.get(top, ())):
            if row in grouped:
                marks[row] = tuple(mark for other, mark in named.items() if other != row)[:_MOST_MARKS]
    return marks, _beside(members, neighbours, crowds, grouped)


def _neighbours(pairs: Pairs, row_of: Sequence[int]) -> _Neighbours:
    """Return by row the rows that are marked to it, with what keeps them apart."""
    neighbours: dict[int, dict[int, tuple[str, ...]]] = defaultdict(dict)
    ambiguous = {
        (left, right): ("entry",)
        for left, others in pairs.same.items()
        for right in others
        if left < right and row_of[left] != row_of[right]
    }
    for (left, right), fields in (*pairs.marked.items(), *ambiguous.items()):
        top, other = row_of[left], row_of[right]
        if top == other:
            continue
        earlier = neighbours[top].get(other, fields)
        both = fields if earlier is fields else tuple(dict.fromkeys((*earlier, *fields)))
        neighbours[top][other] = neighbours[other][top] = both
    return neighbours


def _crowds(pairs: Pairs, row_of: Sequence[int]) -> Mapping[int, Sequence[int]]:
    """Return those that were not compared, by the second of their likes: each stands alone as that one does."""
    crowds: dict[int, list[int]] = defaultdict(list)
    for index, (_first, second) in pairs.likes.items():
        if row_of[index] == index:
            crowds[second].append(index)
    return crowds


def _beside(
    members: Sequence[Member],
    neighbours: _Neighbours,
    crowds: Mapping[int, Sequence[int]],
    grouped: Mapping[int, Sequence[int]],
) -> dict[int, str]:
    """Return by row the smallest id of those that name each other, directly or through others."""
    beside: dict[int, str] = {}
    for component in components(
        {top: {other for other in others if other in grouped} for top, others in neighbours.items() if top in grouped}
    ):
        if len(component) > 1:
            together = [row for top in component for row in (top, *crowds.get(top, ()))]
            smallest = min(members[index].id for row in together for index in grouped[row])
            beside |= dict.fromkeys(together, smallest)
    return beside


def _speaker(group: Sequence[Member]) -> tuple[Member, bool]:
    """Return which entry of a row stands for it where another names it, and whether it was withdrawn."""
    withdrawn = all(member.status is Status.ENTERED_IN_ERROR for member in group)
    listed = group if withdrawn else [member for member in group if member.status is not Status.ENTERED_IN_ERROR]
    return max(listed, key=lambda member: (member.sort_at, member.id)) if withdrawn else _lead(listed), withdrawn
