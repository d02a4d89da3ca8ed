"""Orders of which only the product is known, as pairs."""

from typing import Any

from portal.refresh.compare import PairVerdict, compare


def order_of(text: str) -> dict[str, Any]:
    return {
        "resourceType": "MedicationRequest",
        "status": "active",
        "intent": "order",
        "medicationCodeableConcept": {"text": text},
    }


def pair_of_products(left: str, right: str) -> PairVerdict:
    return compare(order_of(left), order_of(right))
