"""One resource as a document holds it: own address, references that resolve within it, and no element left unsaid.

What a profile of the International Patient Summary requires and its source did not say is stated as unknown, never
invented. Texts that others formatted, addresses on their servers and attached files do not come along. Pure.
"""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from portal.domain.entry import Entry, Implant, Status
from portal.domain.fhir_ids import name_in
from portal.normalise.context import target_of
from portal.normalise.elements import items, obj
from portal.sharing.summary import SourcedResource

_ABSENT_URL = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
ABSENT: Mapping[str, Any] = {"extension": [{"url": _ABSENT_URL, "valueCode": "unknown"}]}
_NAMED_ALWAYS = ("Practitioner/", "PractitionerRole/", "Organization/", "Location/", "Specimen/")

_CONCEPTS = {
    "AllergyIntolerance": "code",
    "Condition": "code",
    "Procedure": "code",
    "Observation": "code",
    "DiagnosticReport": "code",
    "Immunization": "vaccineCode",
}
_MOMENTS = {
    "Immunization": "occurrence",
    "MedicationStatement": "effective",
    "Observation": "effective",
    "DiagnosticReport": "effective",
    "Procedure": "performed",
}
_SUBJECTS = {"AllergyIntolerance": "patient", "Immunization": "patient", "Device": "patient"}
_MEDICATIONS = frozenset({"MedicationRequest", "MedicationStatement", "MedicationDispense"})

Resolve = Callable[[str], str | None]
"""Return the address within the document of "Type/id"; None where it is not in it."""


def address(entry_id: str) -> str:
    """Return the ``fullUrl`` of an entry (32 hex digits)."""
    return f"urn:uuid:{UUID(hex=entry_id)}"


def reference_name(reference: object) -> str:
    """Return "Type/id" of a ``Reference``, also of an absolute one; else the empty string."""
    return name_in(target_of(reference))


def fitted(statement: SourcedResource, *, patient: str, resolve: Resolve, open_references: bool) -> dict[str, Any]:
    """Return the resource of a statement as an entry of the document."""
    resource = plain(
        statement.resource, entry_id=statement.id, patient=patient, resolve=resolve, open_references=open_references
    )
    kind = str(resource["resourceType"])
    resource[_SUBJECTS.get(kind, "subject")] = {"reference": patient}
    _complete(resource, kind, statement.entry)
    return resource


def plain(
    body: Mapping[str, Any], *, entry_id: str, patient: str, resolve: Resolve, open_references: bool
) -> dict[str, Any]:
    """Return a resource without what does not come along, its references made those of the document."""
    left_behind = {"text", "meta", "id", "language"}  # "implicitRules" stays: it may change what the rest means
    parts = {name: part for name, part in body.items() if name.removeprefix("_") not in left_behind}
    resource: dict[str, Any] = _rewritten(parts, patient, resolve, open_references=open_references)
    resource["id"] = str(UUID(hex=entry_id))
    if labels := obj(body.get("meta")).get("security"):
        resource["meta"] = {"security": labels}
    return resource


def attached_files(value: Any) -> int:
    """Return how many files are attached to a resource; they do not come along."""
    if isinstance(value, list):
        return sum(map(attached_files, value))
    if not isinstance(value, dict):
        return 0
    is_file = "contentType" in value and ("data" in value or "url" in value)
    return is_file or sum(map(attached_files, value.values()))


def device_use(statement: SourcedResource, *, entry_id: str, patient: str) -> dict[str, Any]:
    """Return what says that the patient has a Device (profile DeviceUseStatement-uv-ips)."""
    entry = statement.entry
    statuses = {Status.ACTIVE: "active", Status.UPCOMING: "intended", Status.PAST: "completed"}
    use: dict[str, Any] = {
        "resourceType": "DeviceUseStatement",
        "id": str(UUID(hex=entry_id)),
        "subject": {"reference": patient},
        "device": {"reference": address(statement.id)},
    }
    use |= {"status": statuses[entry.status]} if entry.status in statuses else {"_status": dict(ABSENT)}
    if isinstance(entry.detail, Implant) and entry.detail.body_site:
        use["bodySite"] = {"text": entry.detail.body_site}
    if entry.end:
        span = {"start": entry.start, "end": entry.end}
        return use | {"timingPeriod": {side: day for side, day in span.items() if day}}
    use |= {"timingDateTime": entry.start} if entry.start else {"_timingDateTime": dict(ABSENT)}
    return use


def _complete(resource: dict[str, Any], kind: str, entry: Entry) -> None:
    """State what the profiles require and the source did not say: from its entry, else as unknown."""
    concept = _CONCEPTS.get(kind)
    if concept and not resource.get(concept):
        resource[concept] = _concept(entry)
    if kind in _MEDICATIONS and "reference" not in obj(resource.get("medicationReference")):
        resource.pop("medicationReference", None)
        resource.setdefault("medicationCodeableConcept", _concept(entry))
    moment = _MOMENTS.get(kind)
    if moment and not any(name.removeprefix("_").startswith(moment) for name in resource):
        resource[f"_{moment}DateTime"] = dict(ABSENT)
    if kind == "Observation" and not items(resource.get("performer")):
        resource["performer"] = [dict(ABSENT)]


def _concept(entry: Entry) -> dict[str, Any]:
    concept: dict[str, Any] = {"text": entry.title}
    codings = [
        {name: text for name, text in (("system", code.system), ("code", code.code), ("display", code.display)) if text}
        for code in entry.codes
    ]
    return {"coding": codings, **concept} if codings else concept


def _rewritten(value: Any, patient: str, resolve: Resolve, *, open_references: bool) -> Any:
    if isinstance(value, list):
        return [_rewritten(part, patient, resolve, open_references=open_references) for part in value]
    if not isinstance(value, dict):
        return value
    if "contentType" in value and ("data" in value or "url" in value):
        return {name: part for name, part in value.items() if name not in ("data", "url")}
    if isinstance(value.get("reference"), str) and not value["reference"].startswith("#"):
        return _reference(value, patient, resolve, open_references=open_references)
    return {name: _rewritten(part, patient, resolve, open_references=open_references) for name, part in value.items()}


def _reference(value: Mapping[str, Any], patient: str, resolve: Resolve, *, open_references: bool) -> dict[str, Any]:
    """Return a reference within the document; to what is not in it only its words, where those tell nothing else."""
    name = reference_name(value)
    if name.startswith("Patient/"):
        return {"reference": patient}
    display = value.get("display")
    told = {"display": display} if isinstance(display, str) and display.strip() else {}
    inside = resolve(name)
    if inside is not None:
        return {"reference": inside, **told}
    return told if told and (open_references or name.startswith(_NAMED_ALWAYS)) else dict(ABSENT)
