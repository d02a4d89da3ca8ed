"""Each element of FHIR R4 (and of the versions before and after that are sent) stands where a reader looks for it.

A row is a resource as somebody sends it, with what is read of it: fields of the entry, fields of its ``detail``
("detail.…"), and its facts by their label. References lead to resources at hand, without words of their own.
"""

from collections.abc import Mapping
from functools import reduce
from typing import Any

import pytest

from portal.domain.entry import Entry, Fact, Ingredient, Reaction
from portal.domain.errors import NormaliseError
from portal.normalise import to_entry
from tests.unit.normalise.samples import LOINC, RXNORM, SNOMED, THO, amount, concept, others, sample

_AT_HAND: dict[str, dict[str, Any]] = {
    "Encounter/7": {"type": [{"text": "Check up"}], "period": {"start": "2024-01-01"}},
    "Condition/gout": {"code": {"text": "Gout"}},
    "Procedure/scope": {"code": {"text": "Colonoscopy"}},
    "ServiceRequest/xray": {"code": {"text": "X-ray of the knee"}},
    "Observation/a1c": {"resourceType": "Observation", "code": {"text": "A1c"}, "valueQuantity": amount(7.1, "%")},
    "Goal/walk": {"description": {"text": "Walk more"}},
    "CarePlan/old": {"title": "Old plan", "code": None},
    "CareTeam/team": {"name": "Kidney team"},
    "ImagingStudy/ct": {"code": {"text": "CT of the chest"}},
    "Device/cuff": {"resourceType": "Device", "type": {"text": "Blood pressure cuff"}},
    "Device/pump": {"resourceType": "Device", "deviceName": [{"name": "Pump 3", "type": "user-friendly-name"}]},
    "RelatedPerson/sam": {"resourceType": "RelatedPerson", "name": [{"text": "Sam Test"}]},
    "Specimen/blood": {
        "type": {"text": "Blood"},
        "code": {"text": "Tube 1"},
        "collection": {"bodySite": {"text": "Left arm"}, "collectedDateTime": "2025-01-02T07:00:00-05:00"},
    },
    "Specimen/urine": {"collection": {"collectedPeriod": {"start": "2025-01-01", "end": "2025-01-02"}}},
    "Medication/part": {"code": {"text": "Caffeine"}},
    "Organization/maker": {"resourceType": "Organization", "name": "MAKER INC", "identifier": [{"value": "P77"}]},
}


def at_hand(reference: str, /) -> Mapping[str, Any] | None:
    return _AT_HAND.get(reference) or others(reference)


def ref(target: str) -> dict[str, str]:
    return {"reference": target}


def text(words: str) -> dict[str, str]:
    return {"text": words}


def entry(kind: str, changes: Mapping[str, Any]) -> Entry:
    return to_entry(sample(kind, **changes), at_hand)


def _seen(fact: Fact) -> str:
    dates = "/".join(date for date in (fact.start, fact.end) if date)
    return " ".join(part for part in (fact.text, dates) if part)


def read(of: Entry, place: str) -> Any:
    if place[0].isupper():
        return [_seen(fact) for fact in of.facts if fact.label == place]
    return reduce(getattr, place.split("."), of)


Row = tuple[str, dict[str, Any], dict[str, Any]]

_ACTOR = [{"actor": ref("Practitioner/lee"), "function": text("Surgeon"), "onBehalfOf": ref("Organization/clinic")}]
_VISIT = {"encounter": ref("Encounter/7")}
_NOTE = {"note": [{"text": "A note.", "authorString": "Dr. Ito", "time": "2024-02-02"}]}

