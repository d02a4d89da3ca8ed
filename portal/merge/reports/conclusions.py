"""Whether two conclusions of one report contradict each other, say the same, or are only other words.

Compared are the findings: whether they are there, the side and the place, how large, how many, how severe, and how they
changed. What cannot be compared is no contradiction: a page then shows the words of both reports.
"""

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from enum import Enum
from itertools import product

from portal.merge.reports import conclusion_names as names
from portal.merge.reports.conclusion_numbers import numbers_differ
from portal.merge.reports.read_conclusions import ABSENT, Conclusion, Mention, one_or_both, read_conclusion


class Wording(Enum):
    SAME = "same"
    OTHER_WORDS = "other words"
    CONTRADICTORY = "contradictory"


def same_conclusion(left: str, right: str) -> Wording:
    """Compare two conclusions of one report. Symmetric."""
    if _as_written(left) == _as_written(right):
        return Wording.SAME
    first, second = read_conclusion(left), read_conclusion(right)
    if _contradict(first, second):
        return Wording.CONTRADICTORY
    return Wording.SAME if _alike(first, second) else Wording.OTHER_WORDS


_PUNCTUATION = re.compile(r"[\s.,;:!*()\[\]\"']+")


def _as_written(text: str) -> str:
    """Return a text in small letters without punctuation, but with the signs that tell: "<50%", "ER+", "-2.6"."""
    return _PUNCTUATION.sub(" ", text.casefold()).strip()


def not_contradictory(left: str, right: str) -> bool:
    """Tell whether two conclusions may both be so."""
    return same_conclusion(left, right) is not Wording.CONTRADICTORY


def same_in_other_words(left: str, right: str) -> bool:
    """Tell whether two conclusions say the same findings."""
    return same_conclusion(left, right) is Wording.SAME


def _contradict(left: Conclusion, right: Conclusion) -> bool:
    shared = {mention.finding for mention in left.mentions} & {mention.finding for mention in right.mentions}
    return (
        any(_disagree(left.of(finding), right.of(finding)) for finding in shared)
        or _is_normal_against(left, right)
        or _is_normal_against(right, left)
        or _other_findings(left, right)
        or _left_out(left, right)
        or _left_out(right, left)
        or numbers_differ(left.numbers, right.numbers)
        or _apart(left.trends, right.trends)
        or _of_one_kind_apart(left.kinds, right.kinds)
        or _said_and_denied(left, right)
        or _said_and_denied(right, left)
        or any((number, not upper) in right.bounds for number, upper in left.bounds)
        or _opposite_prefixes(left.words, right.words)
        or (not left.present and not right.present and {left.named_sides, right.named_sides} == _LEFT_AND_RIGHT)
        or (len(left.sides) == len(right.sides) == 1 and not shared and left.sides != right.sides)
    )


_LEFT_AND_RIGHT = {frozenset({"left"}), frozenset({"right"})}


def _opposite_prefixes(left: AbstractSet[str], right: AbstractSet[str]) -> bool:
    """Tell whether one says "hypo" where the other says "hyper" of the same, and neither both."""
    low, other_low = (_stems(side, "hypo") for side in (left, right))
    high, other_high = (_stems(side, "hyper") for side in (left, right))
    return bool((low - high) & (other_high - other_low) or (high - low) & (other_low - other_high))


def _stems(words: AbstractSet[str], prefix: str) -> set[str]:
    return {word.removeprefix(prefix) for word in words if word.startswith(prefix)}


def _of_one_kind_apart(left: AbstractSet[tuple[int, str]], right: AbstractSet[tuple[int, str]]) -> bool:
    return any(
        _apart({kind for place, kind in left if place == each}, {kind for place, kind in right if place == each})
        for each in {place for place, _kind in left}
    )


def _said_and_denied(saying: Conclusion, denying: Conclusion) -> bool:
    """Tell whether one denies what the other says in a word that no table knows: "HPV negative", "non"-words too."""
    denied = denying.denied - denying.others
    opposites = {word.removeprefix("non") for word in denying.words if word.startswith("non")} - denying.words
    affirmed = saying.others - saying.denied
    affected = saying.affected - saying.cleared
    return not (
        affirmed.isdisjoint(denied)
        and affected.isdisjoint(denying.cleared - denying.affected)
        and opposites.isdisjoint(saying.words)
    )


def _disagree(mine: Sequence[Mention], others: Sequence[Mention]) -> bool:
    """Tell whether two reports say of one finding what cannot both be so."""
    states, other_states = ({mention.state for mention in each} for each in (mine, others))
    for denying, affirming in ((mine, others), (others, mine)):
        absent = all(mention.state in ABSENT for mention in denying)
        if absent and all(mention.state not in ABSENT for mention in affirming):
            pairs = product(denying, affirming)
            return not all(_of_another(denied, stated) or _both_unsure(denied, stated) for denied, stated in pairs)
    if states <= ABSENT or other_states <= ABSENT:
        return False
    if _less_sure(mine, others) or _less_sure(others, mine):
        return True
    if _denied_just_that(mine, others) or _denied_just_that(others, mine):
        return True
    stated, other_stated = ([each for each in side if each.state not in ABSENT] for side in (mine, others))
    return any(
        _apart(_all(stated, name), _all(other_stated, name)) for name in ("sides", "places", "degrees", "courses")
    ) or _parts_apart(_all(stated, "parts"), _all(other_stated, "parts"))


