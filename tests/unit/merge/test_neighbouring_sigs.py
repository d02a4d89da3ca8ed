"""Instructions that differ in one thing that a clinician would not overlook, and rewritings of one instruction.

``neighbour_sigs.txt`` holds them in the styles of many systems. Two readings that both sides state must be a
disagreement; of one that a side leaves unsaid both texts must at least stand in the row.
"""

import itertools
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from portal.refresh.compare import PairVerdict, compare


class Line(NamedTuple):
    """A product, the words between the braces, and for each brace its readings, each in all ways of writing it."""

    product: str
    words: tuple[str, ...]
    readings: tuple[tuple[tuple[str, ...], ...], ...]

    def written(self, chosen: list[str]) -> str:
        texts = itertools.chain.from_iterable(itertools.zip_longest(self.words, chosen, fillvalue=""))
        return re.sub(r"\s+", " ", "".join(texts)).strip()


def _lines() -> Iterator[Line]:
    product = ""
    for line in (Path(__file__).parent / "neighbour_sigs.txt").read_text().splitlines():
        if line.startswith("["):
            product = line[1:-1]
        elif line and not line.startswith("#"):
            parts = re.split(r"\{([^{}]*)\}", line)
            readings = tuple(tuple(tuple(each.split("=")) for each in group.split("|")) for group in parts[1::2])
            yield Line(product, tuple(parts[::2]), readings)


_LINES = tuple(_lines())
_PLACES = tuple((line, place) for line in _LINES for place in range(len(line.readings)))


def _order(product: str, sig: str) -> dict[str, Any]:
    return {
        "resourceType": "MedicationRequest",
        "status": "active",
        "intent": "order",
        "authoredOn": "2026-01-05",
        "medicationCodeableConcept": {"text": product},
        "dosageInstruction": [{"text": sig}],
    }


_MORE_OF_ONE = (
    {"daily", "in the morning"},
    {"daily", "at bedtime"},
    {"at bedtime", "in the evening"},
    {"before meals", "3 times daily before meals"},
    {"with meals", "3 times daily before meals"},
    {"affected area", "another place"},
    {"pain", "severe pain"},
    {"pain", "moderate pain"},
    {"in 2 hours", "once in 2 hours"},
    {"as directed", "daily"},
)
"""Readings of which one only says more than the other: which time of the day, of which area, how severe a pain, how
many more. The row shows both; they contradict each other no more than one that a side leaves unsaid."""
_AS = (
    (r"^(?:every day|once daily|once a day|qd|d|daily)$", "daily"),
    (r"every morning|qam|in the morning", "in the morning"),
    (r"bedtime|nightly|qhs|q hs|every night", "at bedtime"),
    (r"3 times daily before meals|tid before meals|tid ac", "3 times daily before meals"),
    (r"before (?:each |)meals?|^ ?ac$", "before meals"),
    (r"affected area|\u00e1rea afectada", "affected area"),
    (r"to face|left leg|en la cara", "another place"),
    (r"once in 2 hours", "once in 2 hours"),
    (r"(?:in|after) 2 hours", "in 2 hours"),
    (r"take \d tablets? daily", "daily"),
)


def _reading(text: str) -> str:
    folded = text.casefold().strip()
    return next((name for pattern, name in _AS if re.search(pattern, folded)), folded)


def _only_more(left: str, right: str) -> bool:
    return not left.strip() or not right.strip() or {_reading(left), _reading(right)} in _MORE_OF_ONE


def _shows(verdict: PairVerdict, *, only_more: bool) -> bool:
    if verdict.verdict != "same":
        return True
    differing = [each for each in verdict.disagreements if each.left != each.right]
    return bool(differing or (only_more and verdict.wordings))


def _neighbours(line: Line, place: int, base: list[str]) -> Iterator[tuple[str, str]]:
    """Two readings of one place, each in one of its ways of writing."""
    for left, right in itertools.combinations(line.readings[place], 2):
        yield from {(left[0], right[0]), (left[-1], right[-1])}


def _faults(line: Line, place: int, base: list[str]) -> list[str]:
    faults = []
    for left, right in _neighbours(line, place, base):
        texts = [line.written([*base[:place], each, *base[place + 1 :]]) for each in (left, right)]
        verdict = compare(*(_order(line.product, text) for text in texts))
        if not _shows(verdict, only_more=_only_more(left, right)):
            faults.append(f"{line.product}: {texts[0]!r} beside {texts[1]!r} says nothing")
    for ways in line.readings[place]:
        for left, right in itertools.pairwise(ways):
            texts = [line.written([*base[:place], each, *base[place + 1 :]]) for each in (left, right)]
            verdict = compare(*(_order(line.product, text) for text in texts))
            if verdict.verdict != "same" or verdict.disagreements:
                fields = [each.field for each in verdict.disagreements]
                faults.append(f"{line.product}: {texts[0]!r} and {texts[1]!r} are one: {verdict.verdict} {fields}")
    return faults


def test_the_set_is_large_and_varied() -> None:
    assert len(_LINES) >= 100
    assert len({line.product for line in _LINES}) >= 30
    assert sum(len(group) for line in _LINES for group in line.readings) >= 700


def test_one_thing_that_differs_is_told_and_another_way_of_writing_is_not() -> None:
    drawn = random.Random(1).sample(_PLACES, 90)
    faults = [
        fault for line, place in drawn for fault in _faults(line, place, [group[0][0] for group in line.readings])
    ]
    assert not faults


@pytest.mark.slow
@pytest.mark.parametrize("draw", range(6))
def test_in_any_company_one_thing_that_differs_is_told(draw: int) -> None:
    chance = random.Random(draw)
    faults = []
    for line, place in _PLACES[draw::6]:
        base = [chance.choice(chance.choice(group)) for group in line.readings]
        faults += _faults(line, place, [group[0][0] for group in line.readings])
        faults += _faults(line, place, base)
    assert not faults
