"""An instance on each database, with a person who has a small record and is signed in."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.app import create_app
from portal.services import Services
from portal.store import Database
from tests.factories.record import small_record
from tests.factories.settings import make_settings
from tests.factories.world import TestUser, World, sign_in


@pytest.fixture
def instance(database: Database, tmp_path: Path) -> Iterator[Flask]:
    app = create_app(make_settings(tmp_path, database_url=database.url.render_as_string(hide_password=False)))
    yield app
    app.extensions["tributary"].db.close()


@pytest.fixture
def services(instance: Flask) -> Services:
    opened: Services = instance.extensions["tributary"]
    return opened


@pytest.fixture
def ana(services: Services) -> TestUser:
    return World(services).patient()


@pytest.fixture
def owner(instance: Flask, services: Services, ana: TestUser) -> FlaskClient:
    """Where Ana is signed in, with a record from two organizations."""
    small_record(services, ana)
    client = instance.test_client()
    sign_in(client, ana)
    return client
