"""Which section a resource belongs to, or the named reason why to none."""

from collections.abc import Mapping
from typing import Any

from portal.domain.errors import NormaliseError
from portal.domain.sections import RESOURCE_TYPES, Section
from portal.normalise.coding import LOINC, all_codes, codings
from portal.normalise.elements import obj, word, words

_SECTIONS = {kind: section for section, kinds in RESOURCE_TYPES.items() for kind in kinds if kind != "Observation"}

_CATEGORY_SECTIONS = {
    "laboratory": Section.TEST_RESULTS,
    "imaging": Section.TEST_RESULTS,
    "procedure": Section.TEST_RESULTS,
    "exam": Section.TEST_RESULTS,
    "LAB": Section.TEST_RESULTS,
    "vital-signs": Section.VITAL_SIGNS,
}
_CATEGORY_REFUSALS = {
    "social-history": "social-history",
    "sdoh": "social-history",
    "survey": "survey",
    "functional-status": "survey",
    "cognitive-status": "survey",
    "disability-status": "survey",
    "activity": "activity",
    "therapy": "not-a-result",
}
"""Categories that are neither a result nor a vital sign (answers to questionnaires, habits, steps of a watch)."""

VITAL_SIGN_CODES = words(
    "85353-1 9279-1 8867-4 2708-6 59408-5 8310-5 8302-2 8306-3 9843-4 8287-5 29463-7 3141-9 39156-5 85354-9 55284-4 "
    "8480-6 8462-4 8478-0 59576-9 77606-2 8289-1 3151-8 3150-6 8331-1 8328-7 8333-7 8329-5 8330-3 8327-9 8332-9 "
)
"""LOINC codes of FHIR's and US Core's vital sign profiles, for observations that come without a category."""

_SOCIAL_CODES = words("72166-2 82810-3 76690-7 76689-9 11367-0 63586-2 71802-3 63512-8 74013-4 11341-5")


def carries_entry(resource_type: str) -> bool:
    """Whether a resource of this type is an item of a section (true), or only serves others or is unknown (false)."""
    return resource_type == "Observation" or resource_type in _SECTIONS


def section_of(resource: Mapping[str, Any]) -> Section | None:
    """The section a resource belongs to; None when its type carries no entry or an observation is of no section."""
    found = obj(resource)
    kind = word(found.get("resourceType"))
    if kind != "Observation":
        return _SECTIONS.get(kind)
    try:
        return observation_section(found)
    except NormaliseError:
        return None


def observation_section(resource: Mapping[str, Any]) -> Section:
    """Vital signs or test results: by category, then by LOINC code.

    A laboratory category wins over others beside it. Without a category that we know, a LOINC code of a vital sign
    makes a vital sign, and whatever else has a value is shown among the results rather than hidden.

    Raises NormaliseError: "social-history", "survey", "activity", "not-a-result".
    """
    categories = all_codes(resource.get("category"))
    sections = {_CATEGORY_SECTIONS[code] for code in categories if code in _CATEGORY_SECTIONS}
    if Section.TEST_RESULTS in sections and ("laboratory" in categories or "LAB" in categories):
        return Section.TEST_RESULTS
    if Section.VITAL_SIGNS in sections:
        return Section.VITAL_SIGNS
    reasons = sorted({_CATEGORY_REFUSALS[code] for code in categories if code in _CATEGORY_REFUSALS})
    if reasons:
        raise NormaliseError(reasons[0])
    if sections:
        return Section.TEST_RESULTS
    loinc = {word(c.get("code")) for c in codings(resource.get("code")) if c.get("system") == LOINC}
    if loinc & VITAL_SIGN_CODES:
        return Section.VITAL_SIGNS
    if loinc & _SOCIAL_CODES:
        raise NormaliseError("social-history")
    if any(key.startswith("value") or key in _RESULT_ELEMENTS for key in resource if isinstance(key, str)):
        return Section.TEST_RESULTS
    raise NormaliseError("not-a-result")


_RESULT_ELEMENTS = frozenset({"component", "hasMember", "dataAbsentReason", "interpretation"})
