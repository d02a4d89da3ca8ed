"""Finding an organization by a former name or by its clinic, and not finding one: typed, sent, by keyboard alone."""

from playwright.sync_api import expect

from tests.browser.steps import Journey

_STEPS = 40  # of the Tab key, to what is looked for


def test_a_former_name_finds_old_mill(journey: Journey) -> None:
    _search(journey, "mill street")
    found = journey.page.locator("#results li").filter(has_text="Old Mill Family Practice")
    expect(found).to_contain_text("formerly Mill Street Clinic")
    journey.check()


def test_a_clinic_says_whose_it_is(journey: Journey) -> None:
    _search(journey, "maple")
    found = journey.page.locator("#results li").filter(has_text="Maple Street Clinic")
    expect(found).to_contain_text("part of Riverbend")
    journey.check()


def test_nothing_found_explains_itself_and_can_be_told(journey: Journey) -> None:
    page = journey.page
    _search(journey, "zzqqx")
    results = page.locator("#results")
    expect(results.get_by_role("heading", name="Nothing found for “zzqqx”")).to_be_visible()
    expect(results.get_by_role("listitem")).to_have_count(3)
    journey.check()
    results.get_by_role("link", name="Tell us what is missing").click()
    expect(page.get_by_label("Name of the organization")).to_have_value("zzqqx")
    journey.check()
    page.get_by_label("Town or postal code").fill("Camden")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Thank you.")).to_be_visible()
    journey.check()


def test_with_the_keyboard_alone(journey: Journey) -> None:
    """From the top of the page to the page before linking, with Tab, letters and Enter."""
    page = journey.page
    journey.sign_in("rosa")
    journey.go("/links/search")
    _tab_to(journey, "#q")
    page.keyboard.type("mill street", delay=20)
    if journey.javascript:
        expect(page.locator("#results").get_by_role("link", name="Old Mill Family Practice")).to_be_visible()
    else:
        page.keyboard.press("Enter")
        page.wait_for_url("**/links/search?q=*")
    _tab_to(journey, "#results a")
    focused = page.locator(":focus")
    expect(focused).to_have_text("Old Mill Family Practice")
    assert focused.evaluate("element => getComputedStyle(element).outlineStyle") != "none"
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Old Mill Family Practice")
    journey.check()


def _search(journey: Journey, text: str) -> None:
    """As a person does: results come while typing with JavaScript, with the button without."""
    page = journey.page
    journey.sign_in("rosa")
    journey.go("/links/search")
    box = page.get_by_role("searchbox")
    if journey.javascript:
        box.press_sequentially(text, delay=20)
    else:
        box.fill(text)
        page.get_by_role("search").get_by_role("button").click()
    expect(page.locator("#results h2, #results h3").first).to_be_visible()


def _tab_to(journey: Journey, selector: str) -> None:
    for _ in range(_STEPS):
        journey.page.keyboard.press("Tab")
        if journey.page.locator(":focus").evaluate("(element, wanted) => element.matches(wanted)", selector):
            return
    raise AssertionError(f"the Tab key never came to {selector}")
