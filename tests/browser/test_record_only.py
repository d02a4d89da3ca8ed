"""A record that a partner found: suggested, "Is this you?", four sections without an account there, and opting out."""

import sqlite3
from contextlib import closing

from playwright.sync_api import expect

from tests.browser.steps import Journey, picture

OLD_MILL = "Old Mill Family Practice"


def test_james_confirms_what_old_mill_found(journey: Journey) -> None:
    page = journey.page
    journey.sign_in("james")
    _choose(journey, "No")
    journey.go("/links")
    expect(page.get_by_text(f"{OLD_MILL} has a record that matches you")).to_have_count(0)
    _choose(journey, "Yes")
    _wait_until_suggested(journey)

    page.locator("[data-state=suggested]").filter(has_text=OLD_MILL).get_by_role("link", name="Link").click()
    expect(page.get_by_role("heading", name="Is this you?")).to_be_visible()
    journey.check()
    page.get_by_role("button", name="Yes, show my basic records").click()
    page.wait_for_url(journey.demo.at("mycooper", "/links/*"))
    link = page.url
    expect(page.locator("#live")).to_have_attribute("data-link-state", "no-account")
    expect(page.get_by_role("button", name="Verify account")).to_be_visible()
    journey.check()
    _wait_until_loaded(journey)
    loaded = page.locator("#progress li[data-outcome=done]")
    sections = loaded.evaluate_all("rows => rows.map(row => row.dataset.section)")
    assert sorted(sections) == ["allergies", "health-issues", "implants", "medications"]
    journey.go("/health/allergies")
    expect(page.locator("main [data-entry][data-origin=outside]")).to_have_count(1)
    journey.go("/")
    expect(page.locator("[data-state=no-account]")).to_have_count(1)
    for name, address in (("no-account-home", "/"), ("no-account", "/links"), ("no-account-page", link)):
        page.goto(link if address == link else journey.demo.at("mycooper", address))
        picture(page, "states", f"{name}-{'scripts' if journey.javascript else 'plain'}")

    page.goto(f"{link}/unlink")
    page.locator("main form").get_by_role("button", name=f"Unlink {OLD_MILL}").click()
    expect(page.get_by_text("is unlinked")).to_be_visible()
    page.goto(journey.demo.at("mycooper", "/links"))
    expect(page.get_by_text(f"{OLD_MILL} has a record that matches you")).to_have_count(0)
    _a_year_later(journey)


def _a_year_later(journey: Journey) -> None:
    """What was unlinked is not suggested again for a month."""
    with closing(sqlite3.connect(journey.demo.data_dir / "mycooper" / "portal.sqlite3", timeout=30)) as database:
        database.execute("UPDATE link SET updated_at = '2020-01-01 00:00:00.000000' WHERE NOT live")
        database.commit()


def _choose(journey: Journey, answer: str) -> None:
    """The choice in the settings whether partners are asked."""
    journey.go("/settings")
    journey.page.get_by_role("link", name="Finding my records elsewhere").click()
    journey.check()
    journey.page.get_by_role("radio", name=answer).check()
    journey.page.locator("main form").get_by_role("button", name="Save").click()
    expect(journey.page.get_by_text("Your settings are saved.")).to_be_visible()


def _wait_until_suggested(journey: Journey) -> None:
    """Partners are asked by a job."""
    for _ in range(60):
        journey.page.goto(journey.demo.at("mycooper", "/links"))
        if journey.page.get_by_text(f"{OLD_MILL} has a record that matches you").count():
            return journey.check()
        journey.page.wait_for_timeout(500)
    raise AssertionError("not suggested")


def _wait_until_loaded(journey: Journey) -> None:
    for _ in range(60):
        outcomes = journey.page.locator("#progress li").evaluate_all("rows => rows.map(row => row.dataset.outcome)")
        if outcomes and set(outcomes) == {"done"}:
            return journey.check()
        journey.page.wait_for_timeout(500)
        if not journey.javascript:
            journey.page.reload()
    raise AssertionError("not loaded")