PEOPLE: list[Row] = [
    (
        "AllergyIntolerance",
        {"onsetDateTime": None, "onsetPeriod": {"start": "1999", "end": "2001"}, "recordedDate": None,
         "assertedDate": "2018-01-01", "asserter": ref("RelatedPerson/sam"), "lastOccurrence": "2020-01-01", **_VISIT},
        {"start": "1999", "end": "2001", "recorded": "2018-01-01", "recorder": "Dr. Kim Lee", "visit": "Encounter/7",
         "Told by": ["Sam Test"], "Last happened": ["2020-01-01"], "Began at": ["1999/2001"],
         "At the visit": ["Check up 2024-01-01"], "section": "allergies"},
    ),
    (
        "AllergyIntolerance",  # DSTU2
        {"code": None, "substance": text("Latex"), "clinicalStatus": None, "status": "active", "recorder": None,
         "asserter": ref("RelatedPerson/sam"), "criticality": "CRITH", "type": "allergy", **_NOTE},
        {"title": "Latex", "status": "active", "recorder": "Sam Test", "Told by": [], "detail.criticality": "high",
         "Allergy or intolerance": ["Allergy"], "notes": ("A note.",), "Note written by": ["Dr. Ito 2024-02-02"]},
    ),
    (
        "AllergyIntolerance",  # some charts have extensions in place of fields
        {"criticality": None, "reaction": [{"manifestation": [text("Rash")], "note": [text("Twice.")],
                                            "substance": concept(RXNORM, "723", "amoxicillin"),
                                            "exposureRoute": text("By mouth")}],
         "extension": [{"url": "https://x.example/criticality", "valueCode": "low"},
                       {"url": "https://x.example/severity", "valueCodeableConcept": text("Severe")}]},
        {"detail.criticality": "low", "detail.reactions": (Reaction(manifestations=("Rash",),
         severity="severe"),), "notes": ("As a child.", "Twice."),
         "Reaction to": ["Amoxicillin"], "How it came into the body": ["By mouth"]},
    ),
    (
        "Condition",
        {"onsetDateTime": None, "onsetPeriod": {"start": "2009", "end": "2010"}, "recordedDate": None, "recorder": None,
         "asserter": ref("RelatedPerson/sam"), "severity": None,
         "extension": [{"url": "http://hl7.org/fhir/StructureDefinition/condition-assertedDate",
                        "valueDateTime": "2009-07-01"},
                       {"url": "urn:x:severity", "valueCoding": {"code": "1", "display": "Mild"}}],
         "evidence": [{"code": [text("Fever")], "detail": [ref("Observation/a1c")]}], **_VISIT, **_NOTE},
        {"start": "2009", "end": "2010", "recorded": "2009-07-01", "recorder": "Sam Test",
         "Documented on": ["2009-07-01"], "detail.severity": "Mild", "detail.evidence": ("Fever", "A1c"),
         "detail.encounter": "Encounter/7", "visit": "Encounter/7", "notes": ("A note.",), "Told by": [],
         "Kind": ["On the problem list"], "section": "health-issues"},
    ),
    (
        "Condition",
        {"clinicalStatus": None, "abatementPeriod": {"start": "2010-01"}, "recorder": ref("Practitioner/lee"),
         "asserter": ref("RelatedPerson/sam"), "onsetAge": amount(12, "years", "a"), "stage": None,
         "extension": [{"url": "urn:x:stage", "valueString": "IIa"}]},
        {"status": "past", "end": "2010-01", "recorder": "Dr. Kim Lee", "Told by": ["Sam Test"],
         "detail.onset": "12 years", "detail.stages": ("IIa",), "detail.stage": "IIa"},
    ),
    ("Condition", {"clinicalStatus": None, "abatementBoolean": True}, {"status": "past", "end": None}),
    ("Condition", {"clinicalStatus": None, "abatementAge": amount(20, "years", "a")},
     {"status": "past", "Ended at": ["20 years"]}),
    ("Condition", {"clinicalStatus": None, "abatementBoolean": False}, {"status": "unknown"}),
    ("Condition", {"stage": [{"assessment": [ref("Procedure/scope")], "type": text("Clinical")}]},
     {"detail.stages": ("Clinical: Colonoscopy",)}),
    (
        "Procedure",
        {"performedPeriod": {"start": "2021-05-06", "end": "2021-05-07"}, "recorder": ref("RelatedPerson/sam"),
         "performer": _ACTOR, "location": ref("Location/main"), "partOf": [ref("Procedure/scope")],
         "basedOn": [ref("ServiceRequest/xray")], "outcome": text("Good"), "category": text("Surgery"),
         "complication": [text("Fever")], "complicationDetail": [ref("Condition/gout")], "followUp": [text("Rest")],
         "usedReference": [ref("Device/cuff")], "usedCode": [text("Mesh")], "reasonReference": [ref("Condition/gout")],
         "focalDevice": [{"action": text("Implanted"), "manipulated": ref("Device/pump")}], **_VISIT, **_NOTE},
        {"start": "2021-05-06", "end": "2021-05-07", "recorder": "Sam Test", "detail.place": "Main building",
         "Given or done by": ["Dr. Kim Lee: Surgeon, Harbor Street Clinic"], "Part of": ["Colonoscopy"],
         "Based on": ["X-ray of the knee"], "detail.outcome": "Good", "detail.category": "Surgery",
         "detail.complications": ("Fever", "Gout"), "detail.follow_up": ("Rest",), "Used": ["Mesh"],
         "Device": ["Pump 3", "Blood pressure cuff"], "What was done with the device": ["Implanted"],
         "detail.devices": ("Device/pump", "Device/cuff"), "detail.reason": "Osteoarthritis; Gout",
         "visit": "Encounter/7", "notes": ("A note.",), "section": "procedures"},
    ),
    ("Procedure", {"performedPeriod": None, "performedDateTime": "2020-02"}, {"start": "2020-02", "end": None}),
    ("Procedure", {"performedPeriod": None, "performedString": "in 2019, I think", "performer": None,
                   "asserter": ref("RelatedPerson/sam")},
     {"start": None, "notes": ("in 2019, I think",), "detail.when": "in 2019, I think", "recorder": "Sam Test"}),
    ("Procedure", {"performedPeriod": None, "performedAge": amount(12, "years", "a")}, {"detail.when": "12 years"}),
    ("Procedure", {"performedPeriod": None, "occurrenceDateTime": "2020-03", "recorded": "2020-04"},  # R5
     {"start": "2020-03", "recorded": "2020-04"}),
    ("Procedure", {"performedPeriod": None, "occurrencePeriod": {"start": "2020-03", "end": "2020-05"}},
     {"start": "2020-03", "end": "2020-05"}),
    ("Procedure", {"performedPeriod": None, "occurrenceString": "as a child"}, {"notes": ("as a child",)}),
    ("Procedure", {"notDone": True, "notDoneReason": text("Fever")}, {"Why": ["Fever"], "qualifiers": ("Not done",)}),
    ("Procedure", {"code": None, "category": text("Surgery")}, {"title": "Surgery"}),
    (
        "Immunization",
        {"occurrenceDateTime": None, "date": "2015-01", "recorded": "2015-02", "performer": _ACTOR,
         "reportOrigin": text("Card"), "fundingSource": text("State"), "programEligibility": [text("VFC")],
         "education": [{"documentType": "VIS 2020"}], "route": text("Intramuscular"), "doseQuantity": amount(0.5, "mL"),
         "location": ref("Location/main"), "expirationDate": "2016-01-01", "manufacturer": ref("Organization/maker"),
         "statusReason": text("Outbreak"), "reasonReference": [ref("Condition/gout")],
         "reaction": [{"date": "2015-01-05T10:00:00Z"}, {"detail": ref("Observation/a1c"), "date": "2015-01-06"}],
         "protocolApplied": [{"series": "Travel", "doseNumberString": "booster", "seriesDosesString": "three",
                              "targetDisease": [text("Shingles")]}], **_VISIT, **_NOTE},
        {"start": "2015-01", "recorded": "2015-02", "recorder": "Dr. Kim Lee", "Told by": ["Card"],
         "Paid by": ["State"],
         "Program": ["VFC"], "Leaflet": ["VIS 2020"], "detail.route": "Intramuscular", "detail.dose": "0.5 mL",
         "detail.place": "Main building", "detail.expires": "2016-01-01", "detail.manufacturer": "Maker Inc",
         "Why": ["Outbreak"], "Reason": ["Gout"], "Reaction": ["2015-01-05", "A1c (2015-01-06)"], "Series": ["Travel"],
         "Given or done by": ["Dr. Kim Lee: Surgeon, Harbor Street Clinic"], "detail.dose_number": "booster of three",
         "detail.targets": ("Shingles",), "detail.reported": True, "visit": "Encounter/7", "notes": ("A note.",),
         "At the visit": ["Check up 2024-01-01"], "section": "immunizations"},
    ),
    ("Immunization", {"primarySource": False}, {"detail.reported": True}),
    ("Immunization", {"primarySource": True}, {"detail.reported": False}),
    ("Immunization", {"notGiven": True, "statusReason": text("Fever")},
     {"detail.not_given": True, "detail.not_given_reason": "Fever", "Why": [], "qualifiers": ("Not done",)}),
    ("Immunization", {"occurrenceDateTime": None, "occurrenceString": "as a child"},
     {"start": None, "notes": ("as a child",)}),
    ("Immunization", {"protocolApplied": None, "vaccinationProtocol": [{"doseSequence": 2}]},  # STU3
     {"detail.dose_number": "2", "detail.targets": ("Shingles",)}),
    ("Immunization", {"protocolApplied": [{"doseNumber": "2", "seriesDosesPositiveInt": 3}]},  # R5
     {"detail.dose_number": "2 of 3"}),
    ("Immunization", {"manufacturer": {"identifier": {"system": "http://hl7.org/fhir/sid/mvx", "value": "PFR"}}},
     {"detail.manufacturer": "MVX PFR"}),
    ("Immunization", {"manufacturer": {"identifier": {"system": "urn:other", "value": "PFR"}}},
     {"detail.manufacturer": ""}),
]  # fmt: skip
MEDICINES: list[Row] = [
    (
        "MedicationRequest",
        {"recorder": ref("RelatedPerson/sam"), "performer": ref("Organization/lab"), "reportedReference": None,
         "basedOn": [{"display": "PLAN A"}], "priority": "urgent", "statusReason": text("Rash"),
         "reportedBoolean": True,
         "category": [text("Community"), concept(THO, "outpatient")], "courseOfTherapyType": text("Acute"),
         "substitution": {"allowedCodeableConcept": text("Formulary")},
         "reasonReference": [ref("Condition/gout")],
         "dispenseRequest": {"performer": ref("Organization/clinic"), "numberOfRepeatsAllowed": 2,
                             "validityPeriod": {"start": "2024-02-11", "end": "2025-02-11"}}, **_VISIT, **_NOTE},
        {"recorder": "Sam Test", "detail.prescriber": "Dr. Kim Lee", "Given or done by": ["North Lab"],
         "Based on": ["Plan A"], "Priority": ["urgent"], "detail.stopped_reason": "Rash", "detail.statement": True,
         "Kind": ["Community", "As an outpatient"], "detail.category": ("outpatient",), "Course": ["Acute"],
         "May be replaced by an equivalent": ["Formulary"], "Pharmacy": ["Harbor Street Clinic"],
         "Order valid": ["2024-02-11/2025-02-11"], "detail.reason": "Type 2 diabetes mellitus; Gout",
         "start": "2024-02-11", "recorded": "2024-02-11", "visit": "Encounter/7", "notes": ("A note.",),
         "section": "medications"},
    ),
    ("MedicationRequest", {"reportedReference": ref("RelatedPerson/sam"), "priority": "routine"},
     {"Told by": ["Sam Test"], "detail.statement": True, "Priority": []}),
    ("MedicationRequest", {"substitution": {"allowedBoolean": True}, "priority": "asap"},
     {"May be replaced by an equivalent": ["Yes"], "Priority": ["ASAP"], "detail.statement": False}),
    ("MedicationRequest", {"dispenseRequest": {"validityPeriod": {"end": "2025"}}}, {"Order valid": ["2025"]}),
    ("MedicationRequest", {"medicationCodeableConcept": None, "medication": {"concept": text("Aspirin")}},  # R5
     {"title": "Aspirin"}),
    ("MedicationRequest", {"medicationCodeableConcept": None,
                           "medication": {"reference": ref("Medication/part")}}, {"title": "Caffeine"}),
    ("MedicationRequest", {"medicationCodeableConcept": None, "medication": ref("Medication/part")},
     {"title": "Caffeine"}),
    (
        "MedicationStatement",
        {"contained": [{"resourceType": "Medication", "id": "m", "code": text("Cold remedy"), "form": text("Syrup"),
                        "ingredient": [{"itemReference": ref("Medication/part")},
                                       {"itemReference": {"reference": "Substance/9", "display": "MENTHOL"}}, {}]}],
         "effectivePeriod": None, "effectiveDateTime": "2024-10", "dateAsserted": "2024-11-03",
         "context": ref("Encounter/7"), "taken": "n"},
        {"detail.form": "Syrup", "detail.ingredients": (Ingredient(name="Caffeine"),
         Ingredient(name="Menthol")), "start": "2024-10", "end": None,
         "recorded": "2024-11-03", "visit": "Encounter/7", "detail.do_not_perform": True, "detail.dose": ""},
    ),
    ("MedicationStatement", {"status": "not-taken"}, {"detail.do_not_perform": True, "status": "past"}),
    (
        "MedicationDispense",
        {"whenPrepared": "2024-03-03", "statusReasonCodeableConcept": text("Stock"), "performer": _ACTOR,
         "statusReasonReference": ref("Condition/gout"), "destination": ref("Location/main"),
         "substitution": {"wasSubstituted": True, "type": text("Generic")}, "partOf": [ref("Procedure/scope")],
         "location": ref("Organization/clinic"), "context": ref("Encounter/7"), **_NOTE},
        {"start": "2024-03-04", "recorded": "2024-03-03", "Why": ["Stock", "Gout"], "Went to": ["Main building"],
         "recorder": "Dr. Kim Lee", "Given or done by": ["Dr. Kim Lee: Surgeon, Harbor Street Clinic"],
         "Replaced by an equivalent": ["Yes", "Generic"], "Part of": ["Colonoscopy"], "visit": "Encounter/7",
         "detail.pharmacy": "Harbor Street Clinic", "detail.quantity": "60 tablets", "detail.supply": "30 days",
         "detail.kind": "Refill - Complete", "notes": ("A note.",), "detail.fhir_status": "completed",
         "detail.instructions": ("1 tablet twice a day",), "section": "medications"},
    ),
    ("MedicationDispense", {"whenHandedOver": None, "whenPrepared": "2024-03-03", "status": "in-progress",
                            "substitution": {"wasSubstituted": False}},
     {"start": "2024-03-03", "status": "upcoming", "qualifiers": ("Ready to be picked up",),
      "Replaced by an equivalent": [], "detail.pharmacy": "Corner Pharmacy", "recorder": "Corner Pharmacy"}),
    ("MedicationDispense", {"medicationCodeableConcept": None, "medicationReference": ref("Medication/part")},
     {"title": "Caffeine"}),
    ("MedicationDispense", {"medicationCodeableConcept": None,
                            "medicationReference": {"reference": "Medication/0", "display": "Zinc 5 MG Tablet"}},
     {"title": "Zinc 5 mg Tablet"}),
    (
        "Device",
        {"udiCarrier": [{"deviceIdentifier": "00643", "carrierHRF": "*+H123*"}], "partNumber": "P-1",
         "version": [{"value": "2.1"}], "distinctIdentifier": "D-9", "statusReason": [text("Off")],
         "deviceName": [{"name": "ALPHA HIP", "type": "model-name"}], "modelNumber": None, "serialNumber": "S-5",
         "manufactureDate": "2019-02-01", "owner": ref("Organization/clinic"), **_NOTE},
        {"detail.udi": "*+H123*", "detail.device_identifier": "00643", "Device number": ["00643"],
         "Part number": ["P-1"], "Version": ["2.1"], "Identifying number": ["D-9"], "Why": ["Off"],
         "Product": ["Alpha Hip"], "detail.model": "ALPHA HIP", "detail.serial": "S-5",
         "detail.manufactured": "2019-02-01", "recorder": "Harbor Street Clinic", "detail.contact": "555-0100",
         "notes": ("A note.",), "section": "implants"},
    ),
    ("Device", {"udiCarrier": None, "udi": {"name": "0077"}, "model": "M1", "modelNumber": None,  # STU3
                "contact": [{"system": "phone", "value": "555-0122"}], "type": text("Pacemaker")},
     {"detail.udi": "0077", "detail.device_identifier": "0077", "Device number": [], "detail.model": "M1",
      "detail.contact": "555-0122"}),
]  # fmt: skip

