"""A daughter invited with limits, seen as, ended while her page is open; a mother who links her child's account."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from portal.app import create_app
from portal.domain.ids import HOME
from portal.refresh.ingest import ingest
from portal.services import Services
from tests.browser.steps import Journey, Visitor, picture
from tests.factories.databases import migrate
from tests.factories.settings import make_settings
from tests.factories.world import PASSWORD, TestUser, World
from tests.hostile.web.record import filled

PHONE = {"width": 320, "height": 640}


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    app = create_app(make_settings(tmp_path, support="Call (856) 555-0100"))
    services: Services = app.extensions["tributary"]
    migrate(services.db)
    yield app
    services.db.close()


@pytest.fixture
def ana(app: Flask) -> TestUser:
    services: Services = app.extensions["tributary"]
    user = World(services).patient()
    record = filled(lambda kind: f"known {kind}", key="a")
    ingest(services.db, person_id=user.person_id, source=HOME, resources=record)
    return user


def test_a_daughter_is_invited_seen_as_and_ended(
    visitor: Visitor, ana: TestUser, context_of: Any, scripts: bool
) -> None:
    own = visitor.page
    own.set_viewport_size(PHONE)
    visitor.sign_in(ana)
    code = _invite(visitor)
    hers = context_of(java_script_enabled=scripts, viewport=PHONE).new_page()
    daughter = Visitor(hers, visitor.site, [], visitor.checker, scripts)
    _join(daughter, code)
    visitor.go("/family")
    expect(own.get_by_text("Nora Rivera said yes")).to_be_visible()
    own.get_by_role("button", name="Yes, let them in").click()
    expect(own.get_by_role("heading", name="Nora Rivera")).to_be_visible()
    visitor.check()
    picture(own, "family", "own")

    daughter.go("/family")
    hers.get_by_role("link", name="Ana Luz Rivera").click()
    expect(hers.get_by_role("region", name="Whose record is open")).to_contain_text("Ana Luz Rivera")
    daughter.check()
    picture(hers, "family", "others-home")
    hers.get_by_role("link", name="Appointments and visits").first.click()
    expect(hers.locator("main")).to_contain_text("known")

    own.get_by_role("button", name="See as Nora Rivera").click()
    frame = own.frame_locator("iframe.seen")
    expect(frame.get_by_role("region", name="Whose record is open")).to_be_visible()
    expect(frame.get_by_role("link", name="Medications")).to_have_count(0)
    picture(own, "family", "seen-as")
    own.get_by_role("button", name="Stop").click()

    own.get_by_role("button", name="End now").click()
    expect(own.get_by_text("can no longer open your record")).to_be_visible()
    hers.get_by_role("link", name="Home", exact=True).click()
    expect(hers.get_by_role("heading", level=1)).to_have_text("Page not found")
    daughter.go("/family")
    expect(hers.locator("main")).to_contain_text("has ended")
    assert "known" not in hers.content()


def _invite(visitor: Visitor) -> str:
    page = visitor.page
    visitor.go("/family")
    page.get_by_role("link", name="Invite someone").click()
    visitor.check()
    page.get_by_label("Their name").fill("Nora")
    page.get_by_label("Who are they to you?").fill("daughter")
    for name in ("Health record", "Messages", "Insurance", "Write messages"):
        page.get_by_role("checkbox", name=re.compile(f"^{name}")).uncheck()
    picture(page, "family", "invite")
    page.get_by_role("button", name="Make the code").click()
    expect(page.get_by_role("heading", name="The code for Nora")).to_be_visible()
    visitor.check()
    picture(page, "family", "code")
    code = re.search(r"[A-Z2-9]{4}(-[A-Z2-9]{4}){2}", page.locator("main").inner_text())
    assert code
    return code[0]


def _join(daughter: Visitor, code: str) -> None:
    page: Page = daughter.page
    daughter.go("/invited")
    page.get_by_label("Code").fill(code)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Act for Ana Luz Rivera?")
    daughter.check()
    page.get_by_label("Birth date of Ana").fill("1980-03-04")
    page.get_by_label("Your name").fill("Nora Rivera")
    page.get_by_label("Choose a user name").fill("nora")
    page.get_by_label("Choose a password").fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()
    page.get_by_label(re.compile("^Who is Ana")).fill("mother")
    page.get_by_role("button", name="Yes, I want to help").click()
    expect(page.get_by_text("once your answer is confirmed")).to_be_visible()
    daughter.check()


def test_a_mother_links_her_childs_account_at_lakeside(journey: Journey) -> None:
    """Where several could be meant nobody is chosen for her, and a wrong choice, at the insurer, links nothing."""
    page = journey.page
    page.set_viewport_size(PHONE)
    journey.sign_in("maria")
    page.locator("details.menu > summary").click()
    page.locator("details.menu").get_by_role("link", name=re.compile("Leo")).click()
    band = page.get_by_role("region", name="Whose record is open")
    expect(band).to_contain_text("Leo")
    journey.check()
    page.get_by_role("link", name="Help", exact=True).click()
    expect(band).to_contain_text("Leo")
    page.locator("a.brand").click()
    page.wait_for_url(re.compile(r"/for/\w{20}/$"))
    expect(band).to_contain_text("Leo")
    child = page.url.rstrip("/")
    _unlink(page, child)
    page.goto(f"{child}/links/new/lakeside")
    journey.check()
    _agree(journey, "lakeside", "Leo", people=1)
    expect(band).to_contain_text("Leo")
    page.goto(f"{child}/links")
    expect(page.locator("#linked")).to_contain_text("Lakeside")

    page.goto(f"{child}/links/new/gardenstate")
    _agree(journey, "gardenstate", "Rosa", people=3)  # of hers nothing else is linked there
    expect(band).to_contain_text("Leo")
    _wait_for(page, "Rosa Isabel Alvarez")
    expect(page.locator("main")).to_contain_text("the record of Leo Mateo Alvarez is open")
    journey.check()
    picture(page, "family", "mismatch")


def _unlink(page: Page, child: str) -> None:
    """Take the link away that the story has: it is made again by hand."""
    page.goto(f"{child}/links")
    page.locator("#linked").get_by_role("link", name="Lakeside Children's Hospital", exact=True).click()
    page.wait_for_url(re.compile(r"/links/\w{20}"))
    page.goto(f"{page.url}/unlink")
    page.locator("main form").get_by_role("button", name=re.compile("Unlink")).click()
    expect(page.get_by_text("is unlinked")).to_be_visible()


def _agree(journey: Journey, at: str, whose: str, *, people: int) -> None:
    """Sign in there and share; where several could be meant, nobody is chosen before."""
    page = journey.page
    page.get_by_role("button", name=re.compile("Sign in at")).click()
    page.wait_for_url(journey.demo.at(at, "/**"))
    journey.fill_sign_in("maria")
    radios = page.locator("input[name=person]")
    expect(radios).to_have_count(people)
    for place in range(people if people > 1 else 0):
        expect(radios.nth(place)).not_to_be_checked()
    journey.check()
    page.get_by_role("radio", name=re.compile(whose)).check()
    page.get_by_role("button", name="Share", exact=True).click()
    page.wait_for_url(journey.demo.at("mycooper", "/**"))


def _wait_for(page: Page, text: str) -> None:
    """Look again, as a person without JavaScript would, until the job has said whose account it was."""
    for _ in range(40):
        if text in page.locator("main").inner_text():
            return
        page.wait_for_timeout(250)
        page.reload()
    expect(page.locator("main")).to_contain_text(text)
