"""A person with a record from home and one linked organization, signed in."""

import pytest
from flask.testing import FlaskClient

from portal.services import Services
from tests.factories.record import Linked, small_record
from tests.factories.world import TestUser, World, sign_in


@pytest.fixture
def ana(world: World) -> TestUser:
    return world.patient()


@pytest.fixture
def riverbend(services: Services, ana: TestUser) -> Linked:
    return small_record(services, ana)


@pytest.fixture
def signed(client: FlaskClient, ana: TestUser) -> FlaskClient:
    sign_in(client, ana)
    return client
