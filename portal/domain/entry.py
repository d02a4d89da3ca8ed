"""What a section shows: one Entry per FHIR resource, in a patient's words, without I/O.

An Entry holds what every section needs (title, status, dates, codes); ``detail`` holds what only its section needs.
Everything is text as the organization wrote it or as a standard names it; nothing here is HTML.
"""

from enum import StrEnum

import msgspec

from portal.domain.detail import Attachment, Detail
from portal.domain.doses import Dose as Dose  # noqa: PLC0414 -- names of an entry's parts are imported from here
from portal.domain.doses import Quantity as Quantity  # noqa: PLC0414
from portal.domain.plans import Dispense, PlannedCare
from portal.domain.sections import Section


class Status(StrEnum):
    """Where an entry stands, the same words in every section.

    What happened once (a result, an immunization, a finished visit) is ``past``; what goes on, holds or is still being
    worked on is ``active``; what is planned is ``upcoming``: all by the source's own status and not by the clock.
    ``unsafe`` and ``absent`` are of the store only (``portal.domain.listing``).
    """

    ACTIVE = "active"
    UPCOMING = "upcoming"
    PAST = "past"
    UNKNOWN = "unknown"
    ENTERED_IN_ERROR = "entered-in-error"
    UNSAFE = "unsafe"  # it says what is not understood, so it is shown as its original text and not as a fact
    ABSENT = "absent"  # it documents that there is nothing


class Code(msgspec.Struct, frozen=True, omit_defaults=True):
    """A FHIR ``Coding``: system URI, code, and the display of the source."""

    system: str
    code: str
    display: str = ""


class Range(msgspec.Struct, frozen=True, omit_defaults=True):
    """A FHIR reference range: both ends, or its text."""

    low: Quantity | None = None
    high: Quantity | None = None
    text: str = ""
    meaning: str = ""  # what the range is of when it is not the normal one ("therapeutic"), and whom it is for


class Absence(StrEnum):
    """What an entry that names no thing documents about its section ("no known allergies")."""

    NONE = "none"  # looked for, and there is none: of the entry's ``scope``
    NOT_ASKED = "not-asked"  # nobody asked: that is not "none"
    UNKNOWN = "unknown"  # asked or looked for, and not known


class Fact(msgspec.Struct, frozen=True, omit_defaults=True):
    """Something an entry says that has no field of its own: a phrase of ``portal.normalise`` as label, and its text.

    ``start`` and ``end`` are FHIR dates as written that belong to the text.
    """

    label: str
    text: str = ""
    start: str | None = None
    end: str | None = None


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
    clinical_status: str = ""  # active | inactive | resolved


class HealthIssue(Detail, frozen=True, tag="health-issue"):
    clinical_status: str = ""
    verification: str = ""
    severity: str = ""
    stage: str = ""
    stages: tuple[str, ...] = ()  # every stage, each with its type where it has one
    onset: str = ""  # an age, a span of ages or words, where there is no date
    encounter: str = ""  # reference of the visit it was diagnosed at, as written in the resource
    categories: tuple[str, ...] = ()  # problem-list-item | encounter-diagnosis | health-concern …, as codes
    body_site: str = ""  # with BodyStructure, its side and place
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
    names: tuple[str, ...] = ()  # all names and kinds it is given: the side may stand in one of them only
    body_site: str = ""  # as a DeviceUseStatement says


class Ingredient(msgspec.Struct, frozen=True, omit_defaults=True):
    """One substance of a medicine, with its strength in words ("500 mg", "15 mg per 1 mL")."""

    name: str
    codes: tuple[Code, ...] = ()
    strength: str = ""


class Medication(Detail, frozen=True, tag="medication"):
    instructions: tuple[str, ...] = ()  # how to take it, one sentence per dosage: parts, words and warnings
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
    doses: tuple[Dose, ...] = ()
    do_not_perform: bool = False  # an order not to give it, or what somebody says is not taken


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
    flags: tuple[str, ...] = ()  # all codes of its interpretations
    notes: tuple[str, ...] = ()
    fhir_status: str = ""


