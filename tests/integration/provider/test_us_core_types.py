"""The types of US Core that are no items of a list by themselves are served like all others: read, searched, closed."""

from typing import Any

import pytest

from portal.domain.ids import HOME
from portal.refresh.ingest import ingest
from portal.services import Services
from tests.factories.stages import staged
from tests.factories.world import World
from tests.integration.provider.conftest import TestApp, TestUser, store_chart
from tests.integration.provider.test_fhir import ids

CONFIDENTIAL = {"security": [{"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "R"}]}


def resources(patient: str) -> list[dict[str, Any]]:
    """Return one of each of these types of a patient."""
    subject = {"reference": f"Patient/{patient}"}
    plan = {"status": "active", "intent": "plan", "category": [{"coding": [{"code": "assess-plan"}]}]}
    parts: dict[str, dict[str, Any]] = {
        "CarePlan": {**plan, "period": {"start": "2024-01-01", "end": "2024-06-01"}, "title": "Asthma"},
        "Goal": {"lifecycleStatus": "active", "description": {"text": "Walk"}, "target": [{"dueDate": "2024-05-01"}]},
        "ServiceRequest": {
            "status": "active",
            "intent": "order",
            "authoredOn": "2024-02-03",
            "code": {"coding": [{"system": "http://loinc.org", "code": "24357-6"}]},
        },
        "MedicationDispense": {
            "status": "completed",
            "whenHandedOver": "2024-03-04",
            "medicationReference": {"reference": f"Medication/med-{patient}"},
            "authorizingPrescription": [{"reference": f"MedicationRequest/m-{patient}"}],
        },
        "Specimen": {"type": {"text": "Blood"}, "collection": {"collectedDateTime": "2024-02-04"}},
        "QuestionnaireResponse": {
            "status": "completed",
            "questionnaire": "http://x.example/q|1.0",
            "authored": "2024-04-05",
            "item": [{"linkId": "1", "text": "Sleep?", "answer": [{"valueString": "well"}]}],
        },
        "Media": {"status": "completed", "content": {"contentType": "image/png", "data": "iVBORw0K"}},
    }
    return [
        {"resourceType": kind, "id": f"{kind.lower()}-{patient}", "subject": subject, **part}
        for kind, part in parts.items()
    ]


TYPES = [resource["resourceType"] for resource in resources("x")]


@pytest.fixture
def chart(services: Services, world: World, ana: TestUser) -> None:
    """Ana's chart and Ben's, each with one of each type."""
    ben = world.patient("ben")
    store_chart(services, ben)

    def build() -> None:
        for person in (ana, ben):
            patient = f"patient-{person.username}"
            ingest(services.db, person_id=person.person_id, source=HOME, resources=resources(patient))

    staged(services, "one of each type", build)


@pytest.mark.parametrize("kind", TYPES)
def test_it_is_read_and_searched_and_nobody_elses(chart: None, reader: TestApp, kind: str) -> None:
    own, other = f"{kind.lower()}-patient-ana", f"{kind.lower()}-patient-ben"
    (resource,) = [part for part in resources("patient-ana") if part["resourceType"] == kind]
    answer = reader.get(f"{kind}/{own}")
    assert answer.get_json() | {"meta": None} == resource | {"meta": None}
    assert ids(reader.get(f"{kind}?patient=patient-ana")) == [own]
    assert reader.get(f"{kind}/{other}").status_code == 404
    assert ids(reader.get(f"{kind}?_id={other}")) == []
    assert reader.get(f"{kind}?patient=patient-ben").status_code == 403


@pytest.mark.parametrize(
    ("query", "matches"),
    [
        ("CarePlan?category=assess-plan&status=active&date=2024-03", 0),
        ("CarePlan?category=assess-plan&status=active&date=ge2024-03", 1),
        ("CarePlan?category=other", 0),
        ("Goal?target-date=2024-05", 1),
        ("Goal?target-date=lt2024-05", 0),
        ("Goal?lifecycle-status=active", 1),
        ("ServiceRequest?code=http://loinc.org|24357-6&authored=ge2024", 1),
        ("ServiceRequest?authored=lt2024", 0),
        ("MedicationDispense?status=completed&prescription=m-patient-ana", 1),
        ("MedicationDispense?prescription=MedicationRequest/other", 0),
        ("Specimen?collected=2024-02-04", 1),
        ("QuestionnaireResponse?questionnaire=http://x.example/q|1.0", 1),
        ("QuestionnaireResponse?authored=2023", 0),
        ("Media?status=completed", 1),
    ],
)
def test_searches(chart: None, reader: TestApp, query: str, matches: int) -> None:
    assert len(ids(reader.get(query))) == matches


def test_the_medicine_of_a_dispensing_is_included(chart: None, reader: TestApp) -> None:
    body = reader.get("MedicationDispense?_include=MedicationDispense:medication").get_json()
    assert [entry["resource"]["resourceType"] for entry in body["entry"]] == ["MedicationDispense", "Medication"]


@pytest.mark.parametrize(
    ("include", "included"),
    [
        ("CareTeam:participant", {"Practitioner", "Patient"}),
        ("CareTeam:participant:Practitioner", {"Practitioner"}),
        ("CareTeam:participant:RelatedPerson", set()),
    ],
)
def test_members_of_a_care_team_are_included(
    reader: TestApp, services: Services, ana: TestUser, include: str, included: set[str]
) -> None:
    members = [{"member": {"reference": name}} for name in ("Practitioner/dr-patient-ana", "Patient/patient-ana")]
    team = {"resourceType": "CareTeam", "id": "team", "subject": members[1]["member"], "participant": members}
    ingest(services.db, person_id=ana.person_id, source=HOME, resources=[team])
    entries = reader.get(f"CareTeam?_include={include}").get_json()["entry"]
    assert {entry["resource"]["resourceType"] for entry in entries} - {"CareTeam"} == included


@pytest.mark.parametrize("kind", TYPES)
def test_each_can_be_refused(chart: None, third_party: TestApp, kind: str) -> None:
    third_party.connect(refuse=(kind,))
    assert third_party.get(kind).status_code == 403
    assert third_party.get("Condition").status_code == 200


def test_what_is_confidential_stays_closed_to_who_may_not_see_it(
    services: Services, ana: TestUser, third_party: TestApp, world: World
) -> None:
    marked = [part | {"meta": CONFIDENTIAL} for part in resources("patient-ana")]
    ingest(services.db, person_id=ana.person_id, source=HOME, resources=marked)
    third_party.connect()
    assert ids(third_party.get("Goal")) == ["goal-patient-ana"]  # her own
