"""A second factor: an app, codes on paper, recovery codes, a browser that is known; and where one is required."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyotp
import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from portal.authentication import factors
from portal.services import Services
from portal.store import Database
from portal.store.people import accounts
from portal.store.people import factors as rows
from tests.factories.world import TestUser, World, sign_in
from tests.integration.authentication.conftest import Letters, application, enter, is_in, send, token_of

NOW = datetime(2026, 11, 28, 12, 0, 10, tzinfo=UTC)
STEP = timedelta(seconds=30)


def add_app(client: FlaskClient) -> pyotp.TOTP:
    """Add an authenticator app as a person does, by the key that the page shows."""
    page = client.get("/account/authenticator").get_data(as_text=True)
    key = re.search(r'class="key">([A-Z2-7 ]+)<', page)
    sealed = re.search(r'name="sealed"[^>]* value="([^"]+)"', page)
    assert key
    assert sealed
    totp = pyotp.TOTP(key[1].replace(" ", ""))
    form = {"csrf_token": token_of(page), "sealed": sealed[1], "code": totp.now()}
    assert client.post("/account/authenticator", data={**form, "code": "000000"}).status_code == 422
    assert client.post("/account/authenticator", data=form).status_code == 303
    return totp


def make_codes(client: FlaskClient, kind: str = "recovery") -> list[str]:
    page = send(client, "/account/codes", kind=kind).get_data(as_text=True)
    return re.findall(r"<code>([A-Z0-9]{4}-[A-Z0-9]{4})</code>", page)


def test_the_password_alone_opens_nothing_any_more(app: Flask, ana: TestUser, letters: Letters) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        first, other = app.test_client(), app.test_client()
        sign_in(first, ana)
        totp = add_app(first)
        assert "authenticator app was added" in letters()[0][1]
        clock.shift(STEP)
        answer = enter(other)
        assert answer.headers["Location"] == "/sign-in/code?next=/"
        assert not is_in(other)
        assert send(other, "/sign-in/code", code="123456").status_code == 422
        assert not is_in(other)
        assert send(other, "/sign-in/code", code=totp.now()).status_code == 303
        assert is_in(other)


def test_a_code_works_once_and_not_two_minutes_later(app: Flask, ana: TestUser) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        first, second, third = (app.test_client() for _ in range(3))
        sign_in(first, ana)
        totp = add_app(first)
        enter(second)
        assert send(second, "/sign-in/code", code=totp.now()).status_code == 422, "it was used to add the app"
        clock.shift(STEP)
        code = totp.now()
        assert send(second, "/sign-in/code", code=code).status_code == 303
        enter(third)
        assert send(third, "/sign-in/code", code=code).status_code == 422, "somebody looked over the shoulder"
        clock.shift(2 * STEP)
        late = totp.at(NOW)
        assert send(third, "/sign-in/code", code=late).status_code == 422


@pytest.mark.parametrize("kind", ["recovery", "printed"])
def test_codes_on_paper_work_once_each(app: Flask, ana: TestUser, services: Services, kind: str) -> None:
    first = app.test_client()
    sign_in(first, ana)
    add_app(first)
    codes = make_codes(first, kind)
    assert len(set(codes)) == len(codes) == {"recovery": 10, "printed": 30}[kind]
    assert codes[0] not in first.get("/account/security").get_data(as_text=True)
    second, third = app.test_client(), app.test_client()
    enter(second)
    assert send(second, "/sign-in/code", code=codes[0].lower().replace("-", " "), way="paper").status_code == 303
    enter(third)
    assert send(third, "/sign-in/code", code=codes[0]).status_code == 422
    replaced = make_codes(second, kind)
    assert send(third, "/sign-in/code", code=codes[1]).status_code == 422, "new codes replace those before"
    assert send(third, "/sign-in/code", code=replaced[0]).status_code == 303
    with services.db.reading() as tx:
        dump = tx.conn.exec_driver_sql("SELECT code_hash FROM single_use_code").scalars().all()
    assert not set(dump) & set(replaced)


def test_a_code_is_of_one_account(app: Flask, ana: TestUser, world: World) -> None:
    ben = world.patient("ben")
    first, second, third = (app.test_client() for _ in range(3))
    sign_in(first, ana)
    make_codes(first, "printed")
    sign_in(second, ben)
    of_ben = make_codes(second, "printed")
    enter(third)
    assert send(third, "/sign-in/code", code=of_ben[0]).status_code == 422


def test_a_used_up_sheet_leaves_no_password_alone(app: Flask, ana: TestUser, services: Services) -> None:
    first, other = app.test_client(), app.test_client()
    sign_in(first, ana)
    make_codes(first, "printed")
    with services.db.transaction() as tx:
        tx.conn.exec_driver_sql("UPDATE single_use_code SET used_at = created_at")
    assert enter(other).headers["Location"].startswith("/sign-in/code")
    assert not is_in(other)


def test_a_known_browser_is_asked_again_after_thirty_days_and_after_a_new_password(app: Flask, ana: TestUser) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        first, phone, other = (app.test_client() for _ in range(3))
        sign_in(first, ana)
        codes = make_codes(first, "printed")
        enter(phone)
        assert send(phone, "/sign-in/code", code=codes[0], remember="y").status_code == 303
        send(phone, "/sign-out", page="/settings")
        assert enter(phone).headers["Location"] == "/"
        assert enter(other).headers["Location"].startswith("/sign-in/code"), "only there"
        send(phone, "/sign-out", page="/settings")
        clock.shift(timedelta(days=30, minutes=1))
        assert enter(phone).headers["Location"].startswith("/sign-in/code")
        assert send(phone, "/sign-in/code", code=codes[1], remember="y").status_code == 303
        new = "kettle wobbles at noon"
        send(phone, "/account/password", current="a password for tests", password=new)
        send(phone, "/sign-out", page="/settings")
        assert enter(phone, password=new).headers["Location"].startswith("/sign-in/code")


def test_who_has_the_database_and_its_keys_tries_long_for_a_code(
    app: Flask, services: Services, database: Database, ana: TestUser
) -> None:
    client = app.test_client()
    sign_in(client, ana)
    codes = make_codes(client)
    with database.transaction() as tx:
        account = accounts.by_id(tx, account_id=ana.account_id)
        assert account
        assert not rows.use_code(tx, account_id=account.id, codes=codes), "stored as the keyed hash of the code itself"
        rows.put_codes(tx, account_id=account.id, kind=rows.PRINTED, codes=["ABCD-EFGH"])  # as an earlier version did
    for code in (codes[0].lower(), "abcdefgh"):
        assert factors.check(services, account, code)
        assert not factors.check(services, account, code)


def test_a_known_browser_spares_the_code_at_the_sign_in_and_not_before_a_big_step(app: Flask, ana: TestUser) -> None:
    """Else a password and a laptop would be enough to put the owner's factors away."""
    owner, laptop = app.test_client(), app.test_client()
    sign_in(owner, ana)
    codes = make_codes(owner, "printed")
    enter(laptop)
    assert send(laptop, "/sign-in/code", code=codes[0], remember="y").status_code == 303
    assert laptop.get("/account/authenticator").status_code == 200, "it was shown just now"
    send(laptop, "/sign-out", page="/settings")
    assert enter(laptop).headers["Location"] == "/"
    answer = laptop.get("/account/authenticator")
    assert (answer.status_code, answer.location.partition("?")[0]) == (303, "/account/confirm")
    refused = send(laptop, "/account/confirm", proof="a password for tests")
    assert refused.status_code == 422, "the password is no second factor"
    assert send(laptop, "/account/confirm", proof=codes[1]).status_code == 303
    assert laptop.get("/account/authenticator").status_code == 200


