"""A patient's account on the administrator's page: found by what is told, changed at once, and its owner is told."""

import io
import json
import re
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
import time_machine
from flask import Flask
from werkzeug.test import TestResponse

from portal.assist.tasks import remove_due_factors
from portal.audit import Action
from portal.config import Settings
from portal.domain.people import HumanName, Identifier, Person, Role
from portal.services import Services
from portal.store.audit import events
from portal.store.people import accounts, factors, outbox, people
from portal.store.people.factors import Authenticator
from portal.store.shares import exports
from portal.web.admin.words import REASONS
from tests.factories.record import small_record
from tests.factories.settings import make_settings
from tests.factories.world import BEN, PASSWORD, TestUser, World, sign_in
from tests.integration.desk.conftest import NUMBER, NUMBERED, Browser

IRIS = Person(names=(HumanName(family="Reyes", given=("Iris",), use="official"),), birth_date="1950-01-02")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return make_settings(tmp_path, mail="page", mail_from="portal@mail.example")


@pytest.fixture
def ana(world: World, services: Services) -> TestUser:
    user = world.patient("ana", NUMBERED)
    small_record(services, user)
    with services.db.transaction() as tx:
        accounts.set_email(tx, account_id=user.account_id, email="ana@mail.example")
    return user


@pytest.fixture
def admin(app: Flask, world: World) -> Browser:
    return signed_in(app, world.staff("boss", Role.ADMIN))


def signed_in(app: Flask, user: TestUser) -> Browser:
    client = app.test_client()
    sign_in(client, user)
    return Browser(client)


@pytest.mark.parametrize("details", [{"username": "ANA "}, {"number": NUMBER.lower(), "birth_date": "3/4/1980"}])
def test_an_account_is_found_and_patients_are_not_listed(
    admin: Browser, ana: TestUser, details: dict[str, str]
) -> None:
    assert "ana" not in admin.get("/admin/accounts").casefold().replace("manage", "")
    page = admin.follow("/admin/accounts", **details)
    assert 'value="ana@mail.example"' in page
    assert "Allerg" not in page
    assert ana.account_id in page


@pytest.mark.usefixtures("ana")
@pytest.mark.parametrize(
    "details", [{"username": "boss"}, {"number": NUMBER}, {"number": NUMBER, "birth_date": "3/5/1980"}, {}]
)
def test_what_is_no_patients_account_is_not_found(admin: Browser, details: dict[str, str]) -> None:
    assert admin.send("/admin/accounts", **details).status_code == 422


def test_it_is_shut_and_opened_at_once(admin: Browser, app: Flask, ana: TestUser) -> None:
    own = signed_in(app, ana)
    address = f"/admin/accounts/{ana.account_id}"
    admin.follow(address, step="sessions-ended")
    assert own.client.get("/settings").status_code == 303
    admin.follow(address, step="disabled")
    answer = Browser(app.test_client()).send("/sign-in", username="ana", password=PASSWORD)
    assert answer.status_code == 422
    admin.follow(address, step="enabled")
    again = signed_in(app, ana)
    assert "changed settings" in again.get("/activity"), "in the patient's log"
    assert admin.send(address, step="started-over").status_code == 404, "that is the desk's, with the patient's yes"


def test_both_addresses_are_told_of_a_change(admin: Browser, services: Services, ana: TestUser) -> None:
    address = f"/admin/accounts/{ana.account_id}/details"
    assert admin.send(address, username="boss", display="Ana", email="").status_code == 422, "taken"
    admin.follow(address, username="ana.rivera", display="Ana Rivera", email="new@mail.example")
    with services.db.reading() as tx:
        told = {mail.content.recipient for mail in outbox.newest(tx, limit=9)}
        stored = accounts.by_id(tx, account_id=ana.account_id)
    assert told == {"ana@mail.example", "new@mail.example"}
    assert stored
    assert (stored.username, stored.display, stored.email) == ("ana.rivera", "Ana Rivera", "new@mail.example")


def test_an_account_of_staff_is_not_there(admin: Browser, world: World) -> None:
    clerk = world.staff("dana")
    assert admin.client.get(f"/admin/accounts/{clerk.account_id}").status_code == 404
    assert admin.send(f"/admin/accounts/{clerk.account_id}", step="disabled").status_code == 404


