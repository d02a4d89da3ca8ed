"""The labelled pairs hold: hardly ever a wrong join, never a silent one, conflicts shown, few marks on strangers."""

from collections import Counter

import pytest

from tests.benchmarks.merge_report import HERE, count, judge, pairs


@pytest.fixture(scope="module")
def totals() -> Counter[str]:
    return count((pair, judge(pair)) for pair in pairs(sorted(HERE.glob("*.ndjson"))))["all"]


def test_the_set_is_large_and_varied() -> None:
    everything = list(pairs(sorted(HERE.glob("*.ndjson"))))
    kinds = Counter((pair["section"], pair["kind"]) for pair in everything)
    assert len(everything) >= 1900
    assert len({pair["id"] for pair in everything}) == len(everything)
    assert len({kind for _section, kind in kinds}) >= 150


def test_nothing_that_differs_is_joined(totals: Counter[str]) -> None:
    assert totals["wrong join"] <= 0.005 * totals["truth different"]
    assert totals["wrong join, harm 3"] == 0
    assert totals["silent wrong join"] <= 1


def test_conflicts_are_shown_and_agreement_is_not_called_one(totals: Counter[str]) -> None:
    shown = totals["conflicts"] - totals["conflict not shown"]
    assert shown >= 0.91 * totals["conflicts"]
    assert totals["false disagreement"] <= 0.05 * totals["same without conflict"]


def test_what_is_the_same_is_joined_or_at_least_marked(totals: Counter[str]) -> None:
    assert totals["missed"] + totals["missed, marked"] / 2 <= 0.25 * totals["truth same"]


def test_strangers_are_not_marked(totals: Counter[str]) -> None:
    assert totals["mark on unrelated"] <= 0.1 * totals["unrelated"]


def test_one_organization_hides_nothing(totals: Counter[str]) -> None:
    assert totals["hidden in one organization"] <= 6
