"""Two instances as they run link each other; either, the queue or the browser is killed at each step.

Both are served by processes of their own with workers and queues of their own. After a restart both sides agree: what
the one shows is what the other grants, once.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import httpx2
import pytest

from portal.app import create_app
from portal.domain.links import LinkState, Outcome
from portal.linking.oauth.tokens import LinkTokens
from portal.linking.refresh_policy import ASKED_EVERY
from portal.queue import SWEEP
from portal.services import Services
from portal.store.links import refreshes
from tests.browser.ports import free_ports
from tests.factories import http
from tests.factories.databases import migrate
from tests.factories.passing import pass_time
from tests.factories.settings import make_settings
from tests.integration.jobs.test_worker import ENVIRONMENT
from tests.integration.linking.both_ways import Browser, Side, introduce
from tests.integration.linking.conftest import MARIA
from tests.integration.linking.second import Second, add_maria

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform == "win32", reason="forks")]


@dataclass
class Running(Second):
    """An instance whose pages and worker are processes that can be killed with all their children."""

    processes: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)

    def start(self, what: str) -> None:
        settings = self.services.settings
        environ = ENVIRONMENT | {
            "PORTAL_NAME": settings.name,
            "PORTAL_INSTANCE": settings.slug,
            "PORTAL_ORGANIZATION": settings.organization,
            "PORTAL_BASE_URL": self.url,
            "PORTAL_DATA_DIR": str(settings.data_dir),
            "PORTAL_SECOND_FACTOR": settings.second_factor,
        }
        command = {
            "pages": ["serve", "--bind", self.url.removeprefix("http://"), "--workers", "1"],
            "worker": ["worker"],
        }[what]
        with (settings.data_dir / f"{what}.log").open("ab") as log:
            self.processes[what] = subprocess.Popen(
                [sys.executable, "-m", "portal.cli", *command],
                env=os.environ | environ,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        _wait(self._answers if what == "pages" else self.services.queue.answers, f"{what} of {settings.name}")

    def kill(self, what: str) -> None:
        """At once, with everything that it started: the queue dies with the worker that keeps it."""
        process = self.processes.pop(what)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(60)
        if what == "worker":
            _wait(lambda: not self.services.queue.answers(), "the queue to be gone")

    def restart(self, what: str) -> None:
        self.kill(what)
        self.start(what)

    def _answers(self) -> bool:
        try:
            return http.get(f"{self.url}/healthz").status_code == 200
        except httpx2.HTTPError:
            return False


@dataclass
class Both:
    home: Side
    there: Side

    @property
    def sides(self) -> tuple[Side, Side]:
        return self.home, self.there

    def running(self, name: str) -> Running:
        portal = {"home": self.home, "there": self.there}[name].portal
        assert isinstance(portal, Running)
        return portal


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    port = free_ports(2)
    made = [
        _instance(tmp_path_factory.mktemp(name), f"http://127.0.0.1:{port + place}", name, organization)
        for place, (name, organization) in enumerate(
            (("MyCooper", "Cooper Regional Health"), ("Riverbend", "Riverbend Regional"))
        )
    ]
    home, there = (Side(portal, add_maria(portal, MARIA)) for portal in made)
    introduce(home, there, client_id="mycooper", other_client="riverbend")
    introduce(there, home, client_id="riverbend", other_client="mycooper")
    for portal in made:
        portal.start("pages")
        portal.start("worker")
    yield Both(home, there)
    for portal in made:
        for what in list(portal.processes):
            portal.kill(what)
        portal.services.db.close()


def _instance(folder: Path, url: str, name: str, organization: str) -> Running:
    settings = replace(make_settings(folder, name=name, organization=organization, base_url=url), testing=False)
    app = create_app(settings)
    services: Services = app.extensions["tributary"]
    migrate(services.db)
    return Running(app, services, url)


STEPS = {
    "the pages here, before it begins": ("home", "pages", "home", "/links/new/"),
    "the pages there, before the consent page": ("there", "pages", "there", "/oauth/authorize"),
    "the pages there, when she agrees": ("there", "pages", "there", "/oauth/consent"),
    "the pages here, when she comes back": ("home", "pages", "home", "/links/callback"),
    "the worker and the queue here, when she comes back": ("home", "worker", "home", "/links/callback"),
    "the pages there, on the way to the second consent": ("there", "pages", "home", "/oauth/authorize"),
    "the pages here, at the second consent": ("home", "pages", "home", "/oauth/consent"),
    "the pages there, when the second comes back": ("there", "pages", "there", "/links/callback"),
    "the worker and the queue there, when the second comes back": ("there", "worker", "there", "/links/callback"),
}
"""What is killed: at which side, which process, and at which side's page the browser is about to be."""


