"""Section by section, what a person reads: precise expectations on invented resources."""

from typing import Any

import pytest

from portal.domain.entry import (
    Allergy,
    CareTeam,
    Document,
    Dose,
    Entry,
    Fact,
    HealthIssue,
    Immunization,
    Implant,
    Insurance,
    Medication,
    Member,
    Message,
    Procedure,
    Quantity,
    Range,
    Reaction,
    Report,
    Result,
    Status,
    Visit,
)
from portal.domain.errors import NormaliseError
from portal.domain.plans import Dispense, PlannedCare
from portal.domain.sections import SECTIONS_OF, Section
from portal.normalise import section_of, to_entry
from tests.unit.normalise.samples import LOINC, SNOMED, TYPES, amount, concept, others, sample

ACT = "http://terminology.hl7.org/CodeSystem/v3-ActCode"


def entry(kind: str, **changes: Any) -> Entry:
    return to_entry(sample(kind, **changes), others)


def refusal(kind: str, **changes: Any) -> str:
    with pytest.raises(NormaliseError) as refused:
        entry(kind, **changes)
    return refused.value.code


def test_allergy() -> None:
    found = entry("AllergyIntolerance")
    assert (found.section, found.title, found.status) == (Section.ALLERGIES, "Penicillin G", Status.ACTIVE)
    assert (found.start, found.recorded, found.recorder) == ("1998", "2019-03-04", "Dr. Kim Lee")
    assert found.notes == ("As a child.",)
    assert found.detail == Allergy(
        reactions=(
            Reaction(manifestations=("Hives",), severity="moderate"),
            Reaction(manifestations=("Throat felt tight",), when="1998-06"),
        ),
        category=("medication",),
        criticality="high",
        verification="confirmed",
        clinical_status="active",
    )


def test_refuted_allergy_is_past_and_says_that_it_was_refuted() -> None:
    found = entry("AllergyIntolerance", verificationStatus=concept("x", "refuted"))
    assert found.status is Status.PAST
    assert isinstance(found.detail, Allergy)
    assert found.detail.verification == "refuted"


@pytest.mark.parametrize("code", ["716186003", "409137002", "428607008", "429625007"])
def test_documented_absence_of_allergies_is_negated(code: str) -> None:
    found = entry("AllergyIntolerance", code=concept(SNOMED, code, "No known allergy (situation)"), reaction=None)
    assert isinstance(found.detail, Allergy)
    assert found.detail.negated
    assert found.title == "No known allergy"


def test_no_known_allergies_by_code_alone_has_words() -> None:
    assert entry("AllergyIntolerance", code=concept(SNOMED, "716186003")).title == "No known allergies"


def test_allergy_named_only_by_what_the_reaction_was_to() -> None:
    reaction = [{"substance": {"text": "Peanut"}, "manifestation": [{"text": "Rash"}]}]
    assert entry("AllergyIntolerance", code=None, reaction=reaction).title == "Peanut"
    assert refusal("AllergyIntolerance", code=None, reaction=None) == "no-code"


def test_statuses_of_older_fhir_are_plain_codes() -> None:
    found = entry("AllergyIntolerance", clinicalStatus="inactive", verificationStatus="confirmed")
    assert found.status is Status.PAST


def test_condition() -> None:
    found = entry("Condition")
    assert (found.section, found.title, found.status) == (Section.HEALTH_ISSUES, "Asthma", Status.ACTIVE)
    assert found.start == "2009-05"
    assert isinstance(found.detail, HealthIssue)
    assert (found.detail.severity, found.detail.categories) == ("Moderate", ("problem-list-item",))


def test_condition_that_ended_without_a_status_is_past() -> None:
    found = entry("Condition", clinicalStatus=None, abatementDateTime="2011")
    assert (found.status, found.end) == (Status.PAST, "2011")
    assert entry("Condition", clinicalStatus=None, abatementString="in childhood").status is Status.PAST


def test_condition_onset_as_age_or_words_is_a_fact_and_no_date() -> None:
    found = entry("Condition", onsetDateTime=None, onsetAge=amount(12, "years", "a"))
    assert (found.start, found.facts[0]) == (None, Fact("Began at", "12 years"))
    assert entry("Condition", onsetDateTime=None, onsetString="school").facts[0] == Fact("Began at", "school")


