"""``portal records import``: whole or not at all, the same every time, with references that others can resolve."""

import json
import os
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner, Result

from portal.cli.records import group
from portal.domain.errors import InvalidInputError, NotFoundError
from portal.domain.resource_types import DESCRIBING
from portal.domain.sections import Section
from portal.refresh.imports import import_files
from portal.refresh.renormalise import renormalise
from portal.store import Database
from portal.store.people import people
from portal.store.records import resources, rows
from tests.factories.fhir import bundle, condition, medication, patient, result
from tests.factories.sights import WHOLE
from tests.integration.records.helpers import dump, wrote
from tests.shared_data import shared


def write(folder: Path, name: str, *contents: Any) -> Path:
    path = folder / name
    path.write_bytes(b"\n".join(msgspec.json.encode(one) for one in contents))
    return path


def person_of(database: Database, fhir_id: str) -> str:
    with database.reading() as tx:
        found = people.by_fhir_id(tx, fhir_id=fhir_id)
    assert found is not None
    return found.id


@pytest.mark.parametrize("kind", ["transaction", "batch", "collection", "searchset"])
def test_bundles_of_every_kind_go_in(database: Database, tmp_path: Path, kind: str) -> None:
    path = write(tmp_path, "b.json", bundle(condition("c1", "Asthma"), patient(), kind=kind))
    report = import_files(database, paths=[path])
    assert report.patients == ["p1"]
    assert report.total.sections[Section.HEALTH_ISSUES].new == 1
    assert not report.total.refused


def test_lines_single_resources_and_folders_go_in(database: Database, tmp_path: Path) -> None:
    write(tmp_path, "a.ndjson", condition("c1", "Asthma"), bundle(condition("c2", "Gout")))
    write(tmp_path, "b.json", patient())
    write(tmp_path, "c.json", condition("c3", "Anemia"), condition("c4", "Migraine"))
    (tmp_path / "d.json").write_text(json.dumps(condition("c5", "Psoriasis"), indent=2))
    report = import_files(database, paths=[tmp_path])
    assert (report.files, report.resources) == (4, 6)
    assert report.total.sections[Section.HEALTH_ISSUES].new == 5


@pytest.mark.parametrize("half", [rb"\ud83d", rb"\ude00", rb"\ud83d."])
def test_half_a_character_refuses_no_file(database: Database, tmp_path: Path, half: bytes) -> None:
    path = write(tmp_path, "a.ndjson", patient(), condition("c1", "cut HALF"), bundle(condition("c2", "cut HALF")))
    path.write_bytes(path.read_bytes().replace(b"HALF", half))
    report = import_files(database, paths=[path])
    assert report.total.sections[Section.HEALTH_ISSUES].new == 2


_NUMBERS = ("7.0", "-0.0", "1.50E+3", "1e-7", "1e99999999999999999999", "123456789012345678901234567890", "-0")


def test_what_stayed_decoded_reads_like_what_was_stored(database: Database, tmp_path: Path) -> None:
    """Small imports are stored from what the files were decoded to, all else is unpacked and decoded again."""
    results = [result(f"r{place}", 7 + place, when="2024-01-02") for place in range(len(_NUMBERS))]
    lines = write(tmp_path, "a.ndjson", patient(), *results)
    text = lines.read_text().replace('"status":"final"', '"status":"amended","status":"final"')
    for place, number in enumerate(_NUMBERS):
        assert f'"value":{7 + place},' in text
        text = text.replace(f'"value":{7 + place},', f'"value":{number},')
    lines.write_text(text)
    import_files(database, paths=[lines, shared("us-core-9-fixtures")])
    report = renormalise(database)
    assert report.resources > len(_NUMBERS)
    assert not report.changed + report.added + report.removed + report.regrouped


def test_importing_twice_changes_nothing(database: Database, tmp_path: Path) -> None:
    path = write(tmp_path, "b.json", bundle(patient(), condition("c1", "Asthma"), {**condition("", "Gout")}))
    import_files(database, paths=[path])
    before = dump(database)
    with database.reading() as tx:
        person = people.by_fhir_id(tx, fhir_id="p1")
    report = import_files(database, paths=[path])
    assert not wrote(report.total)
    assert dump(database) == before
    with database.reading() as tx:
        assert people.by_fhir_id(tx, fhir_id="p1") == person


