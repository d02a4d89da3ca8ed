"""How the names of two people go together: the one measure that verification and ``$match`` both go by. Pure."""

import re
from enum import IntEnum

from rapidfuzz.distance import OSA

from portal.identity import nicknames, suffixes
from portal.identity.folding import is_latin, romanised
from portal.identity.names import PARTICLES, NameParts, Names

_UMLAUT = re.compile(r"(?:(?<=[aou])e|(?<=a)a)")


class NameRelation(IntEnum):
    """From the best to the worst."""

    SAME = 0  # written alike, but for case, accents, blanks, hyphens
    SHORTER = 1  # the same, but for further given names that are initials or left out, or a suffix on one side only
    DECLARED = 2  # the same as a former name or a nickname that the other side declares
    NEAR = 3  # a known nickname, parts exchanged, a family name in part, the same sound in another script
    RENAMED = 4  # the same given names, another family name
    UNSURE = 5  # may be a typing error, a sibling's name, or another script that cannot be compared
    INCOMPLETE = 6  # a name that could tell is missing
    OTHER = 7


def compare_names(left: Names, right: Names) -> NameRelation:
    """Return the best relation of any of their names; INCOMPLETE where no two of them can be compared."""
    relations = [_relation(ours, theirs) for ours in left.current for theirs in right.current]
    relations += [_declared(ours, theirs) for ours in left.declared for theirs in right.current + right.declared]
    relations += [_declared(ours, theirs) for ours in left.current for theirs in right.declared]
    comparable = [relation for relation in relations if relation is not NameRelation.INCOMPLETE]
    return min(comparable, default=NameRelation.INCOMPLETE)


def _declared(left: NameParts, right: NameParts) -> NameRelation:
    """Relate a former name or a nickname: it shows who somebody was, or is called, and never decides."""
    relation = _relation(left, right)
    return NameRelation.DECLARED if relation <= NameRelation.SHORTER else max(relation, NameRelation.UNSURE)


def _relation(left: NameParts, right: NameParts) -> NameRelation:
    relation = _written(left, right)
    if relation is NameRelation.SAME and left.generation != right.generation:
        relation = NameRelation.SHORTER
    return relation if left.is_sure and right.is_sure else max(relation, NameRelation.NEAR)


def _written(left: NameParts, right: NameParts) -> NameRelation:
    ours, theirs = left.given_names + left.family, right.given_names + right.family
    if not (left.given_names and left.family and right.given_names and right.family):
        is_alike = set(ours) == set(theirs) or _in_one_piece(left) == _in_one_piece(right)
        return NameRelation.UNSURE if ours and is_alike else NameRelation.INCOMPLETE
    given_names, family = _given_names(left.given_names, right.given_names), _family(left.family, right.family)
    if family is NameRelation.SAME and given_names <= NameRelation.SHORTER:
        return given_names
    if sorted(ours) == sorted(theirs):
        return NameRelation.NEAR
    if _scripts(ours) != _scripts(theirs):
        sounds = _sound(left.given_names) == _sound(right.given_names) and _sound(left.family) == _sound(right.family)
        return NameRelation.NEAR if sounds else NameRelation.UNSURE
    if family is NameRelation.OTHER:
        return _renamed(left, right, given_names)
    return max(given_names, NameRelation.NEAR) if family is NameRelation.NEAR else given_names


def _renamed(left: NameParts, right: NameParts, given_names: NameRelation) -> NameRelation:
    """Return what another family name comes to; the former one often becomes a middle name."""
    moved = set(_core(left.family)) <= set(right.given_names) or set(_core(right.family)) <= set(left.given_names)
    if given_names is NameRelation.SAME or (moved and left.given_names[0] == right.given_names[0]):
        return NameRelation.RENAMED
    return NameRelation.UNSURE if given_names <= NameRelation.NEAR else NameRelation.OTHER


