"""Where a child lives is not for one of several who act for them: parents may live apart."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.domain.ids import HOME
from portal.provider.oauth import grants
from portal.refresh.ingest import ingest
from portal.services import Services
from portal.store.provider import clients
from portal.store.provider.clients import OAuthClient
from tests.factories.world import ANA, BEN, TestUser, World, sign_in
from tests.hostile.web.record import filled

PATIENT = {
    "resourceType": "Patient",
    "id": "patient-ana",
    "name": [{"family": "Rivera"}],
    "birthDate": "1980-03-04",
    "address": [{"line": ["1 Test Street"]}],
    "telecom": [{"system": "phone", "value": "856-555-0101"}],
    "contact": [{"name": {"family": "Else"}}],
}


@pytest.fixture
def child(world: World, services: Services) -> TestUser:
    user = world.patient("ana", ANA)
    resources = [PATIENT, *filled(lambda kind: f"a {kind}", key="c")]
    ingest(services.db, person_id=user.person_id, source=HOME, resources=resources)
    with services.db.transaction() as tx:
        clients.add_client(tx, client=OAuthClient(client_id="app", name="App", redirect_uris=("https://a.example/",)))
    return user


def patient_of(app: Flask, services: Services, child: TestUser, user: TestUser) -> str:
    with services.db.transaction() as tx:
        client = clients.client_by_id(tx, client_id="app")
        assert client
        token = grants.issue(
            tx,
            client=client,
            person_id=child.person_id,
            scopes=("launch/patient", "patient/*.rs"),
            account_id=user.account_id,
            lasting=False,
        ).access_token
    headers = {"Authorization": f"Bearer {token}"}
    return app.test_client().get("/fhir/Patient/patient-ana", headers=headers).get_data(as_text=True)


def test_one_of_two_parents_is_not_told(app: Flask, services: Services, world: World, child: TestUser) -> None:
    one, two = world.patient("one", BEN), world.patient("two", BEN)
    world.proxy(one, str(child.person_id))
    assert "1 Test Street" in patient_of(app, services, child, one)
    world.proxy(two, str(child.person_id))
    for parent in (one, two):
        told = patient_of(app, services, child, parent)
        assert "Rivera" in told
        assert not any(word in told for word in ("Test Street", "856-555", "Else"))
    assert "1 Test Street" in patient_of(app, services, child, child)


def test_nor_in_a_letter(client: FlaskClient, world: World, child: TestUser) -> None:
    one, two = world.patient("one", BEN), world.patient("two", BEN)
    for parent in (one, two):
        world.proxy(parent, str(child.person_id))
    sign_in(client, one)
    for path in ("/", "/health", "/family", "/links", "/settings", "/health/summary", "/activity"):
        page = client.get(f"/for/{child.person_id}{path}" if path not in ("/family", "/settings") else path)
        assert "Test Street" not in page.get_data(as_text=True), path
