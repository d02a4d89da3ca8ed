"""Which words of the vocabulary a misspelled word may have meant. Pure but for the questions it asks the lookup."""

from collections.abc import Sequence

from portal.store.directory_lookup import Lookup, Parts

_ENOUGH = 24
"""So many spellings of one word are tried; the closest and then the most used ones."""


def allowed(word: str) -> int:
    """How many errors are forgiven: one in short words, two in long ones, none in three letters or in numbers."""
    if word.isdigit() or len(word) < 4:
        return 0
    return 1 if len(word) < 8 else 2


def distance(left: str, right: str, limit: int) -> int:
    """Errors between two words (wrong, missing, additional letter, two letters swapped), at most ``limit`` + 1.

    Optimal string alignment (Damerau-Levenshtein with no letter edited twice).
    """
    if abs(len(left) - len(right)) > limit:
        return limit + 1
    # What is the same at both ends costs nothing, and is most of it.
    start = 0
    for one, other in zip(left, right, strict=False):
        if one != other:
            break
        start += 1
    left, right = left[start:], right[start:]
    while left and right and left[-1] == right[-1]:
        left, right = left[:-1], right[:-1]
    if not left or not right:
        return len(left) + len(right)
    if len(left) == len(right) == 1:
        return 1
    if len(left) > 2 * limit + 2 and left[1:-1] == right[1:-1]:
        return 2
    return _aligned(left, right, limit)


def _aligned(left: str, right: str, limit: int) -> int:
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, letter in enumerate(left, 1):
        before, above, row = row, before, [i]
        for j, other in enumerate(right, 1):
            cost = before[j - 1] + (letter != other)
            if before[j] < cost:
                cost = before[j] + 1
            if row[j - 1] < cost:
                cost = row[j - 1] + 1
            if i > 1 and j > 1 and letter == right[j - 2] and left[i - 2] == other and above[j - 2] < cost:
                cost = above[j - 2] + 1
            row.append(cost)
        if min(row) > limit:
            return limit + 1
    return row[-1]


def spellings(index: Lookup, words: Sequence[tuple[str, bool]]) -> list[dict[str, int]]:
    """For each (word, unfinished): words within the allowed errors, with the number of errors.

    For an unfinished word also longer ones that begin so.
    """
    parts = [_parts(word, errors, unfinished=last) for word, last in words if (errors := allowed(word))]
    found = index.words_with(parts)
    return [_close(word, last, found) if allowed(word) else {} for word, last in words]


def _close(word: str, unfinished: bool, found: list[tuple[str, int]]) -> dict[str, int]:  # noqa: FBT001 -- private
    errors = allowed(word)
    letters = set(word)
    size = len(word)
    close: list[tuple[int, int, str]] = []
    for other, uses in found:
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


def _parts(word: str, errors: int, *, unfinished: bool) -> Parts:
    """What must be intact somewhere if there are no more errors than these: halves for one, thirds for two."""
    size = len(word)
    longest = 60 if unfinished and size >= 5 else size + errors
    if errors == 1:
        half = size // 2
        # Two letters swapped across the middle would spoil both halves.
        swapped = word[: half - 1] + word[half] + word[half - 1] + word[half + 1 :]
        return Parts(
            starts=(word[:half], swapped[:half]),
            ends=(word[half:], swapped[half:]),
            middles=(),
            shortest=size - 1,
            longest=longest,
        )
    third = size // 3 + 1
    return Parts(
        starts=(word[:third],),
        ends=(word[-third:],),
        middles=(word[third - 1 : third + 2],),
        shortest=size - 2,
        longest=longest,
    )