@pytest.mark.parametrize("taken", ["the app", "the codes"])
def test_a_browser_that_a_factor_let_in_is_asked_again_when_that_is_taken_away(
    app: Flask, ana: TestUser, taken: str
) -> None:
    """Whoever had the lost phone, or the lost sheet, may have said in a browser of theirs not to be asked there."""
    with time_machine.travel(NOW, tick=False) as clock:
        owner, stranger = app.test_client(), app.test_client()
        sign_in(owner, ana)
        printed = make_codes(owner, "printed")
        totp = add_app(owner)
        clock.shift(STEP)
        enter(stranger)
        code = totp.now() if taken == "the app" else printed[0]
        assert send(stranger, "/sign-in/code", code=code, remember="y").status_code == 303
        send(stranger, "/sign-out", page="/settings")
        assert enter(stranger).headers["Location"] == "/"
        send(stranger, "/sign-out", page="/settings")
        if taken == "the app":
            add_app(owner)
        else:
            assert make_codes(owner, "printed")
        assert enter(stranger).headers["Location"].startswith("/sign-in/code")


def test_the_step_between_is_over_after_ten_minutes(app: Flask, ana: TestUser) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        first, other = app.test_client(), app.test_client()
        sign_in(first, ana)
        codes = make_codes(first, "printed")
        enter(other)
        page = other.get("/sign-in/code").get_data(as_text=True)
        clock.shift(timedelta(minutes=11))
        answer = other.post("/sign-in/code", data={"csrf_token": token_of(page), "code": codes[0]})
        assert answer.headers["Location"].startswith("/sign-in?")
        assert not is_in(other)


def test_where_it_is_required_nothing_opens_before_one_is_added(
    database: Database, tmp_path: Path, ana: TestUser
) -> None:
    app = application(database, tmp_path, second_factor="required")
    client = app.test_client()
    sign_in(client, ana)
    for path in (
        "/",
        "/links",
        "/health/medications",
        "/activity",
        "/settings",
        "/account/password",
        "/oauth/authorize",
    ):
        answer = client.get(path)
        assert (answer.status_code, answer.headers["Location"]) == (303, "/account/security"), path
    assert "One more step" in client.get("/account/security").get_data(as_text=True)
    assert make_codes(client)
    assert not is_in(client), "recovery codes alone are no second factor"
    add_app(client)
    assert is_in(client)
    remove = send(client, "/account/authenticator/remove", page="/account/security")
    assert remove.status_code == 303
    assert "your only second step" in client.get("/account/security").get_data(as_text=True)
    assert enter(app.test_client()).headers["Location"].startswith("/sign-in/code")


def test_where_it_is_optional_it_can_be_removed(app: Flask, ana: TestUser, letters: Letters) -> None:
    client = app.test_client()
    sign_in(client, ana)
    add_app(client)
    make_codes(client, "printed")
    assert enter(app.test_client()).headers["Location"].startswith("/sign-in/code")
    for path in ("/account/authenticator/remove", "/account/codes/remove"):
        assert send(client, path, page="/account/security").status_code == 303
    assert "printed codes were removed" in letters()[0][1]
    assert enter(app.test_client()).headers["Location"] == "/"


def test_the_form_of_another_account_adds_no_app(app: Flask, ana: TestUser, world: World) -> None:
    ben = world.patient("ben")
    mine, other = app.test_client(), app.test_client()
    sign_in(mine, ana)
    sign_in(other, ben)
    page = other.get("/account/authenticator").get_data(as_text=True)
    sealed = re.search(r'name="sealed"[^>]* value="([^"]+)"', page)
    assert sealed
    for value in (sealed[1], "", "A", "x" * 400, "é"):
        assert send(mine, "/account/authenticator", sealed=value, code="123456").status_code == 400