def test_no_known_problems_is_negated() -> None:
    found = entry("Condition", code=concept(SNOMED, "160245001"))
    assert found.title == "No known health issues"
    assert isinstance(found.detail, HealthIssue)
    assert found.detail.negated


def test_implant() -> None:
    found = entry("Device")
    assert (found.section, found.title, found.status) == (
        Section.IMPLANTS,
        "Total hip replacement prosthesis",
        Status.ACTIVE,
    )
    assert found.detail == Implant(
        udi="(01)00643169001763(17)290101(10)L77",
        device_identifier="00643169001763",
        manufacturer="Ortho Works",
        model="H-2",
        lot="L77",
        expires="2029-01-01",
        safety=("Labeling does not contain MRI Safety",),
        names=("Total hip replacement prosthesis (physical object)",),
    )


@pytest.mark.parametrize(
    "kind",
    ["Manual wheelchair", "Blood glucose meter", "Home nebulizer", "Crutches", "Hospital bed, device",
     "Wearable cardioverter defibrillator", "Lower limb prosthesis", "Respiratory apnea monitoring system"],
)  # fmt: skip
def test_devices_outside_the_body_are_no_implants_even_with_a_udi(kind: str) -> None:
    assert refusal("Device", type={"text": kind}) == "not-an-implant"


@pytest.mark.parametrize(
    "kind",
    ["Cardiac pacemaker", "Coronary stent", "Implantable glucose sensor", "Surgical mesh", "Insertable cardiac monitor",
     "Loop recorder LINQ II", "Tissue expander, left", "Midurethral sling", "Tympanostomy tubes", "Mirena"],
)  # fmt: skip
def test_implants_are_known_by_their_words_without_a_udi(kind: str) -> None:
    assert entry("Device", udiCarrier=None, type={"text": kind}).title == kind


def test_a_device_may_be_an_implant_by_its_profile_alone() -> None:
    """US Core 6.1: implantable devices claim the profile, whatever their words are."""
    base = "http://hl7.org/fhir/us/core/StructureDefinition/"
    for profile in ([f"{base}us-core-implantable-device|6.1.0"], f"{base}us-core-implantable-device"):
        assert entry("Device", udiCarrier=None, type={"text": "Thing"}, meta={"profile": profile}).title == "Thing"
    assert refusal("Device", udiCarrier=None, type={"text": "Thing"}, meta={"profile": [base]}) == "not-an-implant"


def test_a_part_of_a_panel_has_its_range_in_its_own_unit() -> None:
    part = {"code": {"text": "pH"}, "valueQuantity": amount(7, "mmol/L"), "referenceRange": [{"low": {"value": 4}}],
            "interpretation": [concept("x", "H")]}  # fmt: skip
    detail = entry("Observation", valueQuantity=None, component=[part]).detail
    assert isinstance(detail, Result)
    (shown,) = detail.components
    assert shown.ranges == (Range(low=Quantity(value="4", unit="mmol/L", code="mmol/L")),)
    assert (shown.flag, shown.flag_text, shown.flags) == ("H", "High", ("H",))


def test_a_device_without_any_sign_is_no_implant() -> None:
    assert refusal("Device", udiCarrier=None, type={"text": "Thing"}) == "not-an-implant"


def test_a_device_named_implant_is_named_by_what_it_is() -> None:
    kind = concept(SNOMED, "19257004", "Defibrillator, device", "Implant")
    assert entry("Device", type=kind).title == "Defibrillator"
    named = [{"name": "My Pacer", "type": "user-friendly-name"}]
    assert entry("Device", type=kind, deviceName=named).title == "My Pacer"


