"""When the time is up nothing that was written is lost, and the sign-in says why it is there."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from portal.services import Services
from tests.factories.world import BEN, PASSWORD, TestUser, World, sign_in
from tests.integration.authentication.conftest import enter, is_in, send, token_of
from tests.integration.authentication.test_second_factor import make_codes

FIELDS = re.compile(r'<input (?:id="\w+" )?(?:type="hidden" )?name="(\w+)" (?:type="hidden" )?value="([^"]*)"')
WRITTEN = "The family practice in Elm Street, since 2019"


def be_idle(services: Services, minutes: float = 16) -> None:
    with services.db.transaction() as tx:
        at = (tx.now - timedelta(minutes=minutes)).replace(tzinfo=None).isoformat(sep=" ")
        tx.conn.execute(text("UPDATE sign_in SET seen_at = :at"), {"at": at})


@pytest.fixture
def client(app: Flask, ana: TestUser) -> FlaskClient:
    client = app.test_client()
    sign_in(client, ana)
    return client


def send_late(client: FlaskClient, services: Services) -> str:
    """Fill the form, be away for too long, and send it; return where that leads."""
    token = token_of(client.get("/links/missing").get_data(as_text=True))
    be_idle(services)
    form = {"csrf_token": token, "name": "Elm Street", "place": "Camden", "note": WRITTEN}
    answer = client.post("/links/missing", data=form, headers={"Referer": "http://localhost/links/missing?q=elm"})
    return answer.headers["Location"]


def reports(services: Services) -> int:
    with services.db.reading() as tx:
        return int(tx.conn.execute(text("SELECT count(*) FROM missing_report")).scalar_one())


def test_a_form_that_came_too_late_is_kept_and_sent_after_signing_in(client: FlaskClient, services: Services) -> None:
    assert send_late(client, services) == "/sign-in?next=%2Flinks%2Fmissing%3Fq%3Delm"
    page = client.get("/sign-in").get_data(as_text=True)
    assert re.search(r"You were signed out at \d+:\d\d", page)
    assert "After 15 minutes" in page
    assert "What you wrote is saved" in page
    assert reports(services) == 0
    assert enter(client).headers["Location"] == "/account/kept"
    assert client.get("/account/kept").headers["Location"] == "/links/missing?q=elm#kept"
    page = client.get("/links/missing?q=elm").get_data(as_text=True)
    assert "You were signed out before it was sent. Nothing was sent yet." in page
    form = page.split('<form method="post" class="stack">')[1].split("</form>")[0]
    assert f'value="{WRITTEN}"' in form
    assert 'value="Elm Street"' in form
    assert WRITTEN not in client.get("/links/missing?q=elm").get_data(as_text=True), "once; it is still kept"
    assert dict(FIELDS.findall(form)) == {"csrf_token": token_of(page), "from_kept": "1"}
    answer = client.post("/links/missing", data={**dict(FIELDS.findall(form)), "name": "Elm", "note": WRITTEN + "!"})
    assert answer.status_code in (200, 303)
    assert reports(services) == 1
    assert client.get("/account/kept").headers["Location"] == "/", "it is kept no longer"


def test_a_page_without_that_form_leads_to_what_was_written(client: FlaskClient, services: Services) -> None:
    token = token_of(client.get("/help").get_data(as_text=True))
    be_idle(services)
    sent = {"action": "/links/missing", "page": "/help", "fields": [["name", "Elm"], ["note", WRITTEN]]}
    client.post("/account/keep", json=sent, headers={"X-CSRFToken": token})
    enter(client)
    client.get("/account/kept")
    assert client.get("/links").status_code == 200, "another page is what it is"
    client.get("/account/kept")
    for page in ("/help", "/account/kept?alone=1"):
        answer = client.get(page)
        if answer.status_code == 303:
            assert answer.headers["Location"] == "/account/kept?alone=1"
    page = client.get("/account/kept?alone=1").get_data(as_text=True)
    assert WRITTEN in page
    fields = dict(FIELDS.findall(page))
    assert client.post("/links/missing", data={**fields, "note": WRITTEN}).status_code in (200, 303)
    assert reports(services) == 1
    assert client.get("/account/kept").headers["Location"] == "/"


def test_it_is_sealed_and_goes_with_the_session(client: FlaskClient, services: Services) -> None:
    send_late(client, services)
    with services.db.reading() as tx:
        [sealed] = tx.conn.execute(text("SELECT kept FROM sign_in")).scalars()
    assert WRITTEN.encode() not in bytes(sealed)
    enter(client)
    send(client, "/sign-out", page="/settings")
    with services.db.reading() as tx:
        assert set(tx.conn.execute(text("SELECT kept FROM sign_in")).scalars()) == {None}
    assert enter(client).headers["Location"] == "/"


def test_it_goes_through_the_second_factor_and_through_a_confirmation(client: FlaskClient, services: Services) -> None:
    codes = make_codes(client, "printed")
    send_late(client, services)
    enter(client)
    assert not is_in(client)
    assert send(client, "/sign-in/code", code=codes[0]).headers["Location"] == "/account/kept"
    send(client, "/account/confirm", proof=codes[1])
    assert WRITTEN in client.get("/account/kept?alone=1").get_data(as_text=True)


def test_somebody_else_never_sees_it(client: FlaskClient, services: Services, world: World) -> None:
    world.patient("ben", BEN)
    send_late(client, services)
    answer = send(client, "/sign-in", username="ben", password=PASSWORD)
    assert answer.headers["Location"] == "/"
    assert client.get("/account/kept").headers["Location"] == "/"
    send(client, "/sign-out", page="/settings")
    assert enter(client).headers["Location"] == "/"


def test_what_signs_in_or_is_a_big_step_is_not_kept(client: FlaskClient, services: Services) -> None:
    token = token_of(client.get("/account/password").get_data(as_text=True))
    be_idle(services)
    for path, back in (
        ("/account/password", "/account/password"),
        ("/oauth/consent?state=s", "/oauth/authorize?state=s"),
        ("/account/sessions/end", "/"),
    ):
        answer = client.post(path, data={"csrf_token": token, "current": PASSWORD, "password": "another long one"})
        assert answer.status_code == 303
        page = client.get("/sign-in").get_data(as_text=True)
        assert "What you wrote is saved" not in page, (path, back)
    with services.db.reading() as tx:
        assert set(tx.conn.execute(text("SELECT kept FROM sign_in")).scalars()) == {None}


def test_asking_how_much_time_is_left_keeps_nobody_awake(client: FlaskClient, services: Services) -> None:
    be_idle(services, 13)
    assert 100 < client.get("/account/time-left").get_json()["seconds"] <= 120
    assert 100 < client.get("/account/time-left").get_json()["seconds"] <= 120
    token = token_of(client.get("/help").get_data(as_text=True))
    be_idle(services, 14)
    stay = client.post("/account/stay", json={}, headers={"X-CSRFToken": token})
    assert stay.get_json()["seconds"] > 880
    be_idle(services)
    assert client.get("/account/time-left").get_json() == {"seconds": 0, "at": ""}
    assert not is_in(client)


def test_a_page_that_asks_by_itself_keeps_nobody_awake(client: FlaskClient, services: Services) -> None:
    be_idle(services, 13)
    for path in ("/links/none/progress", "/links/none/tile", "/health/medications/from/none"):
        client.get(path, headers={"HX-Request": "true"})
        assert client.get("/account/time-left").get_json()["seconds"] <= 120, path
    client.get("/links")
    assert client.get("/account/time-left").get_json()["seconds"] > 880


def test_without_javascript_one_press_stays_in_a_tab_of_its_own(client: FlaskClient, services: Services) -> None:
    page = client.get("/links/missing").get_data(as_text=True)
    assert re.search(r"You will be signed out at\s+<b>\d+:\d\d", page)
    assert re.search(r'action="/account/stay"\s+target="_blank"', page)
    be_idle(services, 14)
    answer = send(client, "/account/stay", page="/links/missing")
    assert "You stay signed in" in answer.get_data(as_text=True)
    assert "clockline" not in client.get("/links").get_data(as_text=True), "only where somebody writes"


@pytest.mark.parametrize(
    "sent",
    [
        {"action": "https://evil.example/links/missing", "page": "/", "fields": [["note", WRITTEN]]},
        {"action": "//evil.example/links/missing", "page": "/", "fields": [["note", WRITTEN]]},
        {"action": "/account/password", "page": "/", "fields": [["new", WRITTEN]]},
        {"action": "/sign-in", "page": "/", "fields": [["username", WRITTEN]]},
        {"action": "/oauth/consent", "page": "/", "fields": [["decision", "allow"]]},
        {"action": "/account/sessions/end", "page": "/", "fields": [["note", WRITTEN]]},
        {"action": "/nowhere", "page": "/", "fields": [["note", WRITTEN]]},
        {"action": "/links/missing", "page": "/", "fields": [["note", "x" * 70_000]]},
        {"action": "/links/missing", "page": "/", "fields": [["note"]] * 3},
        {"action": "/links/missing", "page": "/", "fields": [["password", WRITTEN], ["code", WRITTEN]]},
        {"action": "/links/missing", "fields": "text"},
        ["nothing of the kind"],
    ],
)
def test_only_forms_of_our_own_pages_are_kept(client: FlaskClient, services: Services, sent: object) -> None:
    token = token_of(client.get("/help").get_data(as_text=True))
    assert client.post("/account/keep", json=sent, headers={"X-CSRFToken": token}).status_code == 204
    assert client.get("/account/kept").headers["Location"] == "/"


def test_what_the_script_sends_when_the_time_is_up_is_kept(client: FlaskClient, services: Services) -> None:
    token = token_of(client.get("/links/missing").get_data(as_text=True))
    be_idle(services)
    sent = {"action": "/links/missing", "page": "/links/missing", "fields": [["name", "Elm"], ["note", WRITTEN]]}
    client.post("/account/keep", json=sent, headers={"X-CSRFToken": token})
    assert enter(client).headers["Location"] == "/account/kept"
    assert client.get("/account/kept").headers["Location"] == "/links/missing#kept"
    assert WRITTEN in client.get("/links/missing").get_data(as_text=True)