@pytest.mark.parametrize("step", STEPS)
def test_killed_while_linking_both_ways(step: str, both: Both) -> None:
    who, what, where, path = STEPS[step]
    killed = []

    def before(address: str) -> None:
        if not killed and address.startswith(f"{both.running(where).url}{path}"):
            killed.append(address)
            both.running(who).restart(what)

    browser = Browser(before)
    start = f"{both.home.portal.url}/links/new/{both.home.other}"
    asked = {both.there.portal.url: {"reverse": "yes"}}
    end = browser.press(browser.go(start), f"/links/new/{both.home.other}", asked)
    assert killed
    assert "/links/ended/" not in str(end.url), end.text
    _settle(both, lambda: all(_is_loaded(side, browser) for side in both.sides), step)
    for side, other in (both.sides, both.sides[::-1]):
        (link,) = [one for one in side.links() if one.live]
        assert (link.state, link.reason) == (LinkState.ACTIVE, None)
        assert side.allergies_from(link) == 1
        assert other.readers() == 1
        token = LinkTokens(side.portal.services, link.id).access_token()
        answer = http.get(
            f"{other.portal.fhir_base}/Patient/patient-maria", headers={"Authorization": f"Bearer {token}"}
        )
        assert answer.status_code == 200
    _unlink(both, browser)


def test_the_browser_is_closed_at_the_consent_page(both: Both) -> None:
    """Nothing is linked at either side, and the next browser begins anew."""

    class Closed(Exception):  # noqa: N818 -- what happens to the browser
        pass

    def close(address: str) -> None:
        if address.startswith(f"{both.there.portal.url}/oauth/consent"):
            raise Closed

    start = f"{both.home.portal.url}/links/new/{both.home.other}"
    browser = Browser(close)
    with pytest.raises(Closed):
        browser.press(browser.go(start), f"/links/new/{both.home.other}")
    assert not [link for link in both.home.links() if link.live]
    assert both.there.readers() == 0
    again = Browser()
    again.press(again.go(start), f"/links/new/{both.home.other}", {both.there.portal.url: {"reverse": "yes"}})
    _settle(both, lambda: all(_is_loaded(side, again) for side in both.sides), "the second browser")
    _unlink(both, again)


def test_unlinked_at_each_side_while_the_other_is_down(both: Both) -> None:
    """Ended here at once, and there as soon as it answers again."""
    browser = Browser()
    start = f"{both.home.portal.url}/links/new/{both.home.other}"
    browser.press(browser.go(start), f"/links/new/{both.home.other}", {both.there.portal.url: {"reverse": "yes"}})
    _settle(both, lambda: all(_is_loaded(side, browser) for side in both.sides), "linked")
    for name, side, other in (("there", both.home, both.there), ("home", both.there, both.home)):
        (link,) = [one for one in side.links() if one.live]
        question = browser.go(f"{side.portal.url}/links/{link.id}/unlink")
        both.running(name).kill("pages")
        browser.press(question, f"/links/{link.id}/unlink")
        assert not [one for one in side.links() if one.live]
        assert side.allergies_from(link) == 0
        assert other.readers() == 1
        both.running(name).start("pages")
        _settle(both, lambda other=other: other.readers() == 0, f"unlinked at {name}")  # type: ignore[misc]


def _unlink(both: Both, browser: Browser) -> None:
    for side, other in (both.sides, both.sides[::-1]):
        (link,) = [one for one in side.links() if one.live]
        browser.press(browser.go(f"{side.portal.url}/links/{link.id}/unlink"), f"/links/{link.id}/unlink")
        assert side.allergies_from(link) == 0
        _settle(both, lambda other=other: other.readers() == 0, "unlinked")  # type: ignore[misc]


def _settle(both: Both, holds: Callable[[], bool], what: str) -> None:
    """Until it holds: by itself, else after what the sweeper finds when time has passed."""
    ends = time.monotonic() + 90
    due = time.monotonic() + 3
    while not holds():
        assert time.monotonic() < ends, (what, *map(_state, both.sides))
        if time.monotonic() > due:
            due = time.monotonic() + 3
            for side in both.sides:
                pass_time(side.portal.services)
                side.portal.services.queue.enqueue(SWEEP, job_id="sweep")
        time.sleep(0.1)


def _state(side: Side) -> list[object]:
    """What a side has, for who reads that it does not settle."""
    with side.portal.services.db.reading() as tx:
        latest = {link.id: refreshes.latest(tx, link_id=link.id) for link in side.links()}
    return [(link.state, latest[link.id], side.allergies_from(link)) for link in side.links() if link.live]


def _is_loaded(side: Side, browser: Browser) -> bool:
    """Whether the other side's record is shown; where it was down while it was read, she asks for it again."""
    live = [one for one in side.links() if one.live]
    if len(live) != 1 or live[0].state not in {LinkState.ACTIVE, LinkState.ERROR}:  # an error: all of it was down
        return False
    with side.portal.services.db.reading() as tx:
        latest = refreshes.latest(tx, link_id=live[0].id)
    if latest is None or latest.open:
        return False
    if any(part.outcome in {Outcome.FAILED, Outcome.PARTLY} for part in latest.sections):
        time.sleep(ASKED_EVERY.total_seconds())
        page = f"{side.portal.url}/links/{live[0].id}"
        browser.press(browser.go(page), f"/links/{live[0].id}/update")
        return False
    return side.allergies_from(live[0]) == 1


def _wait(holds: Callable[[], bool], what: str) -> None:
    ends = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < ends, f"waiting for {what}"
        time.sleep(0.05)