class Result(Detail, frozen=True, tag="result"):
    """An Observation: a laboratory result or a vital sign."""

    quantity: Quantity | None = None
    text: str = ""  # a coded or textual value, or why there is none
    flag: str = ""  # HL7 v3 ObservationInterpretation code: H, L, HH, LL, A, N …; of several the gravest
    flag_text: str = ""  # all of them in words
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
    flags: tuple[str, ...] = ()  # all interpretation codes, as ``flag``
    focus: str = ""  # of whom or what when it is not the patient: a fetus, a donor
    device: str = ""


class Report(Detail, frozen=True, tag="report"):
    """A DiagnosticReport. ``results`` are references as written in the resource ("Observation/…")."""

    results: tuple[str, ...] = ()
    components: tuple[Component, ...] = ()  # results that came inside the report and nowhere else
    conclusion: str = ""
    conclusions: tuple[str, ...] = ()  # coded conclusions, in words
    performer: str = ""
    category: tuple[str, ...] = ()
    issued: str | None = None
    attachments: tuple[Attachment, ...] = ()
    fhir_status: str = ""
    findings: tuple[str, ...] = ()  # what its observations say: "718-7|Hemoglobin=9.4 g/dL"


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
    changed_by: str = ""  # who changed an appointment last, where its organization says so
    changed_at: str | None = None  # when the change came here, of one that was there before
    start_before: str | None = None  # where it was moved, from when
    place_before: str = ""  # likewise, from where
    booking: str = ""  # https address at which its organization lets it be changed


class Member(msgspec.Struct, frozen=True, omit_defaults=True):
    name: str
    role: str = ""
    phone: str = ""
    organization: str = ""
    start: str | None = None
    end: str | None = None
    identifier: str = ""  # national (NPI)
    email: str = ""


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
    payer_identifiers: tuple[str, ...] = ()
    order: int | None = None  # which insurer pays first
    subgroup: str = ""


class Message(Detail, frozen=True, tag="message"):
    sender: str = ""
    recipients: tuple[str, ...] = ()
    body: str = ""
    topic: str = ""
    thread: str = ""  # reference or identifier that groups messages
    attachments: tuple[Attachment, ...] = ()
    received: str = ""  # when it was read, as the organization knows
    own: bool = False  # written by the patient or somebody for them
    reply_to: str = ""  # reference of who answers: the sender's, or of an own one the recipient's


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
    when: str = ""  # an age or words, where there is no date


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
    | PlannedCare
    | Dispense
)


class Entry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One item of a section, from one resource of one organization.

    ``start``, ``end`` and ``recorded`` are FHIR dates as written (see ``portal.domain.dates``). ``recorder`` is who
    documented it, as a name. ``codes`` are all codings of the thing itself, in the order of the source.

    ``qualifiers`` are words that change what the title says and belong beside it ("not to be taken", "ruled out"),
    phrases of ``portal.normalise`` or the source's own. ``facts`` are what has no field of its own, for its page.
    ``absence``: the entry documents that there is nothing, or that nobody asked, of ``scope``: "all", or for allergies
    "drug", "food", "environment", "latex" and the like. It is never an item of its section.

    ``unsafe``: what changes the meaning and is not understood (paths of ``modifierExtension``, ``implicitRules``,
    unknown codes). Such an entry is no fact: it has its title and, in ``notes``, its original text.
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
    qualifiers: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()
    absence: Absence | None = None
    scope: str = ""
    unsafe: tuple[str, ...] = ()
    visit: str = ""  # reference of the encounter it belongs to, as written
    reference: str = ""  # of the resource at its source: "MedicationRequest/1"
    identifiers: tuple[str, ...] = ()  # business identifiers: "type|system|value", type as in HL7 v2 table 0203
    replaces: tuple[str, ...] = ()  # references of what this one replaces, as written in the resource
    language: str = ""  # of its words, as the resource says (BCP 47)
    translations: tuple[tuple[str, str], ...] = ()  # of the title, as the source has them: language and words
    digest: str = ""  # of everything the source says but id, version and recording times: equal for exact repeats

    @property
    def when(self) -> str | None:
        """The date a reader sorts by: when it began or happened, else when it was written down."""
        return self.start or self.recorded
