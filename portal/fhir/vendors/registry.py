"""Quirks by name, and the vendors that are known to have them.

A directory entry's ``vendor`` is a vendor's name or, where an operator found out more, names of quirks joined by "+"
("no-include+no-count"). What is not noted here is found out at run time: a 400 is asked again by
category, a 403 or 404 on a type is skipped and named.
"""

from dataclasses import replace
from typing import Any

from portal.fhir.vendors.base import PARTS, Quirks

QUIRKS: dict[str, dict[str, Any]] = {
    "category-for-observations": {"in_parts": frozenset({"Observation"})},
    "category-required": {"in_parts": frozenset({"Observation", "Condition"})},
    "us-core-searches-only": {"in_parts": frozenset(PARTS)},
    "no-include": {"include": False},
    "no-count": {"page_size": 0},
    "small-pages": {"page_size": 50},
    "subject-param": {"patient_param": "subject"},
    "versioned-references": {"versioned_references": True},
    "code-only-medications": {"code_only_medications": True},
}

VENDORS: dict[str, tuple[str, ...]] = {
    "epic": ("category-for-observations", "no-include"),
    "tributary": (),
}


def quirks_of(vendor: str) -> Quirks:
    """Return the quirks of a vendor's servers; those of a server that follows the standard when nothing is known.

    ``vendor`` is compared without case: a vendor's first word ("Epic Systems Corporation"), or quirks joined by "+".
    """
    text = vendor.strip().lower()
    names = VENDORS.get(text.split(" ")[0], tuple(text.split("+")))
    quirks = Quirks()
    for name in names:
        quirks = replace(quirks, **QUIRKS.get(name.strip(), {}))
    return quirks
