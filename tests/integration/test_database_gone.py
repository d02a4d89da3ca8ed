"""The database does not answer (requirement E2): a page that says so, 503, Retry-After, and nothing else breaks."""

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, make_url

from portal.services import Services
from tests.factories.world import World, sign_in

_NOBODY_LISTENS = "postgresql://nobody@127.0.0.1:1/none?connect_timeout=2"


def test_pages_say_that_they_are_not_available(
    app: Flask, client: FlaskClient, world: World, services: Services
) -> None:
    app.config["TESTING"] = False
    sign_in(client, world.patient())
    working = services.db.engine, services.db.url
    services.db.engine, services.db.url = create_engine(_NOBODY_LISTENS), make_url(_NOBODY_LISTENS)
    try:
        answer = client.get("/activity")
        assert answer.status_code == 503
        assert answer.headers["Retry-After"] == "60"
        assert "not available just now" in answer.get_data(as_text=True)
        assert client.get("/healthz").status_code == 200
        assert client.get("/readyz").status_code == 503
    finally:
        services.db.engine, services.db.url = working
    assert client.get("/activity").status_code == 200
