"""Slips of the pen: two words that differ in a letter or two. Proof of nothing by themselves, only beside one code.

"Hypotension" and "hypertension" are two letters apart: where nothing else says that both are one, no slip is looked
for.
"""

from collections.abc import Set as AbstractSet

from rapidfuzz.distance import OSA

_SHORTEST = 5
_LONG = 9
_MOST = 2


def is_slip(word: str, other: str) -> bool:
    """Tell whether one word may be the other misspelled: one letter missing, added, changed or changed places with
    its neighbour; two of them in long words. The first letter is right."""
    shorter = min(len(word), len(other))
    if shorter < _SHORTEST or word[0] != other[0] or any(map(str.isdigit, word + other)):
        return False
    most = _MOST if shorter >= _LONG else 1
    return OSA.distance(word, other, score_cutoff=most) <= most


def differ_by_slips(words: AbstractSet[str], others: AbstractSet[str]) -> bool:
    """Tell whether two sets of words are one but for at most two misspelled words."""
    left, right = words - others, others - words
    if len(left) != len(right) or not 0 < len(left) <= _MOST:
        return False
    return all(any(is_slip(word, other) for other in right) for word in left) and all(
        any(is_slip(word, other) for word in left) for other in right
    )
