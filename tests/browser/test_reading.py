"""Reading the record in a browser: on a phone, by keyboard, with and without JavaScript, in light and dark."""

from itertools import pairwise
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from portal.domain.ids import HOME
from portal.domain.links import LinkState, Outcome, Tier
from portal.domain.sections import Section
from portal.refresh.ingest import ingest
from portal.services import Services
from tests.browser.steps import Visitor, wait_until_settled
from tests.factories.record import Linked, laboratory, link, small_record, suggest
from tests.factories.world import TestUser, World

pytestmark = pytest.mark.browser

_LOOK = (Path(__file__).parent / "look.js").read_text()
_CUT = """() => [...document.querySelectorAll("main *")].filter((each) => each.checkVisibility() &&
  each.getBoundingClientRect().width > 1 && each.getBoundingClientRect().right > innerWidth + 1
).map((each) => each.outerHTML.slice(0, 80))"""
"""What stands beyond the right edge, also where it can be scrolled to."""

PAGES = (
    "/",
    "/health",
    "/health/medications",
    "/health/allergies",
    "/health/test-results",
    "/health/visits",
    "/health/insurance",
    "/health/summary",
    "/health/readings?kind=blood-pressure",
    "/health/about/diabetes",
    "/health/allergies/download",
    "/health/not-shown",
    "/messages",
    "/help",
    "/settings",
    "/activity",
    "/family",
    "/links",
)


@pytest.fixture
def ana(services: Services, world: World) -> TestUser:
    return world.patient()


@pytest.fixture
def riverbend(services: Services, ana: TestUser) -> Linked:
    """Links in several states, and a suggestion."""
    made = small_record(services, ana)
    link(services, ana, name="Old Mill Family Practice", state=LinkState.NO_ACCOUNT, tier=Tier.RECORD_ONLY, hue="28")
    link(services, ana, name="Shoreline Imaging", lasting=False, outcomes={Section.MEDICATIONS: Outcome.REFUSED})
    link(services, ana, name="Pinelands Heart", state=LinkState.ERROR, outcomes={Section.MEDICATIONS: Outcome.FAILED})
    link(services, ana, name="Garden State", state=LinkState.NEEDS_VERIFICATION)
    suggest(services, ana, name="Lakeside Children’s Hospital")
    return made


def test_the_symbol_says_where_an_item_comes_from(visitor: Visitor, ana: TestUser, riverbend: Linked) -> None:
    visitor.sign_in(ana)
    visitor.go("/health/allergies")
    row = visitor.page.locator("[data-entry][data-origin=outside]", has_text="penicillin")
    symbol = row.locator("summary")
    symbol.focus()
    visitor.page.keyboard.press("Enter")
    expect(row.get_by_text("Riverbend Regional Medical Center")).to_be_visible()
    box = symbol.bounding_box()
    assert box is not None
    assert min(box["width"], box["height"]) >= 24
    visitor.check()


def test_a_part_is_reached_in_both_modes(visitor: Visitor, ana: TestUser, riverbend: Linked, scripts: bool) -> None:
    visitor.sign_in(ana)
    visitor.go("/health/medications")
    place = visitor.page.locator(f"#place-{riverbend.link_id}")
    expect(place).to_contain_text("Riverbend Regional Medical Center")
    if scripts:
        expect(place).to_contain_text("As of")
        expect(place.locator(".wait")).to_have_count(0)
    else:  # nothing asks, so nothing says that it asks
        expect(place.locator(".wait")).to_be_hidden()
    visitor.page.locator("#sources > summary").click()
    place.get_by_role("link", name="Show 3 items").click()
    expect(visitor.page.locator("h1")).to_contain_text("Medications from Riverbend")
    expect(visitor.page.locator("[data-entry]")).to_have_count(3)
    visitor.check()


def test_show_keeps_its_state_in_the_address(visitor: Visitor, ana: TestUser, riverbend: Linked) -> None:
    visitor.sign_in(ana)
    visitor.go("/health/test-results")
    expect(visitor.page.locator("[data-entry]")).to_have_count(10)
    visitor.page.select_option("#source", label="Riverbend Regional Medical Center")
    visitor.page.get_by_role("button", name="Apply").click()
    visitor.page.wait_for_url(f"**source={riverbend.link_id}**")
    expect(visitor.page.locator("[data-entry]")).to_have_count(5)
    visitor.check()


def test_reduced_data_shows_all_and_asks_for_nothing(visitor: Visitor, ana: TestUser, riverbend: Linked) -> None:
    visitor.sign_in(ana)
    visitor.page.get_by_role("button", name="Reduce data").click()
    asked: list[str] = []
    visitor.page.on("request", lambda request: asked.append(request.url) if "/from/" in request.url else None)
    visitor.go("/health/allergies")
    expect(visitor.page.locator("[data-origin=outside]")).to_have_count(1)
    assert not asked
    visitor.page.locator("#sources > summary").click()
    visitor.page.get_by_role("link", name="Show 1 item from Riverbend").click()
    expect(visitor.page.locator("[data-origin=outside]")).to_have_count(1)
    assert "/from/" in visitor.page.url
    visitor.check()


def test_the_menu_and_signing_out(visitor: Visitor, ana: TestUser) -> None:
    visitor.sign_in(ana)
    visitor.page.locator("details.menu summary").click()
    visitor.page.get_by_role("button", name="Sign out").click()
    expect(visitor.page.locator("h1")).to_have_text("You are signed out")
    visitor.page.go_back()
    expect(visitor.page.locator("h1")).not_to_contain_text("Ana")


