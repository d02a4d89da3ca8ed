"""Requirements C1, C2 and D3: signing in, staying signed in, signing out, and rights that end while a page is open."""

import re
from datetime import timedelta

import pytest
from argon2 import Parameters, PasswordHasher, extract_parameters
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.test import TestResponse

from portal.domain.people import GrantLevel
from portal.services import Services
from portal.store.people import accounts
from tests.factories.settings import make_settings
from tests.factories.world import BEN, PASSWORD, TestUser, World, sign_in


def _attempt(
    client: FlaskClient, username: str, password: str, address: str = "192.0.2.7", **form: str
) -> TestResponse:
    page = client.get("/sign-in").get_data(as_text=True)
    token = page.split('name="csrf_token" type="hidden" value="')[1].split('"')[0]
    data = {"csrf_token": token, "username": username, "password": password, **form}
    return client.post("/sign-in", data=data, environ_overrides={"REMOTE_ADDR": address})


def _cookie(client: FlaskClient, app: Flask) -> str:
    found = client.get_cookie(app.config["SESSION_COOKIE_NAME"])
    assert found
    return found.value


def _with_cookie(app: Flask, value: str) -> FlaskClient:
    thief = app.test_client()
    thief.set_cookie(app.config["SESSION_COOKIE_NAME"], value)
    return thief


def _age(services: Services, column: str, span: timedelta) -> None:
    with services.db.transaction() as tx:
        tx.conn.execute(
            text(f"UPDATE sign_in SET {column} = :at"),  # noqa: S608 - a column's name from this file
            {"at": (tx.now - span).replace(tzinfo=None).isoformat(sep=" ")},
        )


