"""Journeys about people, with JavaScript and without; the patient's side at 320 px. Run by ``make journeys``.

A phone call with a code that the patient tells; a lost second step, stopped once and then removed; a person who takes
everything, is erased while their page is open, and of whom nothing is left; a link that the desk starts and a second
browser finishes. The others of the kind are part of every run (``test_family.py``, ``test_front_desk.py``).
"""

import io
import re
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import update

from portal.assist.tasks import remove_due_factors
from portal.config import Settings
from portal.demo.stories import people as demo_people
from portal.domain.people import Identifier, Role
from portal.services import Services
from portal.store.people import accounts, factors, outbox
from portal.store.people.factors import Authenticator
from portal.store.schema.desk import factor_reset
from tests.browser.keyboard import Keyboard
from tests.browser.steps import Journey, Visitor, picture
from tests.factories.record import small_record, suggest
from tests.factories.settings import make_settings
from tests.factories.world import ANA, TestUser, World

PHONE = {"width": 320, "height": 640}
NUMBER, BORN = "MC-7730", "03041980"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return make_settings(tmp_path, mail="page", mail_from="portal@mail.example")


@pytest.fixture
def ana(world: World, services: Services) -> TestUser:
    numbered = msgspec.structs.replace(ANA, identifiers=(Identifier("urn:home", NUMBER, "MR"),))
    user = world.patient("ana", numbered)
    small_record(services, user)
    with services.db.transaction() as tx:
        accounts.set_email(tx, account_id=user.account_id, email="ana@mail.example")
    return user


def other_browser(context_of: Any, visitor: Visitor, **more: Any) -> Visitor:
    context = context_of(java_script_enabled=visitor.scripts, **more)
    return Visitor(context.new_page(), visitor.site, [], visitor.checker, visitor.scripts)


def newest_mail(services: Services) -> str:
    with services.db.reading() as tx:
        return outbox.newest(tx, limit=1)[0].content.text


def seen(visitor: Visitor, name: str) -> None:
    visitor.check()
    picture(visitor.page, "people", name)


def test_a_phone_call_with_a_code_that_the_patient_tells(
    visitor: Visitor, world: World, services: Services, ana: TestUser, context_of: Any
) -> None:
    suggest(services, ana, name="Pinelands Heart Institute")
    visitor.sign_in(world.staff("dana"))
    page, clerk = visitor.page, Keyboard(visitor.page)
    clerk.find(NUMBER, BORN)
    clerk.key("2")
    clerk.key("c")
    clerk.press("Enter")
    expect(page.get_by_role("heading", name="Waiting for Ana to say yes")).to_be_visible()
    told = re.findall(r"\b\d{6}\b", newest_mail(services))[0]
    assert told not in page.content(), "the clerk is told it by Ana alone"
    page.get_by_label("Code").fill(told)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Help Ana")).to_be_visible()
    clerk.key("f")
    clerk.write("pinelands")
    clerk.press("Enter")
    expect(page.get_by_role("button", name="Start link")).to_be_visible()
    clerk.key("l")
    code = page.locator("[data-code]").inner_text()
    phone = other_browser(context_of, visitor, viewport=PHONE)
    phone.sign_in(ana)
    phone.go("/go")
    phone.page.get_by_label("Code from the front desk").fill(code)
    phone.page.get_by_role("button", name="Go on").click()
    seen(phone, "call-go")
    phone.go("/activity")
    expect(phone.page.get_by_text("was told the code that says yes")).to_be_visible()
    seen(phone, "call-activity")


def test_a_lost_second_step_is_stopped_and_then_removed(
    visitor: Visitor, world: World, services: Services, ana: TestUser, context_of: Any
) -> None:
    with services.db.transaction() as tx:
        factors.put_authenticator(tx, account_id=ana.account_id, data=Authenticator("JBSWY3DPEHPK3PXP"))
    visitor.sign_in(world.staff("boss", Role.ADMIN))
    phone = other_browser(context_of, visitor, viewport=PHONE)
    page = visitor.page
    _begin_reset(visitor)
    phone.page.goto(re.sub(r"^https?://[^/]+", visitor.site, _address(newest_mail(services))))
    seen(phone, "lost-stop")
    phone.page.get_by_role("button", name="Stop, keep my second step").click()
    expect(phone.page.get_by_role("heading", name="Your second step stays")).to_be_visible()
    page.reload()
    expect(page.get_by_role("button", name="Remove the lost second step")).to_be_visible()
    _begin_reset(visitor)
    seen(visitor, "lost-admin")
    with services.db.transaction() as tx:
        tx.conn.execute(update(factor_reset).values(due_at=tx.now - timedelta(seconds=1)))
    assert remove_due_factors(services) == 1
    phone.sign_in(ana)
    expect(phone.page.get_by_role("link", name="Medications").first).to_be_visible()


