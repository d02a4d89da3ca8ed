"""What a request may bring, and how often somebody may ask, before it costs anything."""

import gzip
import json
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask, request
from werkzeug.test import TestResponse

from portal.app import create_app
from portal.config import Settings
from portal.extensions import KNOWN
from portal.provider import rate_limits
from portal.provider.oauth import registration
from portal.services import Services
from tests.factories.databases import migrate
from tests.integration.provider.conftest import TestApp, register
from tests.integration.provider.test_clients import METADATA, SYSTEM, Key, ask, backend, send, system

__all__ = ["system"]

DEEP = b"[" * 5_000 + b"]" * 5_000
SHALLOW_ENOUGH_FOR_A_PARSER = b"[" * 200 + b"]" * 200


def bearer(app: TestApp) -> dict[str, str]:
    return {"Authorization": f"Bearer {app.tokens['access_token']}"}


@pytest.mark.parametrize("nested", [DEEP, SHALLOW_ENOUGH_FOR_A_PARSER])
def test_deep_json_is_refused(app: Flask, system: TestApp, services: Services, nested: bytes) -> None:
    client = app.test_client()
    parameter = b'{"resourceType":"Parameters","parameter":' + nested + b"}"
    answer = client.post("/fhir/Patient/$match", data=parameter, headers=bearer(system))
    assert answer.status_code == 400
    assert answer.get_json()["resourceType"] == "OperationOutcome"
    metadata = json.dumps(METADATA).encode()[:-1] + b',"jwks":{"keys":' + nested + b"}}"
    assert client.post("/oauth/register", data=metadata).status_code == 400
    key = Key()
    register(services, client_id="deep", auth_method="private_key_jwt", secret_hash="", jwks=key.jwks)
    assert ask_as(app, key, "deep", more=json.loads(SHALLOW_ENOUGH_FOR_A_PARSER)) == 401


def ask_as(app: Flask, key: Key, client_id: str, **claims: Any) -> int:
    form = {"grant_type": "client_credentials"} | key.form(client_id, **claims)
    return app.test_client().post("/oauth/token", data=form).status_code


@pytest.mark.parametrize(
    "address", ["/oauth/token", "/oauth/register", "/oauth/revoke", "/oauth/introspect", "/fhir/Observation/_search"]
)
@pytest.mark.parametrize("length", [200_000, 2_000_000])
def test_large_bodies_are_refused_before_they_are_read(system: TestApp, address: str, length: int) -> None:
    form = "application/x-www-form-urlencoded"
    answer = system.app.test_client().post(
        address, data=b"code=" + b"x" * length, content_type=form, headers=bearer(system)
    )
    assert answer.status_code == 413
    assert answer.is_json
    body = answer.get_json()
    assert body.get("resourceType") == "OperationOutcome" or "error" in body


def test_large_matches_are_refused(system: TestApp) -> None:
    body = b'{"resourceType":"Patient","id":"' + b"x" * 200_000 + b'"}'
    answer = system.app.test_client().post("/fhir/Patient/$match", data=body, headers=bearer(system))
    assert answer.status_code == 413


def test_packed_bodies_are_not_unpacked(system: TestApp) -> None:
    packed = gzip.compress(b" " * 20_000_000)
    headers = bearer(system) | {"Content-Encoding": "gzip"}
    for address in ("/fhir/Patient/$match", "/oauth/register"):
        assert system.app.test_client().post(address, data=packed, headers=headers).status_code == 415


def is_known(app: Flask, path: str, headers: dict[str, str], data: dict[str, str] | str = "") -> bool:
    """Tell whether the server learns that the credential was good; by that apps have turns of their own."""
    with app.test_client() as client:
        client.open(path, method="POST" if data else "GET", headers=headers, data=data)
        return KNOWN in request.environ


def test_the_server_is_told_of_a_token_that_was_good_and_of_no_other(system: TestApp) -> None:
    good = bearer(system)
    assert is_known(system.app, "/fhir/Patient", good), "whatever the answer"
    assert is_known(system.app, "/fhir/Patient/nobody", good)
    assert is_known(system.app, "/fhir/Patient/$match", good | {"Content-Type": "application/fhir+json"}, "{}")
    assert not is_known(system.app, "/fhir/Patient", {"Authorization": "Bearer other"})
    assert not is_known(system.app, "/fhir/Patient", {})
    assert not is_known(system.app, "/fhir/metadata", good), "which everybody may read"


