"""The consent page's answer: one effect however often it is sent, by whom, and how late (requirements A4, C6)."""

import re
import threading
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update
from werkzeug.test import TestResponse

from portal.services import Services
from portal.store.provider import grants
from portal.store.schema.access import sign_in as sign_ins
from tests.factories.world import BEN, TestUser, World, sign_in
from tests.integration.both import settings
from tests.integration.provider.conftest import TestApp, query_of

__all__ = ["settings"]


def filled(page: TestResponse, **changes: Any) -> tuple[str, dict[str, Any]]:
    """Return the address and the fields of the consent form, as a browser would send them."""
    html = page.get_data(as_text=True)
    form = html.split('action="/oauth/consent')[1].split("</form>")[0]
    token = re.search(r'name="csrf_token"\s+value="([^"]+)"', form)
    person = re.search(r'name="person"\s+value="([^"]+)"', form)
    assert token
    assert person
    fields = {
        "csrf_token": token[1],
        "kind": re.findall(r'name="kind"\s+value="([^"]+)"', form),
        "group": re.findall(r'name="group"\s+value="([^"]+)"', form),
        "person": person[1],
        "lasting": "yes",
        "decision": "allow",
    }
    return unescape("/oauth/consent" + form.split('"')[0]), fields | changes


def in_force(services: Services, user: TestUser) -> list[str]:
    with services.db.reading() as tx:
        return [grant.id for grant in grants.grants_of_person(tx, person_id=str(user.person_id))]


def test_an_answer_sent_again_leads_to_the_same_code(third_party: TestApp, services: Services, ana: TestUser) -> None:
    address, fields = filled(third_party.page())
    first = third_party.browser.post(address, data=fields)
    granted = in_force(services, ana)
    for changes in ({}, {"kind": ["Condition"]}, {"lasting": "no"}):
        again = third_party.browser.post(address, data=fields | changes)
        assert again.headers["Location"] == first.headers["Location"]
    assert in_force(services, ana) == granted
    third_party.tokens = third_party.exchange(query_of(first)["code"]).get_json()
    assert third_party.get("AllergyIntolerance").status_code == 200, "what was agreed to first holds"


def test_an_answer_sent_again_after_the_app_has_its_tokens_ends_nothing(
    third_party: TestApp, services: Services, ana: TestUser
) -> None:
    address, fields = filled(third_party.page())
    first = third_party.browser.post(address, data=fields)
    third_party.tokens = third_party.exchange(query_of(first)["code"]).get_json()
    granted = in_force(services, ana)
    again = third_party.browser.post(address, data=fields)
    assert again.status_code == 409
    assert "answered this already" in again.get_data(as_text=True)
    assert in_force(services, ana) == granted
    assert third_party.get("Condition").status_code == 200


def test_an_old_page_shares_nothing_any_more(
    app: Flask, third_party: TestApp, services: Services, ana: TestUser
) -> None:
    """Such as a page that the browser brings back the next day."""
    with time_machine.travel("2026-03-01T10:00:00+00:00", tick=False) as clock:
        third_party.browser = app.test_client()
        sign_in(third_party.browser, ana)
        address, fields = filled(third_party.page())
        for _ in range(8):
            clock.shift(timedelta(minutes=9))
            assert third_party.browser.get("/settings").status_code == 200
        with services.db.transaction() as tx:  # who it is was shown a moment ago: the page is old all the same
            tx.conn.execute(update(sign_ins).values(confirmed_at=tx.now))
        answer = third_party.browser.post(address, data=fields)
        assert answer.status_code == 422
        assert in_force(services, ana) == []
        address, fields = filled(answer)
        assert third_party.browser.post(address, data=fields).status_code == 303


@pytest.mark.parametrize("ticket", ["", "x", "a.b.c"])
def test_a_page_that_we_did_not_make(third_party: TestApp, services: Services, ana: TestUser, ticket: str) -> None:
    address, fields = filled(third_party.page())
    forged = re.sub(r"consent=[^&]*", f"consent={ticket}", address)
    assert forged != address
    assert third_party.browser.post(forged, data=fields).status_code == 422
    assert in_force(services, ana) == []


def test_the_page_of_one_person_is_no_answer_of_another(
    app: Flask, third_party: TestApp, services: Services, world: World, ana: TestUser
) -> None:
    address, fields = filled(third_party.page())
    third_party.browser.post(address, data=fields)
    other, ben = app.test_client(), world.patient("ben", BEN)
    sign_in(other, ben)
    _, own = filled(other.get("/oauth/authorize", query_string=third_party.parameters()))
    answer = other.post(address, data=own)
    code = query_of(answer)["code"]
    assert third_party.exchange(code).get_json()["patient"] == "patient-ben"
    assert len(in_force(services, ana)) == len(in_force(services, ben)) == 1


def test_sent_twice_at_the_same_moment(app: Flask, third_party: TestApp, services: Services, ana: TestUser) -> None:
    address, fields = filled(third_party.page())
    cookie = third_party.browser.get_cookie(app.config["SESSION_COOKIE_NAME"])
    assert cookie is not None
    browsers: list[FlaskClient] = []
    for _ in range(4):
        browser = app.test_client()
        browser.set_cookie(app.config["SESSION_COOKIE_NAME"], cookie.value)
        browsers.append(browser)
    answers: list[TestResponse] = []
    threads = [
        threading.Thread(target=lambda each=browser: answers.append(each.post(address, data=fields)))  # type: ignore[misc]
        for browser in browsers
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {answer.status_code for answer in answers} == {303}
    assert len({answer.headers["Location"] for answer in answers}) == 1
    assert len(in_force(services, ana)) == 1


def test_a_new_answer_takes_the_place_of_the_one_before(
    third_party: TestApp, services: Services, ana: TestUser
) -> None:
    third_party.connect()
    before = dict(third_party.tokens)
    third_party.connect(refuse=("Condition",))
    assert len(in_force(services, ana)) == 1
    assert third_party.get("Condition").status_code == 403
    third_party.tokens = before
    assert third_party.get("Patient/patient-ana").status_code == 401
