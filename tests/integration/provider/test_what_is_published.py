"""What apps read before they ask: discovery, brands, the members of token answers (SMART App Launch 2.2.0)."""

import json
import time
from datetime import timedelta

import pytest
import time_machine
from flask.testing import FlaskClient

from portal.provider.oauth import scopes
from portal.services import Services
from portal.sharing.shlink import from_base64url
from tests.factories.world import TestUser, sign_in
from tests.integration.provider.conftest import BASE, SECRET, TestApp, register


def test_each_member_of_the_smart_configuration(client: FlaskClient) -> None:
    body = client.get("/fhir/.well-known/smart-configuration").get_json()
    assert set(body["grant_types_supported"]) == {"authorization_code", "refresh_token", "client_credentials"}
    assert set(body["token_endpoint_auth_methods_supported"]) >= {
        "client_secret_basic",
        "client_secret_post",
        "private_key_jwt",
    }
    assert {"RS384", "ES384"} <= set(body["token_endpoint_auth_signing_alg_values_supported"])
    assert body["response_types_supported"] == ["code"]
    assert set(body["scopes_supported"]) == set(scopes.SUPPORTED)
    assert body["management_endpoint"] == f"{BASE}/settings"
    for name in ("authorization", "token", "introspection", "revocation", "registration"):
        assert body[f"{name}_endpoint"].startswith(f"{BASE}/oauth/"), name
    (associated,) = body["associated_endpoints"]
    assert associated["url"] == f"{BASE}/fhir"
    assert set(associated["capabilities"]) <= set(body["capabilities"])
    clients = {"client-public", "client-confidential-symmetric", "client-confidential-asymmetric"}
    assert {"launch-standalone", *clients} < set(body["capabilities"])


def test_the_identifier_names_one_brand_of_the_bundle(client: FlaskClient) -> None:
    body = client.get("/fhir/.well-known/smart-configuration").get_json()
    primary = body["user_access_brand_identifier"]
    assert primary["value"]
    assert primary["system"]
    answer = client.get(body["user_access_brand_bundle"].removeprefix(BASE))
    bundle = json.loads(answer.data)
    brands = [entry["resource"] for entry in bundle["entry"] if entry["resource"]["resourceType"] == "Organization"]
    assert len([brand for brand in brands if primary in brand["identifier"]]) == 1
    endpoints = [entry["resource"] for entry in bundle["entry"] if entry["resource"]["resourceType"] == "Endpoint"]
    assert [endpoint["address"] for endpoint in endpoints] == [f"{BASE}/fhir"]
    assert bundle["timestamp"]


@pytest.mark.parametrize("path", ["/oauth/token", "/fhir/Patient", "/fhir/metadata", "/brands"])
def test_a_page_of_another_origin_may_read_it_and_sends_no_cookie(client: FlaskClient, path: str) -> None:
    for method in ("GET", "POST"):
        answer = client.open(path, method=method, headers={"Origin": "https://app.example"})
        if answer.status_code != 405:
            assert answer.headers["Access-Control-Allow-Origin"] == "*", method
            assert "Access-Control-Allow-Credentials" not in answer.headers, method


def test_each_member_of_a_token_answer_and_of_the_next(third_party: TestApp) -> None:
    first = third_party.exchange(third_party.code())
    form = {"grant_type": "refresh_token", "refresh_token": first.get_json()["refresh_token"]}
    second = third_party.token(**form)
    for answer in (first, second):
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Pragma"] == "no-cache"
        body = answer.get_json()
        assert body["token_type"].lower() == "bearer"
        assert 0 < body["expires_in"] <= 3600
        assert body["patient"] == "patient-ana"
        assert len(body["access_token"]) < 200
    assert first.get_json()["access_token"] != second.get_json()["access_token"]


def test_an_access_token_ends_when_it_said(third_party: TestApp) -> None:
    with time_machine.travel("2026-01-01T10:00:00+00:00", tick=False) as clock:
        third_party.browser = third_party.app.test_client()
        sign_in(third_party.browser, TestUser("", "ana", None))
        third_party.connect()
        seconds = third_party.tokens["expires_in"]
        form = {"token": third_party.tokens["access_token"]}
        asked = third_party.app.test_client().post("/oauth/introspect", data=form, auth=("test-app", SECRET)).get_json()
        assert asked["exp"] == int(time.time()) + seconds
        assert third_party.get("Patient/patient-ana").status_code == 200
        clock.shift(timedelta(seconds=seconds + 1))
        assert third_party.get("Patient/patient-ana").status_code == 401


def test_a_token_is_good_for_what_it_is(third_party: TestApp) -> None:
    """A refresh token reads nothing, and neither access token nor id_token renews anything (ASVS 5.0, 9.2.2)."""
    third_party.connect()
    tokens = dict(third_party.tokens)
    assert third_party.get("Patient/patient-ana").status_code == 200
    others = [tokens["refresh_token"], *([tokens["id_token"]] if "id_token" in tokens else [])]
    for token in others:
        headers = {"Authorization": f"Bearer {token}"}
        assert third_party.app.test_client().get("/fhir/Patient/patient-ana", headers=headers).status_code == 401
    for token in (tokens["access_token"], *others[1:]):
        assert third_party.token(grant_type="refresh_token", refresh_token=token).status_code == 400


def test_a_refresh_token_is_of_one_client(third_party: TestApp, services: Services) -> None:
    third_party.connect()
    form = {"refresh_token": third_party.tokens["refresh_token"]}
    register(services, client_id="other-app")
    third_party.client_id = "other-app"
    assert third_party.token(grant_type="refresh_token", **form).status_code == 400


def test_keys_that_sign_have_128_bits_of_security(client: FlaskClient) -> None:
    signing = client.get("/oauth/jwks").get_json()["keys"]
    assert signing
    assert all(len(from_base64url(key["n"])) * 8 >= 3072 for key in signing if key["kty"] == "RSA")
    others = [*client.get("/jwks.json").get_json()["keys"], *client.get("/.well-known/jwks.json").get_json()["keys"]]
    assert {key["crv"] for key in others} <= {"P-256", "P-384"}
