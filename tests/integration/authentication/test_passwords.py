"""Changing a password and an e-mail address: what is refused, what it ends, and who is told."""

from dataclasses import replace
from hashlib import sha1
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.authentication import passwords
from portal.authentication.password_rules import PasswordProblem
from portal.services import Services
from portal.store import Database
from portal.store.people import accounts
from tests.factories.world import PASSWORD, TestUser, sign_in
from tests.integration.authentication.conftest import Letters, application, send

NEW = "kettle wobbles at noon"


def test_a_new_password_ends_every_other_sign_in_and_is_told(app: Flask, letters: Letters, ana: TestUser) -> None:
    one, other = app.test_client(), app.test_client()
    sign_in(one, ana)
    sign_in(other, ana)
    assert send(one, "/account/password", current=PASSWORD, password=NEW).status_code == 303
    assert one.get("/settings").status_code == 200
    assert other.get("/settings").status_code == 303
    [(recipient, text)] = letters()
    assert recipient == "ana@mail.example"
    assert "Your password was changed" in text
    assert NEW not in text
    assert send(other, "/sign-in", username="ana", password=PASSWORD).status_code == 422
    assert send(other, "/sign-in", username="ana", password=NEW).status_code == 303
    page = app.test_client().get("/mailbox").get_data(as_text=True)
    assert "ana@mail.example" in page


@pytest.mark.parametrize(
    ("current", "password", "complaint"),
    [
        ("wrong", NEW, "not your current password"),
        (PASSWORD, "too short", "at least 15 characters"),
        (PASSWORD, "passwordpassword", "Many people use this"),
        (PASSWORD, "Ana Luz Rivera!!", "too close to your name"),
    ],
)
def test_what_is_refused_says_why_and_changes_nothing(
    client: FlaskClient, letters: Letters, ana: TestUser, *, current: str, password: str, complaint: str
) -> None:
    sign_in(client, ana)
    answer = send(client, "/account/password", current=current, password=password)
    assert answer.status_code == 422
    assert complaint in answer.get_data(as_text=True)
    assert password not in answer.get_data(as_text=True)
    assert letters() == []
    sign_in(client.application.test_client(), ana)


def test_what_the_operators_list_of_breached_passwords_has_is_refused(
    services: Services, ana: TestUser, tmp_path: Path
) -> None:
    listed, other = "a quiet harbor at dawn", "a loud harbor at dusk"
    file = tmp_path / "breached.txt"
    file.write_text(f"{sha1(listed.encode(), usedforsecurity=False).hexdigest().upper()}:3\n")
    listing = Services(replace(services.settings, breached_passwords=file), services.db, services.queue)
    with services.db.reading() as tx:
        account = accounts.by_id(tx, account_id=ana.account_id)
    assert account
    assert passwords.refusal(listing, account, listed) is PasswordProblem.COMMON
    assert passwords.refusal(listing, account, other) is None
    assert passwords.refusal(services, account, listed) is None


def test_the_address_before_is_told_of_a_new_one(client: FlaskClient, letters: Letters, ana: TestUser) -> None:
    sign_in(client, ana)
    assert send(client, "/account/email", email="not an address").status_code == 422
    assert send(client, "/account/email", email="new@mail.example").status_code == 303
    [(recipient, text)] = letters()
    assert recipient == "ana@mail.example"
    assert "new@mail.example" not in text
    assert "new@mail.example" in client.get("/account/security").get_data(as_text=True)


def test_there_is_no_mailbox_unless_it_is_asked_for(app: Flask, tmp_path: Path, database: Database) -> None:
    quiet = application(database, tmp_path, mail="off")
    assert quiet.test_client().get("/mailbox").status_code == 404
    assert app.test_client().get("/mailbox").status_code == 200