def test_medication_order() -> None:
    found = entry("MedicationRequest")
    assert (found.section, found.status) == (Section.MEDICATIONS, Status.ACTIVE)
    assert found.title == "Metformin hydrochloride 500 mg Oral Tablet"
    assert found.detail == Medication(
        instructions=("1 tablet by mouth, twice a day, with meals",),
        dose="1 tablet",
        route="by mouth",
        reason="Type 2 diabetes mellitus",
        prescriber="Dr. Kim Lee",
        intent="order",
        refills="3",
        quantity="180 tablets",
        fhir_status="active",
        supply="90 days",
        doses=(
            Dose(
                amount=Quantity(value="1.0", unit="tablet"),
                route="by mouth",
                repeat={"frequency": "2", "period": "1", "periodUnit": "d"},
                when=("C",),
            ),
        ),
    )


def test_an_order_not_to_give_something_says_so() -> None:
    found = entry("MedicationRequest", doNotPerform=True)
    assert found.qualifiers == ("Not to be taken",)
    assert isinstance(found.detail, Medication)
    assert found.detail.do_not_perform


def test_medication_by_reference_contained_or_display_only() -> None:
    assert entry("MedicationStatement").title == "Combination cold remedy"
    reference = {"reference": "Medication/unknown", "display": "LISINOPRIL 10 MG TABLET"}
    named = entry("MedicationRequest", medicationCodeableConcept=None, medicationReference=reference)
    assert named.title == "Lisinopril 10 mg Tablet"
    assert refusal("MedicationRequest", medicationCodeableConcept=None, medicationReference={"reference": "#no"}) == (
        "no-code"
    )


def test_medication_from_the_lookup_gives_its_codes() -> None:
    product = {"resourceType": "Medication", "code": concept("http://hl7.org/fhir/sid/ndc", "0093-1048", "Ibuprofen")}
    resource = sample(
        "MedicationRequest", medicationCodeableConcept=None, medicationReference={"reference": "urn:uuid:1"}
    )
    found = to_entry(resource, {"urn:uuid:1": product}.get)
    assert (found.title, found.codes[0].code) == ("Ibuprofen", "0093-1048")


def test_medication_statement() -> None:
    found = entry("MedicationStatement")
    assert (found.start, found.end, found.recorder) == ("2024-11", "2024-12-02", "Ana Test")
    assert isinstance(found.detail, Medication)
    assert found.detail.statement
    assert found.detail.as_needed
    assert found.detail.ingredients[0].name == "Acetaminophen"
    assert found.detail.ingredients[0].strength == "32 mg per mL"
    assert entry("MedicationStatement", status="intended").status is Status.UPCOMING


def test_message() -> None:
    found = entry("Communication")
    assert (found.title, found.start) == ("Your last visit", "2025-01-03T09:00:00Z")
    assert isinstance(found.detail, Message)
    assert (found.detail.sender, found.detail.recipients) == ("Dr. Kim Lee", ("Ana Test",))
    assert (found.detail.body, found.detail.thread) == ("Dear Ana,\n\nall is well.", "Communication/1")
    assert found.detail.attachments[0].title == "Leaflet"
    assert entry("Communication", topic=None).title == "Dear Ana,"
    assert refusal("Communication", status="preparation") == "draft"


def test_laboratory_result() -> None:
    found = entry("Observation")
    assert (found.section, found.title) == (Section.TEST_RESULTS, "Hemoglobin A1c")
    assert found.detail == Result(
        quantity=Quantity(value="7.0", unit="%", code="%"),
        flag="H",
        flag_text="High",
        flags=("H",),
        ranges=(Range(low=Quantity(value="4.0", unit="%", code="%"), high=Quantity(value="5.6", unit="%", code="%")),),
        notes=("Fasting sample.",),
        performer="North Lab",
        fhir_status="final",
    )


def test_a_laboratorys_own_words_for_a_test_stay() -> None:
    own = concept(LOINC, "4548-4", "Hemoglobin A1c/Hemoglobin.total in Blood", "Hgb A1c, point of care")
    assert entry("Observation", code=own).title == "Hgb A1c, point of care"
    assert entry("Observation", code=concept(LOINC, "9999-1", "Zinc [Mass/volume] in Hair")).title == "Zinc in Hair"
    assert entry("Observation", code=concept(LOINC, "4548-4")).title == "Hemoglobin A1c"
    assert entry("Observation", code=concept(LOINC, "9999-1")).title == "LOINC 9999-1"


