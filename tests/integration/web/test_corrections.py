"""Asking for a correction: of the staff here, and of another organization by a letter (product.md §3.13)."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.domain.ids import HOME
from portal.domain.people import GrantLevel, Role
from portal.refresh.ingest import ingest
from portal.services import Services
from portal.store.records import corrections
from tests.factories.record import Linked, condition
from tests.factories.world import BEN, TestUser, World, sign_in
from tests.integration.web.html import check_page, get

ASKED = {"wrong": "I never had this.", "right": "Remove it, please."}


def words(tree: Any) -> str:
    return " ".join("".join(tree.itertext()).split())


def post(client: FlaskClient, address: str, **form: str) -> Any:
    page = check_page(get(client, "/settings"))
    token = page.find(".//input[@name='csrf_token']").get("value")
    return client.post(address, data={"csrf_token": token, **form})


def item(client: FlaskClient, section: str, outside: bool, prefix: str = "") -> str:
    tree = check_page(get(client, f"{prefix}/health/{section}"))
    wanted = "outside" if outside else "home"
    row = next(one for one in tree.findall(".//*[@data-entry]") if one.get("data-origin") == wanted)
    return str(row.find(".//a").get("href"))


@pytest.fixture
def clerk(app: Flask, world: World) -> FlaskClient:
    client = app.test_client()
    sign_in(client, world.staff("records", Role.RECORDS))
    return client


@pytest.fixture
def asthma(services: Services, ana: TestUser) -> None:
    ingest(services.db, person_id=ana.person_id, source=HOME, resources=[condition("x", "77", "Asthma")])


@pytest.mark.usefixtures("asthma")
def test_the_staff_here_is_asked_and_answers(signed: FlaskClient, clerk: FlaskClient) -> None:
    href = item(signed, "health-issues", outside=False)
    page = check_page(get(signed, href))
    onward = next(one for one in page.iter("a") if (one.get("href") or "").endswith("/correction"))
    assert "answer here" in words(check_page(get(signed, onward.get("href"))))
    assert post(signed, f"{href}/correction", **ASKED).status_code == 303
    assert "Waiting for an answer" in words(check_page(get(signed, "/health/corrections")))

    tasks = check_page(get(clerk, "/staff/corrections"))
    for said in ("Ana Luz Rivera", "Asthma", *ASKED.values()):
        assert said in words(tasks)
    form = next(one for one in tasks.iter("form") if "/staff/corrections/" in (one.get("action") or ""))
    names = {one.get("name") for one in form.iter() if one.get("name")}
    (state,) = {name for name in names if name.endswith("-state")}
    (answer,) = {name for name in names if name.endswith("-answer")}
    empty = post(clerk, form.get("action"), **{state: "corrected"})
    assert empty.status_code == 422
    assert "Write the patient an answer." in words(check_page(empty))
    sent = {state: "corrected", answer: "We took it out."}
    assert post(clerk, form.get("action"), **sent).status_code == 303
    assert "Nothing waits for an answer" in words(check_page(get(clerk, "/staff/corrections")))
    again = post(clerk, form.get("action"), **sent | {answer: "Another answer"})
    assert "Somebody else has answered" in words(check_page(clerk.get(again.headers["Location"])))

    mine = words(check_page(get(signed, "/health/corrections")))
    assert "Corrected" in mine
    assert "We took it out." in mine
    assert "Another answer" not in mine
    activity = words(check_page(get(signed, "/activity")))
    assert "asked for a correction" in activity
    assert "answered a request for a correction" in activity


def test_another_organization_gets_a_letter_and_nothing_is_kept(
    signed: FlaskClient, services: Services, ana: TestUser, riverbend: Linked
) -> None:
    href = item(signed, "allergies", outside=True)
    letter = check_page(post(signed, f"{href}/correction", **ASKED))
    for said in ("Ana Luz Rivera", "1 Test Street", "Camden, NJ 08102", "Riverbend", *ASKED.values()):
        assert said in words(letter)
    with services.db.reading() as tx:
        assert not corrections.of_person(tx, person_id=ana.person_id)


@pytest.mark.usefixtures("asthma")
def test_bad_input_is_said_and_nothing_is_lost(signed: FlaskClient, services: Services, ana: TestUser) -> None:
    href = item(signed, "health-issues", outside=False)
    empty = post(signed, f"{href}/correction", wrong="  ", right="Keep these words.")
    assert empty.status_code == 422
    assert "Say what is wrong." in words(check_page(empty))
    assert "Keep these words." in words(check_page(empty))
    long = post(signed, f"{href}/correction", wrong="x" * 2001)
    assert "at most 2000" in words(check_page(long))
    for _ in range(corrections.OPEN_PER_PERSON):
        assert post(signed, f"{href}/correction", **ASKED).status_code == 303
    full = post(signed, f"{href}/correction", **ASKED)
    assert full.status_code == 422
    assert "20 requests" in words(check_page(full))
    assert ASKED["wrong"] in words(check_page(full))
    get(signed, "/health/health-issues/nothing/correction", status=404)


@pytest.mark.usefixtures("asthma")
def test_what_the_patient_asked_is_not_shown_to_who_may_not_see_everything(
    app: Flask, signed: FlaskClient, world: World, ana: TestUser
) -> None:
    post(signed, item(signed, "health-issues", outside=False) + "/correction", **ASKED)
    carer = world.patient("ben", BEN)
    world.proxy(carer, ana.person_id or "", GrantLevel.NO_CONFIDENTIAL)
    client = app.test_client()
    sign_in(client, carer)
    prefix = f"/for/{ana.person_id}"
    assert "Asthma" not in words(check_page(get(client, f"{prefix}/health/corrections")))
    post(client, item(client, "health-issues", outside=False, prefix=prefix) + "/correction", **ASKED)
    assert words(check_page(get(client, f"{prefix}/health/corrections"))).count("I never had this.") == 1


def test_tasks_are_for_the_records_office_alone(app: Flask, signed: FlaskClient, world: World) -> None:
    get(signed, "/staff/corrections", status=404)
    for role in (Role.ADMIN, Role.STAFF):
        client = app.test_client()
        sign_in(client, world.staff(role.value, role))
        get(client, "/staff/corrections", status=404)
