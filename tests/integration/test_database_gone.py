"""The database does not answer (requirement E2): a page that says so, 503, Retry-After, and nothing else breaks."""

from base64 import b64encode
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.services import Services
from tests.factories.databases import away
from tests.factories.world import World, sign_in


@pytest.fixture
def gone(app: Flask, services: Services) -> Iterator[FlaskClient]:
    """A client of an application whose database went away after it had started."""
    with away(services.db):
        yield app.test_client()


@pytest.mark.parametrize("path", ["/fhir/Patient/1", "/fhir/Condition?patient=1", "/fhir/AuditEvent?patient=1"])
def test_the_fhir_server_asks_for_patience(gone: FlaskClient, path: str) -> None:
    answer = gone.get(path, headers={"Authorization": "Bearer token"})
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
    assert answer.content_type == "application/fhir+json; charset=utf-8"
    assert answer.get_json()["issue"][0]["code"] == "transient"


@pytest.mark.parametrize("path", ["/oauth/token", "/oauth/revoke", "/oauth/introspect"])
def test_the_token_endpoint_asks_for_patience(gone: FlaskClient, path: str) -> None:
    form = {"grant_type": "authorization_code", "code": "code", "client_id": "app", "token": "token"}
    answer = gone.post(path, data=form, headers={"Authorization": f"Basic {b64encode(b'app:secret').decode()}"})
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
    assert answer.get_json() == {"error": "temporarily_unavailable"}
    assert answer.headers["Cache-Control"] == "no-store"


def test_registering_and_keys_too(gone: FlaskClient) -> None:
    body = {"client_name": "An app", "redirect_uris": ["https://app.example/back"]}
    answers = [gone.post("/oauth/register", json=body), gone.get("/oauth/jwks")]
    assert [answer.status_code for answer in answers] == [503, 503]
    assert answers[0].get_json() == answers[1].get_json() == {"error": "temporarily_unavailable"}
    assert {answer.headers["Cache-Control"] for answer in answers} == {"no-store"}


def test_what_needs_no_database_is_answered(gone: FlaskClient) -> None:
    for path in ("/fhir/metadata", "/fhir/.well-known/smart-configuration", "/brands"):
        assert gone.get(path).status_code == 200


def test_pages_say_that_they_are_not_available(
    app: Flask, client: FlaskClient, world: World, services: Services
) -> None:
    app.config["TESTING"] = False
    sign_in(client, world.patient())
    with away(services.db):
        answer = client.get("/activity")
        assert answer.status_code == 503
        assert answer.headers["Retry-After"] == "60"
        assert "not available just now" in answer.get_data(as_text=True)
        assert client.get("/healthz").status_code == 200
        assert client.get("/readyz").status_code == 503
    assert client.get("/activity").status_code == 200
