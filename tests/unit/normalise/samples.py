"""Invented resources, one rich example per type, for the tests of this folder; each call gives a fresh copy."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

SNOMED, LOINC = "http://snomed.info/sct", "http://loinc.org"
RXNORM, CVX = "http://www.nlm.nih.gov/research/umls/rxnorm", "http://hl7.org/fhir/sid/cvx"
UCUM = "http://unitsofmeasure.org"
THO = "http://terminology.hl7.org/CodeSystem/"
PATIENT = {"reference": "Patient/ana", "display": "Ana Test"}


def concept(system: str, code: str, display: str = "", text: str = "") -> dict[str, Any]:
    """A CodeableConcept with one coding."""
    coding = {"system": system, "code": code} | ({"display": display} if display else {})
    return {"coding": [coding]} | ({"text": text} if text else {})


def amount(value: object, unit: str, code: str | None = None) -> dict[str, Any]:
    """A Quantity in UCUM."""
    return {"value": value, "unit": unit, "system": UCUM, "code": code or unit}


_SAMPLES: dict[str, dict[str, Any]] = {
    "AllergyIntolerance": {
        "clinicalStatus": concept(THO + "allergyintolerance-clinical", "active"),
        "verificationStatus": concept(THO + "allergyintolerance-verification", "confirmed"),
        "category": ["medication"],
        "criticality": "high",
        "code": concept(RXNORM, "7980", "penicillin G"),
        "patient": PATIENT,
        "onsetDateTime": "1998",
        "recordedDate": "2019-03-04",
        "recorder": {"reference": "Practitioner/lee"},
        "reaction": [
            {"manifestation": [concept(SNOMED, "247472004", "Weal (disorder)", "Hives")], "severity": "moderate"},
            {"description": "Throat felt tight", "onset": "1998-06"},
        ],
        "note": [{"text": "As a child."}],
    },
    "Condition": {
        "clinicalStatus": concept(THO + "condition-clinical", "active"),
        "verificationStatus": concept(THO + "condition-ver-status", "confirmed"),
        "category": [concept(THO + "condition-category", "problem-list-item")],
        "severity": concept(SNOMED, "6736007", "Moderate"),
        "code": concept(SNOMED, "195967001", "Asthma (disorder)"),
        "subject": PATIENT,
        "onsetDateTime": "2009-05",
        "recordedDate": "2009-06-01",
    },
    "Device": {
        "status": "active",
        "udiCarrier": [{"deviceIdentifier": "00643169001763", "carrierHRF": "(01)00643169001763(17)290101(10)L77"}],
        "manufacturer": "ORTHO WORKS",
        "modelNumber": "H-2",
        "lotNumber": "L77",
        "expirationDate": "2029-01-01",
        "type": concept(SNOMED, "304120007", "Total hip replacement prosthesis (physical object)"),
        "patient": PATIENT,
        "safety": [concept("urn:oid:2.16.840.1.113883.3.26.1.1", "C113844", "Labeling does not contain MRI Safety")],
    },
    "MedicationRequest": {
        "status": "active",
        "intent": "order",
        "medicationCodeableConcept": concept(RXNORM, "860975", "metformin hydrochloride 500 MG Oral Tablet"),
        "subject": PATIENT,
        "authoredOn": "2024-02-11",
        "requester": {"reference": "Practitioner/lee"},
        "reasonCode": [concept(SNOMED, "44054006", "Type 2 diabetes mellitus (disorder)")],
        "dosageInstruction": [
            {
                "timing": {"repeat": {"frequency": 2, "period": 1, "periodUnit": "d", "when": ["C"]}},
                "route": concept(SNOMED, "26643006", "Oral route"),
                "doseAndRate": [{"doseQuantity": {"value": 1.0, "unit": "tablet"}}],
            }
        ],
        "dispenseRequest": {
            "numberOfRepeatsAllowed": 3,
            "quantity": {"value": 180, "unit": "tablets"},
            "expectedSupplyDuration": amount(90, "days", "d"),
        },
    },
    "MedicationStatement": {
        "status": "active",
        "contained": [
            {
                "resourceType": "Medication",
                "id": "m",
                "code": {"text": "Combination cold remedy"},
                "form": concept(SNOMED, "385023001", "Oral solution"),
                "ingredient": [
                    {
                        "itemCodeableConcept": concept(RXNORM, "161", "acetaminophen"),
                        "strength": {"numerator": amount(32, "mg"), "denominator": amount(1, "mL")},
                    }
                ],
            }
        ],
        "medicationReference": {"reference": "#m"},
        "subject": PATIENT,
        "effectivePeriod": {"start": "2024-11", "end": "2024-12-02"},
        "informationSource": {"reference": "Patient/ana", "display": "Ana Test"},
        "dosage": [{"text": "10 mL when coughing", "asNeededBoolean": True}],
    },
    "Communication": {
        "status": "completed",
        "topic": {"text": "Your last visit"},
        "subject": PATIENT,
        "sent": "2025-01-03T09:00:00Z",
        "sender": {"reference": "Practitioner/lee"},
        "recipient": [{"reference": "Patient/ana", "display": "Ana Test"}],
        "inResponseTo": [{"reference": "Communication/1"}],
        "payload": [
            {"contentString": "Dear Ana,\n\nall is well."},
            {"contentAttachment": {"contentType": "application/pdf", "url": "Binary/9", "title": "Leaflet"}},
        ],
    },
    "DiagnosticReport": {
        "status": "final",
        "category": [concept(THO + "v2-0074", "LAB", "Laboratory")],
        "code": concept(LOINC, "24323-8", "Comprehensive metabolic 2000 panel - Serum or Plasma"),
        "subject": PATIENT,
        "effectiveDateTime": "2025-01-02T08:30:00-05:00",
        "issued": "2025-01-02T15:00:00-05:00",
        "performer": [{"reference": "Organization/lab"}],
        "result": [{"reference": "Observation/na"}, {"reference": "Observation/k"}],
        "conclusion": "Normal.\nNo action.",
        "presentedForm": [{"contentType": "application/pdf", "data": "JVBERi0xLjQK"}],
    },
    "Observation": {
        "status": "final",
        "category": [concept(THO + "observation-category", "laboratory")],
        "code": concept(LOINC, "4548-4", "Hemoglobin A1c/Hemoglobin.total in Blood"),
        "subject": PATIENT,
        "effectiveDateTime": "2025-01-02T08:30:00-05:00",
        "valueQuantity": amount(7.0, "%"),
        "interpretation": [concept(THO + "v3-ObservationInterpretation", "H")],
        "referenceRange": [{"low": {"value": 4.0}, "high": {"value": 5.6}}],
        "performer": [{"reference": "Organization/lab"}],
        "note": [{"text": "Fasting sample."}],
    },
    "Encounter": {
        "status": "finished",
        "class": {"system": THO + "v3-ActCode", "code": "AMB"},
        "type": [concept(SNOMED, "185349003", "Encounter for check up (procedure)")],
        "subject": PATIENT,
        "participant": [{"individual": {"reference": "Practitioner/lee"}}],
        "period": {"start": "2024-10-01T09:00:00-04:00", "end": "2024-10-01T09:30:00-04:00"},
        "location": [{"location": {"reference": "Location/main"}}],
        "serviceProvider": {"reference": "Organization/clinic"},
    },
    "Appointment": {
        "status": "booked",
        "serviceType": [{"text": "Eye examination"}],
        "start": "2026-12-01T14:00:00-05:00",
        "end": "2026-12-01T14:40:00-05:00",
        "minutesDuration": 40,
        "patientInstruction": "Bring your glasses.",
        "participant": [
            {"actor": {"reference": "Patient/ana", "display": "Ana Test"}, "status": "accepted"},
            {"actor": {"reference": "Practitioner/lee"}, "status": "accepted"},
            {"actor": {"reference": "Location/main"}, "status": "accepted"},
        ],
    },
    "CarePlan": {
        "status": "active",
        "intent": "plan",
        "category": [concept("http://hl7.org/fhir/us/core/CodeSystem/careplan-category", "assess-plan", "Assess plan")],
        "title": "Diabetes plan",
        "description": "What we agreed on.",
        "subject": PATIENT,
        "period": {"start": "2024-01-02", "end": "2024-12-31"},
        "author": {"reference": "Practitioner/lee"},
        "addresses": [{"display": "Type 2 diabetes"}],
        "activity": [
            {"detail": {"code": {"text": "Eye examination"}, "status": "completed"}},
            {"reference": {"reference": "ServiceRequest/a1c", "display": "Hemoglobin A1c"}},
        ],
        "text": {"status": "additional", "div": "<div>Walk after dinner.</div>"},
    },
    "Goal": {
        "lifecycleStatus": "active",
        "description": {"text": "Hemoglobin A1c below 7 percent"},
        "subject": PATIENT,
        "startDate": "2024-01-02",
        "expressedBy": PATIENT,
        "achievementStatus": concept(THO + "goal-achievement", "improving", "Improving"),
        "target": [
            {
                "measure": concept(LOINC, "4548-4", "Hemoglobin A1c"),
                "detailQuantity": amount(7, "%") | {"comparator": "<"},
                "dueDate": "2024-12-31",
            }
        ],
    },
    "Media": {
        "status": "completed",
        "subject": PATIENT,
        "createdDateTime": "2024-02-03",
        "operator": {"reference": "Practitioner/lee"},
        "content": {"contentType": "image/png", "title": "Photo of the skin", "data": "iVBORw0KGgo="},
        "note": [{"text": "Left arm."}],
    },
    "MedicationDispense": {
        "status": "completed",
        "medicationCodeableConcept": concept(RXNORM, "860975", "metformin 500 MG Extended Release Oral Tablet"),
        "subject": PATIENT,
        "performer": [{"actor": {"display": "Corner Pharmacy"}}],
        "authorizingPrescription": [{"reference": "MedicationRequest/m1"}],
        "type": concept(THO + "v3-ActCode", "RFC", "Refill - Complete"),
        "quantity": amount(60, "tablets", "1"),
        "daysSupply": amount(30, "d"),
        "whenHandedOver": "2024-03-04",
        "dosageInstruction": [{"text": "1 tablet twice a day"}],
    },
    "QuestionnaireResponse": {
        "status": "completed",
        "questionnaire": "http://x.example/sleep",
        "_questionnaire": {
            "extension": [{"url": "http://hl7.org/fhir/StructureDefinition/display", "valueString": "Sleep"}]
        },
        "subject": PATIENT,
        "authored": "2024-04-05",
        "author": PATIENT,
        "item": [
            {
                "linkId": "1",
                "text": "Nights",
                "item": [
                    {
                        "linkId": "1.1",
                        "text": "Hours of sleep",
                        "answer": [{"valueDecimal": 7.5, "item": [{"linkId": "1.1.1", "text": "Why not more?"}]}],
                    },
                    {
                        "linkId": "1.2",
                        "text": "What wakes you?",
                        "answer": [{"valueCoding": {"code": "a", "display": "Pain"}}, {"valueString": "Noise"}],
                    },
                ],
            }
        ],
    },
    "ServiceRequest": {
        "status": "active",
        "intent": "order",
        "category": [concept(SNOMED, "108252007", "Laboratory procedure")],
        "code": concept(LOINC, "24357-6", "Urinalysis"),
        "subject": PATIENT,
        "occurrenceDateTime": "2024-03-01",
        "authoredOn": "2024-02-03",
        "requester": {"reference": "Practitioner/lee"},
        "reasonCode": [{"text": "Burning"}],
        "patientInstruction": "Bring the first urine of the day.",
        "priority": "urgent",
    },
    "CareTeam": {
        "status": "active",
        "name": "Diabetes team",
        "subject": PATIENT,
        "participant": [
            {"member": {"reference": "PractitionerRole/lee-gp"}},
            {"member": {"reference": "Patient/ana"}, "role": [{"text": "Patient"}]},
            {"member": {"display": "Sam Test"}, "role": [concept(SNOMED, "133932002", "Caregiver (person)")]},
        ],
        "managingOrganization": [{"reference": "Organization/clinic"}],
    },
    "Coverage": {
        "status": "active",
        "type": {"text": "PPO"},
        "subscriberId": "W100",
        "dependent": "1",
        "beneficiary": PATIENT,
        "relationship": concept(THO + "subscriber-relationship", "child", "Child"),
        "period": {"start": "2025-01-01"},
        "payor": [{"reference": "Organization/payer"}],
        "class": [
            {"type": concept(THO + "coverage-class", "group"), "value": "G1", "name": "Harbor Works"},
            {"type": concept(THO + "coverage-class", "plan"), "value": "P9", "name": "Bronze 60"},
        ],
        "costToBeneficiary": [{"type": {"text": "Office visit"}, "valueMoney": {"value": 25, "currency": "USD"}}],
    },
    "Immunization": {
        "status": "completed",
        "vaccineCode": concept(CVX, "187", "zoster vaccine recombinant"),
        "patient": PATIENT,
        "occurrenceDateTime": "2023-09",
        "lotNumber": "Z1",
        "site": {"text": "Left arm"},
        "protocolApplied": [{"doseNumberPositiveInt": 1, "seriesDosesPositiveInt": 2}],
        "performer": [{"actor": {"reference": "Organization/clinic"}}],
    },
    "Procedure": {
        "status": "completed",
        "code": concept(SNOMED, "52734007", "Total replacement of hip (procedure)"),
        "subject": PATIENT,
        "performedPeriod": {"start": "2021-05-06", "end": "2021-05-06"},
        "performer": [{"actor": {"reference": "Practitioner/lee"}}],
        "reasonCode": [{"text": "Osteoarthritis"}],
        "focalDevice": [{"manipulated": {"reference": "Device/hip"}}],
    },
    "DocumentReference": {
        "status": "current",
        "docStatus": "final",
        "type": concept(LOINC, "18842-5", "Discharge summary"),
        "category": [{"text": "Clinical Note"}],
        "subject": PATIENT,
        "date": "2021-05-10T10:00:00Z",
        "author": [{"reference": "Practitioner/lee"}],
        "custodian": {"reference": "Organization/clinic"},
        "description": "After hip replacement",
        "content": [{"attachment": {"contentType": "text/plain", "data": "SGVsbG8="}}],
        "context": {"encounter": [{"reference": "Encounter/7"}]},
    },
}

_OTHERS: dict[str, dict[str, Any]] = {
    "Practitioner/lee": {
        "resourceType": "Practitioner",
        "name": [{"family": "Lee", "given": ["Kim"], "prefix": ["Dr."]}],
        "telecom": [{"system": "phone", "value": "555-0101", "use": "work"}],
    },
    "PractitionerRole/lee-gp": {
        "resourceType": "PractitionerRole",
        "practitioner": {"reference": "Practitioner/lee"},
        "organization": {"reference": "Organization/clinic"},
        "code": [{"text": "Family doctor"}],
    },
    "Organization/clinic": {
        "resourceType": "Organization",
        "name": "HARBOR STREET CLINIC",
        "telecom": [{"system": "phone", "value": "555-0100"}],
    },
    "Organization/lab": {"resourceType": "Organization", "name": "North Lab"},
    "Organization/payer": {
        "resourceType": "Organization",
        "name": "Tidewater Health",
        "telecom": [{"system": "phone", "value": "555-0199"}],
    },
    "Location/main": {
        "resourceType": "Location",
        "name": "Main building",
        "address": {"line": ["1 HARBOR STREET"], "city": "Anytown", "state": "NJ", "postalCode": "08000"},
        "telecom": [{"system": "phone", "value": "555-0111"}],
    },
    "Patient/ana": {"resourceType": "Patient", "name": [{"text": "Ana Test"}]},
}


TYPES = tuple(_SAMPLES)


def sample(kind: str, **changes: Any) -> dict[str, Any]:
    """A resource of this type with the changes made; a change to None takes the element away."""
    made = {"resourceType": kind, "id": kind.lower(), **deepcopy(_SAMPLES[kind]), **changes}
    return {key: value for key, value in made.items() if value is not None}


def others(reference: str, /) -> Mapping[str, Any] | None:
    """A Lookup that knows the people and places of the samples."""
    return _OTHERS.get(reference)