def test_a_password_is_hashed_alike_for_known_and_unknown_names(
    client: FlaskClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What takes time is one hash with the same parameters, whether there is such an account or not."""
    world.patient()
    verify = PasswordHasher.verify
    hashed: dict[str, list[Parameters]] = {"ana": [], "nobody-here": []}
    for name, parameters in hashed.items():

        def counting(hasher: PasswordHasher, encoded: str, password: str, to: list[Parameters] = parameters) -> bool:
            to.append(extract_parameters(encoded))
            return verify(hasher, encoded, password)

        monkeypatch.setattr(PasswordHasher, "verify", counting)
        assert _attempt(client, name, "wrong").status_code == 422
    assert len(hashed["ana"]) == 1
    assert hashed["ana"] == hashed["nobody-here"]


def test_the_session_changes_at_sign_in_and_the_old_one_is_worth_nothing(
    app: Flask, client: FlaskClient, world: World
) -> None:
    user = world.patient()
    client.get("/sign-in")
    before = _cookie(client, app)
    sign_in(client, user)
    assert _cookie(client, app) != before
    assert _with_cookie(app, before).get("/links").status_code == 303


def test_signing_in_again_ends_the_sign_in_before(app: Flask, client: FlaskClient, world: World) -> None:
    user, other = world.patient(), world.patient("ben", BEN)
    sign_in(client, user)
    first = _cookie(client, app)
    page = client.get("/help").get_data(as_text=True)
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    data = {"csrf_token": token, "username": other.username, "password": PASSWORD}
    assert client.post("/sign-in", data=data).status_code == 303
    assert _with_cookie(app, first).get("/links").status_code == 303, "the sign-in before still works"


def test_sign_out_ends_it_on_the_server(app: Flask, client: FlaskClient, world: World) -> None:
    sign_in(client, world.patient())
    stolen = _cookie(client, app)
    assert _with_cookie(app, stolen).get("/links").status_code == 200
    token = re.search(r'"X-CSRFToken":"([^"]+)"', client.get("/help").get_data(as_text=True))
    assert token
    answer = client.post("/sign-out", data={"csrf_token": token[1]})
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert answer.headers["Cache-Control"] == "no-store"
    assert _with_cookie(app, stolen).get("/links").status_code == 303
    assert client.get("/links").status_code == 303


@pytest.mark.parametrize(
    ("age", "status"),
    [
        (("seen_at", timedelta(minutes=14)), 200),
        (("seen_at", timedelta(minutes=16)), 303),
        (("created_at", timedelta(hours=23)), 200),
        (("created_at", timedelta(hours=24, minutes=1)), 303),
    ],
)
def test_time_outs(
    client: FlaskClient, world: World, services: Services, age: tuple[str, timedelta], status: int
) -> None:
    sign_in(client, world.patient())
    _age(services, *age)
    assert client.get("/links").status_code == status


def test_the_front_desk_is_signed_out_after_five_minutes(client: FlaskClient, world: World, services: Services) -> None:
    sign_in(client, world.staff())
    _age(services, "seen_at", timedelta(minutes=4))
    assert client.get("/settings").status_code == 200
    _age(services, "seen_at", timedelta(minutes=6))
    assert client.get("/settings").status_code == 303


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "\t//evil.example",
        "///evil.example",
        "////evil.example",
        "/\u2028/evil.example",
        "javascript:alert(1)",
        "data:text/html,x",
        " //evil.example",
        "http:evil.example",
        "/%5cevil.example/..",
        "/.//evil.example",
        "/x/..//evil.example",
        "/\x00/evil.example",
        "/@evil.example",
        "https:///evil.example",
        "https:\\\\evil.example",
    ],
)
def test_next_leads_nowhere_else(client: FlaskClient, world: World, address: str) -> None:
    user = world.patient()
    answers = [_attempt(client, user.username, PASSWORD, next=address)]
    answers.append(client.get("/sign-in", query_string={"next": address}))
    for answer in answers:
        assert answer.status_code == 303
        place = answer.headers["Location"]
        # What a browser makes of it (WHATWG URL): tabs and line ends are dropped, backslashes are slashes, dots go.
        read = re.sub(r"[\t\r\n]", "", place).strip("\x00\x20").replace("\\", "/")
        assert re.match(r"/(?!/)", read), place


def test_rights_that_end_end_for_open_sessions(client: FlaskClient, world: World, services: Services) -> None:
    mother, carer = world.patient("rosa"), world.patient("ben", BEN)
    grant = world.proxy(carer, _person(mother))
    sign_in(client, carer)
    pages = [f"/for/{mother.person_id}{path}" for path in ("/", "/health", "/messages", "/links", "/activity")]
    assert [client.get(path).status_code for path in pages] == [200] * len(pages)
    with services.db.transaction() as tx:
        accounts.end_grant(tx, grant_id=grant)
    assert [client.get(path).status_code for path in pages] == [404] * len(pages)
    family = client.get("/family").get_data(as_text=True)
    assert "has ended" in family
    assert f"/for/{mother.person_id}" not in family
    world.proxy(carer, _person(mother), GrantLevel.MESSAGES_ONLY)
    assert [client.get(path).status_code for path in pages] == [404, 404, 200, 404, 404]


def test_an_account_that_is_closed_is_out_at_once(client: FlaskClient, world: World, services: Services) -> None:
    user = world.patient()
    sign_in(client, user)
    with services.db.transaction() as tx:
        tx.conn.execute(text("UPDATE account SET disabled_at = :now"), {"now": "2020-01-01 00:00:00"})
    assert client.get("/links").status_code == 303
    assert _attempt(client, user.username, PASSWORD).status_code == 422


def test_a_forged_or_foreign_cookie_is_nobody(app: Flask, world: World, client: FlaskClient) -> None:
    sign_in(client, world.patient())
    good = _cookie(client, app)
    payload, rest = good.split(".", 1)
    for forged in (f"{payload}x.{rest}", f"{payload}.{rest[:-3]}abc", "x", "", "a" * 5000):
        assert _with_cookie(app, forged).get("/links").status_code == 303


def test_cookies_behind_tls(tmp_path_factory: pytest.TempPathFactory) -> None:
    from portal.app import create_app
    from tests.factories.databases import migrate

    app = create_app(make_settings(tmp_path_factory.mktemp("tls"), base_url="https://portal.example"))
    services: Services = app.extensions["tributary"]
    migrate(services.db)
    user: TestUser = World(services).patient()
    client = app.test_client()
    page = client.get("/sign-in", base_url="https://portal.example")
    token = page.get_data(as_text=True).split('name="csrf_token" type="hidden" value="')[1].split('"')[0]
    answer = client.post(
        "/sign-in",
        base_url="https://portal.example",
        data={"csrf_token": token, "username": user.username, "password": PASSWORD},
        headers={"Referer": "https://portal.example/sign-in"},
    )
    services.db.close()
    assert answer.status_code == 303
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-")
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; ")[1:])
    assert "Domain" not in cookie
    assert answer.headers["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains"


def _person(user: TestUser) -> str:
    assert user.person_id
    return user.person_id
