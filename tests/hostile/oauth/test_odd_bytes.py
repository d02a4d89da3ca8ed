"""Bytes that no client sends: each is refused, and none is a fault of ours that anybody could fill the log with."""

import base64

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.services import Services
from tests.integration.authentication.conftest import app  # on both kinds of database
from tests.integration.provider.conftest import SECRET, TestApp, ana, register, third_party

__all__ = ["ana", "app", "third_party"]
NUL = "a\0b"


def basic(credentials: bytes) -> str:
    return f"Basic {base64.b64encode(credentials).decode()}"


HEADERS = {
    "not-utf-8": basic(b"\xff\xfe:\xff"),
    "nul": basic(b"a\0b:c"),
    "encoded-nul": basic(b"%00:c"),
    "no-colon": basic(b"test-app"),
    "not-base64": "Basic ====",
    "bare": "Basic",
    "blank": "Basic ",
    "bearer": "Bearer",
    "bearer-blank": "Bearer ",
    "dpop": f"DPoP {'a' * 43}",
    "not-ascii": "Basic \xff",
}


@pytest.mark.usefixtures("third_party")
def test_a_proof_that_cannot_be_read_is_none(app: Flask) -> None:
    statuses = {
        (name, path): app.test_client().post(path, data={"token": "x"}, headers={"Authorization": header}).status_code
        for name, header in HEADERS.items()
        for path in ("/oauth/token", "/oauth/introspect", "/oauth/revoke")
    }
    assert {case: status for case, status in statuses.items() if status not in (400, 401)} == {}


def test_what_no_column_holds_is_refused(app: Flask, client: FlaskClient, third_party: TestApp) -> None:
    """PostgreSQL's texts hold no NUL, and its numbers end."""
    anybody = app.test_client()
    answers = {
        f"token {name}": anybody.post(
            "/oauth/token", data={"grant_type": "authorization_code", "code": "x"} | {name: NUL}
        )
        for name in ("client_id", "code", "redirect_uri", "scope", "grant_type")
    }
    answers |= {
        "authorize": client.get("/oauth/authorize", query_string=third_party.parameters(client_id=NUL)),
        "nobody": anybody.get("/oauth/authorize", query_string=third_party.parameters(client_id=NUL)),
        "redirect": client.get("/oauth/authorize", query_string=third_party.parameters(redirect_uri=NUL)),
    }
    assert {name: a.status_code for name, a in answers.items() if a.status_code not in (400, 401)} == {}
    assert third_party.connect().get("Patient").status_code == 200
    paths = ("Patient/%00", "Condition?_id=%00", "Condition?code=%00", "Observation?date=%00", "Patient?name=a%00b")
    assert {path: third_party.get(path).status_code for path in paths if third_party.get(path).status_code >= 500} == {}


def test_an_unreadable_proof_is_not_taken_for_a_public_client(
    app: Flask, services: Services, third_party: TestApp
) -> None:
    """Beside the id of a client that keeps no secret: who sends a proof is judged by it."""
    register(services, client_id="open", auth_method="none", secret_hash="")
    form = {"grant_type": "refresh_token", "refresh_token": "x", "client_id": "open"}
    for header in HEADERS.values():
        answer = app.test_client().post("/oauth/token", data=form, headers={"Authorization": header})
        assert answer.status_code in (400, 401)
        assert answer.get_json()["error"] in ("invalid_client", "invalid_request")
    assert SECRET not in repr(third_party.token(**form).get_data())
