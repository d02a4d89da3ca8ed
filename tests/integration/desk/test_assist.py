"""The front desk: two details find one person, nobody is listed, and nothing is done without the patient's yes."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask

from portal.domain.assists import Purpose, WaitingPlace
from portal.domain.ids import HOME
from portal.domain.people import GrantLevel, Role
from portal.refresh.ingest import ingest
from portal.services import Services
from portal.store.desk import queue
from portal.store.people import accounts
from portal.web.desk import words
from tests.factories.record import Linked, small_record
from tests.factories.world import BEN, TestUser, World, sign_in
from tests.integration.desk.conftest import NUMBER, Browser, agree, find, mails, on_page, set_email


@pytest.mark.usefixtures("patient")
@pytest.mark.parametrize(
    "details",
    [
        {"number": NUMBER},
        {"number": "mc00427730", "birth_date": "3/5/1980"},
        {"number": "MC-0042-7731", "birth_date": "03/04/1980"},
        {"family": "Rivera", "birth_date": "03/04/1980"},
        {"family": "Rivera", "given": "Ana"},
        {"family": "Rivera", "given": "Bea", "birth_date": "03/04/1980"},
        {"number": NUMBER, "family": "Okafor", "given": "Ana", "birth_date": "03/04/1980"},
        {"birth_date": "03/04/1980"},
        {"birth_date": "13/45/1980", "number": NUMBER},
    ],
)
def test_one_detail_or_a_wrong_one_finds_nobody(clerk: Browser, details: dict[str, str]) -> None:
    answer = clerk.send("/staff/find", **details)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "Luz" not in page
    assert "1 Test Street" not in page


@pytest.mark.usefixtures("patient")
@pytest.mark.parametrize(
    "details",
    [
        {"number": "mc 00427730", "birth_date": "3/4/1980"},
        {"number": NUMBER, "birth_date": "03041980"},
        {"family": "rivera", "given": "ANA", "birth_date": "1980-03-04"},
    ],
)
def test_two_details_find_the_person(clerk: Browser, details: dict[str, str]) -> None:
    page = clerk.follow("/staff/find", **details)
    assert "Rivera, Ana Luz" in page
    assert "MRN ends in 7730" in page
    assert "Test Street" not in page, "the clerk asks for it and is not told"


@pytest.mark.usefixtures("patient")
def test_two_people_alike_are_nobody(clerk: Browser, world: World) -> None:
    world.patient("ben", BEN)
    world.patient("ben-again", BEN)
    answer = clerk.send("/staff/find", family="Okafor", given="Ben", birth_date="11/30/1975")
    assert answer.status_code == 422
    assert "Ask for the record number" in answer.get_data(as_text=True)


def test_nothing_is_done_before_the_patient_says_yes(
    clerk: Browser, phone: Browser, services: Services, patient: TestUser
) -> None:
    linked = small_record(services, patient)
    find(clerk)
    for address in (
        "/staff/patient/activation",
        "/staff/patient/factor",
        f"/staff/patient/start/{linked.organization_id}",
        f"/staff/patient/links/{linked.link_id}/update",
        f"/staff/patient/links/{linked.link_id}/decide",
    ):
        assert "The patient has to say yes first" in clerk.follow(address, answer="same"), address
    assert "Riverbend" not in clerk.get("/staff/patient")
    clerk.follow("/staff/patient/ask", purpose="link", consent="device")
    assert "Riverbend" not in clerk.get("/staff/patient")
    phone.follow("/assist", answer="no", **on_page(phone.get("/assist")))
    assert "Nobody is being helped now" in clerk.get("/staff/patient")


def test_the_patient_says_yes_and_reads_who_did_what(
    clerk: Browser, phone: Browser, services: Services, patient: TestUser
) -> None:
    small_record(services, patient)
    page = agree(clerk, phone)
    assert "Riverbend" in page
    assert "No health information is shown here" in page
    clerk.follow("/staff/patient/finish")
    log = phone.get("/activity")
    for step in (
        "found the name at the front desk",
        "asked whether",
        "agreed that",
        "looked at which",
        "finished helping",
    ):
        assert step in log, step
    assert "dana" in log
    own = clerk.get("/staff/log")
    assert "finished helping" in own
    assert "Ana Luz Rivera" in own


@pytest.fixture
def seen_today(services: Services, patient: TestUser) -> None:
    """A visit of this morning: without one nobody is asked for its record."""
    visit = {"resourceType": "Encounter", "id": "today", "status": "finished", "class": {"code": "AMB"}}
    visit |= {"subject": {"reference": "Patient/p"}, "period": {"start": datetime.now(UTC).isoformat()}}
    ingest(services.db, person_id=patient.person_id, source=HOME, resources=[visit])


@pytest.mark.usefixtures("seen_today")
@pytest.mark.parametrize("address", ["/assist", "/assist/visit"])
def test_a_yes_counts_for_what_stood_on_the_page_alone(clerk: Browser, phone: Browser, address: str) -> None:
    find(clerk)
    clerk.follow("/staff/patient/ask", purpose="visit" if "visit" in address else "link", consent="device")
    read = on_page(phone.get("/assist"))
    clerk.follow("/staff/patient/ask", purpose="family", consent="device", id_checked="y")
    for sent in (read, {}, {**read, "assist": "another"}, {**read, "purpose": "nothing"}):
        assert "asks something else now" in phone.follow(address, answer="yes", **sent)
        assert on_page(phone.get("/assist"))["purpose"] == "family", "it is asked as before"
    page = phone.get("/assist")
    assert "Another person can see your health information" in page
    assert "The front desk can help now" in phone.follow("/assist", answer="yes", **on_page(page))


@pytest.mark.usefixtures("seen_today")
@pytest.mark.parametrize("purpose", list(Purpose))
def test_the_code_says_what_it_is_a_yes_to(
    clerk: Browser, services: Services, patient: TestUser, purpose: Purpose
) -> None:
    set_email(services, patient)
    find(clerk)
    clerk.follow("/staff/patient/ask", purpose=purpose.value, consent="code")
    text = mails(services)[0]
    assert str(words.PURPOSES[purpose]) in text
    assert str(words.MEANINGS[purpose]) in text
    assert "no health information" not in text


def test_one_patient_at_a_time(clerk: Browser, world: World, phone: Browser) -> None:
    agree(clerk, phone)
    world.patient("ben", BEN)
    page = clerk.follow("/staff/find", family="Okafor", given="Ben", birth_date="11/30/1975")
    assert "Finish that first" in page
    assert "Rivera" in page


def test_five_minutes_without_use_end_it(clerk: Browser, phone: Browser, app: Flask, world: World) -> None:
    agree(clerk, phone)
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=5, seconds=2)):
        again = app.test_client()
        sign_in(again, TestUser("", "dana", None))
        assert "Find a patient" in Browser(again).get("/staff")
        assert "five minutes without use" in Browser(again).get("/staff/log")


@pytest.mark.usefixtures("patient")
def test_who_works_here_helps_neither_themselves_nor_their_child(app: Flask, world: World, services: Services) -> None:
    ben, child = world.patient("ben", BEN), world.patient("child", BEN)
    world.proxy(ben, child.person_id or "", GrantLevel.MESSAGES_ONLY)
    with services.db.transaction() as tx:
        encoded = accounts.for_sign_in(tx, username="ben")
        assert encoded
        accounts.add(
            tx,
            username="benatwork",
            display="Ben",
            password_hash=encoded[1],
            role=Role.STAFF,
            as_patient=ben.person_id or "",
        )
    client = app.test_client()
    sign_in(client, TestUser("", "benatwork", None))
    desk = Browser(client)
    with services.db.transaction() as tx:
        for person_id in (ben.person_id, child.person_id):
            queue.add(tx, person_id=person_id or "", purpose=Purpose.LINK, place=WaitingPlace.DESK)
    for address in re.findall(r'action="(/staff/queue/[a-z0-9]+)"', desk.get("/staff")):
        assert "You can’t help yourself" in desk.follow(address)


def test_a_code_that_the_patient_tells_is_a_yes(clerk: Browser, services: Services, patient: TestUser) -> None:
    find(clerk)
    answer = clerk.send("/staff/patient/ask", purpose="link", consent="code")
    assert "no e-mail address" in answer.get_data(as_text=True)
    set_email(services, patient)
    page = clerk.follow("/staff/patient/ask", purpose="link", consent="code")
    code = re.findall(r"\b\d{6}\b", mails(services)[0])[0]
    assert code not in page
    wrong = f"{(int(code) + 1) % 10**6:06}"
    assert clerk.send("/staff/patient/code", code=wrong).status_code == 422
    assert "Linked organizations" in clerk.follow("/staff/patient/code", code=f"{code[:3]} {code[3:]}")


def test_the_fifth_wrong_code_ends_it(clerk: Browser, services: Services, patient: TestUser) -> None:
    set_email(services, patient)
    find(clerk)
    clerk.follow("/staff/patient/ask", purpose="link", consent="code")
    code = re.findall(r"\b\d{6}\b", mails(services)[0])[0]
    for number in range(1, 6):
        clerk.send("/staff/patient/code", code=f"{(int(code) + number) % 10**6:06}")
    assert clerk.send("/staff/patient/code", code=code).status_code == 422


def test_new_codes_bring_no_guesses_without_end(clerk: Browser, services: Services, patient: TestUser) -> None:
    """Each has five tries; who sends one after the other could guess for as long as the patient does not look."""
    set_email(services, patient)
    find(clerk)
    statuses = []
    for _each in range(3):
        clerk.follow("/staff/patient/ask", purpose="link", consent="code")
        sent = {code for mail in mails(services) for code in re.findall(r"\b\d{6}\b", mail)}
        wrong = next(code for number in range(9) if (code := f"{number:06}") not in sent)
        statuses += [clerk.send("/staff/patient/code", code=wrong).status_code for _try in range(4)]
    assert statuses == [422] * 10 + [429] * 2


def test_a_wrong_person_is_undone_and_told(
    clerk: Browser, phone: Browser, services: Services, patient: TestUser, riverbend: Linked
) -> None:
    set_email(services, patient)
    agree(clerk, phone)
    page = clerk.follow(f"/staff/patient/start/{riverbend.organization_id}")
    code = re.findall(r"data-code>([^<]+)<", page)[0]
    clerk.follow("/staff/patient/finish", wrong="1")
    assert phone.get(f"/go/{code}", status=404)
    assert "by mistake" in mails(services)[0]
    assert "wrong name" in phone.get("/activity")


def test_who_waits_is_called_and_stays_once_in_line(clerk: Browser, phone: Browser) -> None:
    phone.follow("/assist/wait", purpose="update", place="phone")
    phone.follow("/assist/wait", purpose="link", place="desk")
    page = clerk.get("/staff")
    assert "Waiting: 1 person" in page
    assert "At the desk" in page
    address = re.findall(r'action="(/staff/queue/[a-z0-9]+)"', page)[0]
    assert "Rivera, Ana Luz" in clerk.follow(address)
    clerk.follow("/staff/patient/wait", purpose="link", place="room")
    assert "Waiting room" in clerk.get("/staff")
    clerk.follow(re.findall(r'action="(/staff/queue/[a-z0-9]+)"', clerk.get("/staff"))[0])
    assert "Nobody waits" in clerk.follow("/staff/patient/finish")
