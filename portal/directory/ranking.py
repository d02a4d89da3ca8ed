"""How well a line of the directory answers what was typed. Pure; the same on both databases."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from portal.directory.geography import miles_between
from portal.domain.words import COMMON
from portal.store.directory_lookup import Line

_EXACT, _PLACE, _PLACE_BEGINNING = 1.0, 0.7, 0.5
_BEGINNING_LAST, _BEGINNING = 0.92, 0.75
_BY_ERRORS = {1: 0.8, 2: 0.66}
_MARKED = 0.96  # initials or a web domain, exactly
_TOGETHER = 0.97  # "Riverbend" for River Bend
_OWNER = 0.03  # a health system before its clinics, among equals
_NEAR = 0.05  # less than any difference between words: nearer only decides among equals
_FAR = 100.0  # miles


@dataclass(frozen=True, slots=True)
class Asked:
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


@dataclass(frozen=True, slots=True)
class Point:
    latitude: float
    longitude: float
    state: str = ""


def weight(word: str, uses: int) -> float:
    """Common words are weighted down: a word in 20 names or fewer counts fully, one in 5000 a quarter."""
    by_use = 1 / (1 + math.log10(1 + uses / 20))
    return min(by_use, 0.3) if word in COMMON else by_use


def spelling_quality(errors: int) -> float:
    return _BY_ERRORS[errors]


def score(line: Line, asked: list[Asked], near: Point | None) -> float:
    """0 to about 1.1; what is asked counts most, then how much of the name was asked for, then everything else."""
    own = line.words.split()
    place = frozenset(line.place.split())
    answered = total = 0.0
    found: dict[int, float] = {}
    order: list[int] = []
    for one in asked:
        quality, at = _in_name(own, one)
        if at is not None:
            order.append(at)
            # The beginning of a long word asks for a part of it only.
            share = min(1.0, len(one.typed) / len(own[at])) if own[at] not in one.words else 1.0
            found[at] = max(found.get(at, 0.0), quality * share)
        answered += one.weight * max(quality, _in_place(place, one))
        total += one.weight
    if not answered:
        return 0.0
    lengths = [0.3 if word in COMMON else 1.0 for word in own]
    covered = sum(length * found.get(at, 0.0) for at, length in enumerate(lengths)) / (sum(lengths) or 1.0)
    if not found and answered >= _MARKED * total:
        covered = _MARKED  # initials or a domain stand for the whole name
    result = 0.78 * answered / total + 0.2 * covered
    if order and order == sorted(order):
        result += 0.02 + (0.02 if order[0] == 0 else 0.0)
    if "ox" in place:
        result += _OWNER
    result += {"name": 0.01, "alias": 0.005}.get(line.kind, 0.0)
    return result + _nearness(line, place, near)


def miles_away(line: Line, near: Point | None) -> float | None:
    if near is None or line.latitude is None or line.longitude is None:
        return None
    return miles_between(near.latitude, near.longitude, line.latitude, line.longitude)


def _in_name(own: list[str], one: Asked) -> tuple[float, int | None]:
    best, place = 0.0, None
    for at, word in enumerate(own):
        quality = one.words.get(word, 0.0)
        if quality < _EXACT and one.beginning and word.startswith(one.beginning):
            share = len(one.beginning) / len(word)
            quality = max(quality, (_BEGINNING_LAST if one.last else _BEGINNING) + 0.07 * share)
        if (
            quality < _TOGETHER
            and one.typed.startswith(word)
            and own[at : at + 2]
            and one.typed == "".join(own[at : at + 2])
        ):
            quality = _TOGETHER
        if quality > best:
            best, place = quality, at
    return best, place


def _in_place(place: frozenset[str], one: Asked) -> float:
    best = max(
        (
            quality * (_MARKED if word[:2] in {"ax", "dx"} else _PLACE)
            for word, quality in one.words.items()
            if word in place
        ),
        default=0.0,
    )
    if best < _PLACE_BEGINNING and one.beginning and any(word.startswith(one.beginning) for word in place):
        return _PLACE_BEGINNING
    return best


def _nearness(line: Line, place: frozenset[str], near: Point | None) -> float:
    if near is None:
        return 0.0
    away = miles_away(line, near)
    if away is not None:
        return _NEAR * max(0.0, 1 - away / _FAR)
    return _NEAR / 5 if near.state and f"sx{near.state.lower()}" in place else 0.0
