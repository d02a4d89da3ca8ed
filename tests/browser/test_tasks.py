"""Tasks of docs/tasks.md: by pointer, by keyboard alone, and by ear, with what each costs. Run by ``make journeys``."""

import re
import time
from typing import Any

import pytest
from playwright.sync_api import Error, Locator, Page, expect

from portal.services import Services
from tests.browser.steps import ARTEFACTS, Demo, Journey, Visitor
from tests.browser.tasks import record
from tests.browser.tasks.hands import Ears, Hand, Keys
from tests.browser.tasks.work import OF_TWO_PORTALS, RIVERBEND, TASKS
from tests.factories.world import BEN, World

HANDS: dict[str, type[Hand]] = {"pointer": Hand, "keyboard": Keys, "ear": Ears}


@pytest.fixture
def scripts() -> bool:
    return True


def test_tasks(visitor: Visitor, world: World, services: Services) -> None:
    ana = world.patient()
    record.fill(services, ana)
    visitor.sign_in(ana)
    visitor.page.set_default_timeout(6000)
    counted: dict[int, list[str]] = {}
    failed = []
    for way in HANDS:
        helper = world.patient(f"helper-{way}", BEN)
        world.proxy(helper, str(ana.person_id))
        for number in TASKS:
            visitor.go("/")
            _work(number, way, visitor.page, counted, failed)
        record.link(services, ana, name=f"Riverbend after {way}")  # the last task unlinked it
    _write(counted, "tasks.md")
    assert not failed, "\n\n".join(failed)


def test_tasks_of_two_portals(demo: Demo, context_of: Any, checker: Page) -> None:
    """In the demo, by Maria: what comes between the tasks is no part of them."""
    counted: dict[int, list[str]] = {}
    failed: list[str] = []
    for way in HANDS:
        journey = Journey(demo, context_of().new_page(), checker, javascript=True)
        page = journey.page
        page.set_default_timeout(15_000)
        journey.sign_in("maria")
        _work(21, way, page, counted, failed)
        assert not failed, failed[0]
        link = page.url
        _until(page, page.locator("#live[data-link-state^=active]:not(:has(.busy))"), link)
        owen = page.get_by_role("radio", name=re.compile("Owen"))
        _until(page, owen, demo.at("mycooper", "/messages/new?to=owen"))  # a job asks who takes messages there
        journey.go("/")
        _work(18, way, page, counted, failed)
        _end_access(journey, link)
        journey.go("/")
        _work(22, way, page, counted, failed)
        page.goto(f"{link}/unlink")
        page.locator("main form").get_by_role("button", name=f"Unlink {RIVERBEND}").click()
        expect(page.get_by_text("is unlinked")).to_be_visible()
    _write(counted, "two-portals.txt")
    assert not failed, "\n\n".join(failed)


def _end_access(journey: Journey, link: str) -> None:
    """Maria ends what she shares, at Riverbend, and signs out there; the next update learns of it."""
    page = journey.page
    page.goto(journey.demo.at("riverbend", "/settings/apps"))
    page.get_by_role("button", name=re.compile("End|Stop")).first.click()
    page.goto(journey.demo.at("riverbend", "/"))
    page.context.clear_cookies(name=re.compile("riverbend"))
    page.goto(link)
    if (
        update := page.get_by_role("button", name=re.compile("^Update"))
    ).count():  # it may have learned of it by itself
        update.click()
    _until(page, page.locator("#live[data-link-state=needs-verification]"), link)


def _until(page: Page, place: Locator, address: str) -> None:
    """Look again until a job has done its work."""
    ends = time.monotonic() + 60
    page.goto(address)
    while not place.count():
        assert time.monotonic() < ends, f"{address}: {page.locator('main').inner_text()[:400]}"
        page.wait_for_timeout(500)
        page.goto(address)


def _work(number: int, way: str, page: Page, counted: dict[int, list[str]], failed: list[str]) -> None:
    """Work a task and count what it costs; one that fails ends no other."""
    name, work = (TASKS | OF_TWO_PORTALS)[number]
    hand = HANDS[way](page)
    try:
        work(hand)
        counted.setdefault(number, []).append(f"{hand.acts} / {hand.announced}" if way == "ear" else str(hand.acts))
    except (AssertionError, Error) as error:
        counted.setdefault(number, []).append("no")
        failed.append(f"{number} {name}, by {way}: {str(error)[:300]}")


def _write(counted: dict[int, list[str]], file: str) -> None:
    lines = [
        "| task | pointer: acts | keyboard: acts | ear: acts / announced |",
        "|---|---|---|---|",
    ]
    for number, cells in sorted(counted.items()):
        lines.append(f"| {number} {(TASKS | OF_TWO_PORTALS)[number][0]} | {' | '.join(cells)} |")
    ARTEFACTS.mkdir(exist_ok=True)
    (ARTEFACTS / file).write_text("\n".join(lines) + "\n")
