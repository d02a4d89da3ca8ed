"""The sections of a record, and which FHIR resource types carry each."""

from enum import StrEnum


class Section(StrEnum):
    """A part of the record. The value is the word in the address: ``/health/<value>``."""

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


NINE = (
    Section.ALLERGIES,
    Section.HEALTH_ISSUES,
    Section.IMPLANTS,
    Section.MEDICATIONS,
    Section.MESSAGES,
    Section.TEST_RESULTS,
    Section.VISITS,
    Section.CARE_TEAM,
    Section.INSURANCE,
)
"""The sections that every linked organization is asked for, in the order of the home page."""

BASIC = frozenset({Section.ALLERGIES, Section.HEALTH_ISSUES, Section.IMPLANTS, Section.MEDICATIONS})
"""What a link without an active account (the record-only tier) shows."""

RESOURCE_TYPES: dict[Section, tuple[str, ...]] = {
    Section.ALLERGIES: ("AllergyIntolerance",),
    Section.HEALTH_ISSUES: ("Condition",),
    Section.IMPLANTS: ("Device",),
    Section.MEDICATIONS: ("MedicationRequest", "MedicationStatement"),
    Section.MESSAGES: ("Communication",),
    Section.TEST_RESULTS: ("DiagnosticReport", "Observation"),
    Section.VISITS: ("Encounter", "Appointment"),
    Section.CARE_TEAM: ("CareTeam",),
    Section.INSURANCE: ("Coverage",),
    Section.IMMUNIZATIONS: ("Immunization",),
    Section.VITAL_SIGNS: ("Observation",),
    Section.PROCEDURES: ("Procedure",),
    Section.DOCUMENTS: ("DocumentReference",),
}
"""FHIR R4 resource types that are searched for to fill a section."""

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
    *(kind for section in Section if section in BASIC for kind in RESOURCE_TYPES[section]),
    "Medication",
)
"""FHIR types of the record-only tier: the person, the basic sections, and what is in each medication."""
