"""Guessing stops, and locks out nobody but who guesses."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask, request

from portal.access import passwords
from portal.extensions import KNOWN
from portal.services import Services
from tests.factories.authenticator import SoftwareAuthenticator
from tests.factories.world import PASSWORD, TestUser, World
from tests.integration.authentication.conftest import enter, is_in, send
from tests.integration.authentication.test_big_steps import grow_old
from tests.integration.authentication.test_passkeys import HERE, add, options, post
from tests.integration.authentication.test_second_factor import make_codes

HOME, ELSEWHERE = "192.0.2.1", "198.51.100.1"


def guess(app: Flask, times: int, address: str = HOME, username: str = "ana") -> list[int]:
    client = app.test_client()
    return [
        send(client, "/sign-in", username=username, password=f"guess {number}", address=address).status_code
        for number in range(times)
    ]


def test_a_neighbour_cannot_lock_the_owner_out(app: Flask, ana: TestUser) -> None:
    owner = app.test_client()
    assert enter(owner, address=HOME).status_code == 303
    send(owner, "/sign-out", page="/settings")
    assert guess(app, 11) == [422] * 10 + [429]
    assert enter(app.test_client(), address=HOME).status_code == 429, "an unknown browser of the same network waits"
    assert enter(owner, address=HOME).status_code == 303, "the owner's own browser does not"
    assert enter(app.test_client(), address=ELSEWHERE).status_code == 303


def test_nobody_locks_the_owner_out_from_many_networks(app: Flask, ana: TestUser) -> None:
    owner = app.test_client()
    enter(owner)
    send(owner, "/sign-out", page="/settings")
    statuses = [status for number in range(6) for status in guess(app, 9, f"203.0.113.{number}")]
    assert statuses.count(429) == 4, "fifty guesses a day, wherever they come from"
    refused = enter(app.test_client(), address=ELSEWHERE)
    assert refused.status_code == 429
    assert "Try again in 1 day." in refused.get_data(as_text=True), "not in five minutes"
    assert refused.headers["Retry-After"] == str(24 * 60 * 60)
    assert enter(owner, address=ELSEWHERE).status_code == 303


def test_a_known_browser_does_not_guess_for_ever_either(app: Flask, ana: TestUser, world: World) -> None:
    world.patient("ben")
    owner = app.test_client()
    enter(owner)
    send(owner, "/sign-out", page="/settings")
    statuses = [enter(owner, password="wrong", address=f"203.0.113.{number}").status_code for number in range(11)]
    assert statuses == [422] * 10 + [429]
    other = [send(owner, "/sign-in", username="ben", password="wrong", address=HOME).status_code for _ in range(11)]
    assert other[-1] == 429, "it is known for its own account only"


def test_a_passkey_works_while_guesses_are_stopped(app: Flask, ana: TestUser) -> None:
    owner, device = app.test_client(), SoftwareAuthenticator(HERE)
    enter(owner)
    add(owner, device)
    assert guess(app, 11)[-1] == 429
    client = app.test_client()
    assert post(client, "/sign-in/passkey", device.get(options(client))).status_code == 200


def test_one_line_with_many_addresses_is_one_network(app: Flask, ana: TestUser) -> None:
    statuses = [guess(app, 1, f"2001:db8:1:{number:x}::1")[0] for number in range(11)]
    assert statuses[-1] == 429
    assert guess(app, 1, "2001:db8:1:100::1") == [422]


def test_the_server_is_told_who_signed_in(app: Flask, ana: TestUser) -> None:
    with app.test_client() as client:
        enter(client)
        assert KNOWN in request.environ
    with app.test_client() as client:
        enter(client, password="not this one")
        assert KNOWN not in request.environ


def test_right_passwords_are_not_counted(app: Flask, ana: TestUser) -> None:
    assert [enter(app.test_client()).status_code for _ in range(12)] == [303] * 12


def test_codes_and_confirmations_are_not_guessed_for_ever(app: Flask, ana: TestUser, services: Services) -> None:
    owner, thief = app.test_client(), app.test_client()
    enter(owner)
    codes = make_codes(owner, "printed")
    enter(thief)
    guesses = [send(thief, "/sign-in/code", code=f"{number:06}").status_code for number in range(11)]
    assert guesses == [422] * 10 + [429]
    assert send(thief, "/sign-in/code", code=codes[0]).status_code == 429
    assert not is_in(thief)
    grow_old(services)
    assert [send(owner, "/account/confirm", proof="000000").status_code for _ in range(11)] == [422] * 10 + [429]
    assert send(owner, "/account/confirm", proof=codes[0]).status_code == 429
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=6)):
        assert send(owner, "/account/confirm", proof=codes[0]).status_code == 303


def test_who_knows_the_password_cannot_use_up_the_owners_codes(app: Flask, ana: TestUser) -> None:
    owner = app.test_client()
    enter(owner)
    codes = make_codes(owner, "printed")
    send(owner, "/sign-out", page="/settings")
    statuses = []
    for network in range(6):
        thief = app.test_client()
        enter(thief, address=f"203.0.113.{network}")
        statuses += [
            send(thief, "/sign-in/code", code="000000", address=f"203.0.113.{network}").status_code for _ in range(9)
        ]
    assert statuses.count(429) == 4
    enter(owner)
    assert send(owner, "/sign-in/code", code=codes[0]).status_code == 303


def test_sheets_of_codes_are_not_made_without_end(app: Flask, ana: TestUser, monkeypatch: pytest.MonkeyPatch) -> None:
    """Thirty hashes each, in the one thread in which everybody's passwords wait their turn."""
    monkeypatch.setitem(passwords._short_codes, "memory_cost", 8)
    clients = [app.test_client() for _ in range(2)]
    for client in clients:
        enter(client)
    statuses = [send(clients[number % 2], "/account/codes", kind="printed").status_code for number in range(11)]
    assert statuses == [200] * 10 + [429]


@pytest.mark.parametrize(("path", "last"), [("/activate", 429), ("/sign-in/forgotten", 429)])
def test_other_forms_stop_too(app: Flask, path: str, last: int) -> None:
    client = app.test_client()
    form = {"code": "x", "birth_date": "", "password": "y", "username": "z"}
    statuses = [send(client, path, **form).status_code for _ in range(21)]
    assert statuses[-1] == last
    assert send(client, path, address=ELSEWHERE, **form).status_code != 429


def test_nothing_of_a_guess_is_written_in_clear(app: Flask, ana: TestUser) -> None:
    guess(app, 2)
    keys = str([vars(limiter._storage) for limiter in app.extensions["limiter"]])
    assert "LIMITER" in keys, "something is counted"
    assert not [word for word in (HOME, "'ana", PASSWORD) if word in keys]
