"""The sections of a record: which FHIR resource types carry each, and what else holds for one alone. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain

from portal.domain.phrases import N_


class Section(StrEnum):
    """A part of the record. The value is the word in the address (``/health/<value>``) and the name of its icon.

    Exam findings are what a clinician noted while examining; they belong to their visit. Questionnaires are answers
    about oneself: surveys, habits, circumstances. Neither is a test result.
    """

    ALLERGIES = "allergies"
    HEALTH_ISSUES = "health-issues"
    IMPLANTS = "implants"
    MEDICATIONS = "medications"
    MESSAGES = "messages"
    TEST_RESULTS = "test-results"
    VISITS = "visits"
    CARE_TEAM = "care-team"
    INSURANCE = "insurance"
    IMMUNIZATIONS = "immunizations"
    VITAL_SIGNS = "vital-signs"
    PROCEDURES = "procedures"
    DOCUMENTS = "documents"
    EXAM_FINDINGS = "exam-findings"
    QUESTIONNAIRES = "questionnaires"
    PLANS = "plans"


class Order(StrEnum):
    """How a section's list is divided."""

    DATED = "dated"  # one list by date
    CURRENT = "current"  # what holds now before what is over
    UPCOMING = "upcoming"  # what is to come before what is over


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionFacts:
    """What holds for one section.

    ``heading``: its name, to be translated. ``types``: FHIR R4 resource types that are searched for to fill it.
    ``categories``: of a type that several sections have, the codes of ``category`` that come to this one; the first
    section of the type has all others.
    ``on_home``: it has a tile on the home page. ``basic``: a link without an active account (the record-only tier)
    shows it. ``noticed``: a reader is told of what is new (product.md §2). ``names_places``: its items name other
    organizations, which are suggested. ``order`` divides its list, and ``narrowed``: one may look at one half alone.
    """

    heading: str
    types: tuple[str, ...]
    categories: tuple[str, ...] = ()
    on_home: bool = True
    basic: bool = False
    noticed: bool = False
    names_places: bool = False
    order: Order = Order.DATED
    narrowed: bool = False


SECTIONS: Mapping[Section, SectionFacts] = {
    Section.ALLERGIES: SectionFacts(
        heading=N_("Allergies"), types=("AllergyIntolerance",), basic=True, order=Order.CURRENT, narrowed=True
    ),
    Section.HEALTH_ISSUES: SectionFacts(
        heading=N_("Health issues"), types=("Condition",), basic=True, order=Order.CURRENT, narrowed=True
    ),
    Section.IMPLANTS: SectionFacts(heading=N_("Implants"), types=("Device",), basic=True, order=Order.CURRENT),
    Section.MEDICATIONS: SectionFacts(
        heading=N_("Medications"),
        types=("MedicationRequest", "MedicationStatement", "MedicationDispense"),
        basic=True,
        order=Order.CURRENT,
        narrowed=True,
    ),
    Section.MESSAGES: SectionFacts(heading=N_("Messages"), types=("Communication",), noticed=True),
    Section.TEST_RESULTS: SectionFacts(
        heading=N_("Test results"),
        types=("DiagnosticReport", "Observation"),
        categories=("laboratory", "LAB", "imaging", "procedure"),
        noticed=True,
    ),
    Section.VISITS: SectionFacts(
        heading=N_("Appointments and visits"),
        types=("Encounter", "Appointment"),
        noticed=True,
        names_places=True,
        order=Order.UPCOMING,
        narrowed=True,
    ),
    Section.CARE_TEAM: SectionFacts(
        heading=N_("Care team"), types=("CareTeam",), names_places=True, order=Order.CURRENT
    ),
    Section.INSURANCE: SectionFacts(
        heading=N_("Insurance"), types=("Coverage",), names_places=True, order=Order.CURRENT
    ),
    Section.IMMUNIZATIONS: SectionFacts(
        heading=N_("Immunizations"), types=("Immunization",), on_home=False, names_places=True
    ),
    Section.VITAL_SIGNS: SectionFacts(
        heading=N_("Vital signs"), types=("Observation",), categories=("vital-signs",), on_home=False
    ),
    Section.PROCEDURES: SectionFacts(heading=N_("Procedures"), types=("Procedure",), on_home=False),
    Section.DOCUMENTS: SectionFacts(
        heading=N_("Documents"), types=("DocumentReference", "Media"), on_home=False, names_places=True
    ),
    Section.EXAM_FINDINGS: SectionFacts(
        heading=N_("Examination findings"),
        types=("Observation",),
        categories=("exam", "smartdata", "therapy"),
        on_home=False,
    ),
    Section.QUESTIONNAIRES: SectionFacts(
        heading=N_("Answers and habits"),
        types=("Observation", "QuestionnaireResponse"),
        categories=(
            *("social-history", "sdoh", "survey", "functional-status", "cognitive-status", "disability-status"),
            *("treatment-intervention-preference", "care-experience-preference", "observation-adi-documentation"),
            "activity",
        ),
        on_home=False,
    ),
    Section.PLANS: SectionFacts(
        heading=N_("Plans, goals and orders"),
        types=("CarePlan", "Goal", "ServiceRequest"),
        on_home=False,
        order=Order.CURRENT,
        narrowed=True,
    ),
}
"""In the order of the home page and of the record's overview.

Categories: FHIR's observation-category, US Core's further ones, and Epic's. What a watch says is an answer.
"""

