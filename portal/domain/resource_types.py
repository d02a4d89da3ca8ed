"""Each FHIR R4 resource type that is kept or served: what it is called, and how it is searched. Pure.

Source: US Core 6.1.0 (profiles and SearchParameters); FHIR R4 for Appointment, Communication, Device,
DeviceUseStatement, Provenance.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from portal.domain.phrases import N_

Paths = tuple[str, ...]
"""Elements of a resource, from its top: "period.start"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceType:
    """``words``: what it is called for a patient; empty for a type that is not served.

    ``shared``: nobody's, readable only where the person's own record refers to it (requirement A8). ``profiles``: the
    US Core profiles it is served as. ``happened``: the elements that say when, in the order of what a reader would call
    "the date of it". ``patient``: the parameters that name the patient. ``tokens`` (also references), ``dates`` and
    ``strings``: search parameters with the elements they look at. ``indexed_dates``: date parameters whose first moment
    is that of ``happened``. ``includes``: ``_include`` parameters with the references that are followed.
    """

    words: str = ""
    shared: bool = False
    profiles: tuple[str, ...] = ()
    happened: Paths = ()
    patient: tuple[str, ...] = ("patient", "subject")
    tokens: Mapping[str, Paths] = field(default_factory=dict)
    dates: Mapping[str, Paths] = field(default_factory=dict)
    indexed_dates: tuple[str, ...] = ()
    strings: Mapping[str, Paths] = field(default_factory=dict)
    includes: Mapping[str, Paths] = field(default_factory=dict)


_OBSERVATIONS = (
    *("observation-lab", "observation-clinical-result", "simple-observation", "observation-screening-assessment"),
    *("smokingstatus", "observation-occupation", "observation-pregnancystatus", "observation-pregnancyintent"),
    *("observation-sexual-orientation", "vital-signs", "blood-pressure", "bmi", "body-height", "body-weight"),
    *("body-temperature", "heart-rate", "respiratory-rate", "pulse-oximetry", "head-circumference"),
    *("/pediatric-bmi-for-age", "/pediatric-weight-for-height", "/head-occipital-frontal-circumference-percentile"),
)
"""US Core's profiles of Observation; those that do not begin with "us-core-" have a stroke."""

