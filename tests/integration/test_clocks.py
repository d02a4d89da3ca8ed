"""Machines whose clocks differ by seconds: what one wrote counts on the other."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask.testing import FlaskClient
from itsdangerous import SignatureExpired

from portal.web.clocks import LEEWAY, timed_serializer
from tests.factories.world import World, sign_in


@pytest.mark.parametrize("seconds", [-3, 3, -45])
def test_nobody_is_signed_out_by_another_machines_clock(client: FlaskClient, world: World, seconds: int) -> None:
    sign_in(client, world.patient())
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=seconds), tick=True):
        assert client.get("/settings").status_code == 200
        client.get("/health/allergies")
    assert client.get("/settings").status_code == 200


def test_what_is_signed_for_a_time_ends_with_it() -> None:
    now = datetime.now(UTC)

    def is_read(seconds: int) -> bool:
        with time_machine.travel(now + timedelta(seconds=seconds), tick=False):
            try:
                return timed_serializer("key", salt="salt").loads(ticket, max_age=300) == "text"
            except SignatureExpired:
                return False

    with time_machine.travel(now, tick=False):
        ticket = timed_serializer("key", salt="salt").dumps("text")
    assert [is_read(seconds) for seconds in (0, 299, 302)] == [True, True, False]
    assert [is_read(-LEEWAY + 1), is_read(-LEEWAY - 2)] == [True, False]