TESTS: list[Row] = [
    (
        "Observation",
        {"basedOn": [ref("ServiceRequest/xray")], "partOf": [ref("Procedure/scope")], "device": ref("Device/cuff"),
         "derivedFrom": [ref("Observation/a1c")], "specimen": ref("Specimen/blood"), "bodySite": text("Left arm"),
         "method": text("By hand"), "focus": [ref("RelatedPerson/sam"), ref("DocumentReference/1")],
         "interpretation": [{"coding": [{"code": "H"}], "text": "a bit high"}], "issued": "2025-01-03",
         "referenceRange": [{"low": {"value": 4}, "type": text("Adults"), "appliesTo": [text("Women")],
                             "age": {"low": amount(18, "years", "a")}, "text": "4 or more"}], **_VISIT},
        {"Based on": ["X-ray of the knee"], "Part of": ["Colonoscopy"], "Device": ["Blood pressure cuff"],
         "detail.device": "Blood pressure cuff", "Worked out from": ["A1c"], "detail.specimen": "Blood (Left arm)",
         "Sample taken": ["2025-01-02T07:00:00-05:00"], "detail.body_site": "Left arm", "detail.method": "By hand",
         "About": ["Sam Test"], "detail.focus": "Sam Test", "detail.flag": "H", "detail.flag_text": "a bit high",
         "recorded": "2025-01-03", "recorder": "North Lab", "detail.issued": "2025-01-03", "visit": "Encounter/7",
         "At the visit": ["Check up 2024-01-01"]},
    ),
    ("Observation", {"specimen": ref("Specimen/urine"), "note": None, "comment": "Cloudy."},  # STU3
     {"detail.specimen": "", "Sample taken": ["2025-01-01"], "detail.notes": ("Cloudy.",)}),
    ("Observation", {"specimen": {"reference": "Specimen/urine", "display": "Urine, clean catch"},
                     "effectiveDateTime": None, "effectiveInstant": "2025-01-02T08:30:00Z"},
     {"detail.specimen": "Urine, clean catch", "start": "2025-01-02T08:30:00Z"}),
    ("Observation", {"effectiveDateTime": None, "effectivePeriod": {"start": "2025-01-01", "end": "2025-01-02"},
                     "effectiveTiming": {"code": text("Every morning")}},
     {"start": "2025-01-01", "end": "2025-01-02", "Until": ["2025-01-02"], "Times": ["Every morning"]}),
    ("Observation", {"hasMember": [ref("Observation/a1c"), {"reference": "Observation/0", "display": "SODIUM"}]},
     {"detail.members": ("Observation/a1c", "Observation/0"), "Results": ["Sodium"]}),
    (
        "DiagnosticReport",
        {"effectiveDateTime": None, "effectivePeriod": {"start": "2025-01-01", "end": "2025-01-02"},
         "resultsInterpreter": [ref("Practitioner/lee")], "basedOn": [ref("ServiceRequest/xray")],
         "specimen": [ref("Specimen/blood")], "imagingStudy": [ref("ImagingStudy/ct")],
         "media": [{"comment": "Left knee", "link": {"display": "Image 1"}}], "result": [ref("Observation/a1c")],
         "conclusionCode": [concept(SNOMED, "17621005", "Normal (qualifier value)")],
         "presentedForm": [{"contentType": "application/pdf", "title": "Report", "url": "Binary/1"}],
         **_VISIT, **_NOTE},
        {"start": "2025-01-01", "end": "2025-01-02", "Until": ["2025-01-02"], "recorder": "North Lab",
         "detail.performer": "North Lab, Dr. Kim Lee", "Based on": ["X-ray of the knee"],
         "Sample": ["Blood (Left arm)"],
         "Sample taken": ["2025-01-02T07:00:00-05:00"], "Images": ["Left knee", "Image 1", "CT of the chest"],
         "Kind": ["Laboratory"], "Title": ["Report"], "Kind of file": ["application/pdf"],
         "detail.conclusions": ("Normal",), "detail.results": ("Observation/a1c",), "detail.findings": ("A1c=7.1%",),
         "visit": "Encounter/7", "notes": ("A note.",), "recorded": "2025-01-02T15:00:00-05:00",
         "detail.issued": "2025-01-02T15:00:00-05:00", "detail.category": ("Laboratory",), "section": "test-results"},
    ),
    ("DiagnosticReport", {"code": None}, {"title": "Laboratory"}),
    ("DiagnosticReport", {"code": None, "category": None, "presentedForm": [{"title": "Scan", "url": "Binary/1"}]},
     {"title": "Scan"}),
    ("DiagnosticReport", {"codedDiagnosis": [text("Anemia")], "image": [{"comment": "Smear"}]},  # DSTU2, STU3
     {"detail.conclusions": ("Anemia",), "Images": ["Smear"]}),
    (
        "QuestionnaireResponse",
        {"source": ref("RelatedPerson/sam"), "author": None, "basedOn": [ref("ServiceRequest/xray")],
         "partOf": [ref("Procedure/scope")], **_VISIT},
        {"recorder": "Sam Test", "Answered by": ["Sam Test"], "Based on": ["X-ray of the knee"],
         "Part of": ["Colonoscopy"], "Form": ["http://x.example/sleep"], "start": "2024-04-05", "visit": "Encounter/7",
         "detail.performer": "", "section": "questionnaires"},
    ),
    ("QuestionnaireResponse", {"status": "in-progress"},
     {"qualifiers": ("Not finished",), "status": "active", "recorder": "Ana Test", "detail.performer": "Ana Test"}),
]  # fmt: skip
VISITS: list[Row] = [
    (
        "Encounter",
        {"type": None, "class": {"code": "IMP"}, "serviceType": text("Cardiology encounter"), "period": None,
         "actualPeriod": {"start": "2024-10-01", "end": "2024-10-03"}, "length": amount(2, "days", "d"),
         "participant": [{"actor": ref("Practitioner/lee"), "type": [text("Attender")]},  # R5
                         {"individual": {"display": "Dr. Ito"}, "period": {"end": "2024-10-02"}}],
         "location": [{"location": ref("Location/main"), "period": {"start": "2024-10-01"}}, {"location": text("x")}],
         "priority": text("Elective"), "partOf": {"display": "Stay of 2024"},
         "diagnosis": [{"condition": ref("Condition/gout")}],
         "hospitalization": {"admitSource": text("Home"), "origin": ref("Location/main"), "reAdmission": text("Second"),
                             "destination": ref("Organization/clinic"), "dischargeDisposition": text("Went home")}},
        {"title": "Cardiology visit", "start": "2024-10-01", "end": "2024-10-03", "Length": ["2 days"],
         "detail.people": ("Dr. Kim Lee", "Dr. Ito"), "detail.kind": "Hospital stay",
         "Who did what": ["Dr. Kim Lee: Attender", "Dr. Ito (\u2026 \u2013 2024-10-02)"],
         "Other places": ["Main building (2024-10-01 \u2013 \u2026)"], "Priority": ["Elective"],
         "Part of": ["Stay of 2024"], "detail.diagnoses": ("Gout",), "Came from": ["Home", "Main building"],
         "Admission": ["Second"], "Went to": ["Harbor Street Clinic"], "detail.discharge": "Went home",
         "detail.place": "Main building", "detail.phone": "555-0111", "recorder": "Harbor Street Clinic",
         "section": "visits"},
    ),
    ("Encounter", {"location": None, "period": None, "plannedStartDate": "2027-01-01", "status": "planned"},
     {"detail.place": "Harbor Street Clinic", "detail.phone": "555-0100", "start": "2027-01-01", "status": "upcoming"}),
    ("Encounter", {"class": {"system": "urn:own", "code": "9", "display": "walk-in clinic"}},
     {"title": "Visit for check up", "detail.kind": "Walk-in clinic", "detail.visit_class": "9"}),
    ("Encounter", {"admission": {"dischargeDisposition": text("To rehab")}}, {"detail.discharge": "To rehab"}),  # R5
    (
        "Appointment",
        {"appointmentType": text("Follow-up"), "serviceCategory": [text("Eyes"), text("Follow-up")],
         "specialty": [text("Ophthalmology"), text("Follow-up")], "description": "Pressure check",
         "created": "2026-01-01",
         "reasonReference": [ref("Condition/gout")], "comment": "Ring twice.", **_NOTE,
         "extension": [{"url": "http://fhir-registry.smarthealthit.org/StructureDefinition/booking-deep-link",
                        "valueUrl": "https://book.example/1"}],
         "participant": [{"actor": ref("Practitioner/lee"), "status": "needs-action"},
                         {"actor": {"reference": "Location/x", "display": "Room 2"}, "status": "accepted"},
                         {"actor": ref("RelatedPerson/sam"), "status": "accepted"},
                         {"actor": ref("Device/cuff"), "status": "accepted"},
                         {"type": [text("A nurse")], "status": "accepted"}]},
        {"title": "Follow-up", "Service": ["Eyes"], "Specialty": ["Ophthalmology"], "About": ["Pressure check"],
         "detail.people": ("Dr. Kim Lee", "A nurse"), "Has not answered yet": ["Dr. Kim Lee"], "recorded": "2026-01-01",
         "detail.place": "Room 2", "detail.kind": "Eye examination", "detail.reason": "Gout",
         "notes": ("Ring twice.", "A note."), "detail.booking": "https://book.example/1", "Declined": []},
    ),
    ("Appointment", {"extension": [{"url": "http://fhir-registry.smarthealthit.org/StructureDefinition/booking-deep-link",
                                    "valueUri": "https://book.example/2"}]}, {"detail.booking": "https://book.example/2"}),
    ("CarePlan", {"title": None, "description": "x" * 200}, {"title": "x" * 159 + "\u2026"}),
    ("Communication", {"topic": None, "payload": [{"contentString": "One\nTwo\nThree"}]}, {"title": "One"}),
    ("Device", {"type": text("Thing")}, {"title": "Thing"}),  # its UDI says that it is an implant
    ("Appointment", {"serviceType": None, "description": "Pressure check"}, {"title": "Pressure check", "About": []}),
    ("Appointment", {"serviceType": None, "specialty": [text("Ophthalmology")]},
     {"title": "Ophthalmology", "Specialty": []}),
    ("Appointment", {"start": None, "end": None, "requestedPeriod": [{"start": "2027-02-01"}], "status": "proposed"},
     {"start": "2027-02-01", "end": None, "detail.phone": "555-0111"}),
    ("Appointment", {"status": "cancelled", "cancelationReason": concept(f"{THO}appointment-cancellation-reason",
                                                                       "pat-crs", "Patient: Scheduled Elsewhere")},
     {"detail.cancelled_reason": "Patient: Scheduled Elsewhere", "detail.changed_by": "the patient"}),
    ("Appointment", {"status": "cancelled", "cancellationReason": concept(f"{THO}appointment-cancellation-reason",
                                                                        "prov")},  # R5
     {"detail.changed_by": "the clinic"}),
    ("Appointment", {"status": "booked", "cancelationReason": concept(f"{THO}appointment-cancellation-reason", "prov")},
     {"detail.changed_by": ""}),
    ("Appointment", {"status": "cancelled", "cancelationReason": concept("urn:own", "pat")}, {"detail.changed_by": ""}),
    ("Appointment", {"patientInstruction": [{"concept": text("Fast")}, text("Bring water")]},  # R5
     {"detail.instructions": "Fast; Bring water"}),
    (
        "Communication",
        {"topic": None, "reasonCode": [text("Follow-up")], "category": [text("Alert")],
         "about": [ref("Condition/gout")],
         "reasonReference": [ref("Procedure/scope")], "received": "2025-01-04", "statusReason": text("Late"),
         "status": "on-hold", "sender": ref("RelatedPerson/sam"), "recipient": [ref("Practitioner/lee")],
         "payload": [{"contentString": "Hello"}, {"contentCodeableConcept": text("Please call")}], **_VISIT, **_NOTE},
        {"title": "Follow-up", "Kind": ["Alert"], "About": ["Gout"], "Reason": ["Colonoscopy"],
         "Received": ["2025-01-04"], "Why": ["Late"], "qualifiers": ("On hold",), "detail.own": True,
         "detail.sender": "Sam Test", "recorder": "Sam Test", "detail.recipients": ("Dr. Kim Lee",),
         "detail.body": "Hello\n\nPlease call", "detail.topic": "Follow-up", "detail.received": "2025-01-04",
         "detail.reply_to": "Practitioner/lee", "visit": "Encounter/7", "notes": ("A note.",), "section": "messages"},
    ),
    ("Communication", {"sent": None, "received": "2025-01-04", "topic": None, "about": [ref("Condition/gout")]},
     {"start": None, "recorded": "2025-01-04", "Received": [], "detail.topic": "Gout", "detail.own": False,
      "detail.reply_to": "Practitioner/lee", "Attached": ["Leaflet"]}),
    ("Communication", {"topic": None, "payload": None, "category": [text("Alert")]}, {"title": "Alert"}),
    ("Communication", {"topic": None, "payload": None}, {"title": "Message"}),
    ("Communication", {"topic": None, "payload": None, "text": {"div": "<div><p>Come in.</p>Soon.</div>"}},
     {"title": "Come in.", "detail.body": "Come in.\nSoon."}),
    ("Communication", {"inResponseTo": None, "groupIdentifier": {"value": "T-1"}}, {"detail.thread": "T-1"}),
    ("Communication", {"partOf": [ref("ServiceRequest/xray")]}, {"detail.thread": "ServiceRequest/xray"}),
]  # fmt: skip
PAPERS: list[Row] = [
    (
        "DocumentReference",
        {"securityLabel": [text("Restricted")], "author": None, "authenticator": ref("Practitioner/lee"),
         "content": [{"attachment": {"contentType": "application/pdf", "title": "PLAN.PDF", "creation": "2021-05-09",
                                     "language": "en", "url": "Binary/1"}, "format": {"code": "urn:x",
                                     "display": "C-CDA"}}],
         "context": {"encounter": [{"reference": "Encounter/7", "display": "OFFICE VISIT"}],
                     "period": {"start": "2021-05-01", "end": "2021-05-08"}, "event": [text("Surgery")],
                     "facilityType": text("Hospital"), "practiceSetting": text("Orthopedics")}},
        {"Confidentiality": ["Restricted"], "recorder": "Harbor Street Clinic", "Signed by": ["Dr. Kim Lee"],
         "Kind of file": ["application/pdf"], "File made": ["2021-05-09"], "Language": ["en"], "Format": ["C-CDA"],
         "Title": ["Plan.PDF"], "At the visit": ["Office Visit"], "Covers from": ["2021-05-01"],
         "Covers until": ["2021-05-08"], "Subject": ["Surgery"], "Facility": ["Hospital"],
         "Practice setting": ["Orthopedics"], "visit": "Encounter/7", "start": "2021-05-10T10:00:00Z", "end": None,
         "recorded": "2021-05-10T10:00:00Z", "detail.category": ("Clinical Note",), "detail.author": "",
         "detail.document_type": "Discharge summary", "detail.document_status": "final", "section": "documents"},
    ),
    ("DocumentReference", {"date": None, "context": {"period": {"start": "2021-05-01", "end": "2021-05-08"}}},
     {"start": "2021-05-01", "end": "2021-05-08", "recorded": None, "Covers from": [], "Covers until": []}),
    ("DocumentReference", {"date": None, "created": "2020-01-01"}, {"start": "2020-01-01"}),  # STU3
    ("DocumentReference", {"date": None, "indexed": "2020-01-02"}, {"start": "2020-01-02"}),
    ("DocumentReference", {"type": text("Unknown"), "description": None,
                           "content": [{"attachment": {"title": "Letter", "url": "Binary/1"}}]}, {"title": "Letter"}),
    ("DocumentReference", {"type": None, "description": None}, {"title": "Clinical Note"}),
    ("DocumentReference", {"type": concept(LOINC, "11488-4"), "description": None, "category": None},
     {"title": "LOINC 11488-4"}),
    ("DocumentReference", {"type": None, "description": None, "category": None}, {"title": "Document"}),
    (
        "Media",
        {"createdDateTime": None, "createdPeriod": {"start": "2024-02-01", "end": "2024-02-02"}, "issued": "2024-02-03",
         "modality": text("Photograph"), "type": text("Image"), "bodySite": text("Left arm"),
         "reasonCode": [text("Rash")], "basedOn": [ref("ServiceRequest/xray")], "device": ref("Device/pump"),
         "content": {"contentType": "image/png", "url": "Binary/2"}, "status": "in-progress", **_VISIT},
        {"title": "Photograph", "start": "2024-02-01", "end": "2024-02-02", "recorded": "2024-02-03",
         "recorder": "Dr. Kim Lee", "Kind": ["Image", "Photograph"], "Part of the body": ["Left arm"],
         "Reason": ["Rash"], "Based on": ["X-ray of the knee"], "Device": ["Pump 3"], "qualifiers": ("In progress",),
         "detail.document_type": "Photograph", "detail.author": "Dr. Kim Lee", "visit": "Encounter/7",
         "detail.visit": "Encounter/7"},
    ),
    ("Media", {"content": {"url": "Binary/2"}, "deviceName": "Camera", "device": ref("Device/pump")},
     {"title": "Picture", "Device": ["Camera"]}),
    (
        "CarePlan",
        {"contributor": [ref("RelatedPerson/sam")], "goal": [ref("Goal/walk")], "careTeam": [ref("CareTeam/team")],
         "partOf": [ref("Procedure/scope")], "basedOn": [ref("ServiceRequest/xray")], "created": "2024-01-01",
         "replaces": [{"reference": "CarePlan/old", "display": "Old plan"}], "addresses": [ref("Condition/gout")],
         "activity": [{"detail": {"description": "Walk", "status": "stopped",
                                  "scheduledQuantity": amount(30, "minutes")}},
                      {"reference": ref("CarePlan/old"), "outcomeCodeableConcept": [text("Done well")]}],
         "intent": "option", "status": "on-hold", **_VISIT, **_NOTE},
        {"detail.people": ("Dr. Kim Lee", "Sam Test"), "Goals": ["Walk more"], "Care team": ["Kidney team"],
         "Part of": ["Colonoscopy"], "Based on": ["X-ray of the knee"], "Replaces": ["Old plan"],
         "detail.reason": "Gout", "detail.activities": ("Walk, 30 minutes, Stopped", "Old plan", "Done well"),
         "qualifiers": ("On hold", "One of several options"), "recorded": "2024-01-01", "recorder": "Dr. Kim Lee",
         "start": "2024-01-02", "end": "2024-12-31", "visit": "Encounter/7", "detail.kind": "care-plan",
         "notes": ("What we agreed on.", "A note.", "Walk after dinner."), "Kind": ["Assess plan"], "section": "plans"},
    ),
    ("CarePlan", {"title": None}, {"title": "What we agreed on."}),
    ("CarePlan", {"title": None, "description": None}, {"title": "Assess plan"}),
    ("CarePlan", {"title": None, "description": None, "category": None}, {"title": "Care plan"}),
    (
        "Goal",
        {"category": [text("Diet")], "statusReason": "Moved", "priority": text("High"), "statusDate": "2024-02-01",
         "startCodeableConcept": text("After surgery"), "outcomeCode": [text("Reached")],
         "addresses": [ref("Condition/gout")], "target": [{"detailRange": {"low": amount(6, "%"),
         "high": amount(7, "%")}},
                                                          {"detailCodeableConcept": text("Normal")},
                                                          {"measure": text("Steps"), "detailString": "many",
                                                           "dueDate": "2025-01-01"}], **_NOTE},
        {"Kind": ["Diet"], "Why": ["Moved"], "Priority": ["High"], "At the start": ["After surgery"],
         "Results": ["Reached"], "recorded": "2024-02-01", "detail.reason": "Gout", "detail.due": "2025-01-01",
         "detail.targets": ("6\u20137%", "Normal", "Steps: many"), "recorder": "Ana Test", "notes": ("A note.",),
         "detail.people": ("Ana Test",), "start": "2024-01-02", "section": "plans"},
    ),
    ("Goal", {"expressedBy": None, "target": None}, {"detail.people": (), "detail.due": None, "detail.targets": ()}),
    (
        "ServiceRequest",
        {"orderDetail": [text("With contrast")], "bodySite": [text("Knee")], "quantityQuantity": amount(2, "visits"),
         "asNeededCodeableConcept": text("Pain"), "specimen": [ref("Specimen/blood")],
         "replaces": [ref("Procedure/scope")],
         "basedOn": [ref("ServiceRequest/xray")], "occurrenceDateTime": None, "performer": [ref("Organization/lab")],
         "occurrencePeriod": {"start": "2024-03-02", "end": "2024-03-09"}, **_VISIT, **_NOTE},
        {"Details": ["With contrast"], "Part of the body": ["Knee"], "How much": ["2 visits"], "When needed": ["Pain"],
         "Sample to be taken": ["Tube 1"], "Replaces": ["Colonoscopy"], "Based on": ["X-ray of the knee"],
         "Priority": ["Urgent"], "detail.due": "2024-03-02", "detail.until": "2024-03-09", "start": "2024-02-03",
         "recorded": "2024-02-03", "detail.performers": ("North Lab",), "detail.people": ("Dr. Kim Lee",),
         "detail.intent": "order", "visit": "Encounter/7", "Kind": ["Laboratory procedure"],
         "notes": ("Bring the first urine of the day.", "A note."), "section": "plans"},
    ),
    ("ServiceRequest", {"asNeededBoolean": True, "authoredOn": None, "requester": None, "priority": "routine"},
     {"When needed": ["Yes"], "start": "2024-03-01", "recorded": None, "detail.people": (), "Priority": []}),
    ("ServiceRequest", {"code": None, "orderDetail": [text("Crutches")]}, {"title": "Crutches"}),
    ("ServiceRequest", {"code": None}, {"title": "Laboratory procedure"}),
    (
        "Coverage",
        {"payor": [ref("Organization/maker")], "policyHolder": ref("Organization/clinic"),
         "subscriber": ref("RelatedPerson/sam"), "relationship": concept("", "spouse"), "network": "N1", "order": 2,
         "identifier": [{"type": text("Card"), "value": "C-1"}, {"value": "X-9"}],
         "class": [{"type": concept(THO, "plan"), "value": "P1", "name": "Gold"},
                   {"type": concept(THO, "plan"), "value": "P2", "name": "Silver"},
                   {"type": concept(THO, "group"), "value": "G1", "name": "G1"},
                   {"type": concept(THO, "group"), "value": "G2", "name": "ACME"},
                   {"type": concept(THO, "subgroup"), "value": {"value": "SG"}, "name": "Nurses"},
                   {"type": concept(THO, "subplan"), "name": "Dental"}],
         "costToBeneficiary": [{"type": text("Visit"), "valueQuantity": amount(20, "%"),
                                "exception": [{"type": text("Retired")}]}]},
        {"detail.payer": "Maker Inc", "detail.payer_identifiers": ("P77",), "Policy holder": ["Harbor Street Clinic"],
         "detail.subscriber": "Sam Test", "detail.relationship": "spouse", "Network": ["N1"],
         "Order of insurances": ["2"], "detail.order": 2, "Other numbers": ["Card: C-1"], "Other plan": ["Silver P2"],
         "Other group": ["Acme G2"], "detail.plan": "Gold", "detail.plan_number": "P1", "detail.group": "G1",
         "detail.group_number": "", "Subgroup": ["Nurses: SG"], "detail.subgroup": "SG", "Part of the plan": ["Dental"],
         "detail.costs": ("Visit: 20%", "Visit: Retired"), "start": "2025-01-01", "Number of this person": ["1"],
         "section": "insurance"},
    ),
    ("Coverage", {"payor": None, "insurer": ref("Organization/payer"), "class": None, "type": None},  # R5
     {"title": "Tidewater Health", "detail.payer": "Tidewater Health", "detail.phone": "555-0199"}),
    ("Coverage", {"payor": [{"identifier": {"value": "60054"}}], "class": None,
     "policyHolder": ref("RelatedPerson/sam")},
     {"title": "PPO", "detail.payer_identifiers": ("60054",), "detail.subscriber": "Sam Test", "Policy holder": []}),
    ("Coverage", {"subscriberId": None, "identifier": [{"value": "X-9"}], "payor": None, "class": None, "type": None},
     {"title": "Health insurance", "detail.member_id": "X-9"}),
    ("Coverage", {"class": [{"type": concept(THO, "subgroup"), "name": "Nurses"}]}, {"detail.subgroup": "Nurses"}),
    (
        "CareTeam",
        {"name": None, "category": [text("Longitudinal")], "period": {"start": "2020", "end": "2021"},
         "telecom": [{"system": "phone", "value": "555-0150"}, {"system": "email", "value": "team@x.example"}],
         "reasonReference": [ref("Condition/gout")], "reasonCode": [text("Diabetes")], **_VISIT, **_NOTE},
        {"title": "Longitudinal", "start": "2020", "end": "2021", "detail.phone": "555-0150",
         "Contact": ["team@x.example"], "Reason": ["Diabetes; Gout"], "Kind": ["Longitudinal"], "visit": "Encounter/7",
         "recorder": "Harbor Street Clinic", "notes": ("A note.",), "section": "care-team"},
    ),
    ("CareTeam", {"name": None}, {"title": "Care team"}),
]  # fmt: skip

