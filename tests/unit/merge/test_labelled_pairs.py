"""The labelled pairs hold: hardly ever a wrong join, seldom a missed one, no disagreement unseen."""

from collections import Counter

import pytest

from tests.benchmarks.bench_merge_quality import judged, rates
from tests.benchmarks.merge_set import all_pairs


def test_merge_is_precise_enough() -> None:
    counts: Counter[str] = Counter()
    unseen = []
    for pair in all_pairs():
        joined, fields = judged(pair)
        counts[
            f"{'right' if joined == (pair.label != 'different') else 'wrong'} {'joined' if joined else 'apart'}"
        ] += 1
        if pair.label == "disagreeing" and joined and not fields:
            unseen.append(pair.why)
    assert counts.total() >= 600
    precision, recall = rates(counts)
    assert precision >= 0.995
    assert recall >= 0.92
    assert not unseen


@pytest.mark.parametrize(
    "kind", ["MedicationRequest", "Condition", "AllergyIntolerance", "Observation", "Immunization"]
)
def test_nothing_is_joined_wrongly(kind: str) -> None:
    wrong = [
        pair.why
        for pair in all_pairs()
        if pair.here["resourceType"] == kind and pair.label == "different" and judged(pair)[0]
    ]
    assert not wrong
