"""Misspelled words: how far apart, and which are close enough."""

from hypothesis import given
from hypothesis import strategies as st

from portal.directory.spelling import allowed, distance


def _plainly(left: str, right: str) -> int:
    """Optimal string alignment, as the books have it."""
    table = [[0] * (len(right) + 1) for _ in range(len(left) + 1)]
    for i in range(len(left) + 1):
        for j in range(len(right) + 1):
            if not i or not j:
                table[i][j] = i or j
                continue
            table[i][j] = min(
                table[i - 1][j] + 1,
                table[i][j - 1] + 1,
                table[i - 1][j - 1] + (left[i - 1] != right[j - 1]),
            )
            if i > 1 and j > 1 and left[i - 1] == right[j - 2] and left[i - 2] == right[j - 1]:
                table[i][j] = min(table[i][j], table[i - 2][j - 2] + 1)
    return table[-1][-1]


_WORD = st.text(alphabet="abcde", min_size=0, max_size=9)


@given(_WORD, _WORD, st.sampled_from([1, 2]))
def test_distance_is_the_plain_one_up_to_its_limit(left: str, right: str, limit: int) -> None:
    plain = _plainly(left, right)
    assert distance(left, right, limit) == plain if plain <= limit else distance(left, right, limit) > limit


def test_how_many_errors_are_forgiven() -> None:
    assert [allowed(word) for word in ("mil", "mill", "clinics", "hospital", "12345678")] == [0, 1, 1, 2, 0]
