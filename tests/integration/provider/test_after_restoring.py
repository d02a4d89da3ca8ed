"""A database that went back to an earlier moment, attacked over HTTP by what was ended or used after that moment."""

from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient

from portal.services import Services
from portal.store.ending_access import end_access
from portal.store.people import challenges
from tests.factories.world import TestUser
from tests.integration.provider.conftest import TestApp

LASTING = timedelta(hours=1)


def go_back(services: Services) -> int:
    with services.db.transaction() as tx:
        return end_access(tx.conn)


def test_apps_and_browsers_of_before_are_out(
    app: Flask, services: Services, client: FlaskClient, ana: TestUser, third_party: TestApp
) -> None:
    unused = third_party.code()
    tokens = third_party.exchange(third_party.code()).get_json()
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    patient = f"/fhir/Patient/{tokens['patient']}"
    assert app.test_client().get(patient, headers=bearer).status_code == 200
    assert client.get("/links").status_code == 200
    with services.db.transaction() as tx:
        challenges.add(tx, kind="password-reset", secret="used-later", lasting=LASTING, account_id=ana.account_id)
        challenges.add(tx, kind="activation", secret="in-a-letter", lasting=LASTING, account_id=ana.account_id)
    assert go_back(services)
    assert app.test_client().get(patient, headers=bearer).status_code == 401
    assert third_party.token(grant_type="refresh_token", refresh_token=tokens["refresh_token"]).status_code == 400
    assert third_party.exchange(unused).status_code == 400
    assert client.get("/links").status_code == 303
    with services.db.reading() as tx:
        assert challenges.peek(tx, kind="password-reset", secret="used-later") is None
        assert challenges.peek(tx, kind="activation", secret="in-a-letter") is not None
    assert go_back(services) == 0, "what ended stays as it is"
