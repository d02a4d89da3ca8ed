"""Odd values in any element of any resource, all the way: received, stored, and on every page that can show them.

No page fails, and what is good beside them stands on its page (requirement G5). A few examples each time;
``make odd-values`` runs more.
"""

import os
import re
from html import unescape
from typing import Any

import msgspec
import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from portal.domain import decimals
from portal.domain.sections import Section
from portal.normalise import to_entry
from portal.refresh.ingest import ingest
from portal.services import Services
from tests.factories.odd_resources import DATES, NUMBERS, TEXTS, TYPES, as_received, everywhere, odd_resources
from tests.factories.record import link
from tests.factories.world import TestUser, sign_in
from tests.integration.provider.conftest import TestApp, register
from tests.unit.normalise.samples import others, sample

_EXAMPLES = int(os.environ.get("ODD_EXAMPLES", "2"))
_DECODER = msgspec.json.Decoder(float_hook=decimals.from_json)
_SETTINGS = settings(
    max_examples=_EXAMPLES,
    deadline=None,
    phases=(Phase.explicit, Phase.generate, *((Phase.shrink,) if _EXAMPLES > 2 else ())),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
_GOOD = {kind: sample(kind, id=f"good-{kind.lower()}") for kind in TYPES}


class Reader:
    """A patient's browser and an app, which look at everything."""

    def __init__(self, app: Flask, services: Services, user: TestUser) -> None:
        self.services, self.user = services, user
        self.browser = app.test_client()
        sign_in(self.browser, user)
        register(services)
        self.app = TestApp(app, self.browser).connect()
        self.link = link(services, user, name="Old Mill").link_id
        self.receive(_GOOD.values())

    def receive(self, resources: Any) -> None:
        received = [_DECODER.decode(as_received(resource)) for resource in resources]
        for source in ("home", self.link):
            ingest(self.services.db, person_id=self.user.person_id, source=source, resources=received)

    def page(self, address: str) -> str:
        answer = self.browser.get(address)
        text = answer.get_data(as_text=True)
        if answer.status_code == 502:  # a file whose odd address leads nowhere: its own page says so
            assert address.endswith("/file/0"), address
            assert "data-code=" in text, address
            return text
        assert answer.status_code in (200, 404), (address, answer.status_code)
        return text

    def look(self) -> None:
        """Open every page that shows clinical data, and read what an app may read; nothing needs the net of its row."""
        with capture_logs() as logged:
            self._look()
        assert [event for event in logged if event["event"] == "item-not-rendered"] == []

    def _look(self) -> None:
        for section in Section:
            self.section(section)
        for address in ("/", "/health", "/health/summary", "/health/search?q=e", "/health/new", "/health/not-shown"):
            self.page(address)
        for address in (f"/health/receipt/{self.link}", f"/health/receipt/{self.link}/table.csv", "/share/new"):
            self.page(address)
        self.page(f"/links/{self.link}")
        for kind in TYPES:
            for search in (kind, f"{kind}?date=ge2000", f"{kind}/odd-{kind.lower()}"):
                assert self.app.get(search).status_code < 500, search

    def section(self, section: Section) -> None:
        """Open all of a section's list, and some of its items with everything that leads on from them."""
        address = "/messages" if section is Section.MESSAGES else f"/health/{section.value}"
        listed, onward = "", f"{address}?source="
        while onward:
            page = self.page(onward)
            listed += page
            following = _NEXT.search(page)
            onward = unescape(following[1]) if following else ""
        for title in _TITLES[section]:
            assert title.casefold() in listed.casefold(), (section, title)
        if section is Section.MESSAGES:
            return
        for part in ("?source=&q=e&since=1990-01-01&until=2030", f"/from/{self.link}"):
            self.page(f"{address}{part}")
        entries = sorted(set(_ENTRY.findall(listed)))
        for entry in entries[:: len(entries) // _ITEMS + 1]:
            for onward in ("", *_ONWARD.get(section, ())):
                self.page(f"{address}/{entry}{onward}")
        for entry in entries[:1]:
            self.page(f"{address}/{entry}/correction")


_NEXT = re.compile(r'rel="next" href="([^"]+)"')
_ENTRY = re.compile(r'data-entry="([^"]+)"')
_ITEMS = 4
_ONWARD = {
    Section.TEST_RESULTS: ("/trend", "/file/0"),
    Section.VITAL_SIGNS: ("/trend",),
    Section.VISITS: ("/calendar.ics",),
    Section.DOCUMENTS: ("/file/0",),
}


def _titles() -> dict[Section, list[str]]:
    titles: dict[Section, list[str]] = {section: [] for section in Section}
    for resource in _GOOD.values():
        entry = to_entry(resource, others)
        titles[entry.section].append(entry.title.split()[0])
    return titles


_TITLES = _titles()


@pytest.fixture
def reader(app: Flask, services: Services, ana: TestUser) -> Reader:
    return Reader(app, services, ana)


@pytest.mark.slow
@_SETTINGS
@given(st.tuples(*(odd_resources(kind) for kind in TYPES)))
def test_odd_elements_end_no_page(reader: Reader, resources: tuple[dict[str, Any], ...]) -> None:
    reader.receive({**resource, "id": f"odd-{resource['resourceType'].lower()}"} for resource in resources)
    reader.look()


@pytest.mark.slow
def test_one_odd_value_in_all_elements_ends_no_page(reader: Reader) -> None:
    reader.receive(
        {**everywhere(kind, value), "id": f"odd-{kind.lower()}{number or ''}"}
        for kind in TYPES
        for number, value in enumerate((*NUMBERS, *DATES, *TEXTS))
    )
    reader.look()
