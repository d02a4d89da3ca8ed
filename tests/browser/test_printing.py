"""What a person takes along on paper."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from portal.domain.ids import HOME
from portal.refresh.ingest import ingest
from portal.services import Services
from tests.browser.steps import Visitor
from tests.factories.record import appointment, small_record
from tests.factories.world import World
from tests.shared_data import SHARED

LARGEST = max(SHARED.glob("synthea-2019-r4/*.json"), key=lambda path: path.stat().st_size, default=Path("absent"))


@pytest.mark.skipif(not LARGEST.exists(), reason="the shared data are not there")
@pytest.mark.parametrize("scripts", [False], ids=["no-javascript"])
@pytest.mark.parametrize("paper", ["Letter", "A4"])
def test_the_summary_of_a_large_record_fits_on_two_pages(
    paper: str, visitor: Visitor, services: Services, world: World
) -> None:
    user = world.patient()
    bundle = json.loads(LARGEST.read_text())
    ingest(services.db, person_id=user.person_id, source=HOME, resources=[one["resource"] for one in bundle["entry"]])
    visitor.sign_in(user)
    visitor.go("/health/summary")
    pdf = visitor.page.pdf(format=paper)
    assert 1 <= len(re.findall(rb"/Type\s*/Page\b", pdf)) <= 2


@pytest.mark.parametrize("scripts", [False], ids=["no-javascript"])
def test_a_printed_list_says_whose_it_is_and_where_each_item_is_from(
    visitor: Visitor, services: Services, world: World
) -> None:
    user = world.patient()
    small_record(services, user)
    visitor.sign_in(user)
    visitor.go("/health/medications")
    whose = visitor.page.locator("main .printed").first
    expect(whose).to_be_hidden()
    visitor.page.emulate_media(media="print")
    expect(whose).to_contain_text("Ana")
    symbols = visitor.page.locator(".rows .pop")
    printed = symbols.evaluate_all("each => each.map(one => getComputedStyle(one, '::after').content)")
    assert printed
    assert all("From Riverbend" in text for text in printed)
    expect(visitor.page.locator(".rows .pop summary").first).to_be_hidden()
    expect(visitor.page.get_by_role("heading", name="Why is something missing?")).to_be_visible()
    expect(visitor.page.get_by_text("About this link")).to_be_hidden()  # nobody presses paper
    expect(visitor.page.locator(".reasons a").first).to_be_hidden()
    visitor.page.goto(f"{visitor.site}/health/summary")
    dose, prescriber = (
        visitor.page.locator(f".brief {each}").first.evaluate("each => parseFloat(getComputedStyle(each).fontSize)")
        for each in ("b", ".facts")
    )
    assert dose > prescriber


_FAINT = """() => [...document.querySelectorAll("main *")].filter(each => {
  const own = [...each.childNodes].some(node => node.nodeType === 3 && node.data.trim());
  if (!own || !each.checkVisibility()) return false;
  const [red, green, blue] = getComputedStyle(each).color.match(/[\\d.]+/g).map(Number);
  return 0.299 * red + 0.587 * green + 0.114 * blue > 160;
}).map(each => each.textContent.trim())"""


@pytest.mark.parametrize("scripts", [False], ids=["no-javascript"])
def test_what_is_printed_can_be_read_without_its_backgrounds(
    visitor: Visitor, services: Services, world: World
) -> None:
    """Browsers leave backgrounds out on paper: light text on a dark one would stand on white."""
    user = world.patient()
    start = datetime.now(UTC) + timedelta(days=3)
    visit = appointment("soon", "Diabetes check-up", start.isoformat(), (start + timedelta(hours=1)).isoformat())
    ingest(services.db, person_id=user.person_id or "", source=HOME, resources=[visit])
    visitor.sign_in(user)
    for page in ("/", "/health/visits", "/health/summary", "/links", "/messages", "/settings"):
        visitor.go(page)
        if page == "/":
            expect(visitor.page.locator(".next")).to_be_visible()
        visitor.page.emulate_media(media="print")
        assert visitor.page.evaluate(_FAINT) == [], page
        visitor.page.emulate_media(media="screen")