NINE = tuple(section for section, facts in SECTIONS.items() if facts.on_home)
"""The sections that every linked organization is asked for, in the order of the home page."""

BASIC = frozenset(section for section, facts in SECTIONS.items() if facts.basic)
"""What a link without an active account (the record-only tier) shows."""

NOTICED = tuple(section for section, facts in SECTIONS.items() if facts.noticed)
"""What a bubble counts (product.md §2: messages, results, appointments)."""

RESOURCE_TYPES: dict[Section, tuple[str, ...]] = {section: facts.types for section, facts in SECTIONS.items()}
"""FHIR R4 resource types that are searched for to fill a section."""

SECTIONS_OF: dict[str, tuple[Section, ...]] = {
    kind: tuple(section for section, types in RESOURCE_TYPES.items() if kind in types)
    for types in RESOURCE_TYPES.values()
    for kind in types
}
"""The sections of each of these types; those of a type with several are by ``category``."""


def section_by(resource_type: str, categories: Iterable[str]) -> Section | None:
    """Return the section that ``category`` codes say of a type with several sections; None where they say none.

    Of several categories the one counts that does not lead to the first section of the type.
    """
    codes = frozenset(categories)
    first, *others = SECTIONS_OF[resource_type]
    return next((section for section in (*others, first) if not codes.isdisjoint(SECTIONS[section].categories)), None)


SUPPORTING_TYPES = (
    "Medication",
    "Practitioner",
    "PractitionerRole",
    "Organization",
    "Location",
    "RelatedPerson",
    "Provenance",
)
"""Types that carry no entry of their own but give names to what refers to them."""

BASIC_TYPES = (
    "Patient",
    *(kind for facts in SECTIONS.values() if facts.basic for kind in facts.types),
    "Medication",
)
"""FHIR types of the record-only tier: the person, the basic sections, and what is in each medication."""

DESCRIBING_TYPES: Mapping[Section, tuple[str, ...]] = {Section.IMPLANTS: ("DeviceUseStatement",)}
"""Types that say more of a section's items: asked for only where a server names them."""

KEPT_TYPES = (*SUPPORTING_TYPES, *chain.from_iterable(DESCRIBING_TYPES.values()), "Specimen", "Endpoint")
"""All of these that are kept where they come; those of ``SUPPORTING_TYPES`` are also asked for."""
