"""``Patient/$summary``: the summary of what a token may read, in the form of the International Patient Summary."""

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from msgspec import to_builtins
from werkzeug.test import TestResponse

from portal.access.policy import ReleasePolicy
from portal.domain.ids import HOME
from portal.refresh.ingest import ingest
from portal.services import Services
from portal.store.provider import proposals
from tests.factories.fhir import vaccine
from tests.factories.record import allergy, link
from tests.factories.world import TestUser, World
from tests.integration.provider.conftest import TestApp, register, store_chart
from tests.integration.sharing.reading import resources_of, section_of

MERGED = "launch/patient patient/*.rs patient/Composition.rs"


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


@pytest.fixture
def linked(services: Services, ana: TestUser) -> None:
    link(services, ana, name="Old Mill", resources=[allergy("x", "91936005", "Allergy to latex", "Rash")])
    link(services, ana, name="Elm Behavioral Health", resources=[allergy("y", "91935009", "Allergy to peanut", "Rash")])


@pytest.mark.usefixtures("linked")
def test_who_agreed_to_it_gets_the_merged_record(third_party: TestApp, client: FlaskClient) -> None:
    bundle = third_party.connect(scope=MERGED).get("Patient/$summary").get_json()
    texts = {resource["code"]["text"] for resource in resources_of(bundle, "AllergyIntolerance")}
    assert texts >= {"Allergy to latex", "Penicillin of patient-ana"}
    names = {agent["who"].get("display") for each in resources_of(bundle, "Provenance") for agent in each["agent"]}
    assert "Old Mill" in names
    assert third_party.get("AllergyIntolerance").get_json()["total"] == 1, "only the summary is of the merged record"
    assert third_party.get("Composition").status_code == 404
    apps = client.get("/settings/apps").get_data(as_text=True)
    seen_as = re.search(r"/settings/apps/[a-z0-9]{20}", apps)
    assert "also what came here from your other organizations" in apps
    assert seen_as
    assert "Allergy to latex" in client.get(seen_as[0]).get_data(as_text=True)


@pytest.mark.usefixtures("linked")
@pytest.mark.parametrize("refuse", ["Composition", "AllergyIntolerance"])
def test_what_a_person_unchecks_is_not_in_the_merged_summary(third_party: TestApp, refuse: str) -> None:
    text = third_party.connect(scope=MERGED, refuse=(refuse,)).get("Patient/$summary").get_data(as_text=True)
    assert "latex" not in text
    assert "Asthma of patient-ana" in text


@pytest.mark.usefixtures("linked")
@pytest.mark.parametrize("kind", [{"partner": True}, {"portal_fhir_base": "https://other.example/fhir"}])
def test_another_organization_never_gets_what_others_sent(
    app: Flask, services: Services, client: FlaskClient, kind: dict[str, Any]
) -> None:
    register(services, client_id="organization", name="Elm Hospital", **kind)
    asking = TestApp(app, client, client_id="organization").connect(scope=MERGED)
    assert "Composition" not in asking.tokens["scope"]
    text = asking.get("Patient/$summary").get_data(as_text=True)
    assert "latex" not in text
    assert "Penicillin of patient-ana" in text


@pytest.mark.usefixtures("linked")
def test_what_is_not_released_is_not_handed_on_of_others_either(third_party: TestApp, services: Services) -> None:
    reader = third_party.connect(scope=MERGED)
    with services.db.transaction() as tx:
        policy = to_builtins(ReleasePolicy(withheld=("AllergyIntolerance",)))
        new = proposals.add(tx, kind=proposals.RELEASE, data=policy, account_id="somebody")
        proposals.decide(tx, proposal_id=new, account_id="another", confirmed=True)
    assert "latex" not in reader.get("Patient/$summary").get_data(as_text=True)


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
    assert {"match", "summary", "health-cards-issue"} == {
        operation["name"] for operation in kinds["Patient"]["operation"]
    }


def test_an_app_gets_signed_cards_of_what_it_may_read(third_party: TestApp, services: Services, ana: TestUser) -> None:
    ingest(services.db, person_id=ana.person_id, source=HOME, resources=[vaccine("v1", "p", day="2024-10-02")])
    wish = {
        "resourceType": "Parameters",
        "parameter": [{"name": "credentialType", "valueUri": "https://smarthealth.cards#immunization"}],
    }

    def issued(reader: TestApp, patient: str = "patient-ana", **body: Any) -> TestResponse:
        headers = {"Authorization": f"Bearer {reader.tokens['access_token']}"}
        at = f"/fhir/Patient/{patient}/$health-cards-issue"
        return reader.app.test_client().post(at, json=wish | body, headers=headers)

    reader = third_party.connect()
    (parameter,) = issued(reader).get_json()["parameter"]
    assert parameter["name"] == "verifiableCredential"
    assert parameter["valueString"].count(".") == 2
    assert "parameter" not in issued(reader, parameter=[]).get_json(), "a kind that is not made here"
    assert issued(reader, patient="patient-ben").status_code == 404
    assert issued(third_party.connect(refuse=("Immunization",))).status_code == 403
