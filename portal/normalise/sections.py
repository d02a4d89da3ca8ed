"""Which section a resource belongs to."""

from collections.abc import Mapping
from typing import Any

from portal.domain.sections import RESOURCE_TYPES, Section
from portal.normalise.coding import LOINC, all_codes, codings
from portal.normalise.elements import obj, word, words

_SECTIONS = {kind: section for section, kinds in RESOURCE_TYPES.items() for kind in kinds if kind != "Observation"}

_CATEGORY_SECTIONS = {
    "laboratory": Section.TEST_RESULTS,
    "imaging": Section.TEST_RESULTS,
    "procedure": Section.TEST_RESULTS,
    "LAB": Section.TEST_RESULTS,
    "vital-signs": Section.VITAL_SIGNS,
    "social-history": Section.QUESTIONNAIRES,
    "sdoh": Section.QUESTIONNAIRES,
    "survey": Section.QUESTIONNAIRES,
    "functional-status": Section.QUESTIONNAIRES,
    "cognitive-status": Section.QUESTIONNAIRES,
    "disability-status": Section.QUESTIONNAIRES,
    "treatment-intervention-preference": Section.QUESTIONNAIRES,
    "care-experience-preference": Section.QUESTIONNAIRES,
    "activity": Section.QUESTIONNAIRES,
    "exam": Section.EXAM_FINDINGS,
    "smartdata": Section.EXAM_FINDINGS,
    "therapy": Section.EXAM_FINDINGS,
}
"""FHIR observation-category, US Core's further ones, and Epic's. What a watch or a questionnaire says is an answer."""

_ORDER = (Section.VITAL_SIGNS, Section.EXAM_FINDINGS, Section.QUESTIONNAIRES, Section.TEST_RESULTS)
"""Of several categories the first of these counts, but the laboratory before all."""

VITAL_SIGN_CODES = words(
    "85353-1 9279-1 8867-4 2708-6 59408-5 8310-5 8302-2 8306-3 9843-4 8287-5 29463-7 3141-9 39156-5 85354-9 55284-4 "
    "8480-6 8462-4 8478-0 59576-9 77606-2 8289-1 3151-8 3150-6 8331-1 8328-7 8333-7 8329-5 8330-3 8327-9 8332-9 "
)
"""LOINC codes of FHIR's and US Core's vital sign profiles, for observations that come without a category."""

_SOCIAL_CODES = words("72166-2 82810-3 76690-7 76689-9 11367-0 63586-2 71802-3 63512-8 74013-4 11341-5")


def carries_entry(resource_type: str) -> bool:
    """Tell whether a resource of this type is an item of a section, and does not only serve others."""
    return resource_type == "Observation" or resource_type in _SECTIONS


def section_of(resource: Mapping[str, Any]) -> Section | None:
    """Return the section a resource belongs to; None when its type carries no entry."""
    kind = word(obj(resource).get("resourceType"))
    return observation_section(obj(resource)) if kind == "Observation" else _SECTIONS.get(kind)


def observation_section(resource: Mapping[str, Any]) -> Section:
    """Return where an Observation is shown: by category, then by LOINC code, else among the results.

    A laboratory category wins over others beside it: a smear that was also an examination is a result.
    """
    categories = all_codes(resource.get("category"))
    if "laboratory" in categories or "LAB" in categories:
        return Section.TEST_RESULTS
    sections = {_CATEGORY_SECTIONS[code] for code in categories if code in _CATEGORY_SECTIONS}
    for section in _ORDER:
        if section in sections:
            return section
    loinc = {word(c.get("code")) for c in codings(resource.get("code")) if c.get("system") == LOINC}
    if loinc & VITAL_SIGN_CODES:
        return Section.VITAL_SIGNS
    if loinc & _SOCIAL_CODES:
        return Section.QUESTIONNAIRES
    return Section.TEST_RESULTS
