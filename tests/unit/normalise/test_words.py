"""The words beside a title that change what it says, and the facts that have no field: by section."""

from typing import Any

import pytest

from portal.domain.entry import Allergy, CareTeam, Entry, Fact, HealthIssue, Immunization, Procedure, Status, Visit
from portal.normalise import to_entry
from portal.normalise.coding import kinds_of, tidy
from portal.normalise.elements import uri
from portal.normalise.names import human_name
from tests.unit.normalise.samples import CVX, SNOMED, THO, amount, concept, others, sample


def entry(kind: str, **changes: Any) -> Entry:
    return to_entry(sample(kind, **changes), others)


@pytest.mark.parametrize(
    ("kind", "changes", "words"),
    [
        ("MedicationRequest", {"intent": "proposal"}, ("Proposed, not ordered",)),
        ("MedicationRequest", {"intent": "plan"}, ("Planned",)),
        ("MedicationRequest", {"intent": "option"}, ("One of several options",)),
        ("MedicationRequest", {"intent": "reflex-order"}, ()),
        ("MedicationRequest", {"doNotPerform": True, "status": "on-hold"}, ("Not to be taken", "On hold")),
        ("MedicationRequest", {"doNotPerform": False}, ()),
        ("MedicationRequest", {"status": "stopped"}, ("Stopped",)),
        ("MedicationRequest", {"status": "cancelled"}, ("Cancelled",)),
        ("MedicationRequest", {"status": "draft"}, ("Draft",)),
        ("MedicationStatement", {"status": "not-taken"}, ("Not taken",)),
        ("MedicationStatement", {"status": "intended"}, ("Planned",)),
        ("MedicationStatement", {"taken": "n"}, ("Not taken",)),
        ("MedicationStatement", {"wasNotTaken": True}, ("Not taken",)),
        ("MedicationStatement", {"taken": "y"}, ()),
        ("Procedure", {"status": "preparation"}, ("Planned",)),
        ("Procedure", {"status": "in-progress"}, ("In progress",)),
        ("Procedure", {"status": "on-hold"}, ("On hold",)),
        ("Procedure", {"status": "stopped"}, ("Stopped",)),
        ("Procedure", {"status": "aborted"}, ("Stopped",)),
        ("Procedure", {"notDone": True}, ("Not done",)),
        ("Procedure", {"status": "completed"}, ()),
        ("DocumentReference", {"status": "superseded"}, ("Replaced by a newer version",)),
        ("DocumentReference", {"docStatus": "preliminary"}, ("Preliminary",)),
        ("DocumentReference", {"docStatus": "amended"}, ("Changed later",)),
        ("Observation", {"status": "registered"}, ("No result yet",)),
        ("Observation", {"status": "preliminary"}, ("Preliminary",)),
        ("Observation", {"status": "corrected"}, ("Corrected later",)),
        ("Observation", {"status": "cancelled"}, ("Cancelled",)),
        ("DiagnosticReport", {"status": "partial"}, ("Partly ready",)),
        ("DiagnosticReport", {"status": "appended"}, ("Added to later",)),
        ("DiagnosticReport", {"status": "final"}, ()),
        ("Condition", {"verificationStatus": concept("x", "refuted")}, ("Ruled out",)),
        ("Condition", {"verificationStatus": concept("x", "differential")}, ("One of several possibilities",)),
        ("Condition", {"verificationStatus": {"text": "Provisional"}}, ("Not confirmed",)),
        ("Condition", {"clinicalStatus": concept("x", "recurrence")}, ("Came back",)),
        ("Condition", {"clinicalStatus": concept("x", "remission")}, ("In remission",)),
        ("Condition", {"clinicalStatus": concept("x", "relapse")}, ("Relapse",)),
        ("AllergyIntolerance", {"verificationStatus": concept("x", "refuted")}, ("Ruled out",)),
        ("Immunization", {"isSubpotent": True}, ("Dose does not count",)),
        ("Immunization", {"wasNotGiven": True}, ("Not done",)),
        ("CareTeam", {"status": "inactive"}, ("Not active",)),
        ("CareTeam", {"status": "proposed"}, ("Proposed",)),
        ("Coverage", {"status": "draft"}, ("Draft",)),
        ("Device", {"status": "inactive"}, ("Not active",)),
        ("Encounter", {"status": "onleave"}, ("On leave",)),
        ("Communication", {"status": "stopped"}, ("Stopped",)),
    ],
)
def test_qualifiers(kind: str, changes: dict[str, Any], words: tuple[str, ...]) -> None:
    assert entry(kind, **changes).qualifiers == words


def test_a_document_in_error_by_its_second_status() -> None:
    assert entry("DocumentReference", docStatus="entered-in-error").status is Status.ENTERED_IN_ERROR


