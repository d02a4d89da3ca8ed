"""What may differ from server to server. Each default is what the standards say (FHIR R4, US Core 6.1.0)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from portal.domain.fhir_ids import search_value

PARTS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "Observation": (
        "category",
        ("laboratory", "vital-signs", "imaging", "procedure", "exam", "survey", "social-history"),
    ),
    "Condition": ("category", ("problem-list-item", "encounter-diagnosis", "health-concern")),
    "DiagnosticReport": ("category", ("LAB", "LP29684-5", "LP29708-2", "LP7839-6")),
    "MedicationRequest": (
        "intent",
        (
            "order",
            "plan",
            "proposal",
            "original-order",
            "reflex-order",
            "filler-order",
            "instance-order",
            "option",
        ),
    ),
    "CarePlan": ("category", ("assess-plan",)),
    "CareTeam": ("status", ("active", "proposed", "suspended", "inactive")),
}
"""What a search is split into where a server wants more than the patient: the parameter, and what sections show of it
(so no surveys and no habits). US Core 6.1.0 makes servers answer just these searches, for the last three not the one by
patient alone."""

_STATUSES = {
    "Appointment": (
        "proposed",
        "pending",
        "booked",
        "arrived",
        "fulfilled",
        "cancelled",
        "noshow",
        "checked-in",
        "waitlist",
    ),
    "CareTeam": PARTS["CareTeam"][1],
    "Communication": ("preparation", "in-progress", "not-done", "on-hold", "stopped", "completed", "unknown"),
    "Coverage": ("active", "cancelled", "draft"),
    "Device": ("active", "inactive", "unknown"),
    "DiagnosticReport": (
        "registered",
        "partial",
        "preliminary",
        "final",
        "amended",
        "corrected",
        "appended",
        "cancelled",
        "unknown",
    ),
    "DocumentReference": ("current", "superseded"),
    "Encounter": (
        "planned",
        "arrived",
        "triaged",
        "in-progress",
        "onleave",
        "finished",
        "cancelled",
        "unknown",
    ),
    "Immunization": ("completed", "not-done"),
    "MedicationRequest": ("active", "on-hold", "cancelled", "completed", "stopped", "draft", "unknown"),
    "MedicationStatement": (
        "active",
        "completed",
        "intended",
        "stopped",
        "on-hold",
        "unknown",
        "not-taken",
    ),
    "Observation": ("registered", "preliminary", "final", "amended", "corrected", "cancelled", "unknown"),
    "Procedure": ("preparation", "in-progress", "not-done", "on-hold", "stopped", "completed", "unknown"),
}
"""The codes of ``status`` by type (FHIR R4), but for entered-in-error."""

_CODE_SYSTEMS = ("http://loinc.org|", "http://snomed.info/sct|", "http://www.nlm.nih.gov/research/umls/rxnorm|")


def parts_by(resource_type: str, param: str) -> tuple[tuple[str, ...], bool]:
    """Return the values by which a server is asked that wants ``param``, and whether they are all there is."""
    usual, values = PARTS.get(resource_type, ("", ()))
    if param == usual:
        return values, resource_type not in OPEN_ENDED
    if param == "status":
        return _STATUSES.get(resource_type, ()), True
    if param == "date":
        return ("ge1900-01-01",), False  # what has no date does not come
    return (_CODE_SYSTEMS, False) if param == "code" else ((), False)


OPEN_ENDED = frozenset({"DiagnosticReport"})
"""Types that have more categories than ``PARTS`` names: what does not come in its parts need not be gone."""


@dataclass(frozen=True, slots=True)
class Quirks:
    """A server that follows the standard; others combine these fields (``portal.fhir.vendors.registry``)."""

    in_parts: frozenset[str] = frozenset()  # types that are searched part by part (``PARTS``) from the start
    include: bool = True  # _include works where the CapabilityStatement lists it
    page_size: int | None = None  # None: ours; 0: _count is not understood
    patient_param: str = "patient"
    versioned_references: bool = False  # "Patient/1/_history/2" where "Patient/1" is meant
    code_only_medications: bool = False  # codings with a display, no text
    base: str = ""  # references under this address are made relative, where others will read the resource

    def params(self, patient_id: str) -> dict[str, str]:
        """Return the parameters that every search of one patient's resources has."""
        return {self.patient_param: search_value(patient_id)}

    @property
    def repairs(self) -> bool:
        """Tell whether ``repaired`` may change anything."""
        return self.versioned_references or self.code_only_medications or bool(self.base)

    def repaired(self, resource: dict[str, Any]) -> dict[str, Any]:
        """Return a resource as the standard would have it; the same object when nothing is wrong with it."""
        if self.versioned_references:
            resource = _without_versions(resource)
        if self.code_only_medications:
            resource = _with_text(resource)
        if self.base:
            resource = _relative(resource, self.base.rstrip("/") + "/")
        return resource


def _without_versions(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: item.partition("/_history/")[0]
            if key == "reference" and isinstance(item, str)
            else _without_versions(item)
            for key, item in value.items()
        }
    return [_without_versions(item) for item in value] if isinstance(value, list) else value


def _relative(value: Any, base: str) -> Any:
    if isinstance(value, dict):
        return {
            key: item.removeprefix(base) if key == "reference" and isinstance(item, str) else _relative(item, base)
            for key, item in value.items()
        }
    return [_relative(item, base) for item in value] if isinstance(value, list) else value


def _with_text(resource: dict[str, Any]) -> dict[str, Any]:
    concept = resource.get("medicationCodeableConcept")
    if not isinstance(concept, dict) or concept.get("text") or not isinstance(concept.get("coding"), list):
        return resource
    codings = [coding for coding in concept["coding"] if isinstance(coding, dict)]
    shown = next((coding["display"] for coding in codings if isinstance(coding.get("display"), str)), None)
    return resource | {"medicationCodeableConcept": concept | {"text": shown}} if shown else resource