@pytest.mark.parametrize(
    ("element", "value", "text"),
    [
        ("valueCodeableConcept", concept(SNOMED, "260373001", "Detected (qualifier value)"), "Detected"),
        ("valueString", "No growth\\nafter 48 h", "No growth\nafter 48 h"),
        ("valueBoolean", False, "No"),
        ("valueRatio", {"numerator": {"value": 1}, "denominator": {"value": 128}}, "1:128"),
        ("valueRange", {"low": amount(1, "mg"), "high": amount(2, "mg")}, "1\N{EN DASH}2 mg"),
        ("valueDateTime", "2024-05", "2024-05"),
        ("dataAbsentReason", concept("http://terminology.hl7.org/CodeSystem/data-absent-reason", "not-performed"),
         "No result recorded: not performed"),
    ],
)  # fmt: skip
def test_values_that_are_no_quantity(element: str, value: object, text: str) -> None:
    found = entry("Observation", valueQuantity=None, **{element: value})
    assert isinstance(found.detail, Result)
    assert (found.detail.quantity, found.detail.text) == (None, text)


def test_blood_pressure_names_the_systolic_first() -> None:
    parts = [
        {"code": concept(LOINC, "8462-4", "Diastolic blood pressure"), "valueQuantity": amount(79, "mmHg", "mm[Hg]")},
        {"code": concept(LOINC, "8480-6", "Systolic blood pressure"), "valueQuantity": amount(121, "mm[Hg]")},
        {"code": {"text": "Cuff"}},
    ]
    category = [concept("http://terminology.hl7.org/CodeSystem/observation-category", "vital-signs")]
    found = entry("Observation", category=category, valueQuantity=None, component=parts)
    assert found.section is Section.VITAL_SIGNS
    assert isinstance(found.detail, Result)
    shown = [(one.name, one.quantity.value, one.quantity.unit) for one in found.detail.components if one.quantity]
    assert shown == [("Systolic blood pressure", "121", "mmHg"), ("Diastolic blood pressure", "79", "mmHg")]


def test_report() -> None:
    found = entry("DiagnosticReport")
    assert (found.title, found.recorder) == ("Comprehensive metabolic panel", "North Lab")
    assert isinstance(found.detail, Report)
    assert found.detail.results == ("Observation/na", "Observation/k")
    assert found.detail.conclusion == "Normal.\nNo action."
    assert (found.detail.attachments[0].inline, found.detail.attachments[0].size) == (True, 9)


def test_visit() -> None:
    found = entry("Encounter")
    assert (found.title, found.status) == ("Visit for check up", Status.PAST)
    assert isinstance(found.detail, Visit)
    assert (found.detail.kind, found.detail.visit_class) == ("Office visit", "AMB")
    assert (found.detail.place, found.detail.address) == ("Main building", "1 Harbor Street, Anytown, NJ 08000")
    assert (found.detail.people, found.detail.organization) == (("Dr. Kim Lee",), "Harbor Street Clinic")


@pytest.mark.parametrize(
    ("given", "title"),
    [
        ({"system": ACT, "code": "IMP"}, "Hospital stay"),
        ({"system": ACT, "code": "EMER"}, "Emergency visit"),
        ("ambulatory", "Office visit"),
        ([concept(ACT, "VR")], "Virtual visit"),
        ({"system": "urn:own", "code": "X", "display": "walk-in clinic"}, "Walk-in clinic"),
        (None, "Visit"),
        (7, "Visit"),
    ],
)
def test_a_visit_without_a_type_is_named_by_its_class(given: object, title: str) -> None:
    unknown = [concept(SNOMED, "261665006", "Unknown (qualifier value)")]
    assert entry("Encounter", type=unknown, **{"class": given}).title == title


def test_appointment() -> None:
    found = entry("Appointment")
    assert (found.title, found.status, found.start) == ("Eye examination", Status.UPCOMING, "2026-12-01T14:00:00-05:00")
    assert isinstance(found.detail, Visit)
    assert found.detail.appointment
    assert (found.detail.people, found.detail.place) == (("Dr. Kim Lee",), "Main building")
    assert (found.detail.instructions, found.detail.minutes) == ("Bring your glasses.", 40)
    assert entry("Appointment", status="cancelled").status is Status.PAST


