"""Which section a resource belongs to."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from portal.domain.sections import SECTIONS_OF, Section, section_by
from portal.normalise.coding import LOINC, all_codes, codings
from portal.normalise.elements import obj, word, words

VITAL_SIGN_CODES = words(
    "85353-1 9279-1 8867-4 2708-6 59408-5 8310-5 8302-2 8306-3 9843-4 8287-5 29463-7 3141-9 39156-5 85354-9 55284-4 "
    "8480-6 8462-4 8478-0 59576-9 77606-2 8289-1 3151-8 3150-6 8331-1 8328-7 8333-7 8329-5 8330-3 8327-9 8332-9 "
)
"""LOINC codes of FHIR's and US Core's vital sign profiles, for observations that come without a category."""

_SOCIAL_CODES = words("72166-2 82810-3 76690-7 76689-9 11367-0 63586-2 71802-3 63512-8 74013-4 11341-5")


def carries_entry(resource_type: str) -> bool:
    """Tell whether a resource of this type is an item of a section, and does not only serve others."""
    return resource_type in SECTIONS_OF


def section_of(resource: Mapping[str, Any]) -> Section | None:
    """Return the section a resource belongs to; None when its type carries no entry."""
    resource = obj(resource)
    kind = word(resource.get("resourceType"))
    if kind not in SECTIONS_OF:
        return None
    if kind == "Observation":
        return observation_section(resource)
    return section_by(kind, all_codes(resource.get("category"))) or SECTIONS_OF[kind][0]


def observation_section(resource: Mapping[str, Any]) -> Section:
    """Return where an Observation is shown: by category, then by LOINC code, else among the results.

    A laboratory category wins over others beside it: a smear that was also an examination is a result.
    """
    categories = all_codes(resource.get("category"))
    if section := _by_category(categories):
        return section
    loinc = {word(c.get("code")) for c in codings(resource.get("code")) if c.get("system") == LOINC}
    if loinc & VITAL_SIGN_CODES:
        return Section.VITAL_SIGNS
    if loinc & _SOCIAL_CODES:
        return Section.QUESTIONNAIRES
    return Section.TEST_RESULTS


@lru_cache(maxsize=512)  # a delivery has a handful of them
def _by_category(categories: frozenset[str]) -> Section | None:
    if "laboratory" in categories or "LAB" in categories:
        return Section.TEST_RESULTS
    return section_by("Observation", categories)
