"""What a section shows: one Entry per FHIR resource, in a patient's words, without I/O.

An Entry holds what every section needs (title, status, dates, codes); ``detail`` holds what only its section needs.
Everything is text as the organization wrote it or as a standard names it; nothing here is HTML.
"""

from enum import StrEnum

import msgspec

from portal.domain.sections import Section


class Status(StrEnum):
    """Where an entry stands, the same five words in every section.

    What happened once (a result, an immunization, a finished visit) is ``past``; what goes on, holds or is still being
    worked on is ``active``; what is planned is ``upcoming``: all by the source's own status and not by the clock.
    """

    ACTIVE = "active"
    UPCOMING = "upcoming"
    PAST = "past"
    UNKNOWN = "unknown"
    ENTERED_IN_ERROR = "entered-in-error"


class Code(msgspec.Struct, frozen=True, omit_defaults=True):
    """A FHIR ``Coding``: system URI, code, and the display of the source."""

    system: str
    code: str
    display: str = ""


class Quantity(msgspec.Struct, frozen=True, omit_defaults=True):
    """A FHIR ``Quantity``. ``value`` stays text (7.0 is not shown as 7); ``unit`` is for people, ``code`` is UCUM."""

    value: str
    unit: str = ""
    code: str = ""
    comparator: str = ""


class Range(msgspec.Struct, frozen=True, omit_defaults=True):
    """A FHIR reference range: both ends, or its text."""

    low: Quantity | None = None
    high: Quantity | None = None
    text: str = ""
    meaning: str = ""  # what the range is of when it is not the normal one ("therapeutic"), and whom it is for


class Detail(msgspec.Struct, frozen=True, omit_defaults=True, tag_field="detail", kw_only=True):
    """What only one kind of entry has. Subclasses below; the tag (member "detail") names the class."""


class Reaction(msgspec.Struct, frozen=True, omit_defaults=True):
    manifestations: tuple[str, ...] = ()
    severity: str = ""  # mild | moderate | severe
    when: str | None = None


class Allergy(Detail, frozen=True, tag="allergy"):
    reactions: tuple[Reaction, ...] = ()
    category: tuple[str, ...] = ()  # food | medication | environment | biologic
    criticality: str = ""  # low | high | unable-to-assess
    verification: str = ""
    negated: bool = False  # "no known allergies" is documented, not an allergy


class HealthIssue(Detail, frozen=True, tag="health-issue"):
    clinical_status: str = ""
    verification: str = ""
    severity: str = ""
    stage: str = ""
    categories: tuple[str, ...] = ()  # problem-list-item | encounter-diagnosis | health-concern …, as codes
    body_site: str = ""
    evidence: tuple[str, ...] = ()
    negated: bool = False  # "no known problems" is documented, not a problem


class Implant(Detail, frozen=True, tag="implant"):
    udi: str = ""  # human-readable carrier, or the device identifier
    device_identifier: str = ""
    manufacturer: str = ""
    model: str = ""
    serial: str = ""
    lot: str = ""
    manufactured: str | None = None
    expires: str | None = None
    safety: tuple[str, ...] = ()  # MRI safety and the like, as given
    contact: str = ""  # telephone of the manufacturer or owner


class Ingredient(msgspec.Struct, frozen=True, omit_defaults=True):
    """One substance of a medicine, with its strength in words ("500 mg", "15 mg per 1 mL")."""

    name: str
    codes: tuple[Code, ...] = ()
    strength: str = ""


class Medication(Detail, frozen=True, tag="medication"):
    instructions: tuple[str, ...] = ()  # how to take it, one per dosage, as text
    dose: str = ""
    route: str = ""
    reason: str = ""
    prescriber: str = ""
    intent: str = ""
    refills: str = ""
    quantity: str = ""
    fhir_status: str = ""
    statement: bool = False  # what somebody says is taken (MedicationStatement, a reported order)
    as_needed: bool = False
    form: str = ""  # tablet, solution …
    ingredients: tuple[Ingredient, ...] = ()
    category: tuple[str, ...] = ()  # inpatient | outpatient | community | discharge
    supply: str = ""  # how long the quantity lasts
    stopped_reason: str = ""


class Component(msgspec.Struct, frozen=True, omit_defaults=True):
    """One measured part of an observation (systolic pressure, a panel's member)."""

    name: str
    codes: tuple[Code, ...] = ()
    quantity: Quantity | None = None
    text: str = ""
    flag: str = ""
    flag_text: str = ""
    ranges: tuple[Range, ...] = ()
    absent_reason: str = ""