def test_temporary_references_become_real_ones(database: Database, tmp_path: Path) -> None:
    doctor = {
        "resourceType": "Practitioner",
        "id": "d1",
        "identifier": [{"system": "http://hl7.org/fhir/sid/us-npi", "value": "9999999999"}],
        "name": [{"text": "Dr. Ruth Okafor"}],
    }
    nameless = {key: value for key, value in patient().items() if key != "id"}
    order = medication("m1", "Metformin 500 mg tablet", patient="?")
    order["subject"] = {"reference": "urn:uuid:1f1b2c3d-0000-4000-8000-000000000001"}
    order["requester"] = {"reference": "Practitioner?identifier=http://hl7.org/fhir/sid/us-npi|9999999999"}
    made = bundle(order, nameless, kind="transaction")
    made["entry"][1]["fullUrl"] = "urn:uuid:1f1b2c3d-0000-4000-8000-000000000001"
    import_files(database, paths=[write(tmp_path, "doctors.ndjson", doctor)])
    report = import_files(database, paths=[write(tmp_path, "b.json", made)])
    assert report.patients == ["1f1b2c3d-0000-4000-8000-000000000001"]
    person_id = person_of(database, report.patients[0])
    with database.reading() as tx:
        stored = resources.read(tx, type="MedicationRequest", fhir_id="m1")
        assert stored is not None
        assert stored.body["subject"]["reference"] == f"Patient/{report.patients[0]}"
        assert stored.body["requester"]["reference"] == "Practitioner/d1"
        assert resources.read(tx, type="Patient", fhir_id=report.patients[0]).person_id == person_id  # type: ignore[union-attr]
        row = rows.page(tx, person_id=person_id, sight=WHOLE, section=Section.MEDICATIONS).rows[0]
    assert "Ruth Okafor" in str(row.primary.entry)


def test_a_resource_of_nobody_we_know_is_refused_by_name(database: Database, tmp_path: Path) -> None:
    lost = {key: value for key, value in condition("c2", "Gout").items() if key != "subject"}
    path = write(tmp_path, "b.ndjson", patient(), condition("c1", "Asthma", patient="stranger"), lost, {"id": "x"})
    report = import_files(database, paths=[path])
    assert report.total.refused == {"unknown-patient": 1, "no-patient": 1, "malformed": 1}
    later = write(tmp_path, "late.ndjson", condition("c9", "Asthma"))
    assert import_files(database, paths=[later]).patients == ["p1"], "the chart knows the patient from before"


def test_one_patient_only(database: Database, tmp_path: Path) -> None:
    path = write(
        tmp_path, "b.ndjson", patient(), patient("p2"), condition("c1", "A"), condition("c2", "B", patient="p2")
    )
    with pytest.raises(NotFoundError):
        import_files(database, paths=[path], patient="p9")
    report = import_files(database, paths=[path], patient="p2")
    assert report.patients == ["p2"]
    assert report.total.refused == {"other-patient": 2}
    with database.reading() as tx:
        assert people.by_fhir_id(tx, fhir_id="p1") is None


def test_a_corrected_patient_is_refreshed(database: Database, tmp_path: Path) -> None:
    import_files(database, paths=[write(tmp_path, "a.json", patient(family="Alvares"))])
    person_id = person_of(database, "p1")
    import_files(database, paths=[write(tmp_path, "a.json", patient(family="Alvarez"))])
    with database.reading() as tx:
        person = people.by_id(tx, person_id=person_id)
    assert person is not None
    assert person.demographics.name.family == "Alvarez"


def _describing(kind: str, fhir_id: str, *targets: str) -> dict[str, Any]:
    about: dict[str, Any] = {"resourceType": kind, "id": fhir_id}
    if kind == "Provenance":
        return {**about, "target": [{"reference": target} for target in targets], "recorded": "2024-01-01"}
    return {**about, "status": "active", **({"device": {"reference": targets[0]}} if targets else {})}


@pytest.mark.parametrize("kind", sorted(DESCRIBING))
def test_what_says_something_of_others_belongs_to_whom_these_belong_to(
    database: Database, tmp_path: Path, kind: str
) -> None:
    """Also where it names nobody: it is nobody's never, and what is left out is counted."""
    lens = {"resourceType": "Device", "id": "d1", "patient": {"reference": "Patient/p1"}, "type": {"text": "Lens"}}
    described = [
        _describing(kind, "v1", "Device/d1"),
        _describing(kind, "v2", "Device/x"),
        _describing(kind, "v3"),
        patient(),
        patient("p2"),
        lens,
        condition("c2", "B", patient="p2"),
    ]
    if kind == "Provenance":
        described.append(_describing(kind, "v4", "Patient/p1", "Condition/c2"))
    report = import_files(database, paths=[write(tmp_path, "b.ndjson", *described)])
    refused = dict(report.total.refused)
    refused.pop("not-an-implant", None)
    assert refused == {"unknown-target": len(described) - 5}
    with database.reading() as tx:
        stored = resources.read(tx, type=kind, fhir_id="v1")
        assert all(resources.read(tx, type=kind, fhir_id=name) is None for name in ("v2", "v3", "v4"))
    assert stored is not None
    assert stored.person_id == person_of(database, "p1")


