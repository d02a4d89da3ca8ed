"""Invented people and their records, as FHIR R4 resources. Codes are real, people are not."""

from typing import Any

Resource = dict[str, Any]

SCT = "http://snomed.info/sct"
LOINC = "http://loinc.org"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
_CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"


def people() -> list[Resource]:
    """Maria Alvarez and James Chen, each with something in every section."""
    return [
        *person("maria", "Alvarez", ["Maria"], "1980-04-12", "female"),
        *person("james", "Chen", ["James"], "1975-09-30", "male"),
        *_shared(),
    ]


def patient(fhir_id: str, family: str, given: list[str], birth_date: str, sex: str) -> Resource:
    return {
        "resourceType": "Patient",
        "id": fhir_id,
        "name": [{"use": "official", "family": family, "given": given}],
        "birthDate": birth_date,
        "gender": sex,
    }


def condition(fhir_id: str, of: str, code: str, display: str) -> Resource:
    return {
        "resourceType": "Condition",
        "id": fhir_id,
        "subject": {"reference": f"Patient/{of}"},
        "clinicalStatus": _concept("http://terminology.hl7.org/CodeSystem/condition-clinical", "active"),
        "verificationStatus": _concept("http://terminology.hl7.org/CodeSystem/condition-ver-status", "confirmed"),
        "category": [_concept("http://terminology.hl7.org/CodeSystem/condition-category", "problem-list-item")],
        "code": _concept(SCT, code, display),
        "onsetDateTime": "2015-03",
    }


def observation(fhir_id: str, of: str, category: str, named: tuple[str, str], measured: tuple[float, str]) -> Resource:
    return {
        "resourceType": "Observation",
        "id": fhir_id,
        "status": "final",
        "category": [_concept(_CATEGORY, category)],
        "code": _concept(LOINC, *named),
        "subject": {"reference": f"Patient/{of}"},
        "effectiveDateTime": "2026-02-03T09:15:00-05:00",
        "valueQuantity": {
            "value": measured[0],
            "unit": measured[1],
            "system": "http://unitsofmeasure.org",
            "code": measured[1],
        },
    }


