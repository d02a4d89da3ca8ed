"""The link the other way round, as the demo's Maria makes it: offered there, agreed to here, ended one by one."""

import re

from playwright.sync_api import expect

from tests.browser.steps import Journey

RIVERBEND = "Riverbend Regional Medical Center"
COOPER = "Cooper Regional Health"


def test_maria_lets_riverbend_show_her_record_too_and_ends_both(journey: Journey) -> None:
    page = journey.page
    journey.sign_in("maria")
    journey.go("/links/new/riverbend")
    expect(page.locator("#reverse")).to_contain_text(f"{RIVERBEND} can show your MyCooper information too")
    page.get_by_role("button", name=f"Sign in at {RIVERBEND}").click()
    page.wait_for_url(journey.demo.at("riverbend", "/**"))
    journey.fill_sign_in("maria")
    _agree(journey, COOPER, reverse=f"Also show my information from {COOPER} here in Riverbend")

    # The first link is made; the browser goes on to the consent of the second, where Maria is signed in already.
    page.wait_for_url(journey.demo.at("mycooper", "/oauth/authorize?**"))
    expect(page.get_by_role("checkbox", name=re.compile("Also show my"))).to_have_count(0)
    _agree(journey, RIVERBEND)
    page.wait_for_url(journey.demo.at("mycooper", "/links/*"))  # where she began
    here = page.url
    expect(page.get_by_role("heading", level=1)).to_contain_text(RIVERBEND)
    journey.go("/links")
    expect(page.locator("#elsewhere")).to_contain_text(RIVERBEND)

    journey.go("/links", at="riverbend")
    page.locator("#linked").get_by_role("link", name=COOPER, exact=True).click()
    _shows_both_ways(journey, yes=True)
    there = page.url
    page.goto(here)
    _shows_both_ways(journey, yes=True)
    page.get_by_role("button", name="Stop sharing").click()
    expect(page).to_have_url(here)
    _shows_both_ways(journey, yes=False)

    for link, name in ((here, RIVERBEND), (there, COOPER)):
        page.goto(f"{link}/unlink")
        journey.check()
        page.locator("main form").get_by_role("button", name=f"Unlink {name}").click()
        expect(page.get_by_text("is unlinked")).to_be_visible()


def _agree(journey: Journey, app: str, *, reverse: str = "") -> None:
    page = journey.page
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"Share your record with {app}?")
    journey.check()
    page.get_by_role("radio", name=re.compile("Maria")).check()
    if reverse:
        expect(page.get_by_role("checkbox", name=reverse)).not_to_be_checked()
        page.get_by_role("checkbox", name=reverse).check()
    page.get_by_role("button", name="Share", exact=True).click()


def _shows_both_ways(journey: Journey, *, yes: bool) -> None:
    expect(journey.page.locator("#other-way")).to_have_attribute("data-reverse", "yes" if yes else "no")
    journey.check()
