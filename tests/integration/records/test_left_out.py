"""What came and is not shown is kept with its reason, counted, and part of how its section was loaded."""

from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import event

from portal.domain.ids import HOME
from portal.domain.sections import KEPT_TYPES, Section
from portal.refresh.imports import ImportReport, import_files
from portal.refresh.ingest import ingest
from portal.refresh.renormalise import renormalise
from portal.store import Database
from portal.store.people import people
from portal.store.records import left_out, resources, rows
from tests.factories.fhir import bundle, condition, patient
from tests.factories.sights import OPEN, WHOLE
from tests.integration.records.helpers import make_person
from tests.shared_data import only_shared

_CASES = Path(__file__).parents[2] / "field_cases"
NAMELESS = {"resourceType": "Condition", "id": "x", "subject": {"reference": "Patient/p1"}}
FLAG = {"resourceType": "Flag", "id": "g", "subject": {"reference": "Patient/p1"}, "code": {"text": "Fall risk"}}


def counts(database: Database, person_id: str, *, confidential: bool = True) -> dict[Section | None, dict[str, int]]:
    with database.reading() as tx:
        groups = left_out.counts(tx, person_id=person_id, sight=WHOLE if confidential else OPEN)
    return {group.section: dict(group.reasons) for group in groups}


def person_of(database: Database, fhir_id: str) -> str:
    with database.reading() as tx:
        person = people.by_fhir_id(tx, fhir_id=fhir_id)
    assert person is not None
    return person.id