def person(fhir_id: str, family: str, given: list[str], birth_date: str, sex: str) -> list[Resource]:
    of, p = {"reference": f"Patient/{fhir_id}"}, fhir_id
    return [
        patient(fhir_id, family, given, birth_date, sex),
        {
            "resourceType": "AllergyIntolerance",
            "id": f"{p}-a1",
            "patient": of,
            "clinicalStatus": _concept("http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical", "active"),
            "code": _concept(SCT, "91936005", "Allergy to penicillin"),
            "recordedDate": "2011-05-02",
        },
        condition(f"{p}-c1", p, "195967001", "Asthma"),
        condition(f"{p}-c2", p, "44054006", "Type 2 diabetes mellitus"),
        {
            "resourceType": "Device",
            "id": f"{p}-d1",
            "patient": of,
            "status": "active",
            "type": _concept(SCT, "304120007", "Total hip replacement prosthesis"),
            "udiCarrier": [{"deviceIdentifier": "00844588003288"}],
        },
        {
            "resourceType": "MedicationRequest",
            "id": f"{p}-m1",
            "status": "active",
            "intent": "order",
            "subject": of,
            "medicationReference": {"reference": "Medication/metformin"},
            "requester": {"reference": "Practitioner/ortiz"},
            "authoredOn": "2025-11-20",
            "dosageInstruction": [{"text": "1 tablet twice a day with meals"}],
        },
        {
            "resourceType": "MedicationStatement",
            "id": f"{p}-ms1",
            "status": "active",
            "subject": of,
            "medicationCodeableConcept": _concept(RXNORM, "314076", "lisinopril 10 MG Oral Tablet"),
        },
        observation(f"{p}-o1", p, "laboratory", ("4548-4", "Hemoglobin A1c"), (7.1, "%")),
        observation(f"{p}-o2", p, "laboratory", ("2160-0", "Creatinine"), (0.9, "mg/dL")),
        observation(f"{p}-v1", p, "vital-signs", ("8867-4", "Heart rate"), (72, "/min")),
        observation(f"{p}-x1", p, "exam", ("10230-1", "Left ventricular ejection"), (60, "%")),
        observation(f"{p}-q1", p, "survey", ("44250-9", "Little interest or pleasure"), (1, "{score}")),
        {
            "resourceType": "DiagnosticReport",
            "id": f"{p}-r1",
            "status": "final",
            "subject": of,
            "category": [_concept("http://terminology.hl7.org/CodeSystem/v2-0074", "LAB")],
            "code": _concept(LOINC, "4548-4", "Hemoglobin A1c"),
            "effectiveDateTime": "2026-02-03T09:15:00-05:00",
            "result": [{"reference": f"Observation/{p}-o1"}],
        },
        {
            "resourceType": "Encounter",
            "id": f"{p}-e1",
            "status": "finished",
            "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"},
            "subject": of,
            "period": {"start": "2026-02-03T09:00:00-05:00", "end": "2026-02-03T09:40:00-05:00"},
            "participant": [{"individual": {"reference": "Practitioner/ortiz"}}],
            "serviceProvider": {"reference": "Organization/clinic"},
            "location": [{"location": {"reference": "Location/room"}}],
        },
        {
            "resourceType": "Appointment",
            "id": f"{p}-ap1",
            "status": "booked",
            "start": "2027-01-10T10:00:00-05:00",
            "participant": [{"actor": of, "status": "accepted"}],
        },
        {
            "resourceType": "CareTeam",
            "id": f"{p}-ct1",
            "status": "active",
            "subject": of,
            "participant": [{"member": {"reference": "Practitioner/ortiz"}, "role": [{"text": "Primary care"}]}],
        },
        {
            "resourceType": "Coverage",
            "id": f"{p}-cv1",
            "status": "active",
            "beneficiary": of,
            "payor": [{"reference": "Organization/payer"}],
            "subscriberId": f"GSH-{p}",
        },
        {
            "resourceType": "Immunization",
            "id": f"{p}-i1",
            "status": "completed",
            "patient": of,
            "vaccineCode": _concept("http://hl7.org/fhir/sid/cvx", "141", "Influenza, seasonal"),
            "occurrenceDateTime": "2025-10-05",
        },
        {
            "resourceType": "Procedure",
            "id": f"{p}-p1",
            "status": "completed",
            "subject": of,
            "code": _concept(SCT, "52734007", "Total hip replacement"),
            "performedDateTime": "2021-06",
        },
        {
            "resourceType": "DocumentReference",
            "id": f"{p}-dr1",
            "status": "current",
            "subject": of,
            "type": _concept(LOINC, "34133-9", "Summary of episode note"),
            "content": [{"attachment": {"contentType": "text/plain", "title": "Visit summary", "url": "Binary/b1"}}],
        },
        {
            "resourceType": "Media",
            "id": f"{p}-md1",
            "status": "completed",
            "subject": of,
            "createdDateTime": "2026-02-03",
            "content": {"contentType": "image/png", "title": "Photo of the skin", "data": "iVBORw0KGgo="},
        },
        {
            "resourceType": "MedicationDispense",
            "id": f"{p}-md2",
            "status": "completed",
            "subject": of,
            "medicationReference": {"reference": "Medication/metformin"},
            "authorizingPrescription": [{"reference": f"MedicationRequest/{p}-m1"}],
            "quantity": {"value": 60, "unit": "tablets"},
            "whenHandedOver": "2025-11-22",
        },
        {
            "resourceType": "CarePlan",
            "id": f"{p}-cp1",
            "status": "active",
            "intent": "plan",
            "subject": of,
            "category": [_concept("http://hl7.org/fhir/us/core/CodeSystem/careplan-category", "assess-plan")],
            "title": "Diabetes care plan",
            "activity": [{"detail": {"code": {"text": "Eye examination"}, "status": "scheduled"}}],
        },
        {
            "resourceType": "Goal",
            "id": f"{p}-g1",
            "lifecycleStatus": "active",
            "subject": of,
            "description": {"text": "Walk half an hour a day"},
            "startDate": "2026-02-03",
        },
        {
            "resourceType": "ServiceRequest",
            "id": f"{p}-sr1",
            "status": "active",
            "intent": "order",
            "subject": of,
            "code": _concept(LOINC, "24357-6", "Urinalysis"),
            "authoredOn": "2026-02-03",
        },
        {
            "resourceType": "QuestionnaireResponse",
            "id": f"{p}-qr1",
            "status": "completed",
            "subject": of,
            "authored": "2026-02-03",
            "item": [{"linkId": "1", "text": "How did you sleep?", "answer": [{"valueString": "Well"}]}],
        },
        {
            "resourceType": "Communication",
            "id": f"{p}-co1",
            "status": "completed",
            "subject": of,
            "sent": "2026-02-05T08:00:00-05:00",
            "sender": {"reference": "Practitioner/ortiz"},
            "recipient": [of],
            "payload": [{"contentString": "Your results are in."}],
        },
    ]


def _shared() -> list[Resource]:
    return [
        {
            "resourceType": "Medication",
            "id": "metformin",
            "code": _concept(RXNORM, "861007", "metformin hydrochloride 500 MG Oral Tablet"),
        },
        {"resourceType": "Practitioner", "id": "ortiz", "name": [{"family": "Ortiz", "given": ["Elena"]}]},
        {"resourceType": "Organization", "id": "clinic", "name": "Maple Street Clinic"},
        {"resourceType": "Organization", "id": "payer", "name": "Garden State Health Plan"},
        {"resourceType": "Location", "id": "room", "name": "Room 4"},
    ]


def _concept(system: str, code: str, display: str = "") -> Resource:
    coding = {"system": system, "code": code} | ({"display": display} if display else {})
    return {"coding": [coding]} | ({"text": display} if display else {})
