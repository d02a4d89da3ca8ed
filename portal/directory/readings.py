"""What a query may mean besides its own words: nicknames, Spanish, a university by its letters, a town for its state.

Each reading is another text that is looked for as well, with how much its answers count. Pure.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from portal.directory.geography import states_of_city
from portal.directory.nicknames import NICKNAMES, REGIONS, SPANISH
from portal.domain.places import STATES
from portal.domain.words import COMMON, fold_word, split

_NICKNAME, _LETTERS, _TRANSLATED, _STATE = 1.0, 0.97, 0.99, 0.98
_TOWN, _NO_TOWN = 0.93, 0.8
_LONGEST = 5  # words of a phrase of the tables
_MOST = 6  # readings of one query
_PART = 3  # letters of a word that another is written of
TOGETHER = 0.98
"""How much the words of one that was run together count."""


@dataclass(frozen=True, slots=True)
class OtherQuery:
    """Another text; ``factor`` (0 to 1) weighs what it finds. ``last``: only if nothing else is good."""

    text: str
    factor: float
    last: bool = False


def readings(text: str) -> tuple[OtherQuery, ...]:
    """Return the other readings of a query, the likelier first; none for most queries."""
    words = split(text)
    every = dict.fromkeys(_readings(words))
    return tuple(reading for reading in every if split(reading.text) != words)[:_MOST]


def run_together(word: str, uses: Mapping[str, int]) -> tuple[str, ...]:
    """Return a word as the words that it may be written of ("mountsinai"), the likelier first.

    ``uses``: how often the index has each folded part (``parts``).
    """
    weighed = []
    for cut in _cuts(word):
        often = [uses.get(fold_word(part), 0) for part in cut]
        if all(often):
            weighed.append((len(cut), -min(often), " ".join(cut)))
    return tuple(text for _parts, _often, text in sorted(weighed)[:2])


def parts(word: str) -> set[str]:
    """Return what of a word the index is asked for, to see whether it is several."""
    return {fold_word(part) for cut in _cuts(word) for part in cut}


def _cuts(word: str) -> Iterator[tuple[str, ...]]:
    for first in range(_PART, len(word) - _PART + 1):
        yield word[:first], word[first:]
        for second in range(first + _PART, len(word) - _PART + 1):
            yield word[:first], word[first:second], word[second:]


def _readings(words: Sequence[str]) -> Iterator[OtherQuery]:
    translated = _each(words, SPANISH)
    if translated != list(words):
        yield OtherQuery(" ".join(translated), _TRANSLATED)
        words = translated
    yield from (OtherQuery(text, _NICKNAME) for text in _replaced(words, NICKNAMES.get))
    yield from (OtherQuery(text, _LETTERS) for text in _replaced(words, lambda phrase: _universities().get(phrase), 1))
    if len(words) > 1:
        yield from _by_place(words)


def _replaced(
    words: Sequence[str], names_of: Callable[[str], Sequence[str] | None], longest: int = _LONGEST
) -> Iterator[str]:
    """Yield the query with its longest phrase of a table replaced, by each of its names."""
    for length in range(min(longest, len(words)), 0, -1):
        for start in range(len(words) - length + 1):
            names = names_of(" ".join(words[start : start + length]))
            if names:
                yield from (" ".join((*words[:start], name, *words[start + length :])) for name in names)
                return


def _each(words: Sequence[str], table: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the query with every phrase of a table replaced by its first name."""
    replaced: list[str] = []
    start = 0
    while start < len(words):
        length = next(
            (
                length
                for length in range(min(_LONGEST, len(words) - start), 0, -1)
                if " ".join(words[start : start + length]) in table
            ),
            0,
        )
        replaced += split(table[" ".join(words[start : start + length])][0]) if length else [words[start]]
        start += length or 1
    return replaced


def _by_place(words: Sequence[str]) -> Iterator[OtherQuery]:
    """Yield a system's part of a state for its town ("kaiser oakland": Kaiser in California), and the system alone."""
    if words[-1].upper() in STATES and len(words[-1]) == 2:
        yield OtherQuery(" ".join((*words[:-1], STATES[words[-1].upper()])), _STATE)
    for length in range(min(3, len(words) - 1), 0, -1):
        for rest, town in ((words[:-length], words[-length:]), (words[length:], words[:length])):
            states = _states(" ".join(town))
            if states and not all(word in COMMON for word in rest):
                for system in (*_replaced(rest, NICKNAMES.get), " ".join(rest)):
                    yield from (OtherQuery(f"{system} {STATES[state]}", _TOWN, last=True) for state in states)
                    yield OtherQuery(system, _NO_TOWN, last=True)
                return


def _states(town: str) -> tuple[str, ...]:
    return (REGIONS[town],) if town in REGIONS else states_of_city(town)[:2]


@cache
def _universities() -> dict[str, tuple[str, ...]]:
    """Return the state universities by their letters: "wvu", "iu", "uva", "psu"."""
    named: dict[str, list[str]] = {}
    for code, state in STATES.items():
        initials = "".join(word[0] for word in state.lower().split())
        university = f"{state.lower()} university"  # or university of it: the order of words decides little
        for letters in (f"u{code.lower()}", f"u{initials}", f"{initials}u"):
            named.setdefault(letters, []).append(university)
        named.setdefault(f"{initials}su", []).append(f"{state.lower()} state university")
    return {letters: tuple(dict.fromkeys(names))[:3] for letters, names in named.items() if len(letters) > 1}
