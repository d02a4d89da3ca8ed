"""A forgotten password: the link in an e-mail changes it, and lets nobody in."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import time_machine
from flask import Flask

from portal.store import Database
from tests.factories.world import PASSWORD, TestUser, World
from tests.integration.authentication.conftest import Letters, application, enter, is_in, send
from tests.integration.authentication.test_second_factor import make_codes

NEW = "kettle wobbles at noon"
NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)


def link(letters: Letters) -> str:
    address = re.search(r"http://localhost:8000(/sign-in/new-password/[\w-]{43})", letters()[0][1])
    assert address
    return address[1]


def test_the_link_changes_the_password_once_and_signs_nobody_in(app: Flask, ana: TestUser, letters: Letters) -> None:
    client, elsewhere = app.test_client(), app.test_client()
    enter(elsewhere)
    assert send(client, "/sign-in/forgotten", username="ana").status_code == 200
    assert letters()[0][0] == "ana@mail.example"
    address = link(letters)
    assert send(client, address, password="short").status_code == 422
    assert send(client, address, password=NEW).headers["Location"] == "/sign-in"
    assert not is_in(client)
    assert not is_in(elsewhere), "every sign-in from before is over"
    assert client.get(address).status_code == 404
    assert enter(client).status_code == 422
    assert enter(client, password=NEW).headers["Location"] == "/"
    assert "password was changed" in letters()[0][1]


def test_it_never_goes_around_the_second_factor(app: Flask, ana: TestUser, letters: Letters) -> None:
    phone = app.test_client()
    enter(phone)
    codes = make_codes(phone, "printed")
    send(phone, "/sign-out", page="/settings")
    enter(phone)
    send(phone, "/sign-in/code", code=codes[0], remember="y")
    send(phone, "/sign-out", page="/settings")
    send(phone, "/sign-in/forgotten", username="ana")
    send(phone, link(letters), password=NEW)
    assert enter(phone, password=NEW).headers["Location"].startswith("/sign-in/code"), "not where it was known either"
    assert not is_in(phone)


def test_a_new_password_ends_a_sign_in_that_waits_for_its_code(app: Flask, ana: TestUser, letters: Letters) -> None:
    phone, thief = app.test_client(), app.test_client()
    enter(phone)
    codes = make_codes(phone, "printed")
    enter(thief)
    send(phone, "/sign-in/forgotten", page="/activate", username="ana")
    send(phone, link(letters), password=NEW)
    answer = thief.get("/sign-in/code")
    assert answer.headers["Location"].startswith("/sign-in?")
    assert codes


def test_it_runs_out_and_is_not_sent_again_at_once(app: Flask, ana: TestUser, letters: Letters) -> None:
    client = app.test_client()
    with time_machine.travel(NOW, tick=False) as clock:
        send(client, "/sign-in/forgotten", username="ana")
        send(client, "/sign-in/forgotten", username="ana")
        assert len(letters()) == 1
        first = link(letters)
        clock.shift(timedelta(minutes=6))
        send(client, "/sign-in/forgotten", username="ana")
        assert len(letters()) == 2
        second = link(letters)
        clock.shift(timedelta(minutes=25))
        assert client.get(first).status_code == 404
        assert send(client, second, password=NEW).status_code == 303


def test_the_answer_tells_nothing_of_who_has_an_account(app: Flask, ana: TestUser, world: World) -> None:
    world.patient("ben")  # without an e-mail address

    def answer(name: str) -> str:
        page = send(app.test_client(), "/sign-in/forgotten", username=name).get_data(as_text=True)
        return re.sub(r'value="[^"]*"|nonce="[^"]+"|X-CSRFToken":"[^"]+"', "", page)

    assert answer("ana") == answer("ben") == answer("nobody at all")


def test_without_e_mail_it_says_whom_to_call(database: Database, tmp_path: Path, ana: TestUser) -> None:
    client = application(database, tmp_path, mail="off").test_client()
    assert "front desk" in client.get("/sign-in/forgotten").get_data(as_text=True)


def test_sign_ins_are_listed_and_ended(app: Flask, ana: TestUser, world: World) -> None:
    world.patient("ben")
    here, phone, tablet, ben = (app.test_client() for _ in range(4))
    phone.environ_base["HTTP_USER_AGENT"] = "Mozilla/5.0 (iPhone; CPU) Version/17.5 Mobile Safari/604.1"
    enter(here)
    enter(phone)
    enter(tablet)
    send(ben, "/sign-in", username="ben", password=PASSWORD)
    page = here.get("/account/security").get_data(as_text=True)
    assert "iPhone, Safari" in page
    ends = re.findall(r'action="(/account/sessions/\w{8,}/end)"', page)
    assert len(ends) == 2
    for address in ends:
        send(ben, address, page="/settings")
    assert is_in(phone)
    assert is_in(tablet)
    on_phone = re.search(r'(/account/sessions/\w{8,}/end)"(?:(?!</form>).)*iPhone', page, re.DOTALL)
    assert on_phone
    send(here, on_phone[1], page="/account/security")
    assert (is_in(here), is_in(phone), is_in(tablet)) == (True, False, True)
    send(here, "/account/sessions/end", page="/account/security")
    assert (is_in(here), is_in(tablet)) == (True, False)
    assert is_in(ben)
