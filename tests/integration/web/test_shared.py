"""Real input renders: every section and items of it, for all people of the shared bundles and US Core's examples."""

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from portal.domain.sections import Section
from portal.extensions import Services
from portal.refresh.imports import import_files
from portal.store import people
from tests.factories.world import TestUser, World
from tests.integration.web.html import check_page, get
from tests.shared_data import shared

_ITEMS = 3
_BARE_CODE = re.compile(r"^[0-9-]{4,}$|^https?://|^urn:")


def walk(client: FlaskClient, person_id: str) -> int:
    """Each section's first page, the page after it, and a few items of both; gives how many pages were read."""
    read = 0
    for section in Section:
        address: str | None = f"/for/{person_id}/health/{section.value}"
        if section is Section.MESSAGES:
            address = f"/for/{person_id}/messages"
        for _page in range(2):
            if address is None:
                break
            tree = check_page(get(client, address))
            read += 1
            for row in tree.findall(".//li[@data-entry]")[:_ITEMS]:
                link = row.find(".//a")
                if link is None or section is Section.MESSAGES:
                    continue
                title = "".join(link.itertext()).strip()
                assert title
                assert not _BARE_CODE.match(title), title
                check_page(get(client, link.get("href")))
                read += 1
            onward = tree.find(".//a[@rel='next']")
            address = onward.get("href") if onward is not None else None
    return read


def read_all(here: Services, world: World, client: FlaskClient, reader: TestUser, paths: list[Path]) -> int:
    report = import_files(here.db, paths=paths)
    assert report.patients
    read = 0
    for fhir_id in report.patients:
        with here.db.reading() as tx:
            found = people.by_fhir_id(tx, fhir_id=fhir_id)
        assert found
        world.proxy(reader, found.id)
        read += walk(client, found.id)
    return read


@pytest.mark.slow
def test_synthetic_bundles(here: Services, world: World, signed: FlaskClient, ana: TestUser) -> None:
    files = sorted(shared("synthea-2019-r4").glob("*.json"))
    assert read_all(here, world, signed, ana, [*files, shared("synthea-bulk-10-patients")]) > 20 * len(Section)


@pytest.mark.slow
def test_examples_of_us_core(here: Services, world: World, signed: FlaskClient, ana: TestUser) -> None:
    assert read_all(here, world, signed, ana, [shared("us-core-610", "examples.ndjson")]) > len(Section)
