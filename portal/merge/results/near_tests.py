"""Results that share no name and are taken for one: a laboratory's own name beside LOINC's, a part beside its panel.

One number in one unit at one minute under two names that have a word, its beginning or its initials in common ("Vanco
trough", "Vancomycin"), where one side has no code of LOINC; or the systolic pressure beside both pressures. They only
name each other (clinical-truth.md §2, "Marked").
"""

import re
from collections.abc import Iterable

from portal.merge.facts import Facts
from portal.merge.results.result_names import TESTS

_FEWEST_DIGITS = 2
_SHORTEST = 3
_LETTERS = re.compile(r"[a-z]{2,5}")
_SAY_LITTLE = frozenset(
    {"total", "count", "level", "ratio", "test", "index", "score", "rate", "per", "average", "mean"}
)


PRESSURES = {"words|systolic pressure": "8480-6", "words|diastolic pressure": "8462-4"}
"""Parts of a blood pressure by their LOINC codes, where a name alone says which."""


def number_of(values: Iterable[str]) -> str:
    """Return the one number of a result with its dimension; empty for parts, words, bounds and a single digit."""
    (value, *others) = (*values, "")
    sign, _, told = value.removeprefix("value=").partition(" ")
    number, _, rest = told.partition(" ")
    if any(others) or not value.startswith("value=") or sign != "=":
        return ""
    digits = number.replace(".", "").lstrip("0")
    return f"{number} {rest.partition(' ')[2]}" if len(digits) >= _FEWEST_DIGITS else ""


def near_tests(left: Facts, right: Facts) -> bool:
    """Tell whether two results without an identity in common may be one: at one minute, by number and name."""
    at, other_at = left.says.get("moment", ()), right.says.get("moment", ())
    if not at or not other_at or not at[1] or at[1] != other_at[1]:
        return False
    if _is_part(left, right) or _is_part(right, left):
        return True
    if "codes" in left.says and "codes" in right.says:
        return False
    number = number_of(left.says.get("value", ()))
    if not number or number != number_of(right.says.get("value", ())):
        return False
    fluids = [{*facts.says.get("system", ()), *facts.says.get("coded system", ())} for facts in (left, right)]
    return not (all(fluids) and fluids[0].isdisjoint(fluids[1])) and _named_alike(left, right)


def _is_part(part: Facts, panel: Facts) -> bool:
    """Tell whether a result is a part of another by its LOINC code, with the same value."""
    codes = {code.removeprefix("loinc|") for code in part.says.get("codes", ())}
    codes |= {PRESSURES[name] for name in part.identity if name in PRESSURES}
    (value, *others) = (*part.says.get("value", ()), "")
    if any(others) or not codes:
        return False
    told = value.removeprefix("value=")
    return any(f"{code}={told}" in panel.says.get("value", ()) for code in codes)


def _named_alike(left: Facts, right: Facts) -> bool:
    return any(_alike(name, other) for name in _names(left) for other in _names(right))


def _names(facts: Facts) -> list[str]:
    return [name.removeprefix("words|") for name in facts.identity if name.startswith("words|")]


def _alike(name: str, other: str) -> bool:
    """Tell whether all that one name says is in the other; two names that the tables know are two tests."""
    if name in _KNOWN and other in _KNOWN:
        return False
    words, others = ([word for word in text.split() if word not in _SAY_LITTLE] for text in (name, other))
    if _is_short_for(words, others) or _is_short_for(others, words):
        return True
    shorter, longer = sorted((words, others), key=len)
    return any(len(word) >= _SHORTEST for word in shorter) and all(
        any(_begins(word, its) for its in longer) for word in shorter
    )


def _begins(word: str, other: str) -> bool:
    return word == other or (
        min(len(word), len(other)) >= _SHORTEST and (word.startswith(other) or other.startswith(word))
    )


_KNOWN = frozenset(TESTS.values())


def _is_short_for(words: list[str], others: list[str]) -> bool:
    """Tell whether letters are the initials of the other's words, whose order is not known."""
    letters = words[0] if len(words) == 1 else ""
    return bool(_LETTERS.fullmatch(letters)) and sorted(letters) == sorted(word[0] for word in others)