def _parts_apart(left: frozenset[str], right: frozenset[str]) -> bool:
    """Tell whether two sets of parts of the body share none, nor one of them what the other's belong to."""
    wider, others_wider = (side.union(*(names.WITHIN.get(part, ()) for part in side)) for side in (left, right))
    return bool(left and right) and wider.isdisjoint(right) and others_wider.isdisjoint(left)


_DOUBTED = frozenset({"likely", "possible"})


def _both_unsure(denied: Mention, stated: Mention) -> bool:
    """Tell whether what one calls unlikely is no more than possible to the other."""
    return (denied.state, stated.state) == ("unlikely", "possible")


def _less_sure(doubting: Sequence[Mention], affirming: Sequence[Mention]) -> bool:
    """Tell whether one only supposes, wherever it names it, what the other states."""
    supposed, stated = ([each for each in side if each.state not in ABSENT] for side in (doubting, affirming))
    if not all(each.state in _DOUBTED for each in supposed):
        return False
    return all(each.state == "stated" for each in stated) and not all(
        _of_another(each, other) for each, other in product(supposed, stated)
    )


def _denied_just_that(denying: Sequence[Mention], affirming: Sequence[Mention]) -> bool:
    """Tell whether one denies just what the other states, though it states the finding otherwise: "no new nodule"."""
    own = [each for each in denying if each.state != "denied"]
    return any(
        _covers(denied, stated) and not any(_covers(denied, each) for each in own)
        for denied, stated in product(denying, affirming)
        if denied.state == "denied" and stated.state != "denied" and (denied.courses or denied.sides)
    )


def _covers(denied: Mention, stated: Mention) -> bool:
    return denied.courses <= stated.courses and denied.sides <= stated.sides and denied.degrees <= stated.degrees


def _of_another(denied: Mention, stated: Mention) -> bool:
    """Tell whether a denial leaves room: "no acute fracture" for an old one, "no large effusion" for a small one."""
    return (
        _apart(denied.courses, stated.courses)
        or _apart(denied.degrees, stated.degrees)
        or _apart(denied.sides, stated.sides)
    )


def _all(mentions: Sequence[Mention], name: str) -> frozenset[str]:
    values: frozenset[str] = frozenset().union(*(getattr(mention, name) for mention in mentions))
    return one_or_both(values) if name == "sides" else values


def _apart(left: AbstractSet[str], right: AbstractSet[str]) -> bool:
    return bool(left and right) and left.isdisjoint(right)


def _is_normal_against(left: Conclusion, right: Conclusion) -> bool:
    """Tell whether one calls all normal and the other names something that is there."""
    if left.normal in ("", "part") or left.present or not right.present:
        return False
    if left.normal == "all":
        return right.normal != "all"
    new = [each for each in right.mentions if each.state != "denied" and each.finding not in names.LASTING]
    return not right.normal and any(each.courses != {"chronic"} for each in new)


_VAGUE = frozenset(
    {"lesion", "mass", "growth", "inflammation", "malignancy", "degenerative", "calcification", "abnormal"}
)


def _other_findings(left: Conclusion, right: Conclusion) -> bool:
    """Tell whether each names only what the other does not: another diagnosis."""
    mine, others = left.present - _VAGUE, right.present - _VAGUE
    return bool(mine and others) and mine.isdisjoint(others)


def _left_out(left: Conclusion, right: Conclusion) -> bool:
    """Tell whether one, of which every word is understood, leaves out what the other found."""
    if left.others or not (left.mentions or left.normal):
        return False
    told = {mention.finding for mention in left.mentions}
    return any(
        each.state == "stated" and each.finding not in told | _VAGUE | names.LASTING and each.courses != {"chronic"}
        for each in right.mentions
    )


def _alike(left: Conclusion, right: Conclusion) -> bool:
    """Tell whether both say the same, in whatever words; what only one denies is no difference."""
    if (left.loose, left.bounds) != (right.loose, right.bounds) or _apart(left.named_sides, right.named_sides):
        return False
    if not (left.present or right.present or left.others or right.others or left.numbers != right.numbers):
        denied, other_denied = ({(each.finding, each.degrees) for each in side.mentions} for side in (left, right))
        if _apart(left.named_places, right.named_places):
            return False
        return bool(left.normal and right.normal) or (
            bool(denied or left.denied or left.cleared or left.trends)
            and (denied, left.denied, left.trends) == (other_denied, right.denied, right.trends)
            and (left.cleared, left.affected) == (right.cleared, right.affected)
        )
    affirmed, other_affirmed = (
        {
            (each.finding, each.state, each.sides, each.places, each.degrees, each.parts)
            for each in side.mentions
            if each.state != "denied"
        }
        for side in (left, right)
    )
    return (
        affirmed == other_affirmed
        and left.others == right.others
        and (left.trends, left.kinds, left.places) == (right.trends, right.kinds, right.places)
        and len(left.numbers) == len(right.numbers)
    )
