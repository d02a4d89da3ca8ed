"""A clerk with a queue and a keyboard, and patients with a phone of 320 px; with JavaScript and without."""

from pathlib import Path
from typing import Any

import msgspec
import pytest
from playwright.sync_api import expect

from portal.config import Settings
from portal.domain.assists import Purpose, WaitingPlace
from portal.domain.people import HumanName, Identifier, Person
from portal.services import Services
from portal.store.desk import queue
from portal.store.people import people
from tests.browser.keyboard import Keyboard
from tests.browser.steps import Visitor, picture
from tests.factories.record import small_record, suggest
from tests.factories.settings import make_settings
from tests.factories.world import ANA, PASSWORD, TestUser, World

PICTURES = "front-desk"
IRIS = Person(
    names=(HumanName(family="Núñez", given=("Iris",), use="official"),),
    birth_date="1950-01-02",
    identifiers=(Identifier("urn:home", "MC-7731", "MR"),),
    language="es",
)
NUMBERED = msgspec.structs.replace(ANA, identifiers=(Identifier("urn:home", "MC-7730", "MR"),))
MOST_ACTS = 12


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return make_settings(tmp_path, mail="page", mail_from="portal@mail.example")


@pytest.fixture
def ana(world: World) -> TestUser:
    return world.patient("ana", NUMBERED)


def phone_of(context_of: Any, visitor: Visitor, user: TestUser) -> Visitor:
    context = context_of(java_script_enabled=visitor.scripts, viewport={"width": 320, "height": 640})
    phone = Visitor(context.new_page(), visitor.site, [], visitor.checker, visitor.scripts)
    phone.page.on("console", phone.hear)
    phone.sign_in(user)
    return phone


def looked_at(visitor: Visitor, name: str) -> None:
    visitor.check()
    picture(visitor.page, PICTURES, name)


def test_a_first_sign_in_takes_few_acts(visitor: Visitor, world: World, services: Services, context_of: Any) -> None:
    with services.db.transaction() as tx:
        people.put_home_patient(tx, fhir_id="iris", demographics=IRIS)
    visitor.sign_in(world.staff("dana"))
    page, clerk = visitor.page, Keyboard(visitor.page)
    clerk.find("MC-7731", "01021950")
    looked_at(visitor, "ask")
    clerk.key("i")
    clerk.key("1")
    clerk.key("d")
    clerk.press("Enter")
    expect(page.get_by_role("heading", name="Help Iris")).to_be_visible()
    clerk.key("1")
    expect(page.get_by_role("heading", name="Su primer inicio de sesión")).to_be_visible()
    assert clerk.acts <= MOST_ACTS, clerk.acts
    looked_at(visitor, "activation")
    code = page.locator("[data-code]").inner_text()
    clerk.key("x")
    expect(page.get_by_role("heading", name="Find a patient")).to_be_visible()
    home = context_of(java_script_enabled=visitor.scripts, viewport={"width": 320, "height": 640}, locale="es-US")
    iris = home.new_page()
    iris.goto(f"{visitor.site}/activate?code={code}")
    iris.fill("#birth_date", "1950-01-02")
    iris.fill("#password", PASSWORD + " and more")
    iris.keyboard.press("Enter")
    expect(iris.get_by_text("iris.nunez").first).to_be_visible()


def test_a_link_is_started_at_the_desk_and_opened_on_the_phone(
    visitor: Visitor, world: World, services: Services, ana: TestUser, context_of: Any
) -> None:
    small_record(services, ana)
    suggest(services, ana, name="Pinelands Heart Institute")
    with services.db.transaction() as tx:
        queue.add(tx, person_id=ana.person_id or "", purpose=Purpose.LINK, place=WaitingPlace.DESK)
    visitor.sign_in(world.staff("dana"))
    page, clerk = visitor.page, Keyboard(visitor.page)
    looked_at(visitor, "find")
    clerk.key("1")
    expect(page.get_by_role("heading", name="Ask Ana")).to_be_visible()
    clerk.key("i")
    clerk.press("Enter")
    expect(page.get_by_role("heading", name="Waiting for Ana to say yes")).to_be_visible()
    looked_at(visitor, "asked")
    phone = phone_of(context_of, visitor, ana)
    phone.page.get_by_role("link", name="Answer them").click()
    looked_at(phone, "phone-consent")
    phone.page.get_by_role("button", name="Yes, help me").click()
    clerk.key("r")
    expect(page.get_by_role("heading", name="Help Ana")).to_be_visible()
    expect(page.get_by_role("row", name="Riverbend")).to_be_visible()
    looked_at(visitor, "patient")
    clerk.key("f")
    clerk.write("pinelands")
    clerk.press("Enter")
    expect(page.get_by_role("button", name="Start link")).to_be_visible()
    clerk.key("l")
    expect(page.get_by_role("heading", name="Hand this to the patient")).to_be_visible()
    looked_at(visitor, "handover")
    code = page.locator("[data-code]").inner_text()
    phone.go("/go")
    phone.page.get_by_label("Code from the front desk").fill(code.lower())
    phone.page.get_by_role("button", name="Go on").click()
    looked_at(phone, "phone-go")
    phone.page.get_by_role("button", name="Go on").click()
    expect(phone.page.get_by_role("heading", name="Pinelands")).to_be_visible()
    clerk.key("r")
    expect(page.locator("[data-step=done]")).to_have_count(2)
    clerk.key("x")
    expect(page.get_by_role("heading", name="Find a patient")).to_be_visible()
    phone.go("/activity")
    expect(phone.page.get_by_text("handed over a code to link Pinelands")).to_be_visible()