class Result(Detail, frozen=True, tag="result"):
    """An Observation: a laboratory result or a vital sign."""

    quantity: Quantity | None = None
    text: str = ""  # a coded or textual value, or why there is none
    flag: str = ""  # HL7 v3 ObservationInterpretation code: H, L, HH, LL, A, N …
    flag_text: str = ""
    ranges: tuple[Range, ...] = ()
    components: tuple[Component, ...] = ()
    absent_reason: str = ""
    notes: tuple[str, ...] = ()
    specimen: str = ""
    performer: str = ""
    fhir_status: str = ""
    issued: str | None = None
    body_site: str = ""
    method: str = ""
    members: tuple[str, ...] = ()  # references of a panel's observations, as written in the resource


class Report(Detail, frozen=True, tag="report"):
    """A DiagnosticReport. ``results`` are references as written in the resource ("Observation/…")."""

    results: tuple[str, ...] = ()
    conclusion: str = ""
    conclusions: tuple[str, ...] = ()  # coded conclusions, in words
    performer: str = ""
    category: tuple[str, ...] = ()
    issued: str | None = None
    attachments: tuple["Attachment", ...] = ()
    fhir_status: str = ""


class Visit(Detail, frozen=True, tag="visit"):
    visit_class: str = ""  # HL7 v3 ActCode: AMB, EMER, IMP, VR …
    kind: str = ""  # what sort of visit, in words
    place: str = ""
    address: str = ""
    people: tuple[str, ...] = ()
    reason: str = ""
    instructions: str = ""
    appointment: bool = False
    fhir_status: str = ""
    phone: str = ""
    organization: str = ""
    minutes: int | None = None
    discharge: str = ""
    cancelled_reason: str = ""
    diagnoses: tuple[str, ...] = ()


class Member(msgspec.Struct, frozen=True, omit_defaults=True):
    name: str
    role: str = ""
    phone: str = ""
    organization: str = ""
    start: str | None = None
    end: str | None = None


class CareTeam(Detail, frozen=True, tag="care-team"):
    members: tuple[Member, ...] = ()
    organization: str = ""
    phone: str = ""


class Insurance(Detail, frozen=True, tag="insurance"):
    payer: str = ""
    plan: str = ""
    group: str = ""
    member_id: str = ""
    subscriber: str = ""
    relationship: str = ""
    kind: str = ""
    phone: str = ""
    group_number: str = ""
    plan_number: str = ""
    dependent: str = ""  # the number of this person under the subscriber's, as on the card
    costs: tuple[str, ...] = ()  # co-payments and the like, in words


class Message(Detail, frozen=True, tag="message"):
    sender: str = ""
    recipients: tuple[str, ...] = ()
    body: str = ""
    topic: str = ""
    thread: str = ""  # reference or identifier that groups messages
    attachments: tuple["Attachment", ...] = ()


class Immunization(Detail, frozen=True, tag="immunization"):
    manufacturer: str = ""
    lot: str = ""
    dose_number: str = ""
    site: str = ""
    targets: tuple[str, ...] = ()
    not_given: bool = False
    not_given_reason: str = ""
    place: str = ""
    route: str = ""
    dose: str = ""
    expires: str | None = None
    performer: str = ""
    reported: bool = False  # told by the patient or another record, not given by who documented it


class Procedure(Detail, frozen=True, tag="procedure"):
    performers: tuple[str, ...] = ()
    reason: str = ""
    body_site: str = ""
    outcome: str = ""
    place: str = ""
    fhir_status: str = ""
    category: str = ""
    complications: tuple[str, ...] = ()
    follow_up: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()  # references of implanted or handled devices, as written in the resource


class Attachment(msgspec.Struct, frozen=True, omit_defaults=True):
    content_type: str = ""
    title: str = ""
    url: str = ""
    size: int | None = None
    inline: bool = False  # the data are inside the raw resource


class Document(Detail, frozen=True, tag="document"):
    document_type: str = ""
    author: str = ""
    attachments: tuple[Attachment, ...] = ()
    description: str = ""
    visit: str = ""  # reference of the encounter, as written in the resource
    category: tuple[str, ...] = ()
    custodian: str = ""
    document_status: str = ""  # preliminary | final | amended


AnyDetail = (
    Allergy
    | HealthIssue
    | Implant
    | Medication
    | Result
    | Report
    | Visit
    | CareTeam
    | Insurance
    | Message
    | Immunization
    | Procedure
    | Document
)


class Entry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One item of a section, from one resource of one organization.

    ``start``, ``end`` and ``recorded`` are FHIR dates as written (see ``portal.domain.dates``). ``recorder`` is who
    documented it, as a name. ``codes`` are all codings of the thing itself, in the order of the source.
    """

    section: Section
    title: str
    detail: AnyDetail
    status: Status = Status.UNKNOWN
    start: str | None = None
    end: str | None = None
    recorded: str | None = None
    recorder: str = ""
    codes: tuple[Code, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def when(self) -> str | None:
        """The date a reader sorts by: when it began or happened, else when it was written down."""
        return self.start or self.recorded