def test_a_status_in_words_only() -> None:
    assert entry("Condition", clinicalStatus={"text": "Resolved"}).status is Status.PAST
    assert entry("AllergyIntolerance", clinicalStatus={"text": "Active"}).status is Status.ACTIVE


@pytest.mark.parametrize(
    ("kind", "changes", "facts"),
    [
        ("AllergyIntolerance", {"type": "intolerance"}, [("Allergy or intolerance", "Intolerance")]),
        (
            "AllergyIntolerance",
            {"onsetAge": amount(12, "years", "a"), "onsetDateTime": None},
            [("Began at", "12 years")],
        ),
        (
            "AllergyIntolerance",
            {"reaction": [{"substance": {"text": "Amoxicillin"}, "exposureRoute": {"text": "oral"}}]},
            [("Reaction to", "Amoxicillin"), ("How it came into the body", "Oral")],
        ),
        ("Condition", {"abatementString": "in childhood"}, [("Ended at", "in childhood")]),
        (
            "Condition",
            {"onsetRange": {"low": amount(3, "years", "a"), "high": amount(5, "years", "a")}},
            [("Began at", "3\N{EN DASH}5 years")],
        ),
        (
            "MedicationRequest",
            {
                "statusReason": None,
                "courseOfTherapyType": {"text": "Acute"},
                "category": [{"text": "Community"}],
                "priority": "stat",
                "substitution": {"allowedBoolean": False, "reason": {"text": "Allergy"}},
                "priorPrescription": {"reference": "MedicationRequest/0", "display": "METFORMIN 250"},
            },
            [
                ("Course", "Acute"),
                ("Kind", "Community"),
                ("Priority", "STAT"),
                ("Why", "Allergy"),
                ("May be replaced by an equivalent", "No"),
                ("Replaces", "Metformin 250"),
            ],
        ),
        ("MedicationStatement", {"reasonNotTaken": [{"text": "Nausea"}]}, [("Why", "Nausea")]),
        (
            "Procedure",
            {"performedAge": amount(12, "years", "a"), "performedPeriod": None},
            [("Last happened", "12 years")],
        ),
        (
            "Procedure",
            {
                "performer": [
                    {
                        "actor": {"reference": "Practitioner/lee"},
                        "function": {"text": "Surgeon"},
                        "onBehalfOf": {"display": "North"},
                    }
                ]
            },
            [("Given or done by", "Dr. Kim Lee: Surgeon, North")],
        ),
        (
            "Immunization",
            {
                "isSubpotent": True,
                "subpotentReason": [{"text": "Cold chain"}],
                "reasonCode": [{"text": "Work"}],
                "reaction": [{"date": "2023-09-02", "detail": {"display": "Fever"}}],
            },
            [("Why the dose does not count", "Cold chain"), ("Reason", "Work"), ("Reaction", "Fever (2023-09-02)")],
        ),
        (
            "Coverage",
            {
                "class": [
                    {"type": concept(THO, "rxbin"), "value": "610591"},
                    {"type": concept(THO, "rxpcn"), "value": "ADV"},
                    {"type": concept(THO, "rxgroup"), "value": "RX1"},
                    {"type": concept(THO, "rxid"), "value": "9"},
                    {"type": {"text": "Tier"}, "value": "2"},
                ],
                "order": 2,
                "network": "N1",
                "subscriberId": "S1",
                "identifier": [{"type": concept(THO, "MB"), "value": "M1"}],
            },
            [
                ("Pharmacy number (BIN)", "610591"),
                ("Pharmacy number (PCN)", "ADV"),
                ("Pharmacy group", "RX1"),
                ("Pharmacy member number", "9"),
                ("Tier", "2"),
                ("Order of insurances", "2"),
                ("Network", "N1"),
                ("Number of the main insured person", "S1"),
                ("Number of this person", "1"),
            ],
        ),
        (
            "Encounter",
            {
                "type": [{"text": "Check up"}, {"text": "Vaccination"}],
                "serviceType": {"text": "Family medicine"},
                "participant": [
                    {
                        "individual": {"reference": "Practitioner/lee"},
                        "type": [{"text": "Attender"}],
                        "period": {"start": "2024"},
                    }
                ],
                "hospitalization": {"admitSource": {"text": "Home"}, "dietPreference": [{"text": "Kosher"}]},
            },
            [
                ("Kind", "Vaccination"),
                ("Service", "Family medicine"),
                ("Came from", "Home"),
                ("Diet", "Kosher"),
                ("Who did what", "Dr. Kim Lee: Attender (2024 \N{EN DASH} …)"),
            ],
        ),
        (
            "DocumentReference",
            {
                "authenticator": {"display": "Dr. Ito"},
                "relatesTo": [
                    {"code": "replaces", "target": {"display": "Old plan"}},
                    {"code": "appends", "target": {"display": "Plan"}},
                ],
            },
            [("Signed by", "Dr. Ito"), ("Replaces", "Old plan"), ("Goes with", "Plan"), ("Kind", "Clinical Note")],
        ),
        (
            "DiagnosticReport",
            {"specimen": [{"display": "Blood"}], "media": [{"comment": "Left knee"}]},
            [("Sample", "Blood"), ("Images", "Left knee")],
        ),
        (
            "Communication",
            {"category": [{"text": "Alert"}], "priority": "urgent"},
            [("Kind", "Alert"), ("Priority", "urgent")],
        ),
        (
            "Device",
            {"distinctIdentifier": "A99", "statusReason": [{"text": "Off"}]},
            [("Identifying number", "A99"), ("Why", "Off")],
        ),
    ],
)
def test_facts(kind: str, changes: dict[str, Any], facts: list[tuple[str, str]]) -> None:
    listed = {(fact.label, fact.text) for fact in entry(kind, **changes).facts}
    assert set(facts) - listed == set()


