"""Every state of a link (product.md §2), reached by what really causes it, and what the pages say then.

One walk with JavaScript and one without. With ``PICTURES=1`` those of each state, narrow and wide, are kept in
``artefacts/states``.
The state "no active account" is in test_record_only, with the partner's ``Patient/$match``.
"""

import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from portal.linking.refresh_policy import ASKED_EVERY
from tests.browser.network import Network, network
from tests.browser.steps import Visitor, picture
from tests.factories.world import TestUser
from tests.fakes import FakeOrganization, data, misbehaviour

SUGGESTED, WELL, BUSY = "Elm Street Clinic", "Maple Heart Group", "Quarry Hospital"
NEAR, OTHER, MIXED = "Birch Family Practice", "Juniper Hospital", "Cedar Laboratory"
ENDED, LIMITED, BROKEN = "Aspen Eye Center", "Willow Clinic", "Granite Hospital"
MANUAL, OFF, CANCELLED = "Harbor Imaging", "Prairie Clinic", "Meadow Practice"
LINKED = (WELL, MIXED, ENDED, LIMITED, BROKEN, MANUAL, OFF)


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Network]:
    with network(tmp_path) as made:
        yield made


@pytest.fixture
def maria(stage: Network, context_of: Any, checker: Page, scripts: bool) -> Visitor:
    context = context_of(java_script_enabled=scripts)
    return Visitor(context.new_page(), stage.site, [], checker, scripts)


