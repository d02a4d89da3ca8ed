"""Which of many entries under one key are compared: those that can be the same, and some of those that are near.

Of few all pairs are compared. Of many, where what keeps two apart says so by a value (a serial number, an accession,
a day) only those of one value; and where nothing keeps them apart but a date, so that every two of them are the same or
name each other, each with the first few, whom it names, and with those of each organization whose dates lie nearest:
two of one organization are enough to know that an entry stands alone (``portal.merge.clusters``).
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, combinations, product

from portal.merge.alike import FEW
from portal.merge.comparing import day_number
from portal.merge.facts import Facts, Member
from portal.merge.relation import DATED_RULES
from portal.merge.rules import RULES, Method

MANY = 64
"""Entries, or kinds of them, of which all pairs are compared; a constant, so that work grows with the entries."""
_HEADS = 26
"""Of more than ``MANY`` each is compared with so many first ones: a row names twelve others at most."""


def kind_pairs(facts: Mapping[int, Facts]) -> Iterator[tuple[int, int]]:
    """Yield which kinds of entries are compared. ``facts``: what the entries of each say."""
    if len(facts) <= MANY:
        yield from combinations(facts, 2)
        return
    yielded: set[tuple[int, int]] = set()
    places = {kind: place for place, kind in enumerate(facts)}
    for left, right in chain(_of_one_value(list(facts), facts), _of_one_identity(facts)):
        pair = (left, right) if places[left] < places[right] else (right, left)
        if left != right and pair not in yielded:
            yielded.add(pair)
            yield pair


def _of_one_value(kinds: Sequence[int], facts: Mapping[int, Facts]) -> Iterator[tuple[int, int]]:
    """Yield the pairs of one value of what parts them best, and of those without a value the first with all."""
    name = _parting(kinds, facts)
    by_value: dict[str, list[int]] = defaultdict(list)
    vague = []
    for kind in kinds:
        values = facts[kind].says.get(name, ())
        for value in values:
            by_value[value].append(kind)
        if not values:
            vague.append(kind)
    for together in by_value.values():
        yield from _with_the_first(together, together)
    yield from _with_the_first(vague, kinds)


def _with_the_first(some: Sequence[int], others: Sequence[int]) -> Iterable[tuple[int, int]]:
    return product(some if len(some) <= MANY else some[:_HEADS], others)


def _of_one_identity(facts: Mapping[int, Facts]) -> Iterator[tuple[int, int]]:
    by_identity: dict[str, list[int]] = defaultdict(list)
    for kind, says in facts.items():
        for identity in says.identity:
            by_identity[identity].append(kind)
    return chain.from_iterable(_with_the_first(together, together) for together in by_identity.values())


def _parting(kinds: Sequence[int], facts: Mapping[int, Facts]) -> str:
    """Return the property that keeps two apart without a mark, and has the most values among these kinds."""
    names = _PARTING.get(facts[kinds[0]].kind, ())
    return max(names, key=lambda name: len({facts[kind].says.get(name) for kind in kinds}), default="")


_PARTING = {
    kind: tuple(
        rule.name for rule in rules.apart if not rule.marked and rule.by in (Method.EQUAL, Method.OVERLAP, Method.CODES)
    )
    for kind, rules in RULES.items()
}


def entry_pairs(
    members: Mapping[int, Member], group: Sequence[int], others: Sequence[int] = ()
) -> Iterable[tuple[int, int]]:
    """Yield which of the entries of one kind, or of one kind with those of another, are compared."""
    together = [*group, *others]
    facts = members[group[0]].facts
    kind = facts.kind if facts and len(together) > FEW else ""
    if kind in _DAY_RULES:
        pairs = _of_one_day(members, together, _DAY_RULES[kind])
    elif kind in _SPAN_RULES:
        pairs = _of_one_time(members, together, _SPAN_RULES[kind])
    elif len(together) <= MANY:
        pairs = combinations(together, 2)
    else:
        return chain(
            _with_the_first(group, others or group),
            _with_the_first(others, group),
            _of_near_dates(members, group, others or group),
            _of_near_dates(members, others, group),
        )
    if not others:
        return pairs
    in_group = set(group)
    return (pair for pair in pairs if (pair[0] in in_group) != (pair[1] in in_group))


def _of_near_dates(
    members: Mapping[int, Member], group: Sequence[int], others: Sequence[int]
) -> Iterator[tuple[int, int]]:
    """Yield each entry with those of each organization that lie nearest to it, by each of its dated properties."""
    facts = members[others[0]].facts
    undated = set(others)
    for _place, rule in DATED_RULES[facts.kind] if facts else ():
        lines: dict[str, _Line] = defaultdict(_Line)
        for first, last, index in sorted(_spans(members, others, rule.name)):
            lines[members[index].source].add(first, last, index)
            undated.discard(index)
        for first, last, index in _spans(members, group, rule.name):
            for line in lines.values():
                yield from ((index, other) for other in line.near(first, last) if other != index)
    yield from ((index, other) for other, index in _with_the_first(sorted(undated), group) if other != index)


def _spans(members: Mapping[int, Member], group: Sequence[int], rule: str) -> Iterator[tuple[int, int, int]]:
    """Yield first and last day, as numbers, of those that tell when they began, and whose they are."""
    for index in group:
        facts = members[index].facts
        says = facts.says.get(rule, ()) if facts else ()
        first, last = (day_number(day) for day in says[:2]) if says else (None, None)
        if first is not None:
            yield first, first if last is None else last, index


class _Line:
    """The spans of one organization in the order of their beginnings."""

    def __init__(self) -> None:
        self._firsts: list[int] = []
        self._indexes: list[int] = []
        self._longest: list[tuple[tuple[int, int], ...]] = []  # up to each: (last day, index) of those that end last

    def add(self, first: int, last: int, index: int) -> None:
        before = self._longest[-1] if self._longest else ()
        self._firsts.append(first)
        self._indexes.append(index)
        self._longest.append(tuple(sorted((*before, (last, index)), reverse=True)[:_BESIDE]))

    def near(self, first: int, last: int) -> set[int]:
        """Return those that begin next to a span, and those that begin before its end and end last."""
        place, end = bisect_right(self._firsts, first), bisect_right(self._firsts, last + _REACH)
        longest = self._longest[end - 1] if end else ()
        return {*self._indexes[max(0, place - _BESIDE) : place + _BESIDE], *(index for _last, index in longest)}


_REACH = 31
"""Days that may lie between two periods of one thing (``portal.merge.issues.read_issues``)."""
_BESIDE = 3
"""Two of one organization beside the entry itself."""


def _of_one_day(members: Mapping[int, Member], group: Sequence[int], rule: str) -> Iterator[tuple[int, int]]:
    """Yield the pairs of one day or instant, and those of which one cannot be placed."""
    placed: dict[str, list[int]] = defaultdict(list)
    vague: list[int] = []
    for index in group:
        facts = members[index].facts
        day = facts.says.get(rule, ()) if facts else ()
        if not day or len(day[0]) < len("2000-01-01"):
            vague.append(index)
            continue
        for key in {day[0], day[1] or day[0]}:
            placed[key].append(index)
    for together in placed.values():
        yield from _all_of(together)
    yield from _all_of(vague)
    unplaced = set(vague)
    dated = [index for index in group if index not in unplaced]
    yield from product(vague if len(vague) * len(dated) <= _CROWD * _CROWD else vague[:_HEADS], dated)


_CROWD = 400


def _all_of(group: Sequence[int]) -> Iterable[tuple[int, int]]:
    """Return all pairs; of a crowd those with the first."""
    return combinations(group, 2) if len(group) <= _CROWD else _with_the_first(group, group)


def _of_one_time(members: Mapping[int, Member], group: Sequence[int], rule: str) -> Iterator[tuple[int, int]]:
    """Yield the pairs of one organization, and of others those whose periods lie near each other, or are not told."""
    by_source: dict[str, list[int]] = defaultdict(list)
    spans: list[tuple[int, int, int]] = []
    vague: list[int] = []
    for index in group:
        by_source[members[index].source].append(index)
        facts = members[index].facts
        span = facts.says.get(rule, ()) if facts else ()
        first, last = (day_number(day) for day in span[:2]) if span else (None, None)
        if first is None or last is None:
            vague.append(index)
        else:
            spans.append((first, last + int(span[2]), index))
    for together in by_source.values():
        yield from _all_of(together)
    if len(group) > _CROWD:
        yield from _of_near_dates(members, group, group)
    else:
        yield from _overlapping(spans)
    yield from _all_of(vague)
    yield from product(
        vague[:_CROWD] if len(spans) <= _CROWD else vague[:_HEADS], (index for _first, _last, index in spans)
    )


def _overlapping(spans: Iterable[tuple[int, int, int]]) -> Iterator[tuple[int, int]]:
    under_way: list[tuple[int, int, int]] = []
    for period in sorted(spans):
        under_way = [earlier for earlier in under_way if earlier[1] >= period[0]]
        yield from ((earlier[2], period[2]) for earlier in under_way)
        under_way.append(period)


def _separating(*methods: Method, stated: bool) -> Mapping[str, str]:
    """Return by kind of entry the dated property that keeps two apart without a mark."""
    return {
        kind: rule.name
        for kind, rules in DATED_RULES.items()
        for _place, rule in rules
        if rule.by in methods and rule.stated is stated and not rule.marked
    }


_DAY_RULES = _separating(Method.DAY, Method.MOMENT, stated=True)
_SPAN_RULES = _separating(Method.THERAPY, stated=False)
