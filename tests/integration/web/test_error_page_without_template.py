"""An error page needs no template: when those fail as well, the same words stand on a plain page."""

from collections.abc import Iterator

import html5lib
import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import DictLoader
from sqlalchemy import create_engine, make_url

from portal.services import Services
from tests.factories.world import World, sign_in

_NOBODY_LISTENS = "postgresql://nobody@127.0.0.1:1/none?connect_timeout=2"


@pytest.fixture
def broken(app: Flask) -> Iterator[Flask]:
    """An application whose templates are not there any more."""
    app.config["TESTING"] = False
    loader, app.jinja_env.loader = app.jinja_env.loader, DictLoader({})
    app.jinja_env.cache = None
    yield app
    app.jinja_env.loader = loader


@pytest.mark.parametrize(
    ("path", "status", "language", "words"),
    [
        ("/nothing", 404, "en", "Page not found"),
        ("/sign-in", 500, "en", "Something went wrong on our side"),
        ("/nothing", 404, "es", "Página no encontrada"),
    ],
)
def test_the_words_stay(broken: Flask, path: str, status: int, language: str, words: str) -> None:
    answer = broken.test_client().get(path, headers={"Accept-Language": language})
    assert answer.status_code == status
    page = answer.get_data(as_text=True)
    assert words in page
    assert f'<html lang="{language}">' in page
    html5lib.HTMLParser(strict=True).parse(page)
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_an_error_page_that_cannot_ask_who_is_signed_in(
    app: Flask, client: FlaskClient, world: World, services: Services
) -> None:
    app.config["TESTING"] = False
    sign_in(client, world.patient())
    working = services.db.engine, services.db.url
    services.db.engine, services.db.url = create_engine(_NOBODY_LISTENS), make_url(_NOBODY_LISTENS)
    try:
        answer = client.get("/nothing")
    finally:
        services.db.engine, services.db.url = working
    assert answer.status_code in (404, 503)
    assert "<h1" in answer.get_data(as_text=True)


def test_what_is_too_large_is_called_so(signed: FlaskClient) -> None:
    """“Go back and try again” would be the same once more."""
    page = signed.post("/settings", data={"words": "x" * 1_500_000}, headers={"Accept-Language": "es"})
    assert page.status_code == 413
    assert "demasiado grande" in page.get_data(as_text=True)
