"""Pairs of resources with a label, written from the ways organizations really write and code the same things.

``same``: one row, nothing to disagree about beyond wording. ``disagreeing``: one row that shows a disagreement.
``different``: two rows. The first of a pair is the home organization's, the second another one's.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

Label = Literal["same", "disagreeing", "different"]


@dataclass(frozen=True)
class Pair:
    label: Label
    here: dict[str, Any]
    there: dict[str, Any]
    why: str


def all_pairs() -> Iterator[Pair]:
    """Every labelled pair, section by section."""
    from tests.benchmarks.merge_set import allergies, events, issues, medicines, things

    for module in (medicines, issues, allergies, events, things):
        yield from module.pairs()