def test_care_team_leaves_the_patient_out_and_follows_roles() -> None:
    detail = entry("CareTeam").detail
    assert isinstance(detail, CareTeam)
    assert detail.members == (
        Member(name="Dr. Kim Lee", role="Family doctor", phone="555-0101", organization="Harbor Street Clinic"),
        Member(name="Sam Test", role="Caregiver"),
    )
    assert (detail.organization, detail.phone) == ("Harbor Street Clinic", "555-0100")


def test_insurance() -> None:
    found = entry("Coverage")
    assert found.title == "Bronze 60"
    assert found.detail == Insurance(
        payer="Tidewater Health",
        plan="Bronze 60",
        plan_number="P9",
        group="Harbor Works",
        group_number="G1",
        member_id="W100",
        dependent="1",
        relationship="Child",
        kind="PPO",
        phone="555-0199",
        costs=("Office visit: 25 USD",),
    )
    identifier = [{"type": concept("http://terminology.hl7.org/CodeSystem/v2-0203", "MB"), "value": "M7"}]
    detail = entry("Coverage", identifier=identifier, **{"class": None}).detail
    assert isinstance(detail, Insurance)
    assert detail.member_id == "M7"


def test_immunization() -> None:
    found = entry("Immunization")
    assert (found.title, found.start, found.status) == ("Zoster vaccine recombinant", "2023-09", Status.PAST)
    assert found.detail == Immunization(
        lot="Z1", dose_number="1 of 2", site="Left arm", targets=("Shingles",), performer="Harbor Street Clinic"
    )


def test_immunization_not_given_says_so() -> None:
    detail = entry("Immunization", status="not-done", statusReason={"text": "Patient declined"}).detail
    assert isinstance(detail, Immunization)
    assert (detail.not_given, detail.not_given_reason) == (True, "Patient declined")


def test_procedure() -> None:
    found = entry("Procedure")
    assert (found.title, found.start) == ("Total replacement of hip", "2021-05-06")
    assert found.detail == Procedure(
        performers=("Dr. Kim Lee",), reason="Osteoarthritis", fhir_status="completed", devices=("Device/hip",)
    )
    undone = entry("Procedure", status="not-done", statusReason={"text": "Fever"})
    assert (undone.qualifiers, undone.facts) == (("Not done",), (Fact("Why", "Fever"),))


def test_document() -> None:
    found = entry("DocumentReference")
    assert (found.title, found.recorder) == ("Discharge summary", "Dr. Kim Lee")
    assert isinstance(found.detail, Document)
    assert (found.detail.description, found.detail.visit) == ("After hip replacement", "Encounter/7")
    assert (found.detail.attachments[0].size, found.detail.custodian) == (5, "Harbor Street Clinic")
    assert entry("DocumentReference", type=None).title == "After hip replacement"


def test_a_care_plan_says_what_is_planned() -> None:
    planned = entry("CarePlan")
    assert (planned.title, planned.section.value, planned.status) == ("Diabetes plan", "plans", Status.ACTIVE)
    assert isinstance(planned.detail, PlannedCare)
    assert planned.detail.activities == ("Eye examination, Done", "Hemoglobin A1c")
    assert planned.notes == ("What we agreed on.", "Walk after dinner.")
    assert (planned.detail.reason, planned.recorder) == ("Type 2 diabetes", "Dr. Kim Lee")
    assert entry("CarePlan", status="revoked").qualifiers == ("Cancelled",)


def test_a_goal_says_what_is_to_be_reached_and_when() -> None:
    goal = entry("Goal")
    assert isinstance(goal.detail, PlannedCare)
    assert goal.detail.targets == ("Hemoglobin A1c: < 7%",)
    assert (goal.detail.due, goal.detail.achieved) == ("2024-12-31", "Improving")
    assert entry("Goal", lifecycleStatus="proposed").qualifiers == ("Proposed",)
    with pytest.raises(NormaliseError, match="no-code"):
        entry("Goal", description=None)


