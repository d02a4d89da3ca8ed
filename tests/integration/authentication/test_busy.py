"""Where too many wait for their password to be hashed, the next is turned away at once, and told when to come back."""

import pytest
from flask import Flask

from portal.access import passwords
from portal.services import Services
from tests.factories.world import PASSWORD, TestUser
from tests.integration.authentication.conftest import enter, send
from tests.integration.provider.conftest import register

HERE, THERE = "192.0.2.1", "198.51.100.1"


@pytest.fixture
def flooded(monkeypatch: pytest.MonkeyPatch) -> None:
    """As many wait from one network as may."""
    monkeypatch.setitem(passwords._hashing.waiting, HERE, passwords.MOST_OF_NETWORK)


@pytest.mark.usefixtures("flooded")
@pytest.mark.parametrize(("language", "text"), [("en", "Wait a few seconds"), ("es", "Espere unos segundos")])
def test_the_page_says_so(app: Flask, ana: TestUser, language: str, text: str) -> None:
    client = app.test_client()
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = language
    for username in (ana.username, "nobody"):
        answer = send(client, "/sign-in", username=username, password=PASSWORD, address=HERE)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
        assert text in answer.get_data(as_text=True)
    assert enter(client, address=THERE).status_code == 303, "a neighbour gets in"


@pytest.mark.usefixtures("flooded")
def test_an_app_is_told_so(app: Flask, services: Services) -> None:
    secret = "something"
    register(services, client_id="own", auth_method="client_secret_basic", secret_hash=passwords.hash_password(secret))
    form = {"grant_type": "refresh_token", "refresh_token": "x"}
    for address, status in ((HERE, 503), (THERE, 400)):
        answer = app.test_client().post(
            "/oauth/token", data=form, auth=("own", secret), environ_base={"REMOTE_ADDR": address}
        )
        assert answer.status_code == status
        if status == 503:
            assert answer.get_json() == {"error": "temporarily_unavailable"}
            assert answer.headers["Retry-After"] == "5"


def test_nothing_is_left_of_a_request(app: Flask, ana: TestUser) -> None:
    assert enter(app.test_client(), password=PASSWORD, address=HERE).status_code == 303
    assert not passwords._hashing.waiting
    assert passwords._network.get() is None