_ROWS = [*PEOPLE, *MEDICINES, *TESTS, *VISITS, *PAPERS]


@pytest.mark.parametrize("row", _ROWS, ids=[f"{row[0]}-{place}" for place, row in enumerate(_ROWS)])
def test_each_element_reaches_its_place(row: Row) -> None:
    kind, changes, expected = row
    of = entry(kind, changes)
    assert {place: read(of, place) for place in expected} == expected


@pytest.mark.parametrize(
    ("kind", "element"),
    [
        ("AllergyIntolerance", "code"),
        ("Condition", "code"),
        ("DiagnosticReport", "code"),
        ("Goal", "description"),
        ("Immunization", "vaccineCode"),
        ("MedicationDispense", "medicationCodeableConcept"),
        ("MedicationRequest", "medicationCodeableConcept"),
        ("Observation", "code"),
        ("Procedure", "code"),
        ("ServiceRequest", "code"),
    ],
)
def test_what_nothing_names_is_refused_and_its_narrative_names_it(kind: str, element: str) -> None:
    changes = {element: None, "reaction": None, "category": None, "presentedForm": None}
    with pytest.raises(NormaliseError, match="no-code"):
        entry(kind, changes)
    narrated = entry(kind, {**changes, "text": {"div": "<div>Told in words</div>"}})
    assert (narrated.title, narrated.notes) == ("Told in words", entry(kind, {**changes, element: text("x")}).notes)