def _begin_reset(visitor: Visitor) -> None:
    page = visitor.page
    visitor.go("/admin/accounts")
    page.get_by_label("User name").fill("ana")
    page.get_by_role("button", name="Find").click()
    page.get_by_label("I compared a photo ID").check()
    page.get_by_role("button", name="Remove the lost second step").click()
    expect(page.get_by_text("We told all their addresses")).to_be_visible()


def _address(text: str) -> str:
    return str(re.findall(r"https?://\S+", text)[0])


def test_a_person_takes_everything_and_is_erased_while_their_page_is_open(
    visitor: Visitor, world: World, services: Services, ana: TestUser, context_of: Any
) -> None:
    visitor.sign_in(world.staff("boss", Role.ADMIN))
    second = other_browser(context_of, visitor)
    second.sign_in(world.staff("boss2", Role.ADMIN))
    phone = other_browser(context_of, visitor, viewport=PHONE)
    phone.sign_in(ana)
    page = visitor.page
    visitor.go("/admin/accounts")
    page.get_by_label("User name").fill("ana")
    page.get_by_role("button", name="Find").click()
    page.get_by_role("button", name="Put together everything").click()
    expect(page.get_by_text("Not opened")).to_be_visible()
    seen(visitor, "export-admin")
    phone.go("/settings/export")
    seen(phone, "export-own")
    with phone.page.expect_download() as downloaded:
        phone.page.get_by_role("button", name="Open the file").click()
    content = Path(downloaded.value.path()).read_bytes()
    assert b"Rivera" in zipfile.ZipFile(io.BytesIO(content)).read("account.json")

    _ask_erasure(page, visitor)
    second.go("/admin/erasure")
    second.page.get_by_role("button", name="Erase now").click()
    expect(second.page.get_by_text("Only the log’s entries are left")).to_be_visible()
    phone.go("/health/medications")
    expect(phone.page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert "Rivera" not in phone.page.content()
    kept = b"".join(file.read_bytes() for file in sorted(services.settings.data_dir.rglob("*")) if file.is_file())
    assert (ana.person_id or "").encode() in kept, "of whom the tombstone tells, by an id that names nobody"
    for word in (b"Rivera", b"ana@mail.example", NUMBER.encode()):
        assert word not in kept


def _ask_erasure(page: Page, visitor: Visitor) -> None:
    visitor.go("/admin/erasure")
    page.get_by_label("Record number (MRN)").fill(NUMBER)
    page.get_by_label("Birth date").fill("03/04/1980")
    page.get_by_role("button", name="Ask for it").click()
    expect(page.get_by_role("heading", name="Ana Luz Rivera")).to_be_visible()


def test_the_desk_starts_a_link_and_a_second_browser_finishes_it(journey: Journey, context_of: Any) -> None:
    """In the demo, between two real instances: the clerk never signs in there, and sees that it is done."""
    page = context_of(java_script_enabled=journey.javascript).new_page()
    desk = Journey(journey.demo, page, journey.checker, journey.javascript)
    desk.sign_in("desk")
    phone, clerk = journey.page, Keyboard(page)
    phone.set_viewport_size(PHONE)
    journey.sign_in("maria")
    born = demo_people.maria(datetime.now(UTC).date()).born
    for name, text in (("family", "Alvarez"), ("given", "Maria"), ("birth_date", born)):
        page.fill(f"[name={name}]", text)
    clerk.press("Enter")
    expect(page.get_by_role("heading", name="Ask Maria")).to_be_visible()
    clerk.key("i")
    clerk.key("2")
    clerk.press("Enter")
    expect(page.get_by_role("heading", name="Waiting for Maria to say yes")).to_be_visible()
    journey.go("/assist")
    phone.get_by_role("button", name="Yes, help me").click()
    clerk.key("r")
    expect(page.get_by_role("heading", name="Help Maria")).to_be_visible()
    clerk.key("f")
    clerk.write("riverbend")
    clerk.press("Enter")
    expect(page.get_by_role("button", name="Start link").first).to_be_visible()
    clerk.key("l")
    code = page.locator("[data-code]").inner_text()
    journey.go("/go")
    phone.get_by_label("Code from the front desk").fill(code)
    phone.get_by_role("button", name="Go on").click()
    phone.get_by_role("button", name="Go on").click()
    phone.get_by_role("button", name=re.compile("^Sign in at Riverbend")).click()
    phone.wait_for_url(journey.demo.at("riverbend", "/**"))
    journey.fill_sign_in("maria")
    phone.get_by_role("radio", name=re.compile("Maria")).check()
    phone.get_by_role("button", name="Share", exact=True).click()
    phone.wait_for_url(re.compile(r"/links/\w{20}"))
    linked = phone.url.partition("?")[0]
    clerk.key("r")
    expect(page.locator("[data-step=done]")).to_have_count(3)
    clerk.key("x")
    phone.goto(f"{linked}/unlink")
    phone.locator("main form").get_by_role("button", name=re.compile("^Unlink")).click()
    expect(phone.get_by_text("is unlinked")).to_be_visible()
