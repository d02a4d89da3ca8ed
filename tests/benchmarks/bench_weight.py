"""Bytes and requests of every page and fragment, written to docs/page-weight.md; this document gets the totals.

Cold is a browser that holds nothing: the page, its style sheet, scripts, symbols and icons. Warm is the next visit: the
page alone, as everything else is kept for a year. Bodies as sent to a browser that takes Brotli, without headers.
"""

import re
import tempfile
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from portal.app import create_app
from portal.domain.sections import NINE, Section
from portal.services import Services
from portal.store.engine.upgrade import upgrade
from portal.web.assets import STYLE_COOKIE
from tests.factories.record import at_riverbend, link, medication, small_record
from tests.factories.settings import make_settings
from tests.factories.world import TestUser, World, sign_in

DOCUMENT = Path(__file__).parents[2] / "docs" / "page-weight.md"
_KB = 1000
_LINKED = (1, 7, 20)


def run() -> str:
    weights = {number: _weights(number) for number in _LINKED}
    pages = weights[7]
    rows = "\n".join(
        f"| {address} | {page.requests} | {page.cold / _KB:.1f} | {page.warm / _KB:.1f} |"
        for address, page in pages.items()
        if not page.fragment
    )
    parts = "\n".join(f"| {address} | {page.warm / _KB:.1f} |" for address, page in pages.items() if page.fragment)
    homes = "\n".join(
        f"| {number} | {page['/'].requests} | {page['/'].cold / _KB:.1f} | {page['/'].warm / _KB:.1f} |"
        for number, page in weights.items()
    )
    DOCUMENT.write_text(f"""# What pages weigh

Written by `python -m tests.benchmarks weight`. {__doc__.partition(chr(10) * 2)[2].strip()}

A person at home and at seven organizations, 60 medicines.

| page | requests, cold | kB, cold | kB, warm |
|---|---|---|---|
{rows}

| fragment | kB |
|---|---|
{parts}
""")
    return f"""## What pages weigh

`python -m tests.benchmarks weight`: the home page by the number of linked organizations; every page and fragment is in
[page-weight.md](page-weight.md). Wanted: at most 6 requests and 30 kB cold, 6 kB warm.

| linked | requests, cold | kB, cold | kB, warm |
|---|---|---|---|
{homes}
"""


class Weight:
    """``requests`` and ``cold`` count the page and all that it loads by itself; ``warm`` is the page alone."""

    def __init__(self, client: FlaskClient, address: str, *, fragment: bool = False) -> None:
        self.fragment = fragment
        client.delete_cookie(STYLE_COOKIE)
        first = client.get(address, headers=_sent(fragment=fragment))
        assert first.status_code == 200, (address, first.status)
        page = first.get_data()
        loaded = loads(_text(client, address)) if not fragment else frozenset()
        self.requests = 1 + len(loaded)
        self.cold = len(page) + sum(len(client.get(each, headers=_sent()).get_data()) for each in loaded)
        self.warm = len(client.get(address, headers=_sent(fragment=fragment)).get_data())


def loads(markup: str) -> frozenset[str]:
    """Return what a page makes a browser ask for: style sheets, scripts, pictures, symbols, and parts at once."""
    found = re.findall(r'<(?:script|img)[^>]*? src="([^"]+)"', markup)
    found += re.findall(r'<link rel="(?:stylesheet|icon|manifest)"[^>]*? href="([^"]+)"', markup)
    found += [use.partition("#")[0] for use in re.findall(r'<use href="([^"]+)"', markup)]
    found += re.findall(r'hx-get="([^"]+)"\s+hx-trigger="load"', markup)
    return frozenset(found)


def _text(client: FlaskClient, address: str) -> str:
    client.delete_cookie(STYLE_COOKIE)
    return client.get(address).get_data(as_text=True)


def _sent(*, fragment: bool = False) -> dict[str, str]:
    return {"Accept-Encoding": "gzip, deflate, br"} | ({"HX-Request": "true"} if fragment else {})


def _weights(number: int) -> dict[str, Weight]:
    with tempfile.TemporaryDirectory() as folder:
        app: Flask = create_app(make_settings(Path(folder)))
        services: Services = app.extensions["tributary"]
        upgrade(services.db)
        user = World(services).patient()
        link_id = _fill(services, user, number)
        client = app.test_client()
        outside = {address: Weight(client, address) for address in ("/sign-in", "/help")}
        sign_in(client, user)
        sections = [f"/health/{section.value}" for section in NINE if section is not Section.MESSAGES]
        pages = ["/", "/health", *sections, "/messages", "/links", f"/links/{link_id}", "/activity", "/settings"]
        inside = {address: Weight(client, address) for address in (*pages, "/family", "/share", "/health/new")}
        parts = [f"/health/medications/from/{link_id}", f"/health/medications/from/{link_id}?show=status"]
        fragments = {
            address.replace(link_id, "…"): Weight(client, address, fragment=True)
            for address in (*parts, f"/links/{link_id}/tile", "/links/search?q=hospital")
        }
        services.db.close()
    return outside | {address.replace(link_id, "…"): page for address, page in inside.items()} | fragments


def _fill(services: Services, user: TestUser, number: int) -> str:
    small_record(services, user)
    medicines = [
        medication(f"m{n}", f"99{n:04}", f"medicine number {n:03} 10 MG Oral Tablet", f"Take {n % 3 + 1} tablets a day")
        for n in range(60)
    ]
    linked = link(services, user, name="Old Mill Family Practice", resources=medicines)
    for each in range(2, number):
        link(services, user, name=f"Number{each} Hospital", resources=at_riverbend() if each == 2 else ())
    return linked.link_id
