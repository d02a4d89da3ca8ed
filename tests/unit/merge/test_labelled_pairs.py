"""The labelled pairs hold: no wrong join, conflicts shown, few marks on strangers; and no pair is judged worse.

What is said of them is what a reader would write, never how merge keeps it.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import pytest

from portal.refresh.compare import PairVerdict
from tests.benchmarks.merge_report import HERE, count, faults, judge, pairs

FAULTS = HERE.parent / "faults.tsv"
_INTERNAL = re.compile(r"9999-12-31|0001-01-01|^\d \d|\|| {2}|\bmcg/ml\b|\bunt\b|\S+:(?:succinate|tartrate)")

Judged = list[tuple[Mapping[str, Any], PairVerdict]]
_BATCH = 100


@cache
def _labelled() -> tuple[Mapping[str, Any], ...]:
    return tuple(pairs(sorted(HERE.glob("*.ndjson"))))


@pytest.fixture(scope="module")
def judged_in() -> Callable[[int], Judged]:
    """Return what judges a batch of pairs, once. A mutant is tried on one batch after the other until one is worse."""
    batches: dict[int, Judged] = {}

    def judged(batch: int) -> Judged:
        if batch not in batches:
            part = _labelled()[batch * _BATCH : (batch + 1) * _BATCH]
            batches[batch] = [(pair, judge(pair)) for pair in part]
        return batches[batch]

    return judged


@pytest.fixture(scope="module")
def judged(judged_in: Callable[[int], Judged]) -> Judged:
    return [pair for batch in range(_BATCHES) for pair in judged_in(batch)]


@pytest.fixture(scope="module")
def totals(judged: Judged) -> Counter[str]:
    return count(judged)["all"]


_BATCHES = -(-sum(path.read_bytes().count(b"\n") for path in HERE.glob("*.ndjson")) // _BATCH)


@pytest.mark.parametrize("batch", range(_BATCHES))
def test_no_pair_is_judged_worse_and_what_is_better_is_taken_out(
    judged_in: Callable[[int], Judged], batch: int
) -> None:
    judged = judged_in(batch)
    ids = {pair["id"] for pair, _verdict in judged}
    listed = {line for line in FAULTS.read_text().splitlines() if line.partition("\t")[0] in ids}
    present = {f"{pair['id']}\t{fault}" for pair, verdict in judged for fault in faults(pair, verdict)}
    assert sorted(present - listed) == []
    assert sorted(listed - present) == []


def test_every_pair_is_in_a_batch_and_every_listed_fault_is_of_a_pair() -> None:
    ids = {pair["id"] for pair in _labelled()}
    assert len(_labelled()) <= _BATCHES * _BATCH
    assert {line.partition("\t")[0] for line in FAULTS.read_text().splitlines()} <= ids


def test_the_set_is_large_and_varied(judged: Judged) -> None:
    everything = [pair for pair, _verdict in judged]
    kinds = Counter((pair["section"], pair["kind"]) for pair in everything)
    assert len(everything) >= 2200
    assert len({pair["id"] for pair in everything}) == len(everything)
    assert len({kind for _section, kind in kinds}) >= 150


def _misjudged(judged: Judged, fault: str) -> list[str]:
    return [pair["id"] for pair, verdict in judged if fault in faults(pair, verdict)]


def test_nothing_that_differs_is_joined(judged: Judged) -> None:
    assert _misjudged(judged, "wrong join") == ["prc-0073"]  # an operation whose device one of two places names
    assert _misjudged(judged, "hidden in one organization") == ["iss-0580"]  # a version under one number


def test_conflicts_are_shown_and_agreement_is_not_called_one(totals: Counter[str]) -> None:
    shown = totals["conflicts"] - totals["conflict not shown"]
    assert shown >= 0.98 * totals["conflicts"]
    assert totals["false disagreement"] <= 0.01 * totals["same without conflict"]


def test_what_is_the_same_is_joined_or_at_least_marked(totals: Counter[str]) -> None:
    assert totals["missed"] + totals["missed, marked"] / 2 <= 0.06 * totals["truth same"]


def test_strangers_are_not_marked(judged: Judged) -> None:
    assert _misjudged(judged, "mark on unrelated") == ["res-0288"]  # cultures of urine and blood, of one minute


def test_no_pair_shows_an_internal_form(judged: Judged) -> None:
    told = [
        (pair["id"], each.field, text)
        for pair, verdict in judged
        for each in verdict.disagreements
        for text in (each.left, each.right)
    ]
    assert len(told) > 2000
    assert [each for each in told if _INTERNAL.search(each[2])] == []
