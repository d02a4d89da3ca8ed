"""Which searches a refresh makes, from what the organization offers, what was granted, and the tier. Pure.

Sections of one resource type are put together into a unit, because they come from one search: laboratory results, vital
signs, findings and answers are all Observations, so they are fetched, stored and cleaned up together, each with an
outcome of its own.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain

from portal.domain.links import Tier
from portal.domain.sections import BASIC, DESCRIBING_TYPES, RESOURCE_TYPES, SECTIONS_OF, Section, section_by
from portal.fhir.capability import Capability
from portal.fhir.scopes import GrantedScopes
from portal.fhir.vendors import PARTS, Quirks

NOT_IN_TIER, NOT_RECORDED, NOT_GRANTED = "tier", "not-in-capability", "not-granted"
PARTLY_GRANTED = "partly-granted"

_INCLUDES = {
    "MedicationRequest": "MedicationRequest:medication",
    "MedicationStatement": "MedicationStatement:medication",
}


@dataclass(frozen=True, slots=True)
class PlannedSearch:
    """One search. ``categories`` non-empty: one request for each; ``fallback`` are those to try on ``required``.

    They are values of ``param``, or of the parameter that ``PARTS`` has for the type: a category, an intent, a status.
    ``exhaustive``: they are all there are. ``describing``: what comes says more of the items that other searches bring;
    a server that refuses it has brought its sections all the same.
    """

    resource_type: str
    sections: tuple[Section, ...]
    categories: tuple[str, ...] = ()
    fallback: tuple[str, ...] = ()
    include: str = ""
    param: str = ""
    exhaustive: bool = True
    describing: bool = False

    def narrowed_to(self, category: str) -> dict[str, str]:
        """Return the parameter of one category's request; none for the whole."""
        return {self.param or PARTS[self.resource_type][0]: category} if category else {}

    def sections_of(self, category: str) -> tuple[Section, ...]:
        """Return the sections that one category's resources go to; all of the search's where there is no telling."""
        if not category:
            return self.sections
        param = self.param or PARTS[self.resource_type][0]
        fitting = (section for section in self.sections if _goes_to(self.resource_type, param, category, section))
        return tuple(fitting) or self.sections


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
        searches[section] = [*permitted, *_describing(section, capability, granted)]
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
        by_category = tuple(code for code in codes if _goes_to(kind, param, code, section))
        return PlannedSearch(kind, (section,), categories=by_category) if by_category else None
    include = _INCLUDES.get(kind, "")
    if include and not (quirks.include and capability is not None and capability.includes(kind, include)):
        include = ""
    if kind in quirks.in_parts:
        by_part = tuple(code for code in codes if _goes_to(kind, param, code, section))
        return PlannedSearch(kind, (section,), categories=by_part, include=include)
    return PlannedSearch(kind, (section,), fallback=codes, include=include)


def _describing(section: Section, capability: Capability | None, granted: GrantedScopes) -> Iterable[PlannedSearch]:
    """Yield the searches for what says more of a section's items, where a server names such types and grants them."""
    for kind in DESCRIBING_TYPES.get(section, ()):
        if capability is not None and kind in capability.resources and granted.of(kind).search:
            yield PlannedSearch(kind, (section,), describing=True)


def _goes_to(kind: str, param: str, code: str, section: Section) -> bool:
    return param != "category" or section is (section_by(kind, (code,)) or SECTIONS_OF[kind][0])


def _units(searches: Mapping[Section, list[PlannedSearch]]) -> tuple[Unit, ...]:
    """Return the units; sections that have a type in common are one, with a single search for each type."""
    groups: list[tuple[Section, ...]] = []
    for section in searches:
        types = frozenset(RESOURCE_TYPES[section])
        related = [group for group in groups if any(types.intersection(RESOURCE_TYPES[other]) for other in group)]
        groups = [*(group for group in groups if group not in related), (*chain.from_iterable(related), section)]
    units = []
    for group in groups:
        by_type: dict[str, list[PlannedSearch]] = {}
        for search in chain.from_iterable(searches[section] for section in group):
            by_type.setdefault(search.resource_type, []).append(search)
        units.append(Unit(group, tuple(map(_merged, by_type.values()))))
    return tuple(sorted(units, key=lambda unit: list(Section).index(unit.sections[0])))


def _merged(searches: list[PlannedSearch]) -> PlannedSearch:
    sections = tuple(section for search in searches for section in search.sections)
    categories = tuple(dict.fromkeys(code for search in searches for code in search.categories))
    return replace(searches[0], sections=sections, categories=categories)
