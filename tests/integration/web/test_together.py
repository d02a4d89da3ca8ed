"""Several organizations that are being refreshed are asked for with one request, whose answer has a part for each."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from portal.domain.links import LinkState, Outcome
from portal.domain.sections import Section
from portal.services import Services
from portal.store.links import links, refreshes
from portal.store.people import accounts
from tests.factories.record import link
from tests.factories.world import TestUser, World
from tests.integration.web.html import check_fragment, check_page, get

_NAMES = ("Riverbend", "Old Mill", "Shoreline", "Pinelands", "Lakeside")
_PAGES = {"/health/medications": "place-", "/": "tile-"}


@pytest.fixture
def moving(services: Services, ana: TestUser) -> list[str]:
    """Five links, each with a refresh under way; returns their ids."""
    ids = [link(services, ana, name=name).link_id for name in _NAMES]
    with services.db.transaction() as tx:
        for link_id in ids:
            planned = refreshes.request(tx, link_id=link_id, cause="asked")
            refreshes.plan(tx, refresh_id=planned.refresh_id, sections=(Section.MEDICATIONS, Section.VISITS))
    return ids


def end(services: Services, link_id: str) -> None:
    with services.db.transaction() as tx:
        latest = refreshes.latest(tx, link_id=link_id)
        assert latest
        for section in (Section.MEDICATIONS, Section.VISITS):
            refreshes.end_section(tx, refresh_id=latest.id, link_id=link_id, section=section, outcome=Outcome.DONE)
        refreshes.finish(tx, refresh_id=latest.id, state=refreshes.DONE)


def asking(tree: Any, prefix: str) -> list[Any]:
    """The parts of a page or an answer that ask for something."""
    return [part for part in tree.iter("li") if (part.get("id") or "").startswith(prefix) and part.get("hx-get")]


def places(tree: Any, prefix: str) -> list[str]:
    return [part.get("id") for part in tree.iter("li") if (part.get("id") or "").startswith(prefix)]


@pytest.mark.parametrize("address", _PAGES)
def test_five_that_move_make_one_request(
    signed: FlaskClient, services: Services, moving: list[str], address: str
) -> None:
    prefix = _PAGES[address]
    page = check_page(get(signed, address))
    requests = 0
    rest = list(moving)
    [asker] = asking(page, prefix)
    assert asker.get("data-also").split(",") == [f"#{each}" for each in places(page, prefix) if each != asker.get("id")]
    while rest:
        answer = check_fragment(get(signed, asker.get("hx-get"), fragment=True))
        requests += 1
        own, *others = places(answer, prefix)
        assert own == asker.get("id")
        partials = list(answer.iter("hx-partial"))
        assert [each.get("hx-target") for each in partials] == [f"#{each}" for each in others]
        assert {own, *others} == {f"{prefix}{each}" for each in rest}
        assert all(each.get("hx-swap") == "outerHTML" for each in partials)
        [asker] = asking(answer, prefix)
        end(services, rest[0])
        following = check_fragment(get(signed, asker.get("hx-get"), fragment=True))
        requests += 1
        ended = following.find(f".//li[@id='{prefix}{rest.pop(0)}']")
        assert ended.get("hx-get") is None
        [asker] = asking(following, prefix) or [None]
    assert asker is None
    assert requests == 2 * len(moving), "one at a time, however many move"


@pytest.mark.parametrize("address", _PAGES)
def test_one_that_was_unlinked_meanwhile_leaves_the_page(
    signed: FlaskClient, services: Services, moving: list[str], address: str
) -> None:
    prefix = _PAGES[address]
    [asker] = asking(check_page(get(signed, address)), prefix)
    with services.db.transaction() as tx:
        stored = links.by_id(tx, link_id=moving[2])
        assert stored
        links.move(tx, stored, move="unlinked", to_state=LinkState.UNLINKED, reason=None, account_id=None)
        links.put(tx, link_id=moving[2], live=False)
    answer = check_fragment(get(signed, asker.get("hx-get"), fragment=True))
    deleted = [each.get("hx-target") for each in answer.iter("hx-partial") if each.get("hx-swap") == "delete"]
    assert deleted == [f"#{prefix}{moving[2]}"]
    assert len(places(answer, prefix)) == 4


def test_nobody_elses_link_comes_along(
    signed: FlaskClient, services: Services, world: World, moving: list[str]
) -> None:
    theirs = link(services, world.patient("other"), name="Garden State").link_id
    for address in (f"/health/medications/from/{moving[0]}?show=status", f"/links/{moving[0]}/tile?look=0"):
        answer = get(signed, f"{address}&also={theirs}.none.%3Cb%3E", fragment=True)
        tree = check_fragment(answer)
        assert "Garden State" not in answer.text
        assert [each.get("hx-swap") for each in tree.iter("hx-partial")] == ["delete", "delete"]
    for address in (f"/health/medications/from/{theirs}?show=status", f"/links/{theirs}/tile?look=0"):
        assert signed.get(f"{address}&also={moving[0]}", headers={"HX-Request": "true"}).status_code == 404


def test_with_reduced_data_nothing_asks_and_without_javascript_each_has_its_page(
    signed: FlaskClient, services: Services, ana: TestUser, moving: list[str]
) -> None:
    page = check_page(get(signed, f"/health/medications/from/{moving[0]}?show=status&also={moving[1]}"))
    assert "Riverbend" in "".join(page.itertext())
    assert not list(page.iter("hx-partial"))
    with services.db.transaction() as tx:
        accounts.set_preferences(tx, account_id=ana.account_id, locale="en", reduce_data=True)
    for address, prefix in _PAGES.items():
        assert not asking(check_page(get(signed, address)), prefix)
