"""Which search parameters each type has. Tokens and references are indexed by ``portal.normalise.search_tokens``.

Source: US Core 6.1.0 (SearchParameters); FHIR R4 for Appointment, Communication, Device, Provenance.
"""

from collections.abc import Mapping

from portal.normalise.search_tokens import TOKEN_PARAMETERS
from portal.provider.types import SERVED, SHARED

DATES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "AllergyIntolerance": {"date": ("recordedDate",), "onset": ("onsetDateTime", "onsetPeriod")},
    "Appointment": {"date": ("start",)},
    "CareTeam": {"date": ("period",)},
    "Communication": {"sent": ("sent",), "received": ("received",)},
    "Condition": {
        "onset-date": ("onsetDateTime", "onsetPeriod"),
        "recorded-date": ("recordedDate",),
        "abatement-date": ("abatementDateTime", "abatementPeriod"),
        "asserted-date": (),
    },
    "DiagnosticReport": {"date": ("effectiveDateTime", "effectivePeriod"), "issued": ("issued",)},
    "DocumentReference": {"date": ("date",), "period": ("context.period",)},
    "Encounter": {"date": ("period",)},
    "Immunization": {"date": ("occurrenceDateTime",)},
    "MedicationRequest": {"authoredon": ("authoredOn",), "date": ("dosageInstruction.timing.event",)},
    "MedicationStatement": {"effective": ("effectiveDateTime", "effectivePeriod")},
    "Observation": {"date": ("effectiveDateTime", "effectivePeriod", "effectiveInstant")},
    "Patient": {"birthdate": ("birthDate",), "death-date": ("deceasedDateTime",)},
    "Procedure": {"date": ("performedDateTime", "performedPeriod")},
    "Provenance": {"recorded": ("recorded",)},
}
"""Date parameters and the paths they look at."""

INDEXED_DATE: Mapping[str, tuple[str, ...]] = {
    "Appointment": ("date",),
    "CareTeam": ("date",),
    "DiagnosticReport": ("date",),
    "Encounter": ("date",),
    "Immunization": ("date",),
    "MedicationRequest": ("authoredon",),
    "Observation": ("date",),
    "Procedure": ("date",),
}
"""Date parameters whose first moment is the store's own date, where it exists: these narrow the search in the index."""

STRINGS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "Patient": {
        "name": ("name.family", "name.given", "name.prefix", "name.suffix", "name.text"),
        "family": ("name.family",),
        "given": ("name.given",),
        "address": ("address.line", "address.city", "address.state", "address.postalCode", "address.country"),
        "address-city": ("address.city",),
        "address-state": ("address.state",),
        "address-postalcode": ("address.postalCode",),
        "phone": ("telecom.value",),
        "email": ("telecom.value",),
        "telecom": ("telecom.value",),
    },
    "Practitioner": {
        "name": ("name.family", "name.given", "name.prefix", "name.suffix", "name.text"),
        "family": ("name.family",),
        "given": ("name.given",),
    },
    "Organization": {
        "name": ("name", "alias"),
        "address": ("address.line", "address.city", "address.state", "address.postalCode"),
        "address-city": ("address.city",),
        "address-state": ("address.state",),
        "address-postalcode": ("address.postalCode",),
    },
    "Location": {
        "name": ("name", "alias"),
        "address": ("address.line", "address.city", "address.state", "address.postalCode"),
        "address-city": ("address.city",),
        "address-state": ("address.state",),
        "address-postalcode": ("address.postalCode",),
    },
    "RelatedPerson": {"name": ("name.family", "name.given", "name.text")},
    "Device": {"device-name": ("deviceName.name", "type.text", "type.coding.display")},
}
"""String parameters: a value matches what begins with it, without case or accents (FHIR R4, search.html#string)."""

PATIENT_PARAMETERS: Mapping[str, tuple[str, ...]] = {
    kind: (
        ("patient",)
        if kind in ("AllergyIntolerance", "Appointment", "Coverage", "Immunization", "RelatedPerson", "Provenance")
        else ("patient", "subject")
    )
    for kind in SERVED - SHARED - {"Patient"}
} | {"Coverage": ("patient", "beneficiary"), "Appointment": ("patient", "actor")}
"""The parameters that name the patient; for a patient's token they can only name that patient."""

INCLUDES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "MedicationRequest": {"medication": ("medicationReference",)},
    "MedicationStatement": {"medication": ("medicationReference",)},
    "Encounter": {"location": ("location.location",)},
    "PractitionerRole": {
        "practitioner": ("practitioner",),
        "organization": ("organization",),
        "location": ("location",),
        "endpoint": ("endpoint",),
    },
    "DiagnosticReport": {"result": ("result",)},
    "Provenance": {"target": ("target",)},
}
"""``_include`` values: Type:parameter, with the references that are followed."""

REVINCLUDES: Mapping[str, str] = {"Provenance:target": "target"}
"""``_revinclude`` values, with the token parameter that finds them."""


def token_parameters(kind: str) -> tuple[str, ...]:
    return (*TOKEN_PARAMETERS.get(kind, {}), "identifier")


def parameters_of(kind: str) -> dict[str, str]:
    """Return every search parameter of a type with its FHIR type, for the CapabilityStatement."""
    parameters = {"_id": "token", "_lastUpdated": "date"}
    parameters |= dict.fromkeys(PATIENT_PARAMETERS.get(kind, ()), "reference")
    for name in token_parameters(kind):
        parameters[name] = "reference" if name in _REFERENCES else "token"
    parameters |= dict.fromkeys(DATES.get(kind, {}), "date")
    parameters |= dict.fromkeys(STRINGS.get(kind, {}), "string")
    return parameters


_REFERENCES = frozenset(
    {"encounter", "practitioner", "organization", "location", "medication", "target", "agent", "result", "actor"}
)
