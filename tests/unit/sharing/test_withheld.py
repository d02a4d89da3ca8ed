"""What is taken out of a resource with the references to what its reader may not see."""

from typing import Any

import pytest

from portal.sharing.withheld import without

_NAMES = frozenset({"Condition/secret"})


def _order(status: str, reason: str) -> dict[str, Any]:
    return {
        "resourceType": "MedicationRequest",
        "text": {"status": status, "div": "<div>Penicillin for syphilis</div>"},
        "reasonReference": [{"reference": f"Condition/{reason}", "display": "Syphilis"}],
        "note": [{"text": "ask for allergies"}],
    }


@pytest.mark.parametrize(
    ("status", "reason", "stays"),
    [
        ("generated", "secret", False),
        ("extensions", "secret", False),
        ("additional", "secret", True),  # what the elements do not say is the item's own
        ("generated", "open", True),
    ],
)
def test_a_narrative_made_of_the_elements_goes_with_the_reference(status: str, reason: str, *, stays: bool) -> None:
    order = _order(status, reason)
    shown = without(order, _NAMES)
    assert ("text" in shown) is stays
    assert shown["note"] == order["note"]


def test_so_does_that_of_what_is_contained() -> None:
    holder = {"text": {"status": "generated", "div": "<div/>"}, "contained": [_order("generated", "secret")]}
    shown = without(holder, _NAMES)
    assert "text" not in shown
    assert "text" not in shown["contained"][0]
