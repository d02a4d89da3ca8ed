"""Which search parameters each type has. Tokens and references are indexed by ``portal.normalise.search_tokens``.

Source: US Core 6.1.0 (SearchParameters); FHIR R4 for Appointment, Communication, Device,
DeviceUseStatement, Provenance.
"""

from collections.abc import Mapping

from portal.domain.resource_types import TYPES
from portal.normalise.search_tokens import TOKEN_PARAMETERS
from portal.provider.types import SERVED, SHARED

DATES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    name: resource_type.dates for name, resource_type in TYPES.items() if resource_type.dates
}
"""Date parameters and the paths they look at."""

INDEXED_DATE: Mapping[str, tuple[str, ...]] = {
    name: resource_type.indexed_dates for name, resource_type in TYPES.items() if resource_type.indexed_dates
}
"""Date parameters whose first moment is the store's own date, where it exists: these narrow the search in the index."""

STRINGS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    name: resource_type.strings for name, resource_type in TYPES.items() if resource_type.strings
}
"""String parameters: a value matches what begins with it, without case or accents (FHIR R4, search.html#string)."""

PATIENT_PARAMETERS: Mapping[str, tuple[str, ...]] = {
    name: TYPES[name].patient for name in SERVED - SHARED - {"Patient"}
}
"""The parameters that name the patient; for a patient's token they can only name that patient."""

INCLUDES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    name: resource_type.includes for name, resource_type in TYPES.items() if resource_type.includes
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
        parameters[name] = "reference" if name in REFERENCES else "token"
    parameters |= {"performer": "reference"} if kind == "Observation" else {}
    parameters |= dict.fromkeys(DATES.get(kind, {}), "date")
    parameters |= dict.fromkeys(STRINGS.get(kind, {}), "string")
    return parameters


REFERENCES = frozenset(
    {
        *("encounter", "practitioner", "organization", "location", "medication", "target", "agent", "result", "actor"),
        *("prescription", "questionnaire", "device"),
    }
)
"""Token parameters that are references."""
