"""Passkeys: signing in without a password, and every answer that must not be taken."""

import copy
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.services import Services
from tests.factories.authenticator import SoftwareAuthenticator
from tests.factories.world import TestUser, World, sign_in
from tests.integration.authentication.conftest import Letters, enter, is_in, send, token_of

HERE = "http://localhost:8000"


def post(client: FlaskClient, path: str, body: object) -> TestResponse:
    token = token_of(client.get("/help").get_data(as_text=True))
    return client.post(path, json=body, headers={"X-CSRFToken": token, "User-Agent": "X (iPhone) Safari/605"})


def options(client: FlaskClient, path: str = "/sign-in/passkey/options") -> dict[str, Any]:
    answer = post(client, path, {})
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    return dict(answer.get_json())


def add(client: FlaskClient, device: SoftwareAuthenticator) -> TestResponse:
    return post(client, "/account/passkeys", device.create(options(client, "/account/passkeys/options")))


@pytest.fixture
def device(app: Flask, ana: TestUser) -> SoftwareAuthenticator:
    """Ana's, already added."""
    client = app.test_client()
    sign_in(client, ana)
    device = SoftwareAuthenticator(HERE)
    assert add(client, device).get_json() == {"next": "/account/security"}
    return device


def test_a_passkey_signs_in_where_it_was_and_is_two_factors(
    app: Flask, device: SoftwareAuthenticator, letters: Letters
) -> None:
    assert "passkey was added" in letters()[0][1]
    client = app.test_client()
    assert enter(client).headers["Location"].startswith("/sign-in/code"), "the password alone no longer does"
    client = app.test_client()
    asked = options(client)
    assert asked["userVerification"] == "required"
    assert asked.get("allowCredentials", []) == [], "it tells nothing of who has which"
    answer = post(client, "/sign-in/passkey?next=/activity", device.get(asked))
    assert answer.get_json() == {"next": "/activity"}
    assert is_in(client)
    assert "iPhone, Safari" in client.get("/account/security").get_data(as_text=True)


def test_it_leads_to_no_other_site(app: Flask, device: SoftwareAuthenticator) -> None:
    client = app.test_client()
    answer = post(client, "/sign-in/passkey?next=https://evil.example", device.get(options(client)))
    assert answer.get_json() == {"next": "/"}


Change = Callable[[dict[str, Any], SoftwareAuthenticator], dict[str, Any]]


def _other_key(asked: dict[str, Any], _device: SoftwareAuthenticator) -> dict[str, Any]:
    return SoftwareAuthenticator(HERE).get(asked)


def _unknown(asked: dict[str, Any], _device: SoftwareAuthenticator) -> dict[str, Any]:
    return SoftwareAuthenticator(HERE, credential_id=b"never seen").get(asked)


def _other_site(asked: dict[str, Any], device: SoftwareAuthenticator) -> dict[str, Any]:
    device.origin = "http://localhost.evil.example:8000"
    return device.get(asked)


def _other_host(asked: dict[str, Any], device: SoftwareAuthenticator) -> dict[str, Any]:
    return device.get({**asked, "rpId": "evil.example"})


def _unverified(asked: dict[str, Any], device: SoftwareAuthenticator) -> dict[str, Any]:
    device.verifies = False
    return device.get(asked)


def _own_challenge(asked: dict[str, Any], device: SoftwareAuthenticator) -> dict[str, Any]:
    return device.get({**asked, "challenge": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"})


def _counted_back(asked: dict[str, Any], device: SoftwareAuthenticator) -> dict[str, Any]:
    device.count = -1
    return device.get(asked)


def _changed(asked: dict[str, Any], device: SoftwareAuthenticator) -> dict[str, Any]:
    answer = copy.deepcopy(device.get(asked))
    answer["response"]["signature"] = answer["response"]["signature"][:-4] + "AAAA"
    return answer


@pytest.mark.parametrize(
    "change",
    [_other_key, _unknown, _other_site, _other_host, _unverified, _own_challenge, _counted_back, _changed],
)
def test_what_is_refused(app: Flask, device: SoftwareAuthenticator, change: Change) -> None:
    client = app.test_client()
    assert post(client, "/sign-in/passkey", device.get(options(client))).status_code == 200, "it is a good one"
    client = app.test_client()
    answer = post(client, "/sign-in/passkey", change(options(client), device))
    assert answer.status_code == 422
    assert not is_in(client)


@pytest.mark.parametrize("body", [{}, [], "text", {"response": 1}, {"id": "A", "rawId": "A", "response": {}}])
def test_what_is_no_answer_at_all_is_refused_too(app: Flask, ana: TestUser, body: object) -> None:
    client = app.test_client()
    assert post(client, "/sign-in/passkey", body).status_code == 422
    sign_in(client, ana)
    assert post(client, "/account/passkeys", body).status_code == 422


def test_an_answer_works_once_and_for_five_minutes(app: Flask, device: SoftwareAuthenticator) -> None:
    with time_machine.travel(datetime(2026, 11, 28, 12, tzinfo=UTC), tick=False) as clock:
        client, thief = app.test_client(), app.test_client()
        device.count = -1  # passkeys that are synchronised do not count: they say 0 each time
        answer = device.get(options(client))
        assert post(client, "/sign-in/passkey", answer).status_code == 200
        assert post(thief, "/sign-in/passkey", answer).status_code == 422
        device.count = -1
        late = device.get(options(thief))
        clock.shift(timedelta(minutes=6))
        assert post(thief, "/sign-in/passkey", late).status_code == 422


def test_a_challenge_of_another_account_or_purpose_adds_nothing(
    app: Flask, device: SoftwareAuthenticator, world: World
) -> None:
    ben = world.patient("ben")
    mine, other = app.test_client(), app.test_client()
    post(mine, "/sign-in/passkey", device.get(options(mine)))
    sign_in(other, ben)
    new = SoftwareAuthenticator(HERE, credential_id=b"new")
    of_ana = new.create(options(mine, "/account/passkeys/options"))
    assert post(other, "/account/passkeys", of_ana).status_code == 422
    of_sign_in = new.create({**options(other, "/account/passkeys/options"), **options(other)})
    assert post(other, "/account/passkeys", of_sign_in).status_code == 422
    taken = SoftwareAuthenticator(HERE)
    assert add(other, taken).status_code == 422, "the id is Ana's"
    new.verifies = False
    assert add(other, new).status_code == 422


def test_removed_it_opens_nothing(app: Flask, device: SoftwareAuthenticator, services: Services, world: World) -> None:
    client, other = app.test_client(), app.test_client()
    sign_in(other, world.patient("ben"))
    post(client, "/sign-in/passkey", device.get(options(client)))
    page = client.get("/account/security").get_data(as_text=True)
    remove = re.search(r'action="(/account/passkeys/\w+/remove)"', page)
    assert remove
    send(other, remove[1], page="/settings")
    assert remove[1] in client.get("/account/security").get_data(as_text=True), "it is not Ben's"
    assert send(client, remove[1], page="/account/security").status_code == 303
    client = app.test_client()
    assert post(client, "/sign-in/passkey", device.get(options(client))).status_code == 422
    assert enter(client).headers["Location"] == "/"
