"""The summary of everybody: of the demo's people, and of each patient of the shared data that can be imported."""

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import msgspec

from portal.demo import stories
from portal.demo.network import INSTANCES
from portal.refresh.imports import import_files
from portal.sharing import ips
from portal.sharing.gathering import SummaryScope, gather
from portal.sharing.summary import SummaryContent
from portal.store import open_database
from portal.store.people import people
from tests.factories.databases import migrate
from tests.factories.settings import make_settings
from tests.factories.sights import WHOLE
from tests.shared_data import shared

EVERYBODY = bool(os.environ.get("SUMMARIES"))
"""Whether all of the shared patients are wished (``make summaries``), not a few."""

_SETS = {
    "us-core-610": ("us-core-610", "examples.ndjson"),
    "epic-export": ("epic-export-sanitized", "resources.ndjson"),
    "us-core-9": ("us-core-9-fixtures",),
    "synthea-2019-r4": ("synthea-2019-r4",),
    "synthea-bulk": ("synthea-bulk-10-patients",),
}
_FEW = ("us-core-610", "us-core-9")
_SUBJECT = "urn:uuid:00000000-b4ea-4d01-9871-000000000001"
"""How the resources of us-core-9 name whom they are about, which its "patient-constant" is."""


def document(content: SummaryContent) -> dict[str, Any]:
    return ips.document(content, document_id=uuid4())


def of_demo(folder: Path) -> Iterator[tuple[str, SummaryContent]]:
    """Yield the summary of each person of each demo organization, with the organization's key."""
    for instance in INSTANCES:
        told = stories.resources(instance.key, date(2026, 11, 20))
        yield from ((instance.key, content) for content in _of(folder / instance.key, told, instance.name))


def of_shared(folder: Path) -> Iterator[tuple[str, SummaryContent]]:
    """Yield the summary of each patient of the shared data with the set's name; of a few sets unless all are wished."""
    for name, parts in _SETS.items():
        if EVERYBODY or name in _FEW:
            resources = list(_resources(shared(*parts)))
            yield from ((name, content) for content in _of(folder / name, resources, "Cooper Regional Health"))


def _resources(path: Path) -> Iterator[dict[str, Any]]:
    """Yield each resource, or Bundle, of the files of a set; a set of loose files as one Bundle."""
    files = sorted(file for file in path.rglob("*.*json") if file.is_file()) if path.is_dir() else [path]
    loose = []
    for file in files:
        if file.suffix == ".ndjson":
            yield from (msgspec.json.decode(line) for line in file.read_bytes().splitlines() if line.strip())
            continue
        resource = msgspec.json.decode(file.read_bytes())
        if resource.get("resourceType") == "Bundle":
            yield resource
        elif "resourceType" in resource:  # beside them lie notes on what they cover
            address = _SUBJECT if resource.get("id") == "patient-constant" else f"urn:uuid:{resource.get('id')}"
            loose.append({"fullUrl": address, "resource": resource})
    if loose:
        yield {"resourceType": "Bundle", "type": "collection", "entry": loose}


def _of(folder: Path, told: list[dict[str, Any]], organization: str) -> Iterator[SummaryContent]:
    folder.mkdir(parents=True)
    database = open_database(make_settings(folder))
    migrate(database)
    file = folder / "chart.ndjson"
    file.write_bytes(b"".join(msgspec.json.encode(one) + b"\n" for one in told))
    report = import_files(database, paths=[file])
    with database.reading() as tx:
        for patient in report.patients:
            person = people.by_fhir_id(tx, fhir_id=patient)
            assert person is not None
            yield gather(
                tx, person_id=person.id, organization=organization, chart_base="", scope=SummaryScope(sight=WHOLE)
            )
    database.close()
