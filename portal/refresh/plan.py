"""Which searches a refresh makes, from what the organization offers, what was granted, and the tier. Pure.

Sections are put together into units where they come from one search: laboratory results, vital signs, findings and
answers are all Observations, so they are fetched, stored and cleaned up together, each with an outcome of its own.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from portal.domain.links import Tier
from portal.domain.sections import BASIC, RESOURCE_TYPES, Section
from portal.fhir.capability import Capability
from portal.fhir.scopes import GrantedScopes
from portal.fhir.vendors import PARTS, Quirks

NOT_IN_TIER, NOT_RECORDED, NOT_GRANTED = "tier", "not-in-capability", "not-granted"
PARTLY_GRANTED = "partly-granted"

_OBSERVATIONS = (Section.TEST_RESULTS, Section.VITAL_SIGNS, Section.EXAM_FINDINGS, Section.QUESTIONNAIRES)
_CATEGORIES = {
    "vital-signs": Section.VITAL_SIGNS,
    "exam": Section.EXAM_FINDINGS,
    "survey": Section.QUESTIONNAIRES,
    "social-history": Section.QUESTIONNAIRES,
}
"""Where the Observations of a category go; those of all others are test results."""
_INCLUDES = {
    "MedicationRequest": "MedicationRequest:medication",
    "MedicationStatement": "MedicationStatement:medication",
}


@dataclass(frozen=True, slots=True)
class PlannedSearch:
    """One search. ``categories`` non-empty: one request for each; ``fallback`` are those to try on ``required``.

    They are values of ``param``, or of the parameter that ``PARTS`` has for the type: a category, an intent, a status.
    ``exhaustive``: they are all there are.
    """

    resource_type: str
    sections: tuple[Section, ...]
    categories: tuple[str, ...] = ()
    fallback: tuple[str, ...] = ()
    include: str = ""
    param: str = ""
    exhaustive: bool = True

    def narrowed_to(self, category: str) -> dict[str, str]:
        """Return the parameter of one category's request; none for the whole."""
        return {self.param or PARTS[self.resource_type][0]: category} if category else {}

    def sections_of(self, category: str) -> tuple[Section, ...]:
        """Return the sections that one category's resources go to; all of the search's where there is no telling."""
        if self.resource_type != "Observation" or self.param not in ("", "category"):
            return self.sections
        place = _CATEGORIES.get(category, Section.TEST_RESULTS)
        return tuple(section for section in self.sections if section is place) or self.sections


@dataclass(frozen=True, slots=True)
class Unit:
    """Sections that are stored together, and the searches that fill them."""

    sections: tuple[Section, ...]
    searches: tuple[PlannedSearch, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """Units in the order of the home page; sections that are not asked for, with the reason; and narrowed ones."""

    units: tuple[Unit, ...]
    not_offered: Mapping[Section, str] = field(default_factory=dict)
    narrowed: Mapping[Section, str] = field(default_factory=dict)

    @property
    def sections(self) -> tuple[Section, ...]:
        planned = {section for unit in self.units for section in unit.sections}
        return tuple(section for section in Section if section in planned or section in self.not_offered)


def make_plan(
    *,
    capability: Capability | None,
    granted: GrantedScopes,
    tier: Tier,
    quirks: Quirks,
    without: Iterable[Section] = (),
) -> Plan:
    """Return the plan for one refresh.

    Args:
        capability: None when it is not known: then everything is asked for.
        granted: the scopes of the token; they override what was asked for (requirement B2).
        tier: record-only links get the four basic sections.
        without: sections that an earlier process finished in this same refresh.
    """
    not_offered: dict[Section, str] = {}
    narrowed: dict[Section, str] = {}
    searches: dict[Section, list[PlannedSearch]] = {}
    done = frozenset(without)
    for section, types in RESOURCE_TYPES.items():
        if section in done:
            continue
        if tier is Tier.RECORD_ONLY and section not in BASIC:
            not_offered[section] = NOT_IN_TIER
            continue
        offered = [kind for kind in types if capability is None or capability.offers(kind)]
        searched = [_search(kind, section, capability, granted, quirks) for kind in offered]
        permitted = [search for search in searched if search is not None]
        if not permitted:
            not_offered[section] = NOT_GRANTED if offered else NOT_RECORDED
            continue
        if len(permitted) < len(offered):
            narrowed[section] = PARTLY_GRANTED
        searches[section] = permitted
    return Plan(_units(searches), not_offered, narrowed)


def _search(
    kind: str, section: Section, capability: Capability | None, granted: GrantedScopes, quirks: Quirks
) -> PlannedSearch | None:
    allowed = granted.of(kind)
    if not allowed.search:
        return None
    param, codes = PARTS.get(kind, ("", ()))
    if allowed.categories is not None and param == "category":
        codes = tuple(code for code in codes if code in allowed.categories)
        by_category = tuple(code for code in codes if _goes_to(kind, code, section))
        return PlannedSearch(kind, (section,), categories=by_category) if by_category else None
    include = _INCLUDES.get(kind, "")
    if include and not (quirks.include and capability is not None and capability.includes(kind, include)):
        include = ""
    if kind in quirks.in_parts:
        by_part = tuple(code for code in codes if _goes_to(kind, code, section))
        return PlannedSearch(kind, (section,), categories=by_part, include=include)
    return PlannedSearch(kind, (section,), fallback=codes, include=include)


def _goes_to(kind: str, category: str, section: Section) -> bool:
    return kind != "Observation" or _CATEGORIES.get(category, Section.TEST_RESULTS) is section


def _units(searches: Mapping[Section, list[PlannedSearch]]) -> tuple[Unit, ...]:
    """Return one unit per section, but one for all kinds of Observations, with a single search for them."""
    units: list[Unit] = []
    for section, of_section in searches.items():
        if section not in _OBSERVATIONS:
            units.append(Unit((section,), tuple(of_section)))
    together = tuple(section for section in _OBSERVATIONS if section in searches)
    if together:
        everything = [search for section in together for search in searches[section]]
        observations = [search for search in everything if search.resource_type == "Observation"]
        others = [search for search in everything if search.resource_type != "Observation"]
        merged = _merged(observations)
        units.append(Unit(together, (*others, *merged)))
    return tuple(sorted(units, key=lambda unit: list(Section).index(unit.sections[0])))


def _merged(observations: list[PlannedSearch]) -> tuple[PlannedSearch, ...]:
    if len(observations) < 2:
        return tuple(observations)
    sections = tuple(section for search in observations for section in search.sections)
    categories = tuple(dict.fromkeys(code for search in observations for code in search.categories))
    return (PlannedSearch("Observation", sections, categories=categories, fallback=observations[0].fallback),)