def _given_names(left: tuple[str, ...], right: tuple[str, ...]) -> NameRelation:
    if "".join(left) == "".join(right):
        return NameRelation.NEAR if _is_initial(left[0]) else NameRelation.SAME
    left, right = _plain_given(left), _plain_given(right)
    if left[0] == right[0] and not _is_initial(left[0]):
        return NameRelation.SHORTER if _fit(left, right) else _subset_or_unsure(left, right)
    if _is_initial(left[0]) or _is_initial(right[0]):
        if left[0][0] == right[0][0]:
            return NameRelation.NEAR if _fit(left, right) else NameRelation.UNSURE
        return NameRelation.NEAR if _is_subset(left, right) else NameRelation.OTHER
    if _is_subset(left, right):
        return NameRelation.NEAR
    if nicknames.are_related(left[0], right[0]) or _transliterated(left[0]) == _transliterated(right[0]):
        return NameRelation.NEAR if _fit(left, right) else NameRelation.UNSURE
    return NameRelation.UNSURE if _may_be_one(left, right) else NameRelation.OTHER


def _subset_or_unsure(left: tuple[str, ...], right: tuple[str, ...]) -> NameRelation:
    return NameRelation.NEAR if _is_subset(left, right) else NameRelation.UNSURE


def _may_be_one(left: tuple[str, ...], right: tuple[str, ...]) -> bool:
    """Tell whether the first names may be one written wrongly or familiarly, or a name is called by a later one."""
    if _is_similar(left[0], right[0]) or _is_similar("".join(left), "".join(right)):
        return True
    if _sound(left) == _sound(right):  # 伟 and 偉 are one name in two ways of writing; 薇 is another
        return True
    if min(len(left[0]), len(right[0])) >= 3 and (left[0].startswith(right[0]) or right[0].startswith(left[0])):
        return True
    if nicknames.may_be_one(left[0], right[0]):
        return True
    return any(nicknames.are_related(word, right[0]) for word in left[1:]) or any(
        nicknames.are_related(left[0], word) for word in right[1:]
    )


def _family(left: tuple[str, ...], right: tuple[str, ...]) -> NameRelation:
    if "".join(left) == "".join(right):
        return NameRelation.SAME
    ours, theirs = _core(left), _core(right)
    if set(ours) & set(theirs) or _is_similar("".join(ours), "".join(theirs)) or _sound(ours) == _sound(theirs):
        return NameRelation.NEAR
    return NameRelation.OTHER


def _fit(left: tuple[str, ...], right: tuple[str, ...]) -> bool:
    """Tell whether the given names behind the first are the same, initials of each other, or missing on one side."""
    return all(
        ours == theirs or (ours[0] == theirs[0] and (_is_initial(ours) or _is_initial(theirs)))
        for ours, theirs in zip(left[1:], right[1:], strict=False)
    )


def _is_subset(left: tuple[str, ...], right: tuple[str, ...]) -> bool:
    return set(left) <= set(right) or set(right) <= set(left)


def _is_similar(left: str, right: str) -> bool:
    """Tell whether one is the other with a slip: one in short names, two in longer ones."""
    shorter = min(len(left), len(right))
    return shorter >= 3 and OSA.distance(left, right) <= (1 if shorter < 6 else 2)


def _transliterated(word: str) -> str:
    """Return a word without the e and a by which ö, ü, ä, å are written elsewhere: Juergen, Jürgen."""
    return _UMLAUT.sub("", word)


def _is_initial(word: str) -> bool:
    """Tell whether a word is one letter of an alphabet with capitals; 伟 is a whole name."""
    return len(word) == 1 and word.islower()


def _core(name: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word for word in name if word not in PARTICLES) or name


def _plain_given(name: tuple[str, ...]) -> tuple[str, ...]:
    """Return given names without small words between them: Maria del Carmen. One letter is an initial."""
    return name[:1] + tuple(word for word in name[1:] if word not in PARTICLES or _is_initial(word))


def _in_one_piece(name: NameParts) -> str:
    """Return the whole name as it is written where no blank stands between family and given name: 王伟."""
    return "".join(name.family + name.given_names)


def _sound(name: tuple[str, ...]) -> str:
    return "".join(romanised(word) for word in name)


def _scripts(name: tuple[str, ...]) -> frozenset[bool]:
    """Which there are of Latin words and others; a word of mixed letters is another, and compares by sound."""
    return frozenset(is_latin(word) for word in name)


def suffixes_contradict(left: Names, right: Names) -> bool:
    """Tell whether one is called Jr. and the other Sr."""
    return suffixes.contradict(left.generations, right.generations)