def test_escape_closes_a_popover_and_keeps_the_place(
    visitor: Visitor, ana: TestUser, riverbend: Linked, scripts: bool
) -> None:
    if not scripts:
        pytest.skip("Escape is an addition of the script")
    visitor.sign_in(ana)
    visitor.go("/health/allergies")
    symbol = visitor.page.locator("[data-origin=outside] summary").first
    symbol.focus()
    visitor.page.keyboard.press("Enter")
    visitor.page.keyboard.press("Tab")
    visitor.page.keyboard.press("Escape")
    expect(symbol).to_be_focused()
    expect(visitor.page.locator("details.pop[open]")).to_have_count(0)


def test_help_is_searched_while_typing(visitor: Visitor, scripts: bool) -> None:
    visitor.go("/help")
    visitor.page.fill("#q", "child")
    if not scripts:
        visitor.page.keyboard.press("Enter")
    expect(visitor.page.locator("#other-people")).to_be_visible()
    expect(visitor.page.locator("#reverse-link")).to_have_count(0)
    if scripts:
        expect(visitor.page.locator("#announce")).to_contain_text("answer")
        expect(visitor.page.locator("#q")).to_be_focused()
    visitor.check()


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_pages_are_accessible(  # noqa: PLR0917 -- fixtures and parameters
    chromium: Browser, site: str, ana: TestUser, riverbend: Linked, width: int, scheme: str
) -> None:
    context = chromium.new_context(
        viewport={"width": width, "height": 800}, color_scheme="dark" if scheme == "dark" else "light"
    )
    page = context.new_page()
    visitor = Visitor(page, site, [])
    page.on("console", visitor.hear)
    axe = Axe()
    found = []

    def look(name: str) -> None:
        wait_until_settled(page)
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > width:
            found.append(f"{name}: {wide} pixels wide at {width}")
        for violation in axe.run(page).response["violations"]:
            places = ", ".join(node["html"][:120] for node in violation["nodes"][:2])
            found.append(f"{name}: {violation['id']}: {places}")

    visitor.go("/sign-in")
    look("/sign-in")
    page.click("main form button")
    look("/sign-in with errors")
    visitor.sign_in(ana)
    for address in PAGES:
        visitor.go(address)
        look(address)
    visitor.go("/health/medications")
    page.locator("[data-entry] a").first.click()
    look("an item")
    page.get_by_text("Is something wrong here?").first.click()
    page.get_by_text("Codes", exact=True).first.click()
    look("an item, opened")
    visitor.go(f"/health/allergies/from/{riverbend.link_id}")
    look("a part")
    page.locator("details.pop summary").first.click()
    look("a popover")
    visitor.go("/links")
    page.locator("main details.more > summary").first.click()
    look("more to do with a link")
    context.close()
    assert not found, "\n".join(found)
    assert not [one for one in visitor.complaints if "422" not in one]


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_words_of_the_menu_keep_apart_on_a_narrow_phone(
    chromium: Browser, site: str, ana: TestUser, language: str
) -> None:
    context = chromium.new_context(viewport={"width": 320, "height": 800}, java_script_enabled=True)
    visitor = Visitor(context.new_page(), site, [])
    visitor.sign_in(ana)
    context.add_cookies([{"name": "language", "value": language, "url": site}])
    for address in ("/", "/health", "/messages", "/links"):  # the word of where one is, is bold
        visitor.go(address)
        edges = visitor.page.evaluate(
            """[...document.querySelectorAll(".nav a")].map((link) => {
                const words = document.createRange();
                words.selectNodeContents(link);
                const box = words.getBoundingClientRect();
                return [box.left, box.right];
            })"""
        )
        gaps = [left - right for (_, right), (left, _) in pairwise(edges)]
        assert visitor.page.locator("html").get_attribute("lang") == language
        assert len(gaps) == 4
        assert min(gaps) >= 4, (address, gaps)
    context.close()


_LONG_NAMES = (
    ("3024-7", "Gammaglutamyltransferasa plasmática", 141.5, "mmol/L"),
    ("2160-0", "Hemoglobin fractions by electrophoresis", 180.25, "mg/dL"),
    ("2951-2", "Thyroid-stimulating hormone (TSH)", 1234.5, "uIU/mL"),
    ("1920-8", "Immunoglobulin heavy chain gene rearrangement", 12, "mg/dL"),
)


@pytest.mark.parametrize("scripts", [False], ids=["no-javascript"])
def test_words_are_whole_and_nothing_is_cut_off_on_a_narrow_phone(
    visitor: Visitor, services: Services, ana: TestUser, riverbend: Linked
) -> None:
    """Of long names, and of what a share shows: its long sections are folded, its tables rows."""
    results = [
        laboratory(f"{code}-{year}", (code, name), value, unit, when=f"{year}-03-02", flag="HH")
        for code, name, value, unit in _LONG_NAMES
        for year in (2024, 2025)
    ]
    ingest(services.db, person_id=ana.person_id, source=HOME, resources=results)
    page = visitor.page
    page.set_viewport_size({"width": 320, "height": 800})
    visitor.sign_in(ana)
    for language in ("en", "es"):
        page.context.add_cookies([{"name": "language", "value": language, "url": visitor.site}])
        visitor.go("/health/test-results")
        assert page.locator(".spark").count() > 3
        assert not page.evaluate(_LOOK)
        visitor.go("/share/new")
        for box in page.locator("[name=section]").all():
            box.check()
        page.locator("button[value=preview]").click()
        assert not page.evaluate(_LOOK)
        folded = page.locator("#preview .fold > summary")
        assert folded.count() > 3
        assert page.locator("#preview .fold[open]").count() > 0, "one sees at once what is shared"
        page.locator("details").evaluate_all("each => each.map((one) => { one.open = true; })")
        assert page.locator("#preview .told tr").count() > 5
        assert not page.evaluate(_LOOK)
        assert not page.evaluate(_CUT)
