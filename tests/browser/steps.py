"""What people do in the browser, step by step; and what is checked on every page they come to."""

import os
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ConsoleMessage, Locator, Page, Route, expect

from portal.demo.network import BY_KEY, PASSWORD, NetworkAddress
from tests.factories.world import PASSWORD as USER_PASSWORD
from tests.factories.world import TestUser

ARTEFACTS = Path(__file__).parents[2] / "artefacts"
PICTURES = bool(os.environ.get("PICTURES"))
_NO_SCRIPTS = {"Content-Security-Policy": "script-src 'none'"}


@dataclass(frozen=True, slots=True)
class Demo:
    """The running demo: MyCooper's address, its data, the launcher's process id."""

    base: str
    data_dir: Path
    pid: int

    def at(self, key: str, path: str = "/") -> str:
        """An address at the organization with this key."""
        mycooper = urlsplit(self.base)
        return NetworkAddress(mycooper.hostname or "localhost", mycooper.port or 80).address(BY_KEY[key]) + path


@dataclass(slots=True)
class Journey:
    """One person at one browser."""

    demo: Demo
    page: Page
    checker: Page
    javascript: bool
    problems: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", lambda message: self.problems.append(message.text) if message.type == "error" else None)
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))

    def go(self, path: str, *, at: str = "mycooper") -> None:
        """Open an address and check the page."""
        self.page.goto(self.demo.at(at, path))
        self.check()

    def sign_in(self, username: str, *, at: str = "mycooper") -> None:
        self.go("/sign-in", at=at)
        self.fill_sign_in(username)
        expect(self.page.get_by_role("navigation", name="Main")).to_be_visible()
        self.check()

    def fill_sign_in(self, username: str) -> None:
        self.page.fill("[name=username]", username)
        self.page.fill("[name=password]", PASSWORD)
        self.page.locator("main form").get_by_role("button", name="Sign in").click()

    def check(self) -> None:
        """No accessibility violation, no error in the console, no sideways scrolling, a title, one main heading."""
        if self.javascript:
            wait_until_settled(self.page)
            checked = self.page
        else:
            checked = self._copy()
        found = Axe().run(checked)
        assert found.violations_count == 0, f"{self.page.url}\n{found.generate_report()}"
        assert self.page.title().strip(" –"), self.page.url
        assert self.page.locator("h1").count() == 1, self.page.url
        assert not self.problems, (self.page.url, self.problems)

    def entries(self, title: str) -> Locator:
        """The lines of a section page with this title."""
        return self.page.locator("main [data-entry]").filter(has=self.page.get_by_role("link", name=title))

    def state_of(self, organization: str) -> str | None:
        """What Link My Accounts says of an organization, in the word of ``data-state``."""
        cards = self.page.locator("[data-state]").filter(has_text=organization)
        return cards.first.get_attribute("data-state") if cards.count() else None

    def _copy(self) -> Page:
        return _without_scripts(self.page, self.checker)


@dataclass  # no slots: Playwright marks the object whose method listens
class Visitor:
    """Somebody at an instance that the test filled. ``complaints`` are the browser's own errors."""

    page: Page
    site: str
    complaints: list[str]
    checker: Page | None = None
    scripts: bool = True

    def hear(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(message.text)

    def go(self, address: str) -> None:
        self.page.goto(self.site + address)

    def sign_in(self, user: TestUser) -> None:
        self.go("/sign-in")
        self.page.fill("[name=username]", user.username)
        self.page.fill("[name=password]", USER_PASSWORD)
        self.page.locator("main form").get_by_role("button", name="Sign in").click()
        expect(self.page.get_by_role("navigation", name="Main")).to_be_visible()

    def check(self) -> None:
        """No accessibility violation, and nothing in the console."""
        if not self.page.is_closed():
            self._look()
        assert not self.complaints, (self.page.url, self.complaints)

    def _look(self) -> None:
        if self.scripts:
            wait_until_settled(self.page)
        looked_at = self.page if self.scripts or self.checker is None else _without_scripts(self.page, self.checker)
        found = Axe().run(looked_at)
        assert found.violations_count == 0, f"{self.page.url}\n{found.generate_report()}"


def wait_until_settled(page: Page) -> None:
    """Wait until the page is there, its scripts have begun, and what they ask for at once has been put in.

    "networkidle" means that too, but only after half a second in which nothing was asked for.
    """
    page.wait_for_load_state()
    page.evaluate("() => new Promise((done) => requestIdleCallback(() => done(), { timeout: 1000 }))")
    expect(page.locator(".htmx-request")).to_have_count(0)


def picture(page: Page, folder: str, name: str) -> None:
    """Narrow and wide, nothing scrolls sideways; with ``PICTURES`` kept in ``artefacts/<folder>``."""
    for width in (320, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        wide = page.locator("html").evaluate("page => page.scrollWidth")
        assert wide <= width, f"{name} scrolls sideways at {width} px"
        keep(page, folder, f"{name}-{width}")


def keep(page: Page, folder: str, name: str) -> None:
    """Keep a picture of the whole page where somebody wants to look at it; that takes long."""
    if PICTURES:
        page.screenshot(path=ARTEFACTS / folder / f"{name}.png", full_page=True)


def _without_scripts(page: Page, checker: Page) -> Page:
    """The same HTML in a page where axe can run, and the page's own scripts cannot."""
    expect(page.locator("h1").first).to_be_attached()  # a page that is only about to come is empty
    page.wait_for_load_state()
    html, url = page.content(), page.url

    def answer(route: Route) -> None:
        route.fulfill(status=200, body=html, content_type="text/html", headers=_NO_SCRIPTS)

    checker.route(url, answer)
    checker.goto(url)
    checker.unroute(url)
    return checker
