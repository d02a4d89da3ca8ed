"""The main journey: bring a record together from another organization, and take it apart again."""

import re

from playwright.sync_api import expect

from tests.browser.steps import Journey

RIVERBEND = "Riverbend Regional Medical Center"


def test_maria_brings_riverbend_in_and_unlinks_it(journey: Journey) -> None:
    page = journey.page
    journey.sign_in("maria")
    assert _titles(journey, "/health/allergies").isdisjoint({"Penicillin"})

    _find(journey, "Riverbend")
    page.locator("#results").get_by_role("link", name=RIVERBEND).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(RIVERBEND)
    journey.check()
    page.get_by_role("button", name=f"Sign in at {RIVERBEND}").click()

    page.wait_for_url(journey.demo.at("riverbend", "/**"))
    journey.check()
    journey.fill_sign_in("maria")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Share your record with Cooper Regional Health?")
    journey.check()
    page.get_by_role("radio", name=re.compile("Maria")).check()
    page.get_by_role("button", name="Share", exact=True).click()

    page.wait_for_url(journey.demo.at("mycooper", "/links/*"))
    link = page.url
    expect(page.locator("#progress, #live")).not_to_have_count(0)
    journey.check()
    _wait_for_state(journey, {"active", "active-new"})
    journey.check()

    assert _origin(journey, "/health/medications", "Acetaminophen") == "outside"
    assert _origin(journey, "/health/medications", "Metformin") == "home"
    assert journey.entries("Metformin").count() == 1
    assert journey.entries("Metformin").locator("summary, .side a").count() == 0
    _symbol_says(journey, "Acetaminophen", RIVERBEND)
    assert _origin(journey, "/health/allergies", "Penicillin") == "outside"
    assert _origin(journey, "/health/implants", "hip") == "outside"

    page.goto(link)
    page.locator("#live details.more > summary").click()
    page.get_by_role("link", name="Unlink").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Unlink")
    journey.check()
    page.locator("main form").get_by_role("button", name="Unlink").click()
    page.wait_for_load_state()
    journey.check()

    assert _titles(journey, "/health/allergies").isdisjoint({"Penicillin"})
    assert not any("Acetaminophen" in title for title in _titles(journey, "/health/medications"))
    assert _titles(journey, "/health/implants") == set()
    journey.go("/links")
    assert page.locator("#linked").filter(has_text=RIVERBEND).count() == 0
    page.goto(link)
    assert "Penicillin" not in page.content()


def _find(journey: Journey, text: str) -> None:
    """Search as a person does: while typing with JavaScript, with the button without."""
    page = journey.page
    journey.go("/links")
    box = page.get_by_role("searchbox")
    if journey.javascript:
        box.press_sequentially(text, delay=20)
        expect(page.locator("#results").get_by_role("link", name=RIVERBEND)).to_be_visible()
    else:
        box.fill(text)
        page.get_by_role("search").get_by_role("button").click()
    journey.check()
    page.locator("#results").scroll_into_view_if_needed()


def _wait_for_state(journey: Journey, wanted: set[str]) -> None:
    """With JavaScript the page follows by itself; without, the person looks again."""
    live = journey.page.locator("#live")
    for _ in range(60):
        if live.get_attribute("data-link-state") in wanted and not _is_loading(journey):
            return
        journey.page.wait_for_timeout(500)
        if not journey.javascript:
            journey.page.reload()
    raise AssertionError(f"still {live.get_attribute('data-link-state')}")


def _is_loading(journey: Journey) -> bool:
    return journey.page.locator("#live .busy").count() > 0


def _origin(journey: Journey, path: str, title: str) -> str | None:
    journey.go(path)
    return journey.entries(title).first.get_attribute("data-origin")


def _titles(journey: Journey, path: str) -> set[str]:
    journey.go(path)
    return set(journey.page.locator("main [data-entry] .line").all_inner_texts())


def _symbol_says(journey: Journey, title: str, organization: str) -> None:
    """The symbol opens without JavaScript too, and names the organization."""
    journey.go("/health/medications")
    entry = journey.entries(title).first
    entry.locator("summary").click()
    expect(entry.get_by_text(organization).first).to_be_visible()
    journey.check()
