"""What a caller may see: each reason to hide something is enough, and none is forgotten."""

from dataclasses import MISSING, fields
from itertools import product

import pytest

from portal.access.visibility import Visibility

LAB, VITAL = "o|laboratory", "o|vital-signs"
YES_NO = (True, False)


@pytest.mark.parametrize("item", list(product(YES_NO, (None, LAB, VITAL), YES_NO)), ids=str)
@pytest.mark.parametrize(
    "caller", list(product(YES_NO, ("", "Observation"), (None, "Condition", "Observation"))), ids=str
)
def test_each_reason_is_enough(caller: tuple[bool, str, str | None], item: tuple[bool, str | None, bool]) -> None:
    sees, withheld, tier = caller
    confidential, within, released = item
    visibility = Visibility(
        confidential=sees, withheld=frozenset({withheld}), tier=None if tier is None else frozenset({tier})
    )
    shown = visibility.shows(
        "Observation",
        confidential=confidential,
        categories=(LAB,),
        within=None if within is None else frozenset({within}),
        released=released,
    )
    hidden = (confidential and not sees, withheld != "", tier == "Condition", within == VITAL, not released)
    assert shown is not any(hidden)


def test_nothing_is_assumed() -> None:
    assert all(field.default is MISSING and field.default_factory is MISSING for field in fields(Visibility))


def test_types() -> None:
    caller = Visibility(confidential=False, withheld=frozenset({"Device"}), tier=frozenset({"Device", "Condition"}))
    assert [kind for kind in ("Condition", "Device", "Observation") if caller.opens(kind)] == ["Condition"]
