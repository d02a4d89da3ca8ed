"""Making everything derived again: the same when no rule changed, and what a new rule gives when one did."""

import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, update

from portal.domain.sections import Section
from portal.normalise import to_entry
from portal.refresh.ingest import ingest
from portal.refresh.renormalise import renormalise
from portal.store import Database, Tx
from portal.store.records import renewals, rows
from portal.store.schema.records import entry, entry_key, record_row
from tests.factories.fhir import SNOMED, condition, medication, result
from tests.factories.sights import WHOLE
from tests.integration.records.helpers import dump, make_person

_CIPHERTEXT = ("body", "facts")


def _fill(database: Database) -> str:
    person_id = make_person(database)
    asthma = condition("c1", "Asthma", (SNOMED, "195967001"))
    home = [asthma, medication("m1", "Lisinopril 10 MG Oral Tablet"), result("r1", 7.0, when="2024-01-02")]
    ingest(database, person_id=person_id, source="home", resources=home)
    ingest(database, person_id=person_id, source="link", resources=[asthma, condition("c2", "")])
    practitioner = {"resourceType": "Practitioner", "id": "d1", "name": [{"text": "Dr. Okafor"}]}
    ingest(database, person_id=None, source="home", resources=[practitioner])
    return person_id


def test_without_a_new_rule_nothing_differs(database: Database) -> None:
    _fill(database)
    before = dump(database, without=_CIPHERTEXT)
    report = renormalise(database)
    assert report.resources == 6
    assert not report.changed + report.added + report.removed + report.regrouped
    assert report.refused == {"no-code": 1}
    assert dump(database, without=_CIPHERTEXT) == before


def test_damaged_keys_and_rows_are_made_whole(database: Database) -> None:
    person_id = _fill(database)
    before = dump(database, without=_CIPHERTEXT)
    with database.transaction() as tx:
        tx.conn.execute(delete(entry_key))
        tx.conn.execute(update(entry).values(status="past"))
    report = renormalise(database)
    assert not report.changed, "the entries read as before; only their keys were lost"
    assert dump(database, without=_CIPHERTEXT) == before
    with database.reading() as tx:
        (row,) = rows.page(tx, person_id=person_id, sight=WHOLE, section=Section.HEALTH_ISSUES).rows
    assert row.sources == ("home", "link")


def test_a_new_rule_shows_in_the_report(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    person_id = _fill(database)

    def newer(resource: dict[str, object], lookup: object, **options: bool) -> object:
        if resource["id"] == "c1":
            resource = {**resource, "code": {"text": "Bronchial asthma"}}
        return to_entry(resource, lookup, **options)  # type: ignore[arg-type]

    monkeypatch.setattr("portal.refresh.drafting.to_entry", newer)
    report = renormalise(database)
    assert report.changed == {Section.HEALTH_ISSUES: 2}
    with database.reading() as tx:
        (row,) = rows.page(tx, person_id=person_id, sight=WHOLE, section=Section.HEALTH_ISSUES).rows
    assert row.primary.entry.title == "Bronchial asthma"


class StoppedError(Exception):
    """The process ended here."""


@pytest.mark.parametrize("stops", [1, 4, 9])
def test_a_run_that_is_stopped_goes_on_and_reports_the_whole(
    database: Database, monkeypatch: pytest.MonkeyPatch, stops: int
) -> None:
    _fill(database)
    before = dump(database, without=_CIPHERTEXT)
    with database.transaction() as tx:
        tx.conn.execute(update(entry).values(status="past"))
    monkeypatch.setattr("portal.refresh.renormalise._BATCH", 1)
    note, noted = renewals.note, list[str]()

    def stopping(tx: Tx, owner: renewals.Renewal, counts: renewals.Counts, **more: Any) -> None:
        note(tx, owner, counts, **more)
        noted.append(more.get("after", ""))
        if len(noted) == stops:
            raise StoppedError

    monkeypatch.setattr("portal.store.records.renewals.note", stopping)
    with pytest.raises(StoppedError):
        renormalise(database)
    undone = noted.pop()
    noted.append("")  # keeps the count beyond the stop
    report = renormalise(database)
    read = [resource for resource in noted if resource]
    assert len(read) == len(set(read)) == 6, "each resource once, but for the one whose transaction was lost"
    assert not undone or undone in read
    assert (report.resources, report.refused) == (6, {"no-code": 1})
    assert dump(database, without=_CIPHERTEXT) == before


_KILLED = """
import sys, time
from pathlib import Path
from portal.refresh.renormalise import renormalise
from portal.store import open_database
from portal.store.records import renewals
from tests.factories.settings import make_settings

note = renewals.note

def stopping(tx, owner, counts, **more):
    note(tx, owner, counts, **more)
    if "regrouped" in counts:
        print("regrouping", flush=True)
        time.sleep(600)

renewals.note = stopping
renormalise(open_database(make_settings(Path(sys.argv[1]), database_url=sys.argv[2])))
"""


def test_a_process_that_is_killed_while_it_groups_leaves_the_rest_to_the_next(
    database: Database, tmp_path: Path
) -> None:
    person_id = _fill(database)
    before = dump(database, without=_CIPHERTEXT)
    with database.transaction() as tx:
        tx.conn.execute(update(record_row).values(rank=0))
    url = database.url.render_as_string(hide_password=False)
    with subprocess.Popen([sys.executable, "-c", _KILLED, str(tmp_path), url], stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout
            assert process.stdout.readline() == b"regrouping\n"
        finally:
            process.send_signal(signal.SIGKILL)
    with database.reading() as tx:
        assert renewals.waiting(tx) > 0
        assert rows.page(tx, person_id=person_id, sight=WHOLE, section=Section.HEALTH_ISSUES).rows, "still readable"
    report = renormalise(database)
    assert report.regrouped, "its transaction was lost, not its task"
    assert (report.resources, report.refused) == (6, {"no-code": 1})
    assert dump(database, without=_CIPHERTEXT) == before


def test_a_finished_run_is_forgotten_and_the_next_begins_anew(database: Database) -> None:
    _fill(database)
    with database.transaction() as tx:
        assert renewals.begin(tx) == (3, 0)
        first = renewals.next_of(tx)
        assert first is not None
        renewals.note(tx, first, {}, done=True)
        assert renewals.begin(tx) == (2, 1)
    assert renormalise(database).resumed == 1
    assert renormalise(database).resumed == 0


def test_what_came_meanwhile_is_read_too(database: Database) -> None:
    person_id = _fill(database)
    with database.transaction() as tx:
        assert renewals.begin(tx) == (3, 0)
    ingest(database, person_id=person_id, source="home", resources=[condition("zz9", "Gout")])
    report = renormalise(database)
    assert (report.resources, report.resumed) == (7, 0)
    with database.reading() as tx:
        assert renewals.waiting(tx) == 0