def test_the_server_is_told_of_a_token_that_was_issued(app: Flask, services: Services) -> None:
    key = Key()
    backend(services, key)
    assert is_known(app, "/oauth/token", {}, SYSTEM | key.form("partner"))
    assert not is_known(app, "/oauth/token", {}, SYSTEM | Key().form("partner"))


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> Flask:
    """An application whose limits are soon reached."""
    for name in ("FHIR_PER_TOKEN", "FHIR_FAILED_PER_NETWORK", "OAUTH_PER_CLIENT"):
        monkeypatch.setattr(rate_limits, name, "3 per minute")
    monkeypatch.setattr(rate_limits, "OAUTH_FAILED_PER_NETWORK", "8 per minute")
    app = create_app(settings)
    migrate(app.extensions["tributary"].db)
    return app


def statuses(ask_for: Callable[[], TestResponse], n: int = 5) -> list[int]:
    return [ask_for().status_code for _ in range(n)]


def from_network(app: Flask, address: str) -> Any:
    client = app.test_client()
    client.environ_base["REMOTE_ADDR"] = address
    return client


def test_a_client_that_asks_too_often_waits_and_no_other_does(few: Flask) -> None:
    services: Services = few.extensions["tributary"]
    register(services)
    register(services, client_id="another-app")
    client = from_network(few, "192.0.2.1")
    form = {"grant_type": "authorization_code", "code": "x", "client_secret": "wrong"}
    assert statuses(lambda: client.post("/oauth/token", data=form | {"client_id": "test-app"})) == [401] * 3 + [429] * 2
    answer = client.post("/oauth/token", data=form | {"client_id": "test-app"})
    assert answer.get_json()["error"] == "slow_down"
    assert int(answer.headers["Retry-After"]) > 0
    assert client.post("/oauth/token", data=form | {"client_id": "another-app"}).status_code == 401
    other = from_network(few, "198.51.100.1")  # nobody uses up a client's quota from elsewhere
    assert other.post("/oauth/token", data=form | {"client_id": "test-app"}).status_code == 401


def test_a_network_that_fails_too_often_waits(few: Flask) -> None:
    client = from_network(few, "2001:db8:1:2::1")
    names = iter(range(100))
    form = {"grant_type": "authorization_code", "code": "x"}
    assert statuses(lambda: client.post("/oauth/token", data=form | {"client_id": f"c{next(names)}"}), 10)[-1] == 429
    neighbour = from_network(few, "2001:db8:1:2::ffff")
    assert neighbour.post("/oauth/token", data=form | {"client_id": "x"}).status_code == 429
    assert from_network(few, "2001:db9::1").post("/oauth/token", data=form | {"client_id": "x"}).status_code == 401


def test_a_token_that_asks_too_often_waits(few: Flask) -> None:
    services: Services = few.extensions["tributary"]
    key = Key()
    backend(services, key)
    first, second = (TestApp(few, few.test_client(), client_id="partner") for _ in range(2))
    first.tokens, second.tokens = ask(few, key).get_json(), ask(few, key).get_json()
    assert statuses(lambda: first.get("Condition/x")) == [404] * 3 + [429] * 2
    answer = first.get("Condition?patient=x")
    assert answer.get_json()["issue"][0]["code"] == "throttled"
    assert int(answer.headers["Retry-After"]) > 0
    assert second.get("Condition/x").status_code == 404


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_token_is_one_however_it_is_sent(few: Flask, method: str) -> None:
    """The scheme's letters and the blanks after it may vary (RFC 9110, 11.1 and 11.4); HEAD reads as GET does."""
    key = Key()
    backend(few.extensions["tributary"], key)
    token = ask(few, key).get_json()["access_token"]
    spelled = iter((f"Bearer {token}", f"bearer {token}", f"Bearer  {token}", f"BEARER   {token}", f" beareR {token} "))
    client = few.test_client()
    read = lambda: client.open("/fhir/Condition/x", method=method, headers={"Authorization": next(spelled)})  # noqa: E731
    assert statuses(read) == [404] * 3 + [429] * 2


def test_a_network_that_guesses_tokens_waits_and_good_tokens_do_not(few: Flask) -> None:
    services: Services = few.extensions["tributary"]
    key = Key()
    backend(services, key)
    good = TestApp(few, few.test_client(), client_id="partner")
    good.tokens = ask(few, key).get_json()
    guesses = iter(range(100))
    client = few.test_client()
    guess = lambda: client.get("/fhir/Condition", headers={"Authorization": f"Bearer guess-{next(guesses)}"})  # noqa: E731
    assert statuses(guess) == [401] * 3 + [429] * 2


def test_registrations_from_many_networks_keep_nobody_out(few: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registration, "_PER_HOUR", 2)
    monkeypatch.setattr(registration, "_PER_DAY", 10)
    near = [from_network(few, f"2001:db8::{n}").post("/oauth/register", json=METADATA).status_code for n in range(3)]
    assert near == [201, 201, 429]
    far = [
        from_network(few, f"198.51.{n // 250}.{n % 250}").post("/oauth/register", json=METADATA).status_code
        for n in range(40)
    ]
    assert far == [201] * 40
    assert send(few, METADATA).status_code == 201
