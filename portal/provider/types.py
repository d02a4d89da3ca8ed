"""The FHIR resource types that are served, and what each is called in a patient's words."""

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from portal.domain.resource_types import TYPES
from portal.domain.sections import BASIC_TYPES

WORDS: dict[str, LazyString] = {
    name: _(resource_type.words) for name, resource_type in TYPES.items() if resource_type.words
}
"""Resource type → words. The order is that of the consent page."""

LINKED_SUMMARY = "Composition"
"""The type whose scope opens, in the summary, what linked organizations sent."""

ASKED_BY_NAME: dict[str, LazyString] = {
    LINKED_SUMMARY: _("In one summary, also what came here from your other organizations"),
    "AuditEvent": _("Who has looked at the record"),
}
"""Types that "all" does not mean: only a scope that names one opens it. Resource type → words."""

WRITES_MESSAGES = _("Messages, also writing messages for you")
"""In the place of a type's words, where the scope lets an app create (``patient/Communication.crs``)."""

HEALTH_RECORD = ("record", _("Health record"))
"""The consent page's first group: key and words."""

GROUPS: dict[str, tuple[LazyString, frozenset[str]]] = {
    "care": (
        _("Visits and messages"),
        frozenset(("Encounter", "Appointment", "CareTeam", "DocumentReference", "Communication")),
    ),
    "person": (_("Personal details"), frozenset(("Patient", "Coverage", "RelatedPerson", "AuditEvent"))),
}
"""Its other groups: key → words and resource types. Every type that is in none belongs to the health record."""

SHARED = frozenset(name for name, resource_type in TYPES.items() if resource_type.shared)
"""Types that are nobody's: readable only where the person's own record refers to them (requirement A8)."""

SERVED = frozenset(WORDS)
OF_A_PERSON = SERVED - SHARED

BASIC = frozenset(BASIC_TYPES)
"""What system/ scopes of a partner may reach for a matched patient: the record-only tier (product.md, section 1)."""

PATIENT_SCOPES = (
    *("launch/patient", "openid", "fhirUser", "offline_access"),
    *("patient/*.rs", "patient/*.read", "patient/Communication.crs"),
)
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