def test_reactions_are_told_by_their_words_too() -> None:
    reaction = [
        {"manifestation": [{"text": "Hives"}], "description": "hives"},
        {"manifestation": [{"text": "Hives"}], "description": "All over, after two hours"},
    ]
    detail = entry("AllergyIntolerance", reaction=reaction).detail
    assert isinstance(detail, Allergy)
    assert [part.manifestations for part in detail.reactions] == [("Hives",), ("Hives", "All over, after two hours")]


def test_every_stage_with_its_type() -> None:
    stage = [{"summary": {"text": "T2"}, "type": {"text": "Clinical"}}, {"summary": concept(SNOMED, "4711")},
             {"assessment": [{"display": "PET"}]}, {"type": {"text": "Pathological"}}]  # fmt: skip
    detail = entry("Condition", stage=stage).detail
    assert isinstance(detail, HealthIssue)
    assert detail.stages == ("Clinical: T2", "SNOMED CT 4711", "PET", "Pathological")
    assert detail.stage == "Clinical: T2; SNOMED CT 4711; PET; Pathological"


def test_evidence_and_complications_by_reference() -> None:
    issue = entry("Condition", evidence=[{"code": [{"text": "Wheeze"}], "detail": [{"display": "X-ray"}]}]).detail
    assert isinstance(issue, HealthIssue)
    assert issue.evidence == ("Wheeze", "X-ray")
    done = entry("Procedure", complicationDetail=[{"display": "Bleeding"}]).detail
    assert isinstance(done, Procedure)
    assert done.complications == ("Bleeding",)


def test_who_declined_does_not_come() -> None:
    participants = [
        {"actor": {"reference": "Practitioner/lee"}, "status": "declined"},
        {"actor": {"display": "Dr. Ito"}, "status": "tentative"},
        {"actor": {"reference": "Patient/ana"}, "status": "accepted"},
    ]
    found = entry("Appointment", participant=participants)
    assert isinstance(found.detail, Visit)
    assert found.detail.people == ("Dr. Ito",)
    assert found.facts[:2] == (Fact("Declined", "Dr. Kim Lee"), Fact("Has not answered yet", "Dr. Ito"))
    assert found.qualifiers == ()
    participants[2]["status"] = "declined"
    assert entry("Appointment", participant=participants).qualifiers == ("You declined",)


def test_members_who_left_are_said_to_have() -> None:
    participants = [
        {"member": {"display": "Sam"}, "role": [{"text": "Nurse"}], "period": {"start": "2019", "end": "2020-03"}},
        {"member": {"display": "Kim"}, "period": {"start": "2021"}},
    ]
    found = entry("CareTeam", participant=participants)
    assert isinstance(found.detail, CareTeam)
    assert [member.end for member in found.detail.members] == ["2020-03", None]
    assert Fact("No longer a member", "Sam, Nurse", start="2019", end="2020-03") in found.facts
    assert Fact("Member since", "Kim", start="2021") in found.facts


def test_reasons_by_code_and_by_reference_are_both_told() -> None:
    reasons = {"reasonCode": [{"text": "Cough"}], "reasonReference": [{"display": "Asthma"}, {"display": "Cough"}]}
    for kind in ("Encounter", "Procedure", "MedicationRequest", "Appointment"):
        assert getattr(entry(kind, **reasons).detail, "reason", "") == "Cough; Asthma"
    assert (
        getattr(entry("Encounter", reason=[{"value": [{"concept": None}], "text": "Fall"}]).detail, "reason", "")
        == "Fall"
    )


