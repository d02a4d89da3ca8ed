"""``portal records import`` of clinical documents: alone, in packages, of whom they are, and within limits."""

import os
import struct
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZipFile

import pytest

from portal.domain.entry import Document
from portal.domain.errors import InvalidInputError
from portal.domain.sections import Section
from portal.normalise import phrases
from portal.refresh.imports import ImportReport, import_files
from portal.store import Database
from portal.store.people import people
from portal.store.records import rows
from tests.factories.fhir import bundle, patient
from tests.factories.sights import OPEN, WHOLE
from tests.integration.records.helpers import dump
from tests.integration.records.test_imports import person_of, write
from tests.unit.normalise.ccda.documents import document, section
from tests.unit.normalise.ccda.test_hostile import LAUGHS

PLAN = section("Plan", "Come back")


def packed(*members: tuple[str, bytes], compression: int = ZIP_DEFLATED) -> bytes:
    buffer = BytesIO()
    with ZipFile(buffer, "w", compression) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return buffer.getvalue()


def brought(database: Database, path: Path, patient_id: str | None = None) -> ImportReport:
    return import_files(database, paths=[path], patient=patient_id)


def file(folder: Path, content: bytes | str, name: str = "summary.xml") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def entries(database: Database, fhir_id: str) -> list[Document]:
    person_id = person_of(database, fhir_id)
    with database.reading() as tx:
        page = rows.page(tx, person_id=person_id, section=Section.DOCUMENTS, sight=WHOLE, limit=50)
    return [sourced.entry for row in page.rows for sourced in row.entries]  # type: ignore[misc]


def maria(**more: object) -> dict[str, object]:
    named = {"name": [{"family": "Alvarez", "given": ["Maria"]}], "birthDate": "1980-04-12", "gender": "female"}
    return {**patient("maria"), **named, **more}


def test_a_document_becomes_an_entry_of_whom_it_names(database: Database, tmp_path: Path) -> None:
    write(tmp_path, "a.json", bundle(maria()))
    file(tmp_path, document(PLAN))
    report = brought(database, tmp_path)
    assert report.patients == ["maria"]
    assert report.total.sections[Section.DOCUMENTS].new == 1
    (entry,) = entries(database, "maria")
    assert entry.title == "Continuity of Care Document"  # type: ignore[attr-defined]
    assert entry.recorder == "Dr. Iris Owens, Dover Clinic"  # type: ignore[attr-defined]
    assert phrases.FROM_DOCUMENT in [fact.text for fact in entry.facts]  # type: ignore[attr-defined]


def test_who_is_not_in_the_chart_is_put_there_once(database: Database, tmp_path: Path) -> None:
    path = file(tmp_path, document(PLAN))
    report = brought(database, path)
    (fhir_id,) = report.patients
    with database.reading() as tx:
        stored = people.by_fhir_id(tx, fhir_id=fhir_id)
    assert stored is not None
    assert (stored.demographics.display, stored.demographics.birth_date) == ("Maria Alvarez", "1980-04-12")
    before = dump(database)
    again = brought(database, path)
    assert again.patients == [fhir_id]
    assert again.total.sections[Section.DOCUMENTS].unchanged == 1
    assert dump(database) == before


def test_of_a_patient_who_is_named_otherwise(database: Database, tmp_path: Path) -> None:
    write(tmp_path, "a.json", bundle(maria(), {**patient("leo"), "birthDate": "2015-01-02"}))
    brought(database, tmp_path)
    path = file(tmp_path, document(PLAN))
    refused = brought(database, path, "leo")
    assert refused.total.refused["other-patient"] == 1
    assert entries(database, "leo") == []
    assert brought(database, path, "maria").total.sections[Section.DOCUMENTS].new == 1


def test_near_is_not_taken_for_the_same_but_on_the_operators_word(database: Database, tmp_path: Path) -> None:
    write(tmp_path, "a.json", bundle(maria(birthDate="1980-04-13")))
    brought(database, tmp_path)
    path = file(tmp_path, document(PLAN))
    assert brought(database, path, "maria").total.sections[Section.DOCUMENTS].new == 1
    other = file(tmp_path, document(PLAN).replace("doc-1", "doc-2"), "other.xml")
    assert brought(database, other).patients != ["maria"]


