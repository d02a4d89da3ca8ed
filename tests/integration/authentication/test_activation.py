"""The first way in: a code from the operator, the birth date, a password; five tries, seven days, one use."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.domain.people import Role
from portal.services import Services
from portal.store.people import people
from tests.factories.commands import Run, user_command
from tests.factories.world import ANA, TestUser, World
from tests.integration.authentication.conftest import enter, is_in, send
from tests.integration.authentication.test_second_factor import make_codes

NEW = "kettle wobbles at noon"
BORN = ANA.birth_date


@pytest.fixture
def run(services: Services, monkeypatch: pytest.MonkeyPatch) -> Run:
    return user_command(services.settings, monkeypatch)


@pytest.fixture
def code(run: Run, services: Services) -> str:
    """Of an account for Ana, who has not signed in yet."""
    with services.db.transaction() as tx:
        people.put_home_patient(tx, fhir_id="patient-ana", demographics=ANA)
    answer = run("invite", "ana", "--patient", "patient-ana")
    assert answer.exit_code == 0, answer.output
    return answer.output.strip()


def activate(client: FlaskClient, code: str, *, born: str = BORN, password: str = NEW) -> TestResponse:
    return send(client, "/activate", code=code, birth_date=born, password=password)


def test_the_code_opens_the_account_once(app: Flask, code: str) -> None:
    assert re.fullmatch(r"(?:[A-HJKMNP-Z2-9]{4}-){2}[A-HJKMNP-Z2-9]{4}", code)
    client = app.test_client()
    assert enter(client, password="").status_code == 422
    assert enter(client, password="no account has this password").status_code == 422
    answer = activate(client, code.lower().replace("-", " "))
    assert answer.headers["Location"] == "/account/security"
    assert "user name ana" in client.get("/account/security").get_data(as_text=True)
    assert is_in(client)
    other = app.test_client()
    assert activate(other, code).status_code == 422
    assert not is_in(other)
    assert enter(other, password=NEW).status_code == 303


def test_five_wrong_birth_dates_end_it(app: Flask, code: str, run: Run) -> None:
    client = app.test_client()
    for born in ("1980-03-05", "", "nonsense", "1980-04-03", "1979-03-04"):
        assert activate(client, code, born=born).status_code == 422
    assert activate(client, code).status_code == 422
    again = run("invite", "ana").output.strip()
    assert activate(client, code).status_code == 422, "the new code replaces the one before"
    assert activate(client, again).status_code == 303


def test_a_password_that_is_refused_costs_no_try(app: Flask, code: str) -> None:
    client = app.test_client()
    for _ in range(6):
        answer = activate(client, code, password="short")
        assert "at least 15 characters" in answer.get_data(as_text=True)
    assert activate(client, code).status_code == 303


def test_it_runs_out_after_seven_days(app: Flask, code: str) -> None:
    with time_machine.travel(datetime.now(UTC) + timedelta(days=7, minutes=1)):
        assert activate(app.test_client(), code).status_code == 422


def test_an_unknown_code_and_a_wrong_date_are_told_alike(app: Flask, code: str) -> None:
    def told(code: str, born: str) -> str:
        page = activate(app.test_client(), code, born=born).get_data(as_text=True)
        return re.sub(r'value="[^"]*"|nonce="[^"]+"|X-CSRFToken":"[^"]+"', "", page)

    assert told(code, "1999-01-01") == told("K7QF-2M9X-HB4T", BORN)


def test_who_is_in_needs_no_code_unless_everything_is_lost(app: Flask, world: World, ana: TestUser, run: Run) -> None:
    client = app.test_client()
    enter(client)
    make_codes(client, "printed")
    assert run("invite", "ana").exit_code == 1
    assert is_in(client)
    code = run("invite", "ana", "--start-over").output.strip()
    assert not is_in(client)
    assert enter(app.test_client()).status_code == 422
    assert activate(client, code).status_code == 303
    assert is_in(client), "the printed codes from before are no second factor any more"
    world.account("clerk", Role.STAFF, None)


def test_staff_have_no_birth_date(app: Flask, run: Run) -> None:
    code = run("invite", "desk", "--staff").output.strip()
    client = app.test_client()
    assert activate(client, code, born="").status_code == 303
    assert client.get("/settings").status_code == 200
    assert run("invite", "nobody").exit_code == 2, "it must say whose account it is"
