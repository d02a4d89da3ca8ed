"""Whether two texts say the same: words in any order and spelling, numbers as numbers, dates by the coarser one."""

import re

from portal.merge.words.concepts import read_concept
from portal.merge.words.text import number, plain

_DATE = re.compile(r"\d{4}(?:-\d\d(?:-\d\d(?:T.*)?)?)?")
_DENYING = frozenset({"no", "not", "non", "none", "never", "nothing", "denies", "denied", "failed", "without", "un"})

_Meaning = tuple[frozenset[str], str, tuple[object, ...]]


def same_texts(left: tuple[str, ...], right: tuple[str, ...]) -> bool:
    """Tell whether each text of one side is among the other's."""
    return all(any(same_text(text, other) for other in right) for text in left) and all(
        any(same_text(text, other) for text in left) for other in right
    )


def some_texts(left: tuple[str, ...], right: tuple[str, ...]) -> bool:
    """Tell whether each text of the shorter list is among the other's: one side may list more."""
    fewer, more = sorted((left, right), key=len)
    return all(any(same_text(text, other) for other in more) for text in fewer)


def same_text(left: str, right: str) -> bool:
    """Tell whether two texts agree: one may say more, but no other side, stage or context, and nothing that denies."""
    if left == right:
        return True
    if _DATE.fullmatch(left) and _DATE.fullmatch(right):
        shorter, longer = sorted((left[:10], right[:10]), key=len)
        return longer.startswith(shorter)
    if plain(left).replace(" ", "") == plain(right).replace(" ", ""):
        return True
    (words, side, rest), (other_words, other_side, other_rest) = _meaning(left), _meaning(right)
    if rest != other_rest or (side and other_side and side != other_side):
        return False
    if not (words and other_words) and not any(rest):
        return False
    more = words ^ other_words
    return (words <= other_words or other_words <= words) and not any(_denies(word) for word in more)


def _meaning(text: str) -> _Meaning:
    concept = read_concept(text)
    words = frozenset(number(word) if word[:1].isdigit() else word for word in concept.words)
    return words, concept.side, (concept.types, concept.stages, concept.courses, concept.contexts, concept.assertion)


def _denies(word: str) -> bool:
    return word in _DENYING or word.startswith("without")
