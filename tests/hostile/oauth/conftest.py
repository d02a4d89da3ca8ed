"""Apps that mean harm, and the ones that they attack."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.factories.world import TestUser
from tests.integration.provider.conftest import REDIRECT, TestApp, ana, third_party

__all__ = ["ana", "third_party"]


def send(app: Flask, **metadata: Any) -> TestResponse:
    """Register an app that nobody checked (RFC 7591)."""
    values = {"client_name": "Runner’s diary", "redirect_uris": [REDIRECT], "token_endpoint_auth_method": "none"}
    return app.test_client().post("/oauth/register", json=values | metadata)


@pytest.fixture
def unchecked(app: Flask, ana: TestUser, client: FlaskClient) -> TestApp:
    """An app that registered itself, in the browser of Ana."""
    answer = send(app)
    assert answer.status_code == 201, answer.get_data(as_text=True)
    return TestApp(app, client, client_id=answer.get_json()["client_id"], secret="")
