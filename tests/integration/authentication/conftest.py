"""An application on both kinds of database, whose e-mails can be read."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.app import create_app
from portal.services import Services
from portal.store import Database
from portal.store.people import accounts, outbox
from tests.factories.settings import make_settings
from tests.factories.world import PASSWORD, TestUser, World

Letters = Callable[[], list[tuple[str, str]]]


@pytest.fixture
def app(database: Database, tmp_path: Path) -> Flask:
    return application(database, tmp_path)


def application(database: Database, tmp_path: Path, **settings: object) -> Flask:
    url = database.url.render_as_string(hide_password=False)
    mail = {"mail": "page", "mail_from": "portal@home.example"}
    return create_app(make_settings(tmp_path, database_url=url, **(mail | settings)))


@pytest.fixture
def ana(world: World, services: Services) -> TestUser:
    user = world.patient()
    with services.db.transaction() as tx:
        accounts.set_email(tx, account_id=user.account_id, email="ana@mail.example")
    return user


@pytest.fixture
def letters(services: Services) -> Letters:
    """To whom e-mails went and what they say, the newest first."""

    def read() -> list[tuple[str, str]]:
        with services.db.reading() as tx:
            return [(mail.content.recipient, mail.content.text) for mail in outbox.newest(tx, limit=9)]

    return read


def token_of(page: str) -> str:
    token = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', page)
    assert token, page
    return token[1]


def send(client: FlaskClient, path: str, *, page: str = "", address: str = "192.0.2.7", **form: str) -> TestResponse:
    """Send the form of a page (of another one where ``page`` says so), with its token."""
    token = token_of(client.get(page or path).get_data(as_text=True))
    return client.post(path, data={"csrf_token": token, **form}, environ_overrides={"REMOTE_ADDR": address})


def enter(client: FlaskClient, *, password: str = PASSWORD, address: str = "192.0.2.7") -> TestResponse:
    """Send Ana's name and password."""
    return send(client, "/sign-in", username="ana", password=password, address=address)


def is_in(client: FlaskClient) -> bool:
    return client.get("/links").status_code == 200
