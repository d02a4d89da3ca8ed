"""A patient summary of others in a file: beside the record of whom it is about, with where it is from, never in it."""

import os
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest
from click.testing import CliRunner
from flask import Flask

from portal.cli.records import group
from portal.config import Settings
from portal.domain.errors import InvalidInputError
from portal.refresh.imports import import_files
from portal.services import Services
from portal.sharing import filing, ips
from portal.sharing.gathering import SummaryScope, gather
from portal.store import open_database
from portal.store.engine.upgrade import upgrade
from portal.store.people import people
from portal.store.records import resources
from portal.store.shares import received
from tests.factories.record import LISINOPRIL_20, link, medication
from tests.factories.sights import WHOLE
from tests.factories.world import ANA, BEN, TestUser, sign_in


@pytest.fixture
def summary(services: Services, ana: TestUser) -> dict[str, Any]:
    """A summary that "Old Mill" keeps of Ana, with what Riverbend told it."""
    link(services, ana, name="Riverbend", resources=[medication("m", *LISINOPRIL_20, "Take 1 tablet")])
    with services.db.reading() as tx:
        content = gather(
            tx, person_id=ana.person_id or "", organization="Old Mill", chart_base="", scope=SummaryScope(sight=WHOLE)
        )
    return ips.document(content, document_id=UUID(int=7))


def of(document: dict[str, Any], family: str = "", born: str = "") -> bytes:
    """The document, about somebody who differs from Ana in this."""
    composition, patient, *rest = document["entry"]
    changed = patient["resource"] | {
        "name": [{"family": family or ANA.name.family, "given": list(ANA.name.given)}],
        "birthDate": born or ANA.birth_date,
    }
    entries = [composition, patient | {"resource": changed}, *rest]
    return msgspec.json.encode(document | {"entry": entries})


def imported(services: Services, folder: Path, content: bytes) -> int:
    """Import a file with a summary, and file what the import leaves; how many were new."""
    path = folder / "summary.json"
    path.write_bytes(content)
    report = import_files(services.db, paths=[path])
    assert not report.patients, "nobody new is in the chart"
    return sum(filing.file_document(services.db, content=each) for each in report.summaries)


def test_it_is_filed_beside_the_record_with_its_origin(
    services: Services, ana: TestUser, summary: dict[str, Any], tmp_path: Path, instance: Flask
) -> None:
    def held() -> int:
        with services.db.reading() as tx:
            return len(list(resources.everything(tx, person_id=ana.person_id or "")))

    before = held()
    assert imported(services, tmp_path, of(summary)) == 1
    assert imported(services, tmp_path, of(summary)) == 0, "the same again changes nothing"
    assert held() == before, "nothing of it is in the record"
    with services.db.reading() as tx:
        (stored,) = received.of_person(tx, person_id=ana.person_id or "")
    assert stored.origin.host == "Old Mill"
    assert stored.origin.kinds == {"medications": 1}
    client = instance.test_client()
    sign_in(client, ana)
    page = client.get(f"/health/received/{stored.id}").get_data(as_text=True)
    for told in ("as a file from Old Mill", "Lisinopril", "Riverbend"):
        assert told.casefold() in page.casefold(), told


@pytest.mark.parametrize(
    "case",
    [
        ({"family": BEN.name.family}, "", "unknown-patient"),
        ({"family": BEN.name.family, "born": "1940-01-01"}, "patient-ana", "other-patient"),
        ({}, "nobody", "unknown-patient"),
    ],
)
def test_what_is_not_surely_hers_is_not_filed(
    services: Services, ana: TestUser, summary: dict[str, Any], case: tuple[dict[str, str], str, str]
) -> None:
    changes, patient, code = case
    with pytest.raises(InvalidInputError, match=code):
        filing.file_document(services.db, content=of(summary, **changes), patient=patient)
    with services.db.reading() as tx:
        assert not received.of_person(tx, person_id=ana.person_id or "")


def test_the_command_files_it_and_says_so(summary: dict[str, Any], tmp_path: Path) -> None:
    environment = {"PORTAL_DATA_DIR": str(tmp_path / "another instance")}
    database = open_database(Settings.from_environment(environment))
    upgrade(database)
    with database.transaction() as tx:
        people.put_home_patient(tx, fhir_id="p1", demographics=ANA)
    database.close()
    for name, content in (("hers", of(summary)), ("another", of(summary, family="Somebody"))):
        (tmp_path / f"{name}.json").write_bytes(content)
    command = ["import", str(tmp_path / "hers.json"), str(tmp_path / "another.json")]
    done = CliRunner().invoke(group, command, env=os.environ | environment)
    assert "2 patient summaries of others, 1 newly filed" in done.output, done.output
    assert "refused: unknown-patient" in done.output
