"""What comes in an address is decoded once, before it is checked: not again afterwards."""

import pytest
from flask.testing import FlaskClient

from portal.services import Services
from tests.factories.record import small_record
from tests.factories.world import World, sign_in


@pytest.fixture
def owner(client: FlaskClient, world: World, services: Services) -> FlaskClient:
    user = world.patient()
    small_record(services, user)
    sign_in(client, user)
    return client


def test_a_path(owner: FlaskClient) -> None:
    assert owner.get("/health/test%2Dresults").status_code == 200
    assert owner.get("/health/test%252Dresults").status_code == 404


@pytest.mark.parametrize("address", ["/links/search?q=%2552iverbend", "/health/search?q=%256Detformin"])
def test_a_query(owner: FlaskClient, address: str) -> None:
    once = owner.get(address.replace("%25", "%"))
    assert once.status_code == 200
    assert "iverbend" in once.get_data(as_text=True) or "etformin" in once.get_data(as_text=True)
    twice = owner.get(address).get_data(as_text=True)
    assert "%52iverbend" in twice or "%6Detformin" in twice, "as it was sent"
