"""Which words of the vocabulary a misspelled word may have meant. Pure but for the questions it asks the lookup."""

from collections.abc import Sequence

from rapidfuzz.distance import OSA

from portal.store.directory.lookup import NameLookup, WordParts

_ENOUGH = 24
"""So many spellings of one word are tried; the closest and then the most used ones."""


def allowed(word: str) -> int:
    """How many errors are forgiven: one in short words, two in long ones, none in three letters or in numbers."""
    if word.isdigit() or len(word) < 4:
        return 0
    return 1 if len(word) < 8 else 2


def distance(left: str, right: str, limit: int) -> int:
    """Errors between two words (wrong, missing, additional letter, two letters swapped), at most ``limit`` + 1."""
    return OSA.distance(left, right, score_cutoff=limit)


def spellings(index: NameLookup, words: Sequence[tuple[str, bool]]) -> list[dict[str, int]]:
    """For each (word, unfinished): words within the allowed errors, with the number of errors.

    For an unfinished word also longer ones that begin so.
    """
    parts = [_parts(word, errors, unfinished=last) for word, last in words if (errors := allowed(word))]
    candidates = index.words_with(parts)
    return [_close(word, last, candidates) if allowed(word) else {} for word, last in words]


def _close(word: str, unfinished: bool, candidates: list[tuple[str, int]]) -> dict[str, int]:  # noqa: FBT001 -- private
    errors = allowed(word)
    letters = set(word)
    size = len(word)
    close: list[tuple[int, int, str]] = []
    for other, uses in candidates:
        longer = len(other) - size
        apart = errors + 1
        if -errors <= longer <= errors and len(letters.symmetric_difference(other)) <= 2 * errors:
            apart = distance(word, other, errors)
        if apart > errors and unfinished and longer > 0:
            apart = _beginning(word, other, errors)
        if 0 < apart <= errors:
            close.append((apart, -uses, other))
    return {other: apart for apart, _, other in sorted(close)[:_ENOUGH]}


def _beginning(word: str, other: str, errors: int) -> int:
    """Errors between an unfinished word and the beginning of another."""
    if word[0] != other[0]:
        return errors + 1
    letters = set(word)
    if len(letters.difference(other[: len(word) + errors])) > errors:
        return errors + 1
    return min(distance(word, other[:length], errors) for length in (len(word), len(word) + 1, len(word) - 1))


def _parts(word: str, errors: int, *, unfinished: bool) -> WordParts:
    """Return what must be intact somewhere if there are no more errors than these: halves for one, thirds for two."""
    size = len(word)
    longest = 60 if unfinished and size >= 5 else size + errors
    if errors == 1:
        half = size // 2
        # Two letters swapped across the middle would spoil both halves.
        swapped = word[: half - 1] + word[half] + word[half - 1] + word[half + 1 :]
        return WordParts(
            starts=(word[:half], swapped[:half]),
            ends=(word[half:], swapped[half:]),
            middles=(),
            shortest=size - 1,
            longest=longest,
        )
    third = size // 3 + 1
    return WordParts(
        starts=(word[:third],),
        ends=(word[-third:],),
        middles=(word[third - 1 : third + 2],),
        shortest=size - 2,
        longest=longest,
    )