@pytest.mark.slow
def test_every_state_by_its_cause(stage: Network, maria: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    _organizations(stage)
    maria.sign_in(stage.maria)
    walk = _Walk(stage, maria)

    walk.until(SUGGESTED, "suggested")  # the home chart names it
    walk.look("suggested", SUGGESTED)

    walk.link(BUSY)
    walk.expect(BUSY, "linking")
    walk.look("linking", BUSY, page=True)
    walk.press(BUSY, "Cancel")
    walk.expect(BUSY, "unlinked")

    for name in (NEAR, OTHER, *LINKED):
        walk.link(name)
    walk.until(NEAR, "confirm")
    walk.look("confirm", NEAR, page=True)
    walk.until(OTHER, "unlinked")  # the account there is somebody else's
    walk.look("refused", OTHER)
    for name in LINKED:
        walk.until_loaded(name)
    walk.expect(WELL, "active")
    walk.look("active", WELL, page=True)
    walk.expect(MIXED, "needs-verification")  # records of somebody else came with hers
    walk.look("wrong-person", MIXED, page=True)

    stage.orgs[WELL].add(data.observation("new", "maria", "laboratory", ("4548-4", "Hemoglobin A1c"), (7.2, "%")))
    _end_all(stage.orgs[ENDED])
    stage.orgs[LIMITED].misbehave("*", misbehaviour.status(429, retry_after="600"))
    stage.orgs[BROKEN].misbehave("*", misbehaviour.status(500))
    maria.page.wait_for_timeout(ASKED_EVERY.total_seconds() * 1000)
    for name in (WELL, ENDED, LIMITED, BROKEN):
        walk.press(name, "Update")
    for name, state in (
        (WELL, "active-new"),
        (ENDED, "needs-verification"),
        (LIMITED, "throttled"),
        (BROKEN, "error"),
    ):
        walk.until(name, state)
        walk.look(state, name, page=True)

    walk.press(WELL, "Hide")
    walk.expect(WELL, "hidden")
    walk.look("hidden", WELL)

    _switch_off(stage, maria, OFF)
    _sign_in_anew(maria, stage.maria)
    walk.expect(OFF, "unavailable")
    walk.look("unavailable", OFF, page=True)

    maria.go(f"/links/{walk.links[BROKEN]}/unlink")
    maria.page.locator("main form").get_by_role("button", name="Unlink").click()
    walk.expect(BROKEN, "unlinked")
    walk.look("unlinked", BROKEN)

    # A day later: Harbor Imaging gives no lasting authorization, so nothing was updated meanwhile.
    monkeypatch.setattr("portal.store.engine.database.datetime", _tomorrow())
    _sign_in_anew(maria, stage.maria)
    walk.expect(MANUAL, "update-due")
    walk.look("update-due", MANUAL, page=True)


class _Walk:
    """Maria at the pages about her links. ``links``: the ids of those she made, by organization."""

    def __init__(self, stage: Network, maria: Visitor) -> None:
        self._stage, self._maria, self.links = stage, maria, dict[str, str]()

    def link(self, name: str) -> None:
        """Before you link → sign in there, which consents at once → the link's page."""
        page = self._maria.page
        self._maria.go(f"/links/new/{self._stage.ids[name]}")
        page.locator("main form").get_by_role("button", name="Sign in at").click()
        expect(page.locator("#live")).to_be_visible()
        self.links[name] = page.url.rsplit("/", 1)[1].partition("?")[0]

    def press(self, name: str, button: str) -> None:
        self._maria.go(f"/links/{self.links[name]}")
        if button == "Hide":
            self._maria.page.locator("#live details.more > summary").click()
        self._maria.page.get_by_role("button", name=button).first.click()
        self._maria.page.wait_for_load_state()

    def expect(self, name: str, state: str) -> None:
        assert self._state(name) == state

    def until(self, name: str, state: str) -> None:
        self._wait(lambda: self._state(name) == state, f"{name} is {self._state(name)}, not {state}")

    def until_loaded(self, name: str) -> None:
        page = self._maria.page
        self._maria.go(f"/links/{self.links[name]}")

        def loaded() -> bool:
            page.reload()
            return page.locator("#progress").count() > 0 and page.locator("#live .busy").count() == 0

        self._wait(loaded, f"{name} is still loading")

    def look(self, state: str, name: str, *, page: bool = False) -> None:
        """Check and picture Link My Accounts, and the link's own page."""
        if page:
            self._maria.go(f"/links/{self.links[name]}")
            self._picture(f"{state}-page")
        self._maria.go("/links")
        expect(self._maria.page.locator("[data-state]").filter(has_text=name).first).to_be_visible()
        self._picture(state)
        self._maria.go("/")
        self._picture(f"{state}-home")

    def _state(self, name: str) -> str | None:
        self._maria.go("/links")
        cards = self._maria.page.locator("[data-state]").filter(has_text=name)
        return cards.first.get_attribute("data-state") if cards.count() else None

    def _wait(self, holds: Callable[[], bool], complaint: str) -> None:
        ends = time.monotonic() + 60
        while not holds():
            assert time.monotonic() < ends, complaint
            self._maria.page.wait_for_timeout(300)

    def _picture(self, name: str) -> None:
        self._maria.check()
        picture(self._maria.page, "states", f"{name}-{'scripts' if self._maria.scripts else 'plain'}")


def _organizations(stage: Network) -> None:
    stage.add(SUGGESTED)
    for name in LINKED:
        stage.add(name)
    stage.add(BUSY).misbehave("/fhir/Patient/maria", misbehaviour.late(14))
    stage.add(NEAR, FakeOrganization(resources=_renamed("Alvarez-Ortega")))
    stage.add(OTHER, FakeOrganization(resources=_renamed("Whitfield", birth_date="1951-12-01")))
    stage.orgs[MIXED].misbehave("/fhir/Condition", misbehaviour.other_person())
    stage.orgs[MANUAL].oauth.lasting = False


def _renamed(family: str, birth_date: str = "1980-04-12") -> list[data.Resource]:
    """Maria's record elsewhere, under another name."""
    patient = data.patient("maria", family, ["Maria"], birth_date, "female")
    return [patient if one["resourceType"] == "Patient" and one["id"] == "maria" else one for one in data.people()]


def _end_all(org: FakeOrganization) -> None:
    """She took her consent back there, or changed her password."""
    for grant in list(org.oauth.grants.values()):
        org.oauth.revoke(grant)


def _switch_off(stage: Network, visitor: Visitor, name: str) -> None:
    """The administrator switches linking off for one organization."""
    _sign_in_anew(visitor, stage.admin)
    visitor.go(f"/admin/directory/{stage.ids[name]}")
    visitor.check()
    visitor.page.locator("#policy-off").check()
    visitor.page.get_by_role("button", name="Change the policy").click()
    visitor.page.wait_for_load_state()


def _sign_in_anew(visitor: Visitor, user: TestUser) -> None:
    visitor.page.context.clear_cookies()
    visitor.sign_in(user)


def _tomorrow() -> type[datetime]:
    class Tomorrow(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:
            return datetime.now(tz) + timedelta(hours=25)

    return Tomorrow
