"""What an import keeps decoded, and what it decodes anew because there is no more room, is stored alike."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from portal.domain.sections import Section
from portal.refresh import import_plan, imports
from portal.refresh.bundles import Content
from portal.refresh.ingest_report import IngestReport
from portal.refresh.recognition import collect
from portal.store import Database, open_database
from portal.store.people import people
from portal.store.records import resources, rows
from tests.factories.databases import migrate
from tests.factories.fhir import bundle, condition, medication, patient, result
from tests.factories.settings import make_settings
from tests.factories.sights import WHOLE
from tests.integration.records.helpers import dump

_DOCTOR = "urn:uuid:1f1b2c3d-0000-4000-8000-000000000002"


def _delivery() -> bytes:
    doctor = {"resourceType": "Practitioner", "id": "d1", "name": [{"text": "Dr. Ruth Okafor"}]}
    order = medication("m1", "Metformin 500 mg tablet", requester={"reference": _DOCTOR})
    results = [result(f"r{day}", 7.0, when=f"2026-01-0{day}") for day in range(1, 7)]
    again = condition("c1", "Asthma", note=[{"text": "Said twice: the last one counts."}])
    delivered = bundle(patient(), doctor, order, condition("c1", "Asthma"), *results, again)
    delivered["entry"][1]["fullUrl"] = _DOCTOR
    return msgspec.json.encode(delivered).replace(b'"value":7.0', b'"value":7.00')


def _stored(folder: Path, path: Path) -> tuple[Any, ...]:
    folder.mkdir()
    database = open_database(make_settings(folder))
    migrate(database)
    report = imports.import_files(database, paths=[path])
    with database.reading() as tx:
        person = people.by_fhir_id(tx, fhir_id="p1")
        assert person is not None
        texts = {each.id: each.text for each in resources.everything(tx, person_id=person.id)}
        pages = [rows.page(tx, person_id=person.id, sight=WHOLE, section=section) for section in Section]
    entries = [row.primary.entry for page in pages for row in page.rows]
    tokens = len(dump(database)["search_token"])
    database.close()
    return texts, entries, str(report.total), tokens


def test_what_has_no_room_is_stored_as_what_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "delivery.json"
    path.write_bytes(_delivery())
    outcomes = []
    for room in (0, 1_500, import_plan.ROOM):
        for module in (import_plan, imports):
            monkeypatch.setattr(module, "ROOM", room)
        outcomes.append(_stored(tmp_path / str(room), path))
    texts, entries, *_counts = outcomes[0]
    assert outcomes == [outcomes[0]] * 3
    assert (len(texts), len(entries)) == (9, 8)
    assert any(b'"value":7.00' in text for text in texts.values())
    assert "Ruth Okafor" in str(entries)


def test_no_more_stays_decoded_than_there_is_room_for() -> None:
    plan = import_plan.ImportPlan()
    for size in (import_plan.ROOM // 2, import_plan.ROOM // 2, 1, import_plan.ROOM):
        plan.add(Content(memoryview(bytes(size)), 0, ""), {}, "Observation", "r1", ())
    assert [item.resource is not None for item in plan.items] == [True, True, False, False]


@pytest.mark.parametrize("database_kind", ["sqlite"])
@pytest.mark.parametrize(("keep", "number"), [(0, 0), (700, 1), (100_000, 3)])
def test_no_more_of_a_delivery_stays_beside_what_is_packed(database: Database, keep: int, number: int) -> None:
    delivered = [result(f"r{day}", 7.0, when=f"2026-01-0{day}") for day in range(1, 4)]
    items, _states = collect(database, None, "home", delivered, IngestReport(), keep=keep)
    assert sum(item.opened is not None for item in items.values()) == number
    assert len({item.read()[0] for item in items.values()}) == 3
