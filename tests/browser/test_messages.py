"""Maria writes to her cardiologist at Riverbend from MyCooper, a nurse there answers, and it is read on both sides."""

import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeoutError

from tests.browser.steps import Journey, picture
from tests.unit.messaging.test_files import png

RIVERBEND = "Riverbend Regional Medical Center"
OWEN = "Gareth Owen, MD"


def test_maria_writes_to_her_heart_doctor_and_the_nurse_answers(journey: Journey, tmp_path: Path) -> None:
    page, title = journey.page, f"My heart at night, {'with' if journey.javascript else 'without'} scripts"
    journey.sign_in("maria")
    _link(journey)
    file = tmp_path / "pulse.png"
    file.write_bytes(png())

    journey.go("/messages")
    page.get_by_role("link", name="Write a message").click()
    journey.check()
    _picture(journey, "write")
    page.get_by_label("Your message").fill("It races when I lie down.")
    if journey.javascript:
        expect(page.get_by_text("Draft saved at")).to_be_visible()
    page.get_by_label("Who to write to").fill("my heart doctor")
    page.get_by_role("button", name="Find").click()
    expect(page.get_by_label("Your message")).to_have_value("It races when I lie down.")
    expect(page.get_by_role("radio", name=re.compile(OWEN))).to_be_checked()
    expect(page.get_by_role("radio")).to_have_count(1)
    journey.check()
    page.get_by_label("What it is about").fill(title)
    page.get_by_label("Add a file").set_input_files(file)
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text(f"Your message to {OWEN} is on its way.")).to_be_visible()
    journey.check()
    _until(page, page.get_by_role("link", name=title), journey.demo.at("mycooper", "/messages"))
    expect(page.locator("[data-outgoing]")).to_have_count(0)

    _nurse_answers(journey, title)
    journey.go("/links")
    page.locator("#linked").get_by_role("link", name=RIVERBEND, exact=True).click()
    link = page.url
    _update(journey)
    journey.go("/")
    expect(page.locator(".bubble").first).to_be_visible()
    journey.go("/messages")
    line = page.locator("[data-entry]").filter(has_text=title)
    expect(line.get_by_text("New")).to_be_visible()
    expect(page).to_have_title(re.compile(r"^\(1\) "))
    _picture(journey, "inbox")
    line.get_by_role("link", name=title).click()
    expect(page.get_by_text("Please come by tomorrow.")).to_be_visible()
    expect(page.get_by_role("link", name="pulse.png")).to_be_visible()
    journey.check()
    _picture(journey, "thread")
    journey.go("/messages")
    expect(page.locator("[data-entry]").filter(has_text=title).get_by_text("New")).to_have_count(0)

    journey.sign_in("maria", at="riverbend")  # read here is read there
    there = page.locator("[data-entry]").filter(has_text=title)
    _until(page, there.filter(has_not_text="New"), journey.demo.at("riverbend", "/messages"))
    page.goto(f"{link}/unlink")
    page.locator("main form").get_by_role("button", name=f"Unlink {RIVERBEND}").click()
    expect(page.get_by_text("is unlinked")).to_be_visible()
    journey.go("/messages")
    expect(page.get_by_role("link", name=title)).to_have_count(0)


def test_the_installed_app_writes_to_no_other_organization(
    journey: Journey, chromium: Browser, browser_type_launch_args: dict[str, Any], whole_chromium: str, tmp_path: Path
) -> None:
    """A browser says how it shows the page; nothing else tells an app from it."""
    journey.sign_in("maria")
    _link(journey)
    address = "/messages/new?to=owen"
    whom = journey.page.get_by_role("radio", name=re.compile(OWEN))
    _until(journey.page, whom, journey.demo.at("mycooper", address))  # who takes messages there is asked by a job
    expect(journey.page.locator("[data-why=app]")).to_be_hidden()
    arguments = [*browser_type_launch_args["args"], f"--app={journey.demo.at('mycooper', '/sign-in')}"]
    context = _installed(chromium, journey, arguments, whole_chromium, tmp_path)
    app = Journey(journey.demo, context.pages[0], journey.checker, journey.javascript)
    app.sign_in("maria")
    app.go(address)
    expect(app.page.get_by_role("radio", name=re.compile(OWEN))).to_be_hidden()
    expect(app.page.locator("[data-why=app]")).to_be_visible()
    context.close()


