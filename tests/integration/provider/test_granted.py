"""What was granted can be seen and ended, by the person concerned alone, and the end acts at once."""

import re

from flask import Flask
from flask.testing import FlaskClient

from tests.factories.world import BEN, World, sign_in
from tests.integration.provider.conftest import TestApp

_PAGE = "/settings/apps"


def _end(browser: FlaskClient, grant: str) -> int:
    page = browser.get(_PAGE).get_data(as_text=True)
    token = re.findall(r'name="csrf_token"\s+value="([^"]+)"', page)[0]
    return browser.post(_PAGE, data={"csrf_token": token, "grant": grant}).status_code


def _grants(browser: FlaskClient) -> list[str]:
    return re.findall(r'name="grant"\s+value="([^"]+)"', browser.get(_PAGE).get_data(as_text=True))


def test_an_app_is_named_with_what_it_may_read(third_party: TestApp, client: FlaskClient) -> None:
    assert "No app and no other portal" in client.get(_PAGE).get_data(as_text=True)
    third_party.connect(refuse=("Condition",))
    page = client.get(_PAGE).get_data(as_text=True)
    assert len(_grants(client)) == 1
    assert "Allergies" in page
    assert "Health issues" not in page


def test_the_end_acts_at_once_and_twice_is_once(third_party: TestApp, client: FlaskClient) -> None:
    connected = third_party.connect()
    assert connected.get("AllergyIntolerance").status_code == 200
    [grant] = _grants(client)
    assert _end(client, grant) == 303
    assert connected.get("AllergyIntolerance").status_code == 401
    assert (
        connected.token(grant_type="refresh_token", refresh_token=connected.tokens["refresh_token"]).status_code == 400
    )
    assert _grants(client) == []
    assert _end(client, grant) == 303


def test_nobody_else_can_end_it(app: Flask, third_party: TestApp, client: FlaskClient, world: World) -> None:
    connected = third_party.connect()
    [grant] = _grants(client)
    other = app.test_client()
    sign_in(other, world.patient("ben", BEN))
    assert _grants(other) == []
    assert _end(other, grant) == 303
    assert _grants(client) == [grant]
    assert "cannot read" not in other.get(_PAGE).get_data(as_text=True)
    assert connected.get("AllergyIntolerance").status_code == 200