def test_an_export_is_put_together_and_only_the_patient_opens_it_once(
    admin: Browser, app: Flask, world: World, services: Services, ana: TestUser
) -> None:
    ben = world.patient("ben", BEN)
    world.proxy(ben, ana.person_id or "")
    own = signed_in(app, ana)
    own.get("/health/medications")
    page = admin.follow(f"/admin/accounts/{ana.account_id}/export")
    assert "Not opened" in page
    with services.db.reading() as tx:
        [told] = outbox.newest(tx, limit=9)
        waiting = exports.waiting(tx, person_id=ana.person_id or "")
    assert waiting
    assert told.content.recipient == "ana@mail.example"
    assert "/settings/export" in told.content.text
    assert waiting.id not in page + told.content.text
    address = f"/settings/export/{waiting.id}"
    for other, place in ((admin, ""), (signed_in(app, ben), ""), (signed_in(app, ben), f"/for/{ana.person_id}")):
        assert other.send(place + address).status_code in {303, 403, 404, 410}, "not theirs"
    assert "A file is ready for you" in own.get("/settings/export")
    answer = own.send(address)
    assert answer.content_type == "application/zip"
    packed = zipfile.ZipFile(io.BytesIO(answer.get_data()))
    assert b"MedicationRequest" in packed.read("record.json")
    assert b"AuditEvent" in packed.read("log.ndjson")
    assert b"Riverbend" in packed.read("links.json")
    assert json.loads(packed.read("other.json"))["proxy_grant"][0]["relationship"] == "child"
    assert own.send(address).status_code == 410, "it opens once"
    assert "A file is ready" not in own.get("/settings/export")
    assert "They opened it" in admin.get(f"/admin/accounts/{ana.account_id}")
    assert "put everything we keep into a file" in own.get("/activity")


def test_a_lost_second_step_is_removed_after_a_day_unless_its_owner_stops_it(
    admin: Browser, app: Flask, services: Services, ana: TestUser
) -> None:
    def has_factor() -> bool:
        with services.db.reading() as tx:
            return factors.summary(tx, account_id=ana.account_id).is_any

    page, steps = f"/admin/accounts/{ana.account_id}", f"/admin/accounts/{ana.account_id}/factors"
    assert "no second step" in admin.follow(steps, id_checked="y")
    with services.db.transaction() as tx:
        factors.put_authenticator(tx, account_id=ana.account_id, data=Authenticator("JBSWY3DPEHPK3PXP"))
    assert "Compare a photo ID first" in admin.follow(steps)
    assert "We told all their addresses" in admin.follow(steps, id_checked="y")
    with services.db.reading() as tx:
        [told] = outbox.newest(tx, limit=9)
    assert told.content.recipient == "ana@mail.example"
    link = re.findall(r"/sign-in/keep-factor/\S+", told.content.text)[0]
    later = datetime.now(UTC) + timedelta(hours=25)
    assert Browser(app.test_client()).send(link).status_code == 200
    with time_machine.travel(later, tick=True):
        assert remove_due_factors(services) == 0, "its owner stopped it"
    admin.follow(steps, id_checked="y")
    assert "stays" in admin.follow(steps, step="keep")
    with time_machine.travel(later, tick=True):
        assert remove_due_factors(services) == 0, "an administrator did"
    admin.follow(steps, id_checked="y")
    assert "is removed" in admin.get(page)
    assert remove_due_factors(services) == 0, "not before a day"
    assert has_factor()
    with time_machine.travel(later, tick=True):
        assert remove_due_factors(services) == 1
    assert not has_factor()


@pytest.mark.usefixtures("ana")
def test_many_are_invited_from_a_file(admin: Browser, app: Flask, services: Services) -> None:
    with services.db.transaction() as tx:
        people.put_home_patient(tx, fhir_id="iris", demographics=IRIS)
    lines = "name,patient,email\niris,iris,iris@mail.example\nana,patient-ana,\nnobody,nobody,\n"
    page = send_file(admin, lines).get_data(as_text=True)
    code = re.findall(r"<code>([^<]+)</code>", page)
    assert len(code) == 1
    assert "signs in already" in page
    assert "no patient has this id" in page
    assert code[0] not in admin.get("/admin/accounts/invite")
    iris = Browser(app.test_client())
    answer = iris.send("/activate", code=code[0], birth_date="1950-01-02", password=PASSWORD + " and more")
    assert answer.status_code == 303
    assert send_file(admin, "patient,name\n").status_code == 422
    assert send_file(admin, "name,patient,email\n" + "a,b,c\n" * 501).status_code == 422


@pytest.mark.parametrize(
    "lines",
    [
        "iris,iris," + "x" * 255 + "\n",
        "iris,iris,x," + "a" * 10 + "\n",
        'iris,iris,"' + "x" * 140_000 + '"\n',
        "i,i,i\n" + "\n" * 300_000,
    ],
    ids=["a long value", "more values", "a value beyond CSV", "many bytes"],
)
def test_a_file_of_another_size_or_form_invites_nobody(admin: Browser, services: Services, lines: str) -> None:
    with services.db.transaction() as tx:
        people.put_home_patient(tx, fhir_id="iris", demographics=IRIS)
    answer = send_file(admin, "name,patient,email\n" + lines)
    assert answer.status_code == 422
    assert "Choose a CSV file" in answer.get_data(as_text=True)
    with services.db.reading() as tx:
        assert accounts.by_username(tx, username="iris") is None


