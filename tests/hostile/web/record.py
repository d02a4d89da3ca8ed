"""One resource of every kind that the portal reads, with every text field filled by the caller.

What goes in is either a mark that must never reach somebody else, or an attack that must only ever be shown as text.
"""

from base64 import b64encode
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

from portal.domain.sections import SECTIONS, SECTIONS_OF
from portal.normalise import section_of
from tests.fakes.data import LOINC, RXNORM, SCT

Resource = dict[str, Any]
Make = Callable[[str], str]
_HL7 = "http://terminology.hl7.org/CodeSystem"


def filled(make: Make, *, key: str) -> list[Resource]:
    """All resource types and sections; ``make(kind)`` gives each text, ``key`` keeps the ids of two records apart."""
    of = {"reference": "Patient/p", "display": make("patient")}

    def concept(kind: str, system: str = SCT, code: str = "1") -> Resource:
        return {"coding": [{"system": system, "code": f"{code}{key}", "display": make(kind)}], "text": make(kind)}

    def coded(system: str, code: str) -> Resource:
        return {"coding": [{"system": f"{_HL7}/{system}", "code": code}]}

    def who(kind: str) -> Resource:
        return {"reference": "Practitioner/x", "display": make(kind)}

    def note(kind: str) -> list[Resource]:
        return [{"text": make(f"{kind}-note"), "authorString": make(f"{kind}-author")}]

    def number(kind: str) -> Resource:
        return {"value": 7.25, "unit": make(f"{kind}-unit")}

    def pdf(text: str) -> str:
        return b64encode(b"%PDF-1.7 " + text.encode()).decode()

    minutes = count(15)  # no two at one time: which of them is last would be chance

    def observation(name: str, category: str, **more: Any) -> Resource:
        return {
            "resourceType": "Observation",
            "id": f"{name}-{key}",
            "status": "final",
            "category": [coded("observation-category", category)],
            "code": concept(name, LOINC, "4548"),
            "subject": of,
            "effectiveDateTime": f"2026-02-03T09:{next(minutes)}:00-05:00",
            "performer": [who(f"{name}-performer")],
            "note": note(name),
            **more,
        }

    record = [
        {
            "resourceType": "AllergyIntolerance",
            "id": f"allergy-{key}",
            "clinicalStatus": coded("allergyintolerance-clinical", "active"),
            "code": concept("allergy"),
            "patient": of,
            "onsetString": make("allergy-onset"),
            "recorder": who("allergy-recorder"),
            "note": note("allergy"),
            "reaction": [
                {
                    "substance": concept("substance"),
                    "manifestation": [concept("manifestation")],
                    "description": make("reaction"),
                    "severity": "severe",
                }
            ],
        },
        {
            "resourceType": "Condition",
            "id": f"issue-{key}",
            "clinicalStatus": coded("condition-clinical", "active"),
            "category": [coded("condition-category", "problem-list-item")],
            "code": concept("issue"),
            "bodySite": [concept("site")],
            "severity": concept("severity"),
            "subject": of,
            "onsetString": make("issue-onset"),
            "recorder": who("issue-recorder"),
            "note": note("issue"),
        },
        {
            "resourceType": "Device",
            "id": f"implant-{key}",
            "status": "active",
            "type": concept("implant", SCT, "304120007"),
            "manufacturer": make("manufacturer"),
            "modelNumber": make("model"),
            "lotNumber": make("lot"),
            "serialNumber": make("serial"),
            "deviceName": [{"name": make("device-name"), "type": "user-friendly-name"}],
            "udiCarrier": [{"deviceIdentifier": make("udi"), "carrierHRF": make("udi-text")}],
            "patient": of,
            "note": note("implant"),
        },
        {
            "resourceType": "MedicationRequest",
            "id": f"medicine-{key}",
            "status": "active",
            "intent": "order",
            "medicationCodeableConcept": concept("medicine", RXNORM, "86100"),
            "subject": of,
            "authoredOn": "2025-11-20",
            "requester": who("prescriber"),
            "reasonCode": [concept("reason")],
            "note": note("medicine"),
            "dosageInstruction": [
                {
                    "text": make("dosage"),
                    "patientInstruction": make("instruction"),
                    "route": concept("route"),
                    "doseAndRate": [{"doseQuantity": number("dose")}],
                }
            ],
        },
        {
            "resourceType": "MedicationStatement",
            "id": f"taken-{key}",
            "status": "active",
            "medicationCodeableConcept": concept("taken", RXNORM, "31407"),
            "subject": of,
            "informationSource": who("taken-source"),
            "dosage": [{"text": make("taken-dosage")}],
        },
        observation(
            "result",
            "laboratory",
            valueQuantity=number("result"),
            interpretation=[concept("flag")],
            referenceRange=[{"text": make("range")}],
        ),
        observation("words", "laboratory", valueString=make("value")),
        observation("exam", "exam", valueString=make("exam-finding")),
        observation("habit", "social-history", valueString=make("habit-answer")),
        {
            "resourceType": "DiagnosticReport",
            "id": f"report-{key}",
            "status": "final",
            "category": [coded("v2-0074", "LAB")],
            "code": concept("report", LOINC, "24323"),
            "subject": of,
            "effectiveDateTime": "2026-02-03T09:05:00-05:00",
            "performer": [who("laboratory")],
            "conclusion": make("conclusion"),
            "text": {"status": "generated", "div": f'<div xmlns="http://www.w3.org/1999/xhtml">{make("div")}</div>'},
            "presentedForm": [{"contentType": "text/html", "title": make("form"), "url": make("url")}],
        },
        {
            "resourceType": "Encounter",
            "id": f"visit-{key}",
            "status": "finished",
            "class": {"system": f"{_HL7}/v3-ActCode", "code": "AMB", "display": make("class")},
            "type": [concept("visit")],
            "subject": of,
            "period": {"start": "2026-02-03T09:00:00-05:00", "end": "2026-02-03T09:40:00-05:00"},
            "reasonCode": [concept("visit-reason")],
            "participant": [{"individual": who("attending")}],
            "location": [{"location": {"display": make("room")}}],
            "serviceProvider": {"display": make("clinic")},
        },
        {
            "resourceType": "Appointment",
            "id": f"appointment-{key}",
            "status": "booked",
            "description": make("appointment"),
            "serviceType": [concept("service")],
            "patientInstruction": make("appointment-instruction"),
            "comment": make("appointment-comment"),
            "start": "2099-01-10T10:00:00-05:00",
            "participant": [
                {"actor": of, "status": "accepted"},
                {"actor": who("doctor"), "status": "accepted"},
                {"actor": {"reference": "Location/x", "display": make("office")}, "status": "accepted"},
            ],
        },
        {
            "resourceType": "CareTeam",
            "id": f"team-{key}",
            "status": "active",
            "name": make("team"),
            "subject": of,
            "participant": [{"member": who("member"), "role": [concept("role")]}],
            "telecom": [{"system": "phone", "value": make("team-phone")}],
        },
        {
            "resourceType": "Coverage",
            "id": f"coverage-{key}",
            "status": "active",
            "type": concept("plan-type"),
            "beneficiary": of,
            "subscriberId": make("subscriber"),
            "payor": [{"display": make("payor")}],
            "class": [{"type": coded("coverage-class", "group"), "value": make("group"), "name": make("group-name")}],
        },
        {
            "resourceType": "Immunization",
            "id": f"vaccine-{key}",
            "status": "completed",
            "vaccineCode": concept("vaccine", "http://hl7.org/fhir/sid/cvx", "14"),
            "patient": of,
            "occurrenceDateTime": "2025-10-05",
            "lotNumber": make("vaccine-lot"),
            "performer": [{"actor": who("vaccinator")}],
            "note": note("vaccine"),
        },
        {
            "resourceType": "Procedure",
            "id": f"procedure-{key}",
            "status": "completed",
            "code": concept("procedure"),
            "subject": of,
            "performedDateTime": "2021-06",
            "outcome": concept("outcome"),
            "performer": [{"actor": who("surgeon")}],
            "note": note("procedure"),
        },
        {
            "resourceType": "DocumentReference",
            "id": f"document-{key}",
            "status": "current",
            "type": concept("document", LOINC, "34133"),
            "description": make("document-description"),
            "subject": of,
            "date": "2026-02-03T09:15:00-05:00",
            "author": [who("author")],
            "content": [
                {"attachment": {"contentType": "application/pdf", "title": make("file"), "data": pdf(make("page"))}},
                {"attachment": {"contentType": "text/html", "title": make("attachment"), "url": make("url")}},
            ],
        },
        {
            "resourceType": "Media",
            "id": f"picture-{key}",
            "status": "completed",
            "subject": of,
            "type": concept("picture"),
            "operator": who("picture-operator"),
            "deviceName": make("picture-device"),
            "content": {"contentType": "image/png", "title": make("picture-title"), "data": "iVBORw0KGgo="},
            "note": note("picture"),
        },
        {
            "resourceType": "MedicationDispense",
            "id": f"dispense-{key}",
            "status": "completed",
            "subject": of,
            "medicationCodeableConcept": concept("dispense", RXNORM, "860975"),
            "quantity": number("dispense"),
            "location": who("dispense-place"),
            "performer": [{"actor": who("pharmacist")}],
            "whenHandedOver": "2026-02-03",
            "dosageInstruction": [{"text": make("dispense-dosage")}],
            "note": note("dispense"),
        },
        {
            "resourceType": "CarePlan",
            "id": f"plan-{key}",
            "status": "active",
            "intent": "plan",
            "subject": of,
            "category": [concept("plan-category")],
            "title": make("plan-title"),
            "description": make("plan-description"),
            "author": who("plan-author"),
            "addresses": [who("plan-reason")],
            "activity": [{"detail": {"code": concept("activity"), "status": "scheduled"}}],
            "note": note("plan"),
        },
        {
            "resourceType": "Goal",
            "id": f"goal-{key}",
            "lifecycleStatus": "active",
            "subject": of,
            "description": concept("goal"),
            "expressedBy": who("goal-author"),
            "achievementStatus": concept("goal-achieved"),
            "target": [{"measure": concept("target"), "detailQuantity": number("target"), "dueDate": "2026-09-01"}],
            "note": note("goal"),
        },
        {
            "resourceType": "ServiceRequest",
            "id": f"order-{key}",
            "status": "active",
            "intent": "order",
            "subject": of,
            "code": concept("order"),
            "requester": who("order-requester"),
            "performer": [who("order-performer")],
            "reasonCode": [concept("order-reason")],
            "patientInstruction": make("order-instruction"),
            "authoredOn": "2026-02-03",
            "note": note("order"),
        },
        {
            "resourceType": "QuestionnaireResponse",
            "id": f"answers-{key}",
            "status": "completed",
            "subject": of,
            "_questionnaire": {
                "extension": [
                    {"url": "http://hl7.org/fhir/StructureDefinition/display", "valueString": make("questionnaire")}
                ]
            },
            "author": who("answers-author"),
            "authored": "2026-02-03",
            "item": [{"linkId": "1", "text": make("question"), "answer": [{"valueString": make("answer")}]}],
        },
        {
            "resourceType": "Communication",
            "id": f"message-{key}",
            "status": "completed",
            "subject": of,
            "topic": {"text": make("message-topic")},
            "sent": "2026-02-05T08:00:00-05:00",
            "sender": who("message-sender"),
            "recipient": [of | {"display": make("message-recipient")}],
            "payload": [
                {"contentString": make("message-body")},
                {
                    "contentAttachment": {
                        "contentType": "text/plain",
                        "title": make("message-own-file"),
                        "data": "bGV0dGVy",
                    }
                },
                {"contentAttachment": {"contentType": "text/html", "title": make("message-file"), "url": make("url")}},
            ],
        },
    ]
    return [*record, *_of_other_sections(record, key)]


def _of_other_sections(record: list[Resource], key: str) -> Iterator[Resource]:
    """Yield a copy of a resource for each section that only a category leads to."""
    present = {section_of(resource) for resource in record}
    for kind, (_, *others) in SECTIONS_OF.items():
        resource = next(one for one in record if one["resourceType"] == kind)
        for section in others:
            if section not in present:
                category = [{"coding": [{"code": SECTIONS[section].categories[0]}]}]
                yield resource | {"id": f"{section}-{key}", "category": category}
