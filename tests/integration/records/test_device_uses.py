"""Statements of a device's use are read with the device, whichever of the two comes or changes first."""

from typing import Any

import pytest
from sqlalchemy import select

from portal.domain.entry import Entry, Implant, Status
from portal.domain.ids import HOME
from portal.domain.sections import Section
from portal.refresh.ingest import ingest
from portal.refresh.renormalise import renormalise
from portal.store import Database
from portal.store.records import rows
from portal.store.schema.records import entry
from tests.factories.sights import WHOLE
from tests.integration.records.helpers import make_person, refusals

Resource = dict[str, Any]


def lens(fhir_id: str = "d1") -> Resource:
    return {
        "resourceType": "Device",
        "id": fhir_id,
        "status": "active",
        "type": {"text": "Intraocular lens"},
        "udiCarrier": [{"deviceIdentifier": "00380652323456"}],
        "serialNumber": "N-4471",
        "patient": {"reference": "Patient/p1"},
    }


def use(site: str, device: str = "d1", **more: object) -> Resource:
    return {
        "resourceType": "DeviceUseStatement",
        "id": f"use-of-{device}",
        "status": "active",
        "subject": {"reference": "Patient/p1"},
        "device": {"reference": f"Device/{device}"},
        "bodySite": {"text": site},
        **more,
    }


def implants(database: Database, person_id: str) -> list[Entry]:
    with database.reading() as tx:
        page = rows.page(tx, person_id=person_id, sight=WHOLE, section=Section.IMPLANTS)
    return [one.entry for row in page.rows for one in row.entries]


def sites(database: Database, person_id: str) -> list[str]:
    return [one.detail.body_site for one in implants(database, person_id) if isinstance(one.detail, Implant)]


@pytest.mark.parametrize(
    "deliveries", [[[lens(), use("Left eye")]], [[lens()], [use("Left eye")]], [[use("Left eye")], [lens()]]]
)
def test_a_device_has_what_its_statement_says(database: Database, deliveries: list[list[Resource]]) -> None:
    person_id = make_person(database)
    for delivery in deliveries:
        ingest(database, person_id=person_id, source="riverbend", resources=delivery)
    assert sites(database, person_id) == ["Left eye"]
    renormalise(database)
    assert sites(database, person_id) == ["Left eye"]


def test_a_statement_that_changes_changes_its_device(database: Database) -> None:
    person_id = make_person(database)
    ingest(database, person_id=person_id, source="riverbend", resources=[lens(), use("Left eye")])
    ingest(database, person_id=person_id, source="riverbend", resources=[lens(), use("Left eye", status="completed")])
    assert [one.status for one in implants(database, person_id)] == [Status.PAST]
    ingest(database, person_id=person_id, source="riverbend", resources=[use("", status="entered-in-error")])
    assert sites(database, person_id) == [""]
    assert [one.status for one in implants(database, person_id)] == [Status.ACTIVE]


@pytest.mark.parametrize("source", ["riverbend", HOME])
def test_a_statement_that_a_whole_list_lacks_is_taken_back(database: Database, source: str) -> None:
    person_id = make_person(database)
    of_both = [lens(), lens("d2"), use("Left eye"), use("Right eye", "d2")]
    ingest(database, person_id=person_id, source=source, resources=of_both)
    ingest(database, person_id=person_id, source=source, resources=of_both[:3])
    assert sorted(sites(database, person_id)) == ["Left eye", "Right eye"]
    described = frozenset({"DeviceUseStatement"})
    ingest(database, person_id=person_id, source=source, resources=of_both[:3], described=described)
    assert sorted(sites(database, person_id)) == ["", "Left eye"]
    renormalise(database)
    assert sorted(sites(database, person_id)) == ["", "Left eye"]


def test_a_process_that_ends_in_between_does_it_the_next_time(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    person_id = make_person(database)
    ingest(database, person_id=person_id, source="riverbend", resources=[lens(), use("Left eye")])
    with monkeypatch.context() as stopped:
        stopped.setattr("portal.refresh.ingest._make_again", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            ingest(database, person_id=person_id, source="riverbend", resources=[lens(), use("Right eye")])
    ingest(database, person_id=person_id, source="riverbend", resources=[lens(), use("Right eye")])
    assert sites(database, person_id) == ["Right eye"]


def test_a_changed_device_keeps_what_its_unchanged_statement_says(database: Database) -> None:
    person_id = make_person(database)
    ingest(database, person_id=person_id, source="riverbend", resources=[lens(), use("Left eye")])
    ingest(database, person_id=person_id, source="riverbend", resources=[lens() | {"lotNumber": "A1"}, use("Left eye")])
    assert sites(database, person_id) == ["Left eye"]


def test_one_lens_of_each_eye_is_two_rows_that_name_each_other(database: Database) -> None:
    person_id = make_person(database)
    ingest(database, person_id=person_id, source="riverbend", resources=[lens(), use("Left eye")])
    ingest(database, person_id=person_id, source="lakeside", resources=[lens("d2"), use("Right eye", "d2")])
    with database.reading() as tx:
        page = rows.page(tx, person_id=person_id, sight=WHOLE, section=Section.IMPLANTS)
    assert [len(row.entries) for row in page.rows] == [1, 1]
    assert all(row.marks for row in page.rows)


def test_what_another_source_says_of_a_device_with_that_id_is_not_of_this_one(database: Database) -> None:
    person_id = make_person(database)
    ingest(database, person_id=person_id, source="riverbend", resources=[lens()])
    ingest(database, person_id=person_id, source="lakeside", resources=[use("Right eye")])
    assert sites(database, person_id) == [""]
    assert refusals(database) == {"unsupported-type": 1}, "a statement about nothing that came is counted"


def test_a_confidential_statement_makes_its_device_confidential(database: Database) -> None:
    person_id = make_person(database)
    label = {"meta": {"security": [{"code": "R"}]}}
    ingest(database, person_id=person_id, source="riverbend", resources=[lens(), use("Left eye") | label])
    with database.reading() as tx:
        labels = tx.conn.execute(select(entry.c.confidential).where(entry.c.person_id == person_id)).scalars().all()
    assert labels == [True]