def test_ten_files_an_hour_are_taken(admin: Browser) -> None:
    statuses = [send_file(admin, "name,patient,email\na,b,c\n").status_code for _ in range(11)]
    assert statuses == [200] * 10 + [429]


@pytest.mark.usefixtures("ana")
def test_who_was_invited_keeps_the_code_unless_a_new_one_is_asked_for(
    admin: Browser, app: Flask, services: Services
) -> None:
    with services.db.transaction() as tx:
        people.put_home_patient(tx, fhir_id="iris", demographics=IRIS)
    lines = "name,patient,email\niris,iris,iris@mail.example\n"
    [code] = codes(send_file(admin, lines))
    page = send_file(admin, lines)
    assert codes(page) == []
    assert "was invited already" in page.get_data(as_text=True)
    answers = app.test_client()
    [new] = codes(send_file(admin, lines, again="y"))
    about = {"birth_date": "1950-01-02", "password": PASSWORD + " and more"}
    assert Browser(answers).send("/activate", code=code, **about).status_code == 422
    assert Browser(answers).send("/activate", code=new, **about).status_code == 303


@pytest.mark.usefixtures("ana")
def test_a_line_names_a_patient_by_number_and_birth_date_and_nobody_else(admin: Browser, services: Services) -> None:
    eve = msgspec.structs.replace(IRIS, identifiers=(Identifier("urn:home", "MC-77", "MR"),))
    with services.db.transaction() as tx:
        iris = people.put_home_patient(tx, fhir_id="iris", demographics=IRIS)
        people.put_home_patient(tx, fhir_id="eve", demographics=eve)
        accounts.add(tx, username="iris", display="Iris", password_hash="", role=Role.PATIENT, person_id=iris)
    header = "name,patient,email,number,birth_date\n"
    wrong = "eve,,,MC-77,1/3/1950\neve,iris,,MC-77,1/2/1950\neve,,,,1/2/1950\niris,,,mc 77,1/2/1950\n"
    page = send_file(admin, header + wrong)
    assert codes(page) == []
    text = page.get_data(as_text=True)
    assert text.count("no patient") == 3
    assert "user name is taken" in text, "an account that is another patient's"
    assert len(codes(send_file(admin, header + "eve,,,MC-77,1/2/1950\n"))) == 1


def test_looking_for_an_account_is_in_the_log(admin: Browser, app: Flask, services: Services, ana: TestUser) -> None:
    admin.send("/admin/accounts", username="nobody")
    admin.follow("/admin/accounts", username="ana")
    with services.db.reading() as tx:
        boss = accounts.by_username(tx, username="boss")
        assert boss
        looks = [
            (event.outcome, event.person_id)
            for event in events.of_actor(tx, actor_id=boss.id, limit=20)
            if event.action == "account-view"
        ]
    assert looks == [("success", ana.person_id), ("none", None)]
    assert "looked at this person’s account" in signed_in(app, ana).get("/activity")


@pytest.mark.parametrize(
    ("address", "action", "form"),
    [
        ("/admin/audit", Action.AUDIT_SEARCH, {"number": "none", "birth_date": "1/1/1950", "reason": "asked"}),
        ("/admin/reach", Action.AUDIT_SEARCH, {"kind": "account", "name": "nobody", "reason": "asked"}),
        ("/admin/erasure", Action.ERASURE, {"number": "none", "birth_date": "1/1/1950", "kind": "erasure"}),
        ("/admin/accounts", "account-view", {"number": "none", "birth_date": "1/1/1950"}),
    ],
)
def test_whoever_is_looked_for_in_vain_leaves_an_event(
    admin: Browser, services: Services, address: str, action: Action, form: dict[str, str]
) -> None:
    if "reason" in form:
        form = form | {"reason": next(iter(REASONS))}
    assert admin.send(address, **form).status_code == 422
    with services.db.reading() as tx:
        boss = accounts.by_username(tx, username="boss")
        assert boss
        newest = events.of_actor(tx, actor_id=boss.id, limit=1)
    assert [(event.action, event.outcome, event.person_id) for event in newest] == [(action, "none", None)]


def codes(page: TestResponse) -> list[str]:
    return re.findall(r"<code>([^<]+)</code>", page.get_data(as_text=True))


def send_file(browser: Browser, text: str, **form: str) -> TestResponse:
    token = re.findall(r'"X-CSRFToken":"([^"]+)"', browser.get("/help"))[0]
    file = (io.BytesIO(text.encode()), "patients.csv")
    return browser.client.post("/admin/accounts/invite", data={"csrf_token": token, "file": file, **form})
