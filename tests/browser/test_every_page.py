"""Every page of every person and role, as somebody sees it who enlarges four times or chose their own colours.

WCAG 2.2: no scrolling sideways at 320 CSS pixels (1.4.10), also where the text is spaced out (1.4.12), targets of 24
pixels (2.5.8); what is chosen is told apart in forced colours, too. ``JOURNEYS`` lets axe look at each page as well,
which takes minutes.
"""

import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Error, Page
from werkzeug.serving import make_server

from portal.domain.people import Role
from portal.endpoints import Kind, access_of
from tests.factories.world import PASSWORD, TestUser
from tests.hostile.web.stage import Stage, addresses, build

WHO = ("nobody", "patient", *(role.value for role in Role if role is not Role.PATIENT))
_LOOK = (Path(__file__).parent / "look.js").read_text()
_SPACED = (Path(__file__).parent / "spaced.js").read_text()
_AXE = bool(os.environ.get("JOURNEYS"))
_NOT_PAGES = frozenset({"account.sign_out"})


@pytest.fixture(scope="module")
def stage(browser_type_launch_args: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    del browser_type_launch_args  # without a browser nothing is built
    made = build(tmp_path_factory.mktemp("stage"))
    yield made
    made.services.db.close()


@pytest.fixture(scope="module")
def address(stage: Stage) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, stage.app, threaded=True)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.mark.parametrize("who", WHO)
def test_every_page_reflows_with_targets_to_hit(stage: Stage, address: str, browser: Browser, who: str) -> None:
    user = stage.victim if who == "patient" else None if who == "nobody" else stage.world.staff(who, Role(who))
    context = browser.new_context(viewport={"width": 320, "height": 256}, forced_colors="active")
    page = context.new_page()
    if user is not None:
        _sign_in(page, address, user)
    problems = [
        f"{path}: {problem}" for path in _paths(stage, user) for problem in _look(page, address + path, _LOOK, _SPACED)
    ]
    context.close()
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("who", WHO)
def test_spanish_can_be_spaced_out(stage: Stage, address: str, browser: Browser, who: str) -> None:
    """In English every page is looked at so above; here the longer words."""
    user = stage.victim if who == "patient" else None if who == "nobody" else stage.world.staff(f"{who}-es", Role(who))
    context = browser.new_context(viewport={"width": 320, "height": 256}, locale="es-US")
    page = context.new_page()
    if user is not None:
        _sign_in(page, address, user)
    paths = _paths(stage, user)
    problems = [f"{path}: {problem}" for path in paths for problem in _look(page, address + path, _SPACED)]
    context.close()
    assert not problems, "\n".join(problems)


def _paths(stage: Stage, user: TestUser | None) -> list[str]:
    """Return all addresses of this person's pages, from the route map; of those that are refused, one."""
    adapter = stage.app.url_map.bind("localhost")
    kind = Kind.PUBLIC if user is None else Kind.SIGNED_IN if user == stage.victim else Kind.DUTY
    plain = []
    for rule in stage.app.url_map.iter_rules():
        access = access_of(stage.app, rule.endpoint)
        is_page = "GET" in (rule.methods or ()) and not rule.arguments and rule.endpoint not in _NOT_PAGES
        if is_page and access is not None and access.kind is kind:
            plain.append(adapter.build(rule.endpoint))
    own = []
    if user == stage.victim:
        own = [each.path for each in addresses(stage) if each.method == "GET" and "person" not in each.about]
    client = stage.visitor(user)
    refused = [path for path in plain if client.get(path).status_code == 403]
    return list(dict.fromkeys((*(path for path in plain if path not in refused[1:]), *own)))


def _look(page: Page, address: str, *scripts: str) -> list[str]:
    """Open an address and return what is wrong with the page; nothing where it is a file or leads elsewhere."""
    try:
        answer = page.goto(address, wait_until="domcontentloaded")
    except Error as error:
        return [] if "Download is starting" in str(error) else [str(error)]
    if answer is None or page.url != address or "html" not in answer.headers.get("content-type", ""):
        return []
    problems: list[str] = []
    for script in scripts:
        problems += page.evaluate(script)
        if _AXE and script is _LOOK:
            problems += [f"axe: {each['id']}" for each in Axe().run(page).response["violations"]]
    return problems


def _sign_in(page: Page, address: str, user: TestUser) -> None:
    page.goto(f"{address}/sign-in")
    page.fill("[name=username]", user.username)
    page.fill("[name=password]", PASSWORD)
    page.locator("main form:has([name=password]) [type=submit]").click()
    page.locator("nav.nav").wait_for()
