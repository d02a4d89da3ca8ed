"""Papers at the desk: no clerk opens a record with them alone, everybody whom it concerns is told, and can end it."""

import re

import pytest
from flask import Flask

from portal.assist import family
from portal.domain.people import HumanName, Person, ProxyChoice, Role
from portal.services import Services
from portal.store import Tx
from portal.store.audit import events
from portal.store.people import accounts, outbox, people, proxies
from tests.factories.world import BEN, TestUser, World, sign_in
from tests.integration.desk.conftest import Browser, agree, mails, set_email
from tests.integration.desk.test_family import age, child, join, make_code, with_papers

_STOP = re.compile(r"/invited/stop/\S+")


@pytest.fixture
def leo(services: Services) -> str:
    return child(services, 9)


@pytest.fixture
def colleague(app: Flask, world: World) -> Browser:
    return _staff(app, world, "colin")


def _staff(app: Flask, world: World, name: str) -> Browser:
    client = app.test_client()
    sign_in(client, world.staff(name))
    return Browser(client)


def _act(tx: Tx, user: TestUser, person_id: str) -> None:
    choices = [ProxyChoice.VISITS]
    proxies.begin(tx, account_id=user.account_id, person_id=person_id, choices=choices, relationship="family")


def _address(person_id: str) -> str:
    return f"/for/{person_id}/health/visits"


def _form(page: str) -> str:
    return re.findall(r'action="(/staff/papers/[^"]+)"', page)[0]


def test_a_second_member_of_staff_has_to_see_the_papers(
    clerk: Browser, colleague: Browser, app: Flask, services: Services, leo: str
) -> None:
    with_papers(clerk, 9)
    nora = join(app, make_code(clerk, "parent"), age(9))
    assert nora.client.get(_address(leo)).status_code == 404, "one clerk alone opens nothing"
    page = clerk.get("/staff/papers")
    assert "Nora Lee" in page
    assert "/staff/papers/" not in page, "who set it up does not confirm it"
    form = _form(colleague.get("/staff/papers"))
    clerk.follow(form, step="confirm")
    assert nora.client.get(_address(leo)).status_code == 404
    colleague.follow(form, step="confirm")
    assert nora.client.get(_address(leo)).status_code == 200
    assert "checked the papers" in colleague.get("/staff/log")
    assert "/staff/papers/" not in colleague.get("/staff/papers")
    with services.db.reading() as tx:
        assert [grant.document for grant in proxies.in_force(tx, teen_age=13, person_id=leo)] == ["parent"]


def test_what_the_second_one_refuses_opens_nothing(clerk: Browser, colleague: Browser, app: Flask, leo: str) -> None:
    with_papers(clerk, 9)
    code = make_code(clerk, "parent")
    colleague.follow(_form(colleague.get("/staff/papers")), step="refuse")
    assert leo
    assert app.test_client().get(f"/invited?code={code}").status_code == 422


def test_papers_confirmed_first_open_with_the_code(clerk: Browser, colleague: Browser, app: Flask, leo: str) -> None:
    with_papers(clerk, 9)
    code = make_code(clerk, "parent")
    colleague.follow(_form(colleague.get("/staff/papers")), step="confirm")
    nora = join(app, code, age(9))
    assert nora.client.get(_address(leo)).status_code == 200