def import_case(database: Database, name: str) -> ImportReport:
    return import_files(database, paths=[_CASES / name])


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_counting_what_is_left_out_reads_nothing_that_is_shown(database: Database) -> None:
    """Of a hundred thousand results a page would else read every one."""
    person_id = make_person(database)
    plans: list[str] = []

    def explain(connection: Any, cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
        if "refusal IN" in statement:
            plans.extend(str(row) for row in cursor.execute(f"EXPLAIN QUERY PLAN {statement}", parameters).fetchall())

    event.listen(database.engine, "before_cursor_execute", explain)
    with database.reading() as tx:
        left_out.counts(tx, person_id=person_id, sight=WHOLE)
        left_out.of_source(tx, person_id=person_id, source=HOME)
        left_out.items(tx, person_id=person_id, source=HOME, section=None, sight=WHOLE)
    event.remove(database.engine, "before_cursor_execute", explain)
    used = [plan for plan in plans if "resource USING" in plan or "SCAN resource" in plan]
    assert len(used) == 3
    assert all("ix_resource_refused" in plan for plan in used), used


def test_refused_items_are_kept_and_counted_by_section_and_reason(database: Database) -> None:
    person_id = make_person(database)
    wheelchair = {"resourceType": "Device", "id": "d", "type": {"text": "Wheelchair"}}
    draft = {"resourceType": "Communication", "id": "m", "status": "preparation"}
    for _again in range(2):
        ingest(database, person_id=person_id, source=HOME, resources=[NAMELESS, FLAG, wheelchair, draft])
        assert counts(database, person_id) == {
            Section.HEALTH_ISSUES: {"no-code": 1},
            Section.IMPLANTS: {"not-an-implant": 1},
            None: {"unsupported-type": 1},
        }, "an unsent message is policy: it leaves no count"
    with database.reading() as tx:
        (group, *_rest) = left_out.counts(tx, person_id=person_id, sight=WHOLE)
        (flag,) = left_out.items(tx, person_id=person_id, source=HOME, section=None, sight=WHOLE)
        body = resources.by_id(tx, resource_id=flag.id)
    assert (group.total, group.unreadable, group.not_shown, dict(group.types)) == (1, 0, 1, {"Flag": 1})
    assert (flag.type, flag.reason) == ("Flag", "unsupported-type")
    assert body is not None
    assert body.body["code"] == {"text": "Fall risk"}, "its original text can be shown"


def test_what_can_be_read_later_is_counted_no_more(database: Database) -> None:
    person_id = make_person(database)
    ingest(database, person_id=person_id, source="link", resources=[NAMELESS])
    assert counts(database, person_id) == {Section.HEALTH_ISSUES: {"no-code": 1}}
    ingest(database, person_id=person_id, source="link", resources=[{**NAMELESS, "code": {"text": "Gout"}}])
    assert counts(database, person_id) == {}


def test_what_a_reader_may_not_see_leaves_no_count(database: Database) -> None:
    person_id = make_person(database)
    secret = {**NAMELESS, "meta": {"security": [{"code": "R"}]}}
    ingest(
        database, person_id=person_id, source=HOME, resources=[secret, {**FLAG, "meta": {"security": [{"code": "V"}]}}]
    )
    ingest(database, person_id=person_id, source="link", resources=[{**NAMELESS, "id": "y"}], confidential=True)
    assert counts(database, person_id, confidential=False) == {}
    with database.reading() as tx:
        groups = left_out.counts(tx, person_id=person_id, sight=WHOLE)
        assert [(group.source, group.section, group.total) for group in groups] == [
            (HOME, None, 1),
            (HOME, Section.HEALTH_ISSUES, 1),
            ("link", Section.HEALTH_ISSUES, 1),
        ]
        for section in (None, Section.HEALTH_ISSUES):
            hidden = left_out.items(tx, person_id=person_id, source=HOME, section=section, sight=OPEN)
            assert hidden == ()
            assert left_out.items(tx, person_id=person_id, source=HOME, section=section, sight=WHOLE)


def test_kept_refusals_stay_when_everything_is_read_again(database: Database) -> None:
    person_id = make_person(database)
    ingest(database, person_id=person_id, source=HOME, resources=[NAMELESS, FLAG])
    before = counts(database, person_id)
    report = renormalise(database)
    assert report.refused == {"no-code": 1, "unsupported-type": 1}
    assert counts(database, person_id) == before


def test_what_is_gone_with_its_link_is_not_counted(database: Database) -> None:
    person_id = make_person(database)
    ingest(database, person_id=person_id, source="link", resources=[NAMELESS, FLAG])
    with database.transaction() as tx:
        resources.remove_source(tx, source="link")
    assert counts(database, person_id) == {}


def test_what_is_no_fact_has_no_key_and_is_counted(database: Database) -> None:
    person_id = make_person(database)
    odd = condition("c1", "Gout") | {"modifierExtension": [{"url": "https://x.example/of-a-relative"}]}
    report = ingest(database, person_id=person_id, source="one", resources=[odd, condition("c2", "Gout")])
    ingest(database, person_id=person_id, source="two", resources=[odd, condition("c2", "Gout")])
    assert report.unsafe == 1
    with database.reading() as tx:
        page = rows.page(tx, person_id=person_id, section=Section.HEALTH_ISSUES, sight=WHOLE)
    unsafe = [row for row in page.rows if row.primary.entry.unsafe]
    assert [len(row.entries) for row in unsafe] == [1, 1], "it is the same as nothing, not even as its own like"


def test_lines_that_name_their_patient_by_one_servers_address(database: Database) -> None:
    report = import_case(database, "absolute-references.ndjson")
    assert (dict(report.total.refused), report.patients) == ({}, ["field-nd"])
    assert report.total.sections[Section.TEST_RESULTS].new == 2
    assert report.total.sections[Section.HEALTH_ISSUES].new == 1


def _lines(tmp_path: Path, *contents: Any) -> Path:
    path = tmp_path / "x.ndjson"
    path.write_bytes(b"\n".join(msgspec.json.encode(content) for content in contents))
    return path


@pytest.mark.parametrize(
    ("subjects", "refused"),
    [
        (["https://a.example/r4/Patient/p1/_history/3"], 0),
        (["https://a.example/r4/Patient/p1", "https://b.example/r4/Patient/p1"], 2),
        (["https://a.example/r4/Patient/p1", "https://a.example/r4/Patient/other"], 2),
        (["https://a.example/r4/Patient/p1", "Patient/p1"], 0),
        (["Patient/p1/_history/2"], 0),
    ],
)
def test_two_servers_in_one_delivery_tell_nothing(
    database: Database, tmp_path: Path, subjects: list[str], refused: int
) -> None:
    issues = [condition(f"c{n}", "Gout") | {"subject": {"reference": one}} for n, one in enumerate(subjects)]
    report = import_files(database, paths=[_lines(tmp_path, patient(), *issues)])
    assert report.total.refused["unknown-patient"] == refused


def test_a_patient_named_by_an_identifier(database: Database, tmp_path: Path) -> None:
    number = {"system": "urn:mrn", "value": "7"}
    whose = {"subject": {"identifier": number, "display": "Maria"}}
    issues = [condition("c1", "Gout") | whose, condition("c2", "Gout") | {"subject": {"identifier": {"value": "8"}}}]
    report = import_files(database, paths=[_lines(tmp_path, patient() | {"identifier": [number]}, *issues)])
    assert report.total.sections[Section.HEALTH_ISSUES].new == 1
    assert dict(report.total.refused) == {"unknown-patient": 1}


@pytest.mark.parametrize("name", ["x.json", "x.ndjson"])
def test_a_byte_order_mark_is_no_part_of_a_file(database: Database, tmp_path: Path, name: str) -> None:
    if name == "x.json":
        report = import_case(database, "byte-order-mark.json")
    else:
        marked = [b"\xef\xbb\xbf" + msgspec.json.encode(content) for content in (patient(), condition("c1", "Gout"))]
        (tmp_path / name).write_bytes(b"\n".join(marked))
        report = import_files(database, paths=[tmp_path / name])
    assert (report.resources, dict(report.total.refused)) == (2, {})


def test_lines_behind_a_mark_are_found(database: Database, tmp_path: Path) -> None:
    lines = b"\n".join(map(msgspec.json.encode, (patient(), condition("c1", "Gout"), condition("c2", "Asthma"))))
    (tmp_path / "x.json").write_bytes(b"\xef\xbb\xbf" + lines)
    assert import_files(database, paths=[tmp_path / "x.json"]).resources == 3


def test_a_binary_of_the_delivery_is_in_the_document_that_names_it(database: Database) -> None:
    report = import_case(database, "binary-in-the-bundle.json")
    assert dict(report.total.refused) == {}
    with database.reading() as tx:
        page = rows.page(tx, person_id=person_of(database, "field-a"), section=Section.DOCUMENTS, sight=WHOLE)
    files = [file for row in page.rows for file in getattr(row.primary.entry.detail, "attachments", ())]
    assert [(file.inline, file.url, file.content_type) for file in files] == [(True, "", "application/pdf")] * 2


def test_a_binary_that_nobody_names_is_not_kept(database: Database, tmp_path: Path) -> None:
    binary = {"resourceType": "Binary", "id": "b", "data": "AA=="}
    document = {
        "resourceType": "DocumentReference",
        "id": "d",
        "status": "current",
        "subject": {"reference": "Patient/p1"},
        "content": [{"attachment": {"url": "Binary/other"}}, {"attachment": {"url": "Binary/b", "data": "BB=="}}],
    }
    path = tmp_path / "b.json"
    path.write_bytes(msgspec.json.encode(bundle(patient(), document, binary)))
    report = import_files(database, paths=[path])
    assert (report.resources, dict(report.total.refused)) == (3, {"unsupported-type": 1})
    with database.reading() as tx:
        assert resources.read(tx, type="Binary", fhir_id="b", source=HOME) is None


def test_the_whole_epic_export_is_shown_or_named(database: Database) -> None:
    """585 resources: items, what serves them, and what is named with its reason; nothing else."""
    report = import_files(database, paths=[only_shared("epic-export-sanitized", "resources.ndjson")])
    total = report.total
    items = {section: count.new for section, count in total.sections.items()}
    assert report.resources == 585
    assert items == {
        Section.ALLERGIES: 4,
        Section.CARE_TEAM: 1,
        Section.DOCUMENTS: 51,
        Section.EXAM_FINDINGS: 118,
        Section.HEALTH_ISSUES: 53,
        Section.IMMUNIZATIONS: 19,
        Section.INSURANCE: 1,
        Section.MEDICATIONS: 18,
        Section.PLANS: 5,
        Section.QUESTIONNAIRES: 100,
        Section.TEST_RESULTS: 55,
        Section.VISITS: 34,
        Section.VITAL_SIGNS: 57,
    }
    assert dict(total.refused) == {"unsupported-type": 1}
    assert sum(items.values()) + total.supporting.new + total.refused.total() == 585
    assert "Specimen" in KEPT_TYPES
    (patient_id,) = report.patients
    assert counts(database, person_of(database, patient_id)) == {}, "the one that is named is of nobody"
