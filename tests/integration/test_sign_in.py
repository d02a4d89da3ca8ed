"""Signing in and out."""

import re

from flask import Flask
from flask.testing import FlaskClient

from portal.extensions import ACCOUNT
from tests.factories.world import PASSWORD, World, sign_in


def test_sign_in_and_out(client: FlaskClient, world: World) -> None:
    user = world.patient()
    sign_in(client, user)
    assert client.get("/sign-in").status_code == 303


def test_two_browsers_are_of_one_account_and_do_not_tell_which(app: Flask, world: World) -> None:
    user, other = world.patient(), world.staff()
    of = []
    for who in (user, user, other):
        client = app.test_client()
        sign_in(client, who)
        with client.session_transaction() as session:
            of.append(session[ACCOUNT])
    assert of[0] == of[1] != of[2]
    assert user.account_id not in of


def test_wrong_password_and_unknown_user_get_the_same_bytes(client: FlaskClient, world: World) -> None:
    world.patient()

    def attempt(username: str) -> str:
        page = client.get("/sign-in").get_data(as_text=True)
        token = page.split('name="csrf_token" type="hidden" value="')[1].split('"')[0]
        answer = client.post("/sign-in", data={"csrf_token": token, "username": username, "password": "wrong"})
        assert answer.status_code == 422
        text = answer.get_data(as_text=True).replace(f'value="{username}"', "")
        # What is random in every answer: the style sheet's nonce and the CSRF token.
        random = r'nonce="[^"]+"|X-CSRFToken":"[^"]+"|value="[\w.-]{60,}"'
        return re.sub(random, "", text)

    assert attempt("ana") == attempt("nobody")


def test_failed_attempts_are_throttled_for_the_address_that_makes_them_only(client: FlaskClient, world: World) -> None:
    user = world.patient()

    def attempt(password: str, address: str) -> int:
        page = client.get("/sign-in").get_data(as_text=True)
        token = page.split('name="csrf_token" type="hidden" value="')[1].split('"')[0]
        return client.post(
            "/sign-in",
            data={"csrf_token": token, "username": user.username, "password": password},
            environ_overrides={"REMOTE_ADDR": address},
        ).status_code

    assert [attempt("wrong", "192.0.2.1") for _ in range(11)] == [422] * 10 + [429]
    assert attempt(PASSWORD, "192.0.2.2") == 303
