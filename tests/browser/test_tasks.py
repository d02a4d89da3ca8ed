"""Tasks of docs/tasks.md: by pointer, by keyboard alone, and by ear, with what each costs. Run by ``make journeys``."""

import pytest
from playwright.sync_api import Error

from portal.services import Services
from tests.browser.steps import ARTEFACTS, Visitor
from tests.browser.tasks import record
from tests.browser.tasks.hands import Ears, Hand, Keys
from tests.browser.tasks.work import NOT_WORKED, TASKS
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
    for way, kind in HANDS.items():
        helper = world.patient(f"helper-{way}", BEN)
        world.proxy(helper, str(ana.person_id))
        for number, (name, work) in TASKS.items():
            visitor.go("/")
            hand = kind(visitor.page)
            try:
                work(hand)
                counted.setdefault(number, []).append(
                    f"{hand.acts} / {hand.announced}" if kind is Ears else str(hand.acts)
                )
            except (AssertionError, Error) as error:
                counted.setdefault(number, []).append("no")
                failed.append(f"{number} {name}, by {way}: {str(error)[:300]}")
        record.link(services, ana, name=f"Riverbend after {way}")  # the last task unlinked it
    _write(counted)
    assert not failed, "\n\n".join(failed)


def _write(counted: dict[int, list[str]]) -> None:
    lines = [
        "| task | pointer: acts | keyboard: acts | ear: acts / announced |",
        "|---|---|---|---|",
    ]
    for number in range(1, 31):
        name = (TASKS.get(number) or NOT_WORKED[number])[0]
        cells = counted.get(number) or ["–", "–", "–"]
        lines.append(f"| {number} {name} | {' | '.join(cells)} |")
    ARTEFACTS.mkdir(exist_ok=True)
    (ARTEFACTS / "tasks.md").write_text("\n".join(lines) + "\n")