def test_an_order_is_not_what_was_done() -> None:
    ordered = entry("ServiceRequest")
    assert isinstance(ordered.detail, PlannedCare)
    assert (ordered.title, ordered.detail.kind, ordered.detail.reason) == ("Urinalysis", "order", "Burning")
    assert (ordered.start, ordered.detail.due) == ("2024-02-03", "2024-03-01")
    assert "Bring the first urine of the day." in ordered.notes
    assert "Not to be done" in entry("ServiceRequest", doNotPerform=True).qualifiers
    assert "Proposed, not ordered" in entry("ServiceRequest", intent="proposal").qualifiers


def test_what_was_handed_out_is_not_what_is_taken() -> None:
    handed_out = entry("MedicationDispense")
    assert (handed_out.section.value, handed_out.status) == ("medications", Status.PAST)
    assert handed_out.qualifiers == ("Handed out by a pharmacy",)
    assert isinstance(handed_out.detail, Dispense)
    assert (handed_out.detail.pharmacy, handed_out.detail.orders) == ("Corner Pharmacy", ("MedicationRequest/m1",))
    assert entry("MedicationDispense", status="declined").qualifiers == ("Not handed out",)
    assert entry("MedicationDispense", status=None).qualifiers == ("Record of a pharmacy",)


def test_answers_keep_their_questions_in_order() -> None:
    detail = entry("QuestionnaireResponse").detail
    assert isinstance(detail, Result)
    assert [(part.name, part.text) for part in detail.components] == [
        ("Nights", ""),
        ("Hours of sleep", "7.5"),
        ("Why not more?", ""),
        ("What wakes you?", "Pain; Noise"),
    ]
    assert entry("QuestionnaireResponse").title == "Sleep"
    assert entry("QuestionnaireResponse", _questionnaire=None).title == "Questionnaire"


def test_a_picture_is_a_document() -> None:
    picture = entry("Media")
    assert (picture.section.value, picture.title, picture.notes) == ("documents", "Photo of the skin", ("Left arm.",))
    assert entry("Media", status="not-done").status is Status.PAST


@pytest.mark.parametrize("kind", [kind for kind in TYPES if kind not in ("AllergyIntolerance", "Condition")])
def test_entered_in_error_stays_an_entry_that_says_so(kind: str) -> None:
    element = "lifecycleStatus" if kind == "Goal" else "status"
    assert entry(kind, **{element: "entered-in-error"}).status is Status.ENTERED_IN_ERROR


@pytest.mark.parametrize("kind", ["AllergyIntolerance", "Condition"])
def test_entered_in_error_as_verification(kind: str) -> None:
    assert entry(kind, verificationStatus=concept("x", "entered-in-error")).status is Status.ENTERED_IN_ERROR


def test_types_without_entries_are_refused_by_name() -> None:
    for kind, code in (("Organization", "unsupported-type"), ("", "malformed"), (5, "malformed")):
        with pytest.raises(NormaliseError) as refused:
            to_entry({"resourceType": kind}, others)
        assert refused.value.code == code


@pytest.mark.parametrize("kind", TYPES)
def test_a_reader_and_the_table_of_sections_agree(kind: str) -> None:
    assert entry(kind).section is section_of(sample(kind))
    assert kind == "Observation" or SECTIONS_OF[kind] == (entry(kind).section,), "its reader must ask its category"


@pytest.mark.parametrize(
    ("kind", "element", "is_list"),
    [
        ("AllergyIntolerance", "code", False),
        ("Appointment", "serviceType", True),
        ("CarePlan", "category", True),
        ("CareTeam", "category", True),
        ("Communication", "category", True),
        ("Coverage", "type", False),
        ("Device", "type", False),
        ("DocumentReference", "type", False),
        ("Encounter", "type", True),
        ("Goal", "description", False),
        ("Media", "type", False),
    ],
)
def test_codes_of_what_it_is(kind: str, element: str, is_list: bool) -> None:
    coded = concept("urn:own", "C-1", "Pacemaker")
    of = entry(kind, **{element: [coded] if is_list else coded})
    assert [(code.system, code.code, code.display) for code in of.codes] == [("urn:own", "C-1", "Pacemaker")]
