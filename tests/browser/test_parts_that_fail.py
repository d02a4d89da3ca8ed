"""A part that does not come says so in its place, for eyes and ears, tries again twice, then when it is asked to."""

import re
from pathlib import Path
from typing import Self

import pytest
from playwright.sync_api import Page, Request, Route, expect

from portal.services import Services
from portal.store.links import refreshes
from portal.store.people import accounts
from tests.browser.steps import Visitor
from tests.factories.record import Linked, link, small_record
from tests.factories.world import TestUser, World

_TEMPLATES = Path(__file__).parents[2] / "templates"
_MINUTE = 60_000
_PARTS = {
    "components/place.html": ("/health/medications", "**/from/**", "Couldn’t check just now."),
    "components/link_row.html": ("/", "**/tile*", "Couldn’t check just now."),
    "links/page.html": ("/links/{link}", "**/progress*", "Couldn’t check for updates just now."),
    "links/find.html": ("/links", "**/links/search*", "Couldn’t search just now."),
    "help/page.html": ("/help", "**/help?*", "Couldn’t search just now."),
}
"""Every template that asks for a part: a page that has it, what it asks for, what is said when that does not come."""
_TOGETHER = {"components/place.html", "components/link_row.html"}
"""Those that ask for the parts of both organizations with one request."""


@pytest.fixture
def javascript() -> bool:
    return True


@pytest.fixture
def ana(world: World) -> TestUser:
    return world.patient()


@pytest.fixture
def riverbend(services: Services, ana: TestUser) -> Linked:
    """One of two organizations that are being refreshed."""
    linked = small_record(services, ana)
    other = link(services, ana, name="Old Mill")
    with services.db.transaction() as tx:
        for each in (linked, other):
            refreshes.request(tx, link_id=each.link_id, cause="asked")
    return linked


def test_no_part_is_left_out() -> None:
    asking = {
        str(path.relative_to(_TEMPLATES)) for path in _TEMPLATES.rglob("*.html") if "hx-get=" in path.read_text("utf-8")
    }
    assert asking == set(_PARTS)


def test_each_part_says_so_in_its_place(visitor: Visitor, ana: TestUser, riverbend: Linked) -> None:
    visitor.sign_in(ana)
    page = visitor.page
    page.clock.install()
    for template, (address, part, sentence) in _PARTS.items():
        failed = page.locator(".failed .failed-text", has_text=sentence)
        with _Blocked(page, part) as blocked:
            visitor.go(address.format(link=riverbend.link_id))
            _ask(page)
            note = page.locator(".failed-text", has_text=sentence).first
            expect(note).to_be_visible()
            expect(note.get_by_role("button", name="Try again")).to_be_visible()
            expect(page.locator("#announce")).to_have_text(sentence)
            blocked.expect(3)
            expect(failed).to_have_count(2 if template in _TOGETHER else 1)
            page.clock.run_for(_MINUTE)
            assert blocked.asked == 3, f"{address}: it tries twice by itself, and no more"
            note.get_by_role("button", name="Try again").click()
            blocked.expect(4)
            expect(note).to_be_visible()
        with page.expect_response(part):
            note.get_by_role("button", name="Try again").click()
        expect(failed).to_have_count(0)
    visitor.complaints.clear()  # the browser names each request that was blocked


def test_with_reduced_data_only_the_person_asks(
    visitor: Visitor, services: Services, ana: TestUser, riverbend: Linked
) -> None:
    with services.db.transaction() as tx:
        accounts.set_preferences(tx, account_id=ana.account_id, locale="en", reduce_data=True)
    visitor.sign_in(ana)
    page = visitor.page
    page.clock.install()
    asked: list[str] = []
    needed = {
        "document",
        "stylesheet",
        "script",
        "manifest",
    }  # and the symbols and the tab’s icon, each kept by the browser

    def note(request: Request) -> None:
        if request.resource_type not in needed and not re.search(r"/static/icons\.svg|/icon-\d+\.svg", request.url):
            asked.append(f"{request.resource_type} {request.url}")

    page.on("request", note)
    for address, _part, _sentence in _PARTS.values():
        visitor.go(address.format(link=riverbend.link_id))
        _ask(page)
        page.clock.run_for(_MINUTE)
    assert not asked


def _ask(page: Page) -> None:
    """Type where a search asks; what loads asks by itself, at its time."""
    box = page.locator("form[role=search] input[type=search]")
    if box.count():
        box.first.fill("maple")
    page.clock.run_for(2000)


class _Blocked:
    """Requests for a part, none of which gets through."""

    def __init__(self, page: Page, part: str) -> None:
        self._page, self._part, self.asked = page, part, 0

    def __enter__(self) -> Self:
        self._page.route(self._part, self._abort)
        return self

    def __exit__(self, *_error: object) -> None:
        self._page.unroute(self._part)

    def _abort(self, route: Route) -> None:
        self.asked += 1
        route.abort()

    def expect(self, number: int) -> None:
        """Let time go on until that many were made; by less than a request may take, which htmx would give up."""
        for _ in range(50):
            if self.asked >= number:
                break
            self._page.clock.run_for(2000)
            self._page.wait_for_timeout(50)
        assert self.asked == number, self._part