@pytest.mark.parametrize(
    ("name", "content", "place"),
    [
        (
            "a.ndjson",
            b'{"resourceType":"Patient","id":"p7"}\n\n{"resourceType":"Condition", oops}\n',
            "line 3, byte 67",
        ),
        ("a.json", b'{"resourceType":"Bundle",\n"entry":[{"resource":{"resourceType":"Pat', "cut off: line 2"),
        ("a.json", b"", "line 1"),
        ("a.json", b"<html>not here</html>", "line 1, byte 0"),
        ("a.json", b'{"resourceType":"Patient","id":"\xff"}', "line 1"),
        ("a.json", b'{"resourceType":"Patient","id":"p7","x":' + b"[" * 5000 + b"]" * 5000 + b"}", "line 1"),
        ("a.ndjson", b'{"resourceType":"Patient","id":"p7"}\n{"x":' + b'{"x":' * 40_000, "line 2"),
    ],
)
def test_a_broken_file_changes_nothing_and_says_where(
    database: Database, tmp_path: Path, name: str, content: bytes, place: str
) -> None:
    good = write(tmp_path, "0.ndjson", patient(), condition("c1", "Asthma"))
    before = dump(database)
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InvalidInputError) as caught:
        import_files(database, paths=[good, tmp_path / name])
    assert caught.value.code == "broken-file"
    assert name in caught.value.hint
    assert place in caught.value.hint
    assert dump(database) == before
    with database.reading() as tx:
        assert people.by_fhir_id(tx, fhir_id="p1") is None


@pytest.mark.parametrize("part", ["synthea-2019-r4", "us-core-610/examples.ndjson", "synthea-bulk-10-patients"])
def test_the_shared_data_go_in_and_a_second_time_change_nothing(database: Database, part: str) -> None:
    path = shared(*part.split("/"))
    first = import_files(database, paths=[path])
    files = sorted(path.iterdir()) if path.is_dir() else [path]
    patients = sum(file.read_text().count('"resourceType":"Patient"') for file in files)
    assert len(first.patients) == patients > 0
    assert wrote(first.total)
    assert "malformed" not in first.total.refused
    counted = first.total.supporting.new + sum(count.new for count in first.total.sections.values())
    refused = sum(first.total.refused.values())
    assert counted + first.total.repeated + refused - first.total.refused["entered-in-error"] == first.resources
    assert not wrote(import_files(database, paths=[path]).total)


def run(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(group, ["import", *arguments], env={**os.environ, "PORTAL_DATA_DIR": str(folder)})


def test_the_command_prints_what_it_did(tmp_path: Path) -> None:
    from portal.config import Settings
    from portal.store import open_database
    from portal.store.engine.upgrade import upgrade

    database = open_database(Settings.from_environment({"PORTAL_DATA_DIR": str(tmp_path)}))
    upgrade(database)  # no copy: it is bound to keys of its own
    database.close()
    path = write(tmp_path, "b.ndjson", patient(), result("r1", 7, when="2024-01-02"), condition("c9", "X", patient="q"))
    done = run(tmp_path, str(path), "--json")
    assert done.exit_code == 0, done.output
    printed = json.loads(done.output)
    assert [one["id"] for one in printed["patients"]] == ["p1"]
    assert printed["sections"]["test-results"]["new"] == 1
    assert printed["refused"] == {"unknown-patient": 1}
    again = run(tmp_path, str(path))
    assert "patient p1" in again.output
    assert "1 unchanged" in again.output
    broken = tmp_path / "broken.json"
    broken.write_text("{")
    failed = run(tmp_path, str(broken))
    assert failed.exit_code == 1
    assert "broken.json is cut off" in failed.output
    assert run(tmp_path, str(tmp_path / "absent.json")).exit_code == 2


LONG_IDS = ["e" + "x9A" * 22 + "QQ", "a" * 255, "a_b|c:d=", "ñandú"]


@pytest.mark.parametrize("long_id", LONG_IDS)
def test_ids_of_other_systems_go_in_as_they_are(database: Database, tmp_path: Path, long_id: str) -> None:
    delivery = bundle(patient(long_id), condition(long_id, "Asthma", patient=long_id))
    report = import_files(database, paths=[write(tmp_path, "b.json", delivery)])
    assert not report.total.refused
    with database.reading() as tx:
        page = rows.page(tx, person_id=person_of(database, long_id), section=Section.HEALTH_ISSUES, sight=WHOLE)
        stored = resources.read(tx, type="Condition", fhir_id=long_id)
    assert [row.primary.entry.title for row in page.rows] == ["Asthma"]
    assert stored is not None
    assert stored.fhir_id == long_id


@pytest.mark.parametrize("unfit", ["a" * 256, "../p1", "a b", "..", "a\x00b"])
def test_what_is_no_id_is_refused_alone(database: Database, tmp_path: Path, unfit: str) -> None:
    odd = [patient(unfit, family="Other"), condition(unfit, "Gout")]
    path = write(tmp_path, "b.json", bundle(*odd, patient(), condition("c1", "Asthma")))
    report = import_files(database, paths=[path])
    assert report.patients == ["p1"]
    assert report.total.refused == {"malformed": 2}
    assert report.total.sections[Section.HEALTH_ISSUES].new == 1


def test_a_real_export_with_long_ids_is_read(database: Database, tmp_path: Path) -> None:
    lines = shared("epic-export-sanitized", "resources.ndjson").read_bytes().splitlines()
    long = [one for one in map(msgspec.json.decode, lines) if 64 < len(one.get("id", "")) <= 255]
    report = import_files(database, paths=[write(tmp_path, "b.ndjson", *long)])
    assert report.resources == len(long) > 0
    assert report.total.refused["malformed"] == 0
