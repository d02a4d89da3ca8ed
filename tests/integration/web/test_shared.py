"""Real input renders: every section and items of it, for all people of the shared bundles and US Core's examples."""

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from portal.domain.entry import Entry
from portal.domain.sections import Section
from portal.refresh.imports import import_files
from portal.services import Services
from portal.store.people import people
from portal.store.records import rows
from portal.web.health import facts as entry_facts
from portal.web.health import lines
from tests.factories.sights import WHOLE
from tests.factories.world import TestUser, World
from tests.integration.web.html import check_page, get
from tests.shared_data import shared

_ITEMS = 1  # opened of each page; what all of them say is in ``say_all``
_NOTHING = re.compile(r"^(None|undefined|null|NaN)\b(?!\.)|[(,] ?(None|undefined|null|NaN)$")
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


def say_all(client: FlaskClient, services: Services, person_id: str) -> int:
    """What the pages say of every item, those included that ``walk`` does not open; gives how many."""
    said = 0
    with client.application.test_request_context(), services.db.reading() as tx:
        for section in Section:
            after: str | None = ""
            while after is not None:
                found = rows.page(tx, person_id=person_id, section=section, sight=WHOLE, after=after or None, limit=500)
                for entry in (one.entry for row in found.rows for one in row.entries):
                    check_words(entry)
                    said += 1
                after = found.next
    return said


def check_words(entry: Entry) -> None:
    line = lines.line(entry)
    facts = (*entry_facts.facts(entry), *entry_facts.recorded(entry))
    texts = [line.title, line.main, line.value, *line.facts, *(tag.text for tag in line.tags)]
    texts += [value for fact in facts for value in fact.values]
    texts += [text for part in entry_facts.parts(entry) for text in (part.name, part.value, part.ranges)]
    for text in texts:
        assert not _NOTHING.search(str(text)), (entry.section, text)
    named = [line.title, line.main, *(one.name for one in entry_facts.parts(entry))]
    for text in named:
        assert not _BARE_CODE.match(str(text)), (entry.section, text)
    for fact in entry_facts.codes(entry):
        assert "://" not in fact.label


def read_all(services: Services, world: World, client: FlaskClient, reader: TestUser, paths: list[Path]) -> None:
    report = import_files(services.db, paths=paths)
    assert report.patients
    read = said = 0
    for fhir_id in report.patients:
        with services.db.reading() as tx:
            found = people.by_fhir_id(tx, fhir_id=fhir_id)
        assert found
        world.proxy(reader, found.id)
        read += walk(client, found.id)
        said += say_all(client, services, found.id)
    assert read > len(Section) * len(report.patients)
    assert said > 0


@pytest.mark.slow
@pytest.mark.parametrize("part", ["synthea-2019-r4", "synthea-bulk-10-patients", "us-core-610/examples.ndjson"])
def test_everybody_in_it_can_be_read(
    services: Services, world: World, signed: FlaskClient, ana: TestUser, part: str
) -> None:
    read_all(services, world, signed, ana, [shared(*part.split("/"))])