def test_everybody_is_told_and_can_end_it(
    clerk: Browser, colleague: Browser, app: Flask, services: Services, world: World
) -> None:
    leo = Person(
        names=(HumanName(family="Rivera", given=("Leo",), use="official"),),
        birth_date=age(9),
        emails=("leos.home@mail.example",),
    )
    with services.db.transaction() as tx:
        person_id = people.put_home_patient(tx, fhir_id="leo", demographics=leo)
    father = world.patient("ben", BEN)
    set_email(services, father, "ben@mail.example")
    with services.db.transaction() as tx:
        _act(tx, father, person_id)
    with_papers(clerk, 9)
    code = make_code(clerk, "parent")
    told = _recipients(services)
    assert told == {"leos.home@mail.example", "ben@mail.example"}, "before anything opens"
    colleague.follow(_form(colleague.get("/staff/papers")), step="confirm")
    nora = join(app, code, age(9))
    assert nora.client.get(_address(person_id)).status_code == 200
    stops = {match for text in mails(services) for match in _STOP.findall(text)}
    [stop] = stops
    anybody = Browser(app.test_client())
    assert "Stop" in anybody.get(stop)
    assert nora.client.get(_address(person_id)).status_code == 200, "looking at the link does nothing"
    assert anybody.send(stop).status_code == 200
    assert nora.client.get(_address(person_id)).status_code == 404
    assert anybody.client.get(stop).status_code == 404
    with services.db.reading() as tx:
        steps = [event.detail.get("step") for event in events.of_person(tx, person_id=person_id, limit=50)]
    assert steps.count("proxy-parent") == steps.count("papers-checked") == steps.count("proxy-stopped") == 1


def test_the_link_ends_an_invitation_that_nobody_answered(
    clerk: Browser, app: Flask, services: Services, patient: TestUser, phone: Browser
) -> None:
    set_email(services, patient)
    agree(clerk, phone, purpose="family", id_checked="y")
    code = make_code(clerk, "own-yes")
    [stop] = {match for text in mails(services) for match in _STOP.findall(text)}
    assert Browser(app.test_client()).send(stop).status_code == 200
    assert app.test_client().get(f"/invited?code={code}").status_code == 422


@pytest.mark.parametrize("kinship", ["themselves", "the same e-mail", "whom they act for"])
def test_papers_never_let_in_the_clerk(app: Flask, services: Services, world: World, leo: str, kinship: str) -> None:
    colleague = _staff(app, world, "colin")
    ben, other = world.patient("ben", BEN), world.patient("eve", Person(names=BEN.names, birth_date="1950-01-01"))
    answering = other if kinship == "whom they act for" else ben
    set_email(services, ben, "Ben@mail.example")
    own = "" if kinship == "the same e-mail" else ben.person_id or ""
    with services.db.transaction() as tx:
        stored = accounts.for_sign_in(tx, username="ben")
        assert stored
        email = "ben@Mail.example" if kinship == "the same e-mail" else ""
        accounts.add(
            tx,
            username="benatwork",
            display="Ben",
            password_hash=stored[1],
            role=Role.STAFF,
            as_patient=own,
            email=email,
        )
        if kinship == "whom they act for":
            _act(tx, ben, other.person_id or "")
    client, browser = app.test_client(), app.test_client()
    sign_in(client, TestUser("", "benatwork", None))
    sign_in(browser, answering)
    clerk = Browser(client)
    with_papers(clerk, 9)
    code = make_code(clerk, "parent")
    colleague.follow(_form(colleague.get("/staff/papers")), step="confirm")
    answer = Browser(browser).send("/invited", code=code, relationship="son")
    assert answer.status_code == 422
    assert browser.get(_address(leo)).status_code == 404


def test_two_accounts_of_one_clerk_are_not_two_members_of_staff(
    app: Flask, clerk: Browser, services: Services, world: World, leo: str
) -> None:
    for name in ("dana", "dana2"):
        if name == "dana2":
            world.staff(name)
        with services.db.transaction() as tx:
            account = accounts.by_username(tx, username=name)
            assert account
            accounts.set_email(tx, account_id=account.id, email="dana@work.example")
    with_papers(clerk, 9)
    code = make_code(clerk, "parent")
    client = app.test_client()
    sign_in(client, TestUser("", "dana2", None))
    again = Browser(client)
    assert "/staff/papers/" not in again.get("/staff/papers")
    with services.db.reading() as tx:
        [invitation] = proxies.awaiting_second(tx)
        second = accounts.by_username(tx, username="dana2")
    assert second
    assert not family.check_papers(services, second, invitation.id, fit=True)
    nora = join(app, code, age(9))
    assert nora.client.get(_address(leo)).status_code == 404


def _recipients(services: Services) -> set[str]:
    with services.db.reading() as tx:
        return {mail.content.recipient for mail in outbox.newest(tx, limit=20)}
