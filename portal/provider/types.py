"""The FHIR resource types that are served, and what each is called in a patient's words."""

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from portal.domain.sections import BASIC_TYPES

WORDS: dict[str, LazyString] = {
    "Patient": _("Name, birth date, address and how to reach you"),
    "AllergyIntolerance": _("Allergies"),
    "Condition": _("Health issues"),
    "Device": _("Implants and devices"),
    "MedicationRequest": _("Medications that were prescribed"),
    "MedicationStatement": _("Medications that are taken"),
    "Observation": _("Test results, vital signs and other observations"),
    "DiagnosticReport": _("Reports of laboratories and imaging"),
    "Encounter": _("Visits"),
    "Appointment": _("Appointments"),
    "CareTeam": _("Care team"),
    "Coverage": _("Insurance"),
    "Immunization": _("Immunizations"),
    "Procedure": _("Procedures"),
    "DocumentReference": _("Documents and notes"),
    "Communication": _("Messages"),
    "RelatedPerson": _("Family members and contacts"),
    "Provenance": _("Who wrote each item, and when"),
    "Medication": _("What is in each medication"),
    "Practitioner": _("Names of clinicians"),
    "PractitionerRole": _("What clinicians do, and where"),
    "Organization": _("Names of organizations"),
    "Location": _("Places"),
}
"""Resource type → words. The order is that of the consent page."""

SHARED = frozenset({"Medication", "Practitioner", "PractitionerRole", "Organization", "Location"})
"""Types that are nobody's: readable only where the person's own record refers to them (requirement A8)."""

SERVED = frozenset(WORDS)
OF_A_PERSON = SERVED - SHARED

BASIC = frozenset(BASIC_TYPES)
"""What system/ scopes of a partner may reach for a matched patient: the record-only tier (product.md, section 1)."""

PATIENT_SCOPES = ("launch/patient", "openid", "fhirUser", "offline_access", "patient/*.rs", "patient/*.read")
"""What an app of patients is registered for, unless the operator says otherwise."""

SYSTEM_SCOPES = tuple(f"system/{kind}.rs" for kind in sorted(BASIC))
"""What a partner is registered for."""

CATEGORIES: dict[str, dict[str, LazyString]] = {
    "Condition": {
        "problem-list-item": _("Health issues on the problem list"),
        "encounter-diagnosis": _("Health issues of a visit"),
        "health-concern": _("Health concerns"),
    },
    "Observation": {
        "laboratory": _("Laboratory results"),
        "vital-signs": _("Vital signs"),
        "social-history": _("Habits and circumstances"),
        "survey": _("Answers to surveys"),
        "sdoh": _("Living conditions"),
    },
}
"""The sub-scopes by category that US Core 6.1.0 names, with their words."""