@pytest.mark.parametrize(
    "text",
    [
        "<ClinicalDocument xmlns='urn:hl7-org:v3'/>",
        document(PLAN, given="", family=""),
        document(PLAN, born=""),
        document(PLAN).replace("</recordTarget>", "</recordTarget><recordTarget/>", 1),
    ],
    ids=["nobody", "no name", "no birth date", "two"],
)
def test_what_does_not_tell_whom_it_is_of_is_refused_by_name(database: Database, tmp_path: Path, text: str) -> None:
    report = brought(database, file(tmp_path, text))
    assert report.total.refused == {"no-patient": 1}
    assert report.patients == []


def test_of_one_of_two_who_are_alike(database: Database, tmp_path: Path) -> None:
    twin = {**maria(), "id": "maria-again"}
    write(tmp_path, "a.json", bundle(maria(), twin))
    file(tmp_path, document(PLAN))
    assert brought(database, tmp_path).total.refused["unknown-patient"] == 1


def test_a_package(database: Database, tmp_path: Path) -> None:
    second = document(PLAN).replace("doc-1", "doc-2").encode("utf-16")
    path = file(
        tmp_path,
        packed(
            ("README.TXT", b"read me"),
            ("INDEX.HTM", b"<html/>"),
            ("IHE_XDM/SUBSET01/METADATA.XML", b"<x/>"),
            ("IHE_XDM/SUBSET01/CCD.XSL", b"<x/>"),
            ("IHE_XDM/SUBSET01/DOC0001.XML", document(PLAN).encode()),
            ("IHE_XDM/SUBSET01/DOC0002.XML", second),
            ("IHE_XDM/SUBSET01/DOC0003.PDF", b"%PDF-1.4"),
            ("../../etc/passwd.xml", b"<other/>"),
        ),
        "export.zip",
    )
    report = brought(database, path)
    assert report.total.sections[Section.DOCUMENTS].new == 2
    assert report.total.refused == {"unsupported-type": 2}
    assert report.resources == 4  # two documents, two that are of another kind
    assert not (tmp_path.parent / "etc").exists()


def test_a_restricted_document_is_confidential(database: Database, tmp_path: Path) -> None:
    text = document(PLAN).replace('<confidentialityCode code="N"/>', '<confidentialityCode code="R"/>')
    (fhir_id,) = brought(database, file(tmp_path, text)).patients
    person_id = person_of(database, fhir_id)
    with database.reading() as tx:
        page = rows.page(tx, person_id=person_id, section=Section.DOCUMENTS, sight=OPEN, limit=5)
    assert page.rows == ()


def encrypted() -> bytes:
    raw = bytearray(packed(("a.xml", document(PLAN).encode())))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = raw.index(signature) + offset
        struct.pack_into("<H", raw, place, 1)
    return bytes(raw)


def too_many() -> bytes:
    return packed(*((f"{number}.xml", b"<a/>") for number in range(2001)))


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (LAUGHS.encode() + b"<ClinicalDocument>&i;</ClinicalDocument>", "a.xml"),
        (b"<a>" * 1000, "a.xml"),
        (b"<ClinicalDocument>", "a.xml"),
        (b"", "a.xml"),
        (b"not xml", "a.xml"),
        (b"PK\x03\x04 and no more", "a.zip"),
        (b"no zip", "a.zip"),
        (encrypted(), "a.zip"),
        (packed(("a.xml", b"<a>" * 1000)), "a.zip"),
        (packed(("a.xml", b" " * 30_000_000)), "a.zip"),
        (packed(("a.xml", b" " * 30_000_000), compression=ZIP_BZIP2), "a.zip"),
        (packed(("a.xml", document(PLAN).encode()))[:-30], "a.zip"),
        (too_many(), "a.zip"),
    ],
    ids=[
        *("laughs", "deep", "cut off", "empty", "text", "half", "no zip", "encrypted", "deep inside"),
        *("bomb", "other bomb", "truncated", "many"),
    ],
)
def test_a_file_that_is_broken_or_beyond_the_limits_changes_nothing(
    database: Database, tmp_path: Path, content: bytes, name: str
) -> None:
    write(tmp_path, "a.json", bundle(maria()))
    file(tmp_path, content, name)
    before = dump(database)
    with pytest.raises(InvalidInputError) as refused:
        brought(database, tmp_path)
    assert refused.value.code == "broken-file"
    assert name in (refused.value.hint or "")
    assert dump(database) == before


def test_all_members_together_have_a_limit(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.refresh.clinical_files._MOST_UNPACKED", 5000)
    whole = os.urandom(2000).hex().encode()
    members = [(f"{number}.pdf", whole) for number in range(2)]
    with pytest.raises(InvalidInputError, match="broken-file"):
        brought(database, file(tmp_path, packed(*members), "a.zip"))