def test_a_vaccine_not_given_keeps_its_reason_apart() -> None:
    found = entry(
        "Immunization", status="not-done", statusReason=concept(THO, "PATOBJ"), vaccineCode=concept(CVX, "187")
    )
    assert isinstance(found.detail, Immunization)
    assert (found.title, found.detail.not_given_reason) == ("CVX 187", "HL7 PATOBJ")


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("HMO", "HMO"),
        ("NKDA", "NKDA"),
        ("NRBC", "NRBC"),
        ("BCBSTX", "BCBSTX"),
        ("BCBS OF ILLINOIS", "BCBS of Illinois"),
        ("BCBSIL", "BCBSIL"),
        ("BLUE CROSS HMO", "Blue Cross HMO"),
        ("NRBC COUNT", "NRBC Count"),
        ("TREE NUT", "Tree Nut"),
        ("MILK", "Milk"),
        ("XZQW", "XZQW"),
        ("DR SMITH", "Dr Smith"),
        ("EGGS", "Eggs"),
        ("C-CDA", "C-CDA"),
    ],
)
def test_capitals_that_mean_something_stay(written: str, shown: str) -> None:
    assert tidy(written) == shown


def test_a_persons_name_may_be_text() -> None:
    lookup = {"Practitioner/1": {"resourceType": "Practitioner", "name": "KIM LEE"}}.get
    order = sample("MedicationRequest", requester={"reference": "Practitioner/1"})
    assert getattr(to_entry(order, lookup).detail, "prescriber", "") == "Kim Lee"


def test_beginnings_ends_and_days_of_writing() -> None:
    booked = entry("Appointment", created="2026-11-01")
    assert (booked.end, booked.recorded) == ("2026-12-01T14:40:00-05:00", "2026-11-01")
    stated = entry("MedicationStatement", dateAsserted="2024-12-03", effectiveDateTime="2024-11-02")
    assert (stated.start, stated.recorded) == ("2024-11-02", "2024-12-03")


def test_results_that_are_not_at_hand_have_their_names() -> None:
    panel = {"reference": "Observation/na", "display": "SODIUM"}
    for kind, element in (("DiagnosticReport", "result"), ("Observation", "hasMember")):
        resource = sample(kind, **{element: [panel]})
        assert Fact("Results", "Sodium") in to_entry(resource, others).facts
        at_hand = {"Observation/na": {"resourceType": "Observation", "code": {"text": "Sodium"}}}
        assert not [fact for fact in to_entry(resource, at_hand.get).facts if fact.label == "Results"]


def test_the_side_may_stand_in_a_body_structure() -> None:
    site = {
        "url": "http://hl7.org/fhir/StructureDefinition/bodySite",
        "valueReference": {"reference": "BodyStructure/1"},
        "valueCodeableConcept": {"text": "Joint"},
    }
    structure = {"location": {"text": "Knee"}, "locationQualifier": [{"text": "Left"}]}
    issue = sample("Condition", extension=[site, {"url": "x"}], bodySite=[{"text": "Leg"}])
    detail = to_entry(issue, {"BodyStructure/1": structure}.get).detail
    assert isinstance(detail, HealthIssue)
    assert detail.body_site == "Leg, Joint, Knee, Left"


def test_the_name_that_is_in_use() -> None:
    names = [{"text": "Other"}, {"use": "maiden", "text": "Before"}, {"use": "usual", "text": "Usual"}]
    assert human_name(names) == "Usual"
    assert human_name([{"use": "official", "text": "Official"}, *names]) == "Official"
    assert human_name([{"use": "old", "text": "Old"}, {"use": "nickname", "text": "Nick"}]) == "Nick"
    assert human_name([{"use": "old", "text": "Old"}]) == "Old"
    assert human_name(["Kim", "Lee"]) == "Kim"


@pytest.mark.parametrize(("length", "written"), [(2048, "x" * 2048), (2049, "")])
def test_the_longest_address(length: int, written: str) -> None:
    assert uri("x" * length) == written


def test_what_holds_a_space_or_a_control_is_no_address() -> None:
    assert [uri(text) for text in (" urn:x ", "urn: x", "urn:\x00x", 5)] == ["urn:x", "", "", ""]


@pytest.mark.parametrize(
    ("category", "kinds"),
    [
        ({"text": "Community", "coding": [{"code": "community", "display": "Community"}]}, ("At home",)),
        ({"coding": [{"code": "problem-list-item", "display": "Problem List Item"}]}, ("On the problem list",)),
        ({"text": "Eye clinic", "coding": [{"code": "outpatient", "display": "Outpatient"}]}, ("Eye clinic",)),
        ({"text": "Community"}, ("Community",)),
    ],
)
def test_a_code_said_as_words_is_said_in_ours(category: dict[str, object], kinds: tuple[str, ...]) -> None:
    assert kinds_of([category]) == kinds
