"""How well a line of the directory answers what was typed. Pure; the same on both databases."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from portal.directory.geography import miles_between
from portal.domain.words import COMMON, split
from portal.store.directory.lookup import NameLine

_EXACT, _PLACE, _PLACE_BEGINNING = 1.0, 0.7, 0.5
_BEGINNING_LAST, _BEGINNING = 0.92, 0.75
_BY_ERRORS = {1: 0.8, 2: 0.66}
_MARKED = 0.96  # initials or a web domain, exactly
_TOGETHER = 0.97  # "Riverbend" for River Bend
_LITERAL = 0.05  # as it was typed, where folding takes another name for the same
_OWNER = 0.03  # a health system before its clinics, among equals
_NEAR = 0.05  # less than any difference between words: nearer only decides among equals
_FAR = 100.0  # miles
_BY_KIND = {"name": 0.01, "alias": 0.005}


@dataclass(frozen=True, slots=True)
class QueryWord:
    """One word that was typed.

    ``typed`` is the word itself; ``words`` are the vocabulary's words it may stand for, with the quality (0 to 1) of
    each; ``beginning`` is what words may begin with, empty if it must be whole; ``weight`` is 1 for a telling word and
    near 0 for one that is everywhere.
    """

    typed: str
    words: Mapping[str, float]
    beginning: str
    weight: float
    last: bool
    # Two hundred lines share most of their words: each is judged once.
    _by_word: dict[str, tuple[float, bool]] = field(default_factory=dict, compare=False, repr=False)

    def in_name(self, own: list[str]) -> tuple[float, int | None]:
        """How well the best word of a name answers (0 to 1), and which it is."""
        best, place = 0.0, None
        judgements = self._by_word
        for at, word in enumerate(own):
            judged = judgements.get(word)
            if judged is None:
                judged = judgements[word] = self._word(word), self.typed.startswith(word)
            quality, begins = judged
            if quality < _TOGETHER and begins and own[at + 1 :] and self.typed == word + own[at + 1]:
                quality = _TOGETHER
            if quality > best:
                best, place = quality, at
                if quality >= _EXACT:
                    break
        return best, place

    def _word(self, word: str) -> float:
        quality = self.words.get(word, 0.0)
        if quality < _EXACT and self.beginning and word.startswith(self.beginning):
            share = len(self.beginning) / len(word)
            quality = max(quality, (_BEGINNING_LAST if self.last else _BEGINNING) + 0.07 * share)
        return quality

    def in_place(self, place: str) -> float:
        """How well what else is known of an organization answers, 0 to 1. ``place``: words, a space around each."""
        best = 0.0
        for word, quality in self.words.items():
            if f" {word} " in place:
                best = max(best, quality * (_MARKED if word[:2] in {"ax", "dx"} else _PLACE))
        if best < _PLACE_BEGINNING and self.beginning and f" {self.beginning}" in place:
            return _PLACE_BEGINNING
        return best


@dataclass(frozen=True, slots=True)
class Coordinates:
    latitude: float
    longitude: float
    state: str = ""


def weight(word: str, uses: int) -> float:
    """Weight common words down: a word in 20 names or fewer counts fully, one in 5000 a quarter."""
    by_use = 1 / (1 + math.log10(1 + uses / 20))
    return min(by_use, 0.3) if word in COMMON else by_use


def spelling_quality(errors: int) -> float:
    return _BY_ERRORS[errors]


def score(line: NameLine, query_words: list[QueryWord], near: Coordinates | None) -> float:
    """0 to about 1.1; what is asked counts most, then how much of the name was asked for, then everything else."""
    own = line.words.split()
    place = f" {line.place} "
    answered = total = 0.0
    by_position: dict[int, float] = {}
    order: list[int] = []
    for query_word in query_words:
        quality, at = query_word.in_name(own)
        if at is not None:
            order.append(at)
            # The beginning of a long word asks for a part of it only.
            share = 1.0 if own[at] in query_word.words else min(1.0, len(query_word.typed) / len(own[at]))
            by_position[at] = max(by_position.get(at, 0.0), quality * share)
        answered += query_word.weight * (quality if quality >= _EXACT else max(quality, query_word.in_place(place)))
        total += query_word.weight
    if not answered:
        return 0.0
    covered = whole = 0.0
    for at, word in enumerate(own):
        length = 0.3 if word in COMMON else 1.0
        whole += length
        covered += length * by_position.get(at, 0.0)
    covered /= whole or 1.0
    if not by_position and answered >= _MARKED * total:
        covered = _MARKED  # initials or a domain stand for the whole name
    result = 0.78 * answered / total + 0.2 * covered
    if order and (len(order) == 1 or order == sorted(order)):
        result += 0.02 + (0.02 if order[0] == 0 else 0.0)
    if " ox " in place:
        result += _OWNER
    result += _BY_KIND.get(line.kind, 0.0)
    if _as_typed(line, query_words):
        result += _LITERAL
    return result + _nearness(line, place, near)


def _as_typed(line: NameLine, query_words: list[QueryWord]) -> bool:
    """Tell whether the name has a word that folding changed just as it was typed: Salinas is not Salina."""
    folded = [word.typed for word in query_words if word.typed not in line.words]
    return bool(folded) and set(folded) <= set(split(line.name))


def miles_away(line: NameLine, near: Coordinates | None) -> float | None:
    if near is None or line.latitude is None or line.longitude is None:
        return None
    return miles_between(near.latitude, near.longitude, line.latitude, line.longitude)


def _nearness(line: NameLine, place: str, near: Coordinates | None) -> float:
    if near is None:
        return 0.0
    away = miles_away(line, near)
    if away is not None:
        return _NEAR * max(0.0, 1 - away / _FAR)
    return _NEAR / 5 if near.state and f" sx{near.state.lower()} " in place else 0.0