TYPES: Mapping[str, ResourceType] = {
    "Patient": ResourceType(
        words=N_("Name, birth date, address and how to reach you"),
        profiles=("patient",),
        tokens={"gender": ("gender",), "active": ("active",)},
        dates={"birthdate": ("birthDate",), "death-date": ("deceasedDateTime",)},
        strings={
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
    ),
    "AllergyIntolerance": ResourceType(
        words=N_("Allergies"),
        profiles=("allergyintolerance",),
        happened=("onsetDateTime", "onsetPeriod.start", "recordedDate", "lastOccurrence"),
        patient=("patient",),
        tokens={
            "clinical-status": ("clinicalStatus",),
            "verification-status": ("verificationStatus",),
            "code": ("code",),
            "category": ("category",),
        },
        dates={"date": ("recordedDate",), "onset": ("onsetDateTime", "onsetPeriod")},
    ),
    "Condition": ResourceType(
        words=N_("Health issues"),
        profiles=("condition-problems-health-concerns", "condition-encounter-diagnosis"),
        happened=("onsetDateTime", "onsetPeriod.start", "recordedDate", "abatementDateTime"),
        tokens={
            "clinical-status": ("clinicalStatus",),
            "verification-status": ("verificationStatus",),
            "category": ("category",),
            "code": ("code",),
            "encounter": ("encounter",),
        },
        dates={
            "onset-date": ("onsetDateTime", "onsetPeriod"),
            "recorded-date": ("recordedDate",),
            "abatement-date": ("abatementDateTime", "abatementPeriod"),
            "asserted-date": (),
        },
    ),
    "Device": ResourceType(
        words=N_("Implants and devices"),
        profiles=("implantable-device",),
        happened=("manufactureDate", "expirationDate"),
        tokens={"type": ("type",), "status": ("status",), "udi-di": ("udiCarrier.deviceIdentifier",)},
        strings={"device-name": ("deviceName.name", "type.text", "type.coding.display")},
    ),
    "DeviceUseStatement": ResourceType(
        words=N_("Since when and where implants and devices are used"),
        happened=("timingDateTime", "timingPeriod.start", "recordedOn"),
        tokens={"device": ("device",)},
    ),
    "MedicationRequest": ResourceType(
        words=N_("Medications that were prescribed"),
        profiles=("medicationrequest",),
        happened=("authoredOn",),
        tokens={
            "status": ("status",),
            "intent": ("intent",),
            "code": ("medicationCodeableConcept",),
            "category": ("category",),
            "encounter": ("encounter",),
            "medication": ("medicationReference",),
        },
        dates={"authoredon": ("authoredOn",), "date": ("dosageInstruction.timing.event",)},
        indexed_dates=("authoredon",),
        includes={"medication": ("medicationReference",)},
    ),
    "MedicationStatement": ResourceType(
        words=N_("Medications that are taken"),
        happened=("effectiveDateTime", "effectivePeriod.start", "dateAsserted"),
        tokens={
            "status": ("status",),
            "code": ("medicationCodeableConcept",),
            "category": ("category",),
            "medication": ("medicationReference",),
        },
        dates={"effective": ("effectiveDateTime", "effectivePeriod")},
        includes={"medication": ("medicationReference",)},
    ),
    "MedicationDispense": ResourceType(
        words=N_("Medications that a pharmacy handed out"),
        profiles=("medicationdispense",),
        happened=("whenHandedOver", "whenPrepared"),
        tokens={
            "status": ("status",),
            "type": ("type",),
            "code": ("medicationCodeableConcept",),
            "medication": ("medicationReference",),
            "prescription": ("authorizingPrescription",),
        },
        dates={"whenhandedover": ("whenHandedOver",), "whenprepared": ("whenPrepared",)},
        includes={"medication": ("medicationReference",)},
    ),
    "Observation": ResourceType(
        words=N_("Test results, vital signs and other observations"),
        profiles=_OBSERVATIONS,
        happened=("effectiveDateTime", "effectivePeriod.start", "effectiveInstant", "issued"),
        tokens={
            "status": ("status",),
            "category": ("category",),
            "code": ("code",),
            "encounter": ("encounter",),
            "combo-code": ("code", "component.code"),
        },
        dates={"date": ("effectiveDateTime", "effectivePeriod", "effectiveInstant")},
        indexed_dates=("date",),
    ),
    "DiagnosticReport": ResourceType(
        words=N_("Reports of laboratories and imaging"),
        profiles=("diagnosticreport-lab", "diagnosticreport-note"),
        happened=("effectiveDateTime", "effectivePeriod.start", "issued"),
        tokens={
            "status": ("status",),
            "category": ("category",),
            "code": ("code",),
            "encounter": ("encounter",),
            "result": ("result",),
        },
        dates={"date": ("effectiveDateTime", "effectivePeriod"), "issued": ("issued",)},
        indexed_dates=("date",),
        includes={"result": ("result",)},
    ),
    "Specimen": ResourceType(
        words=N_("Samples that were tested"),
        profiles=("specimen",),
        happened=("collection.collectedDateTime", "collection.collectedPeriod.start", "receivedTime"),
        tokens={"status": ("status",), "type": ("type",)},
        dates={"collected": ("collection.collectedDateTime", "collection.collectedPeriod")},
    ),
    "Encounter": ResourceType(
        words=N_("Visits"),
        profiles=("encounter",),
        happened=("period.start", "period.end"),
        tokens={
            "status": ("status",),
            "class": ("class",),
            "type": ("type",),
            "location": ("location.location",),
            "discharge-disposition": ("hospitalization.dischargeDisposition",),
        },
        dates={"date": ("period",)},
        indexed_dates=("date",),
        includes={"location": ("location.location",)},
    ),
    "Appointment": ResourceType(
        words=N_("Appointments"),
        happened=("start", "created"),
        patient=("patient", "actor"),
        tokens={
            "status": ("status",),
            "appointment-type": ("appointmentType",),
            "practitioner": ("participant.actor",),
        },
        dates={"date": ("start",)},
        indexed_dates=("date",),
    ),
    "CareTeam": ResourceType(
        words=N_("Care team"),
        profiles=("careteam",),
        happened=("period.start",),
        tokens={"status": ("status",), "category": ("category",), "role": ("participant.role",)},
        dates={"date": ("period",)},
        indexed_dates=("date",),
        includes={"participant": ("participant.member",)},
    ),
    "CarePlan": ResourceType(
        words=N_("Care plans"),
        profiles=("careplan",),
        happened=("period.start", "created"),
        tokens={"status": ("status",), "category": ("category",), "intent": ("intent",), "encounter": ("encounter",)},
        dates={"date": ("period",)},
    ),
    "Goal": ResourceType(
        words=N_("Health goals"),
        profiles=("goal",),
        happened=("startDate", "statusDate"),
        tokens={
            "lifecycle-status": ("lifecycleStatus",),
            "description": ("description",),
            "category": ("category",),
            "achievement-status": ("achievementStatus",),
        },
        dates={"target-date": ("target.dueDate",), "start-date": ("startDate",)},
    ),
    "ServiceRequest": ResourceType(
        words=N_("Tests and referrals that were ordered"),
        profiles=("servicerequest",),
        happened=("authoredOn", "occurrenceDateTime", "occurrencePeriod.start"),
        tokens={
            "status": ("status",),
            "intent": ("intent",),
            "category": ("category",),
            "code": ("code",),
            "encounter": ("encounter",),
        },
        dates={"authored": ("authoredOn",), "occurrence": ("occurrenceDateTime", "occurrencePeriod")},
    ),
    "QuestionnaireResponse": ResourceType(
        words=N_("Answers to questionnaires"),
        profiles=("questionnaireresponse",),
        happened=("authored",),
        tokens={"status": ("status",), "questionnaire": ("questionnaire",), "encounter": ("encounter",)},
        dates={"authored": ("authored",)},
    ),
    "Coverage": ResourceType(
        words=N_("Insurance"),
        profiles=("coverage",),
        happened=("period.start",),
        patient=("patient", "beneficiary"),
        tokens={"status": ("status",), "type": ("type",)},
    ),
    "Immunization": ResourceType(
        words=N_("Immunizations"),
        profiles=("immunization",),
        happened=("occurrenceDateTime", "recorded"),
        patient=("patient",),
        tokens={"status": ("status",), "vaccine-code": ("vaccineCode",)},
        dates={"date": ("occurrenceDateTime",)},
        indexed_dates=("date",),
    ),
    "Procedure": ResourceType(
        words=N_("Procedures"),
        profiles=("procedure",),
        happened=("performedDateTime", "performedPeriod.start", "performedPeriod.end"),
        tokens={"status": ("status",), "code": ("code",), "category": ("category",), "encounter": ("encounter",)},
        dates={"date": ("performedDateTime", "performedPeriod")},
        indexed_dates=("date",),
    ),
    "DocumentReference": ResourceType(
        words=N_("Documents and notes"),
        profiles=("documentreference",),
        happened=("date", "context.period.start"),
        tokens={
            "status": ("status",),
            "category": ("category",),
            "type": ("type",),
            "encounter": ("context.encounter",),
        },
        dates={"date": ("date",), "period": ("context.period",)},
    ),
    "Media": ResourceType(
        words=N_("Photos and other pictures"),
        happened=("createdDateTime", "createdPeriod.start", "issued"),
        tokens={"status": ("status",), "type": ("type",), "encounter": ("encounter",)},
        dates={"created": ("createdDateTime", "createdPeriod")},
    ),
    "Communication": ResourceType(
        words=N_("Messages"),
        happened=("sent", "received"),
        tokens={"status": ("status",), "category": ("category",), "encounter": ("encounter",)},
        dates={"sent": ("sent",), "received": ("received",)},
    ),
    "RelatedPerson": ResourceType(
        words=N_("Family members and contacts"),
        profiles=("relatedperson",),
        patient=("patient",),
        strings={"name": ("name.family", "name.given", "name.text")},
    ),
    "Provenance": ResourceType(
        words=N_("Who wrote each item, and when"),
        profiles=("provenance",),
        happened=("recorded", "occurredDateTime"),
        patient=("patient",),
        tokens={"target": ("target",), "agent": ("agent.who",)},
        dates={"recorded": ("recorded",)},
        includes={"target": ("target",)},
    ),
    "Medication": ResourceType(
        words=N_("What is in each medication"),
        shared=True,
        profiles=("medication",),
        tokens={"status": ("status",), "code": ("code",)},
    ),
    "Practitioner": ResourceType(
        words=N_("Names of clinicians"),
        shared=True,
        profiles=("practitioner",),
        tokens={"active": ("active",)},
        strings={
            "name": ("name.family", "name.given", "name.prefix", "name.suffix", "name.text"),
            "family": ("name.family",),
            "given": ("name.given",),
        },
    ),
    "PractitionerRole": ResourceType(
        words=N_("What clinicians do, and where"),
        shared=True,
        profiles=("practitionerrole",),
        tokens={
            "specialty": ("specialty",),
            "role": ("code",),
            "practitioner": ("practitioner",),
            "organization": ("organization",),
            "location": ("location",),
        },
        includes={
            "practitioner": ("practitioner",),
            "organization": ("organization",),
            "location": ("location",),
            "endpoint": ("endpoint",),
        },
    ),
    "Organization": ResourceType(
        words=N_("Names of organizations"),
        shared=True,
        profiles=("organization",),
        tokens={"active": ("active",), "type": ("type",)},
        strings={
            "name": ("name", "alias"),
            "address": ("address.line", "address.city", "address.state", "address.postalCode"),
            "address-city": ("address.city",),
            "address-state": ("address.state",),
            "address-postalcode": ("address.postalCode",),
        },
    ),
    "Endpoint": ResourceType(
        words=N_("Electronic addresses of organizations"),
        shared=True,
        tokens={"status": ("status",), "organization": ("managingOrganization",)},
        strings={"name": ("name",)},
    ),
    "Location": ResourceType(
        words=N_("Places"),
        shared=True,
        profiles=("location",),
        tokens={"status": ("status",), "type": ("type",), "organization": ("managingOrganization",)},
        strings={
            "name": ("name", "alias"),
            "address": ("address.line", "address.city", "address.state", "address.postalCode"),
            "address-city": ("address.city",),
            "address-state": ("address.state",),
            "address-postalcode": ("address.postalCode",),
        },
    ),
}
"""In the order of the consent page."""

DESCRIBING: Mapping[str, str] = {"DeviceUseStatement": "device", "Provenance": "target"}
"""Types that say something of others: the element that names these. Who may not see them may not see what is said."""
DESCRIBED: Mapping[str, frozenset[str]] = {"DeviceUseStatement": frozenset({"Device"})}
"""Of these types, what they can be about; the others may be about all."""