def _installed(chromium: Browser, journey: Journey, arguments: list[str], program: str, folder: Path) -> BrowserContext:
    """Start a browser that shows one app; one that hangs at its start, as Chromium does at times, once more."""
    for attempt in ("first", "second"):
        try:
            return chromium.browser_type.launch_persistent_context(
                folder / attempt,
                executable_path=program,
                args=arguments,
                java_script_enabled=journey.javascript,
                timeout=30_000,
            )
        except PlaywrightTimeoutError:
            if attempt == "second":
                raise
    raise AssertionError


def _link(journey: Journey) -> None:
    page = journey.page
    journey.go("/links")
    if page.locator("#linked").filter(has_text=RIVERBEND).count():
        return
    journey.go("/links/new/riverbend")
    page.get_by_role("button", name=f"Sign in at {RIVERBEND}").click()
    page.wait_for_url(journey.demo.at("riverbend", "/**"))
    if page.locator("[name=password]").count():
        journey.fill_sign_in("maria")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Share your record with")
    page.get_by_role("radio", name=re.compile("Maria")).check()
    page.get_by_role("button", name="Share", exact=True).click()
    page.wait_for_url(journey.demo.at("mycooper", "/links/*"))
    _settle(journey)


def _settle(journey: Journey) -> None:
    page = journey.page
    for _ in range(60):
        busy = page.locator("#live .busy").count()
        if not busy and page.locator("#live").get_attribute("data-link-state") in ("active", "active-new"):
            return
        page.wait_for_timeout(500)
        page.reload()
    raise AssertionError("the link is not made")


def _update(journey: Journey) -> None:
    journey.page.get_by_role("button", name="Update").first.click()
    journey.page.wait_for_timeout(1000)
    _settle(journey)


def _until(page: Page, locator: object, address: str) -> None:
    """Look again until it is there: the worker sends, the next page shows it."""
    for _ in range(40):
        page.goto(address)
        if locator.count():  # type: ignore[attr-defined]
            return
        page.wait_for_timeout(500)
    raise AssertionError(address)


def _nurse_answers(journey: Journey, title: str) -> None:
    page = journey.page
    _sign_out(journey, at="riverbend")  # Maria, who signed in there to link
    journey.sign_in("nurse", at="riverbend")
    journey.go("/care-team", at="riverbend")
    _picture(journey, "care-team")
    page.get_by_role("link", name=re.compile(title)).first.click()
    expect(page.get_by_text("It races when I lie down.")).to_be_visible()
    expect(page.get_by_role("link", name="pulse.png")).to_be_visible()
    journey.check()
    _picture(journey, "conversation")
    page.get_by_label("Your answer").fill("Please come by tomorrow.")
    page.get_by_role("button", name="Send the answer").click()
    expect(page.get_by_text("Your answer is sent.")).to_be_visible()
    journey.check()
    journey.go("/care-team/settings", at="riverbend")
    _sign_out(journey, at="riverbend")


def _sign_out(journey: Journey, *, at: str) -> None:
    journey.page.goto(journey.demo.at(at, "/help"))
    menu = journey.page.locator("details.menu summary")
    if menu.count():
        menu.click()
        journey.page.get_by_role("button", name="Sign out").first.click()
        expect(journey.page.locator("details.menu summary")).to_have_count(0)


def _picture(journey: Journey, name: str) -> None:
    kind = "js" if journey.javascript else "nojs"
    picture(journey.page, "messages", f"{name}-{kind}")
    journey.page.set_viewport_size({"width": 1280, "height": 900})
