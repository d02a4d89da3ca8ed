"""``Patient/$summary``: the summary of what a token may read, in the form of the International Patient Summary."""

from flask.testing import FlaskClient

from portal.services import Services
from tests.factories.record import allergy, link
from tests.factories.world import TestUser, World
from tests.integration.provider.conftest import TestApp, store_chart
from tests.integration.sharing.reading import resources_of, section_of


def test_the_summary_holds_the_record(reader: TestApp) -> None:
    answer = reader.get("Patient/$summary")
    assert answer.status_code == 200
    assert answer.mimetype == "application/fhir+json"
    bundle = answer.get_json()
    assert bundle["type"] == "document"
    assert {"AllergyIntolerance", "Condition", "MedicationRequest", "Medication", "Observation", "Provenance"} <= {
        resource["resourceType"] for resource in resources_of(bundle)
    }
    assert reader.get("Patient/patient-ana/$summary").status_code == 200
    assert reader.post("Patient/patient-ana/$summary", {}).status_code == 200


def test_another_persons_summary_is_not_there(reader: TestApp, world: World, services: Services) -> None:
    store_chart(services, world.patient("ben"))
    answer = reader.get("Patient/patient-ben/$summary")
    assert answer.status_code == 404
    assert answer.data == reader.get("Patient/nobody/$summary").data
    assert "patient-ben" not in reader.get("Patient/$summary").get_data(as_text=True)


def test_without_a_token_it_asks_for_one(client: FlaskClient) -> None:
    assert client.get("/fhir/Patient/$summary").status_code == 401


def test_what_was_refused_is_withheld(third_party: TestApp) -> None:
    reader = third_party.connect(refuse=("AllergyIntolerance", "Observation"))
    bundle = reader.get("Patient/$summary").get_json()
    allergies = section_of(bundle, "48765-2")
    assert allergies["emptyReason"]["coding"][0]["code"] == "withheld"
    assert "Penicillin" not in str(bundle)
    assert "Observation" not in {resource["resourceType"] for resource in resources_of(bundle)}


def test_without_the_patient_there_is_none(third_party: TestApp) -> None:
    reader = third_party.connect(scope="launch/patient patient/Condition.rs")
    assert reader.get("Patient/$summary").status_code == 403


def test_what_others_sent_is_not_in_an_apps_summary(reader: TestApp, services: Services, ana: TestUser) -> None:
    link(services, ana, name="Old Mill", resources=[allergy("x", "91936005", "Allergy to latex", "Rash")])
    text = reader.get("Patient/$summary").get_data(as_text=True)
    assert "latex" not in text
    assert "Old Mill" not in text


def test_a_limited_scope_never_says_none(third_party: TestApp, services: Services, ana: TestUser) -> None:
    category = "http://terminology.hl7.org/CodeSystem/condition-category|encounter-diagnosis"
    reader = third_party.connect(scope=f"launch/patient patient/Patient.rs patient/Condition.rs?category={category}")
    problems = section_of(reader.get("Patient/$summary").get_json(), "11450-4")
    assert problems["emptyReason"]["coding"][0]["code"] == "unavailable"


def test_it_is_recorded(reader: TestApp, client: FlaskClient) -> None:
    reader.get("Patient/$summary")
    assert "Test App" in client.get("/activity").get_data(as_text=True)


def test_the_capability_statement_names_the_operation(client: FlaskClient) -> None:
    kinds = {part["type"]: part for part in client.get("/fhir/metadata").get_json()["rest"][0]["resource"]}
    assert {"match", "summary"} == {operation["name"] for operation in kinds["Patient"]["operation"]}
