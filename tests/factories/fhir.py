"""Small FHIR R4 resources for tests: valid, and no more than what a test is about."""

from hashlib import sha256
from typing import Any

RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
SNOMED = "http://snomed.info/sct"
LOINC = "http://loinc.org"
ICD10 = "http://hl7.org/fhir/sid/icd-10-cm"
_STATUS = "http://terminology.hl7.org/CodeSystem/condition-clinical"
_CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"


def concept(text: str = "", *codings: tuple[str, str]) -> dict[str, Any]:
    made: dict[str, Any] = {"text": text} if text else {}
    if codings:
        made["coding"] = [{"system": system, "code": code} for system, code in codings]
    return made


def medication(fhir_id: str, text: str, *codings: tuple[str, str], patient: str = "p1", **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "MedicationRequest",
        "id": fhir_id,
        "status": "active",
        "intent": "order",
        "subject": {"reference": f"Patient/{patient}"},
        "authoredOn": "2024-03-01",
        "medicationCodeableConcept": concept(text, *codings),
    } | more


def condition(
    fhir_id: str, text: str, *codings: tuple[str, str], patient: str = "p1", status: str = "active", **more: Any
) -> dict[str, Any]:
    return {
        "resourceType": "Condition",
        "id": fhir_id,
        "clinicalStatus": {"coding": [{"system": _STATUS, "code": status}]},
        "subject": {"reference": f"Patient/{patient}"},
        "code": concept(text, *codings),
    } | more


def result(
    fhir_id: str, value: float, *, when: str, loinc: str = "4548-4", patient: str = "p1", **more: Any
) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "id": fhir_id,
        "status": "final",
        "category": [{"coding": [{"system": _CATEGORY, "code": "laboratory"}]}],
        "code": concept("Hemoglobin A1c", (LOINC, loinc)),
        "subject": {"reference": f"Patient/{patient}"},
        "effectiveDateTime": when,
        "valueQuantity": {"value": value, "unit": "%", "system": "http://unitsofmeasure.org", "code": "%"},
    } | more


def patient(fhir_id: str = "p1", family: str = "Alvarez", given: str = "Maria", **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Patient",
        "id": fhir_id,
        "name": [{"use": "official", "family": family, "given": [given]}],
        "birthDate": "1978-05-14",
        "gender": "female",
    } | more


def bundle(*resources: dict[str, Any], kind: str = "collection", **full_urls: str) -> dict[str, Any]:
    """A bundle; ``full_urls`` gives entries a temporary address, by resource id."""
    entries = []
    for resource in resources:
        entry: dict[str, Any] = {"resource": resource}
        if resource.get("id") in full_urls:
            entry["fullUrl"] = full_urls[resource["id"]]
        entries.append(entry)
    return {"resourceType": "Bundle", "type": kind, "entry": entries}


def vaccine(fhir_id: str, patient: str, *, day: str, **more: Any) -> dict[str, Any]:
    """A dose that was given at the organization itself."""
    return {
        "resourceType": "Immunization",
        "id": fhir_id,
        "status": "completed",
        "vaccineCode": {
            "coding": [{"system": "http://hl7.org/fhir/sid/cvx", "code": "140", "display": "Influenza, seasonal"}],
            "text": "Influenza vaccine",
        },
        "patient": {"reference": f"Patient/{patient}"},
        "occurrenceDateTime": day,
        "primarySource": True,
        "lotNumber": f"LOT-{fhir_id}-{sha256(fhir_id.encode()).hexdigest()[:20]}",  # as hard to squeeze as real ones
    } | more
