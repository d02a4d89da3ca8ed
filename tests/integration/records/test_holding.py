"""Results that wait until the person wants to see them: there for nobody, and counted where they would stand."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from portal.domain.ids import HOME
from portal.domain.result_timing import ResultKind, ResultTiming, TimingChoices
from portal.domain.sections import Section
from portal.refresh.ingest import ingest
from portal.store import Database
from portal.store.records import holding, left_out, news, rows
from portal.store.records.grouping import regroup_all, regroup_pending
from tests.factories.fhir import concept, result
from tests.factories.sights import OPEN
from tests.integration.records.helpers import make_person

RESULTS = Section.TEST_RESULTS
_START = datetime(2026, 5, 4, 12, tzinfo=UTC)
_DOCTOR = {"reference": "Practitioner/dr"}
_RADIOLOGY = [{"coding": [{"code": "RAD"}]}]


def _value(fhir_id: str, value: float = 5.0, **more: Any) -> dict[str, Any]:
    return result(fhir_id, value, when=f"2026-05-0{int(fhir_id[-1])}", **more)


def _report(fhir_id: str, *values: str, **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "DiagnosticReport",
        "id": fhir_id,
        "status": "final",
        "code": concept("Basic metabolic panel"),
        "subject": {"reference": "Patient/p1"},
        "effectiveDateTime": "2026-05-03",
        "result": [{"reference": f"Observation/{each}"} for each in values],
    } | more


def _message(fhir_id: str, about: str, **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Communication",
        "id": fhir_id,
        "status": "completed",
        "subject": {"reference": "Patient/p1"},
        "sent": "2026-05-04T13:00:00Z",
        "sender": _DOCTOR,
        "about": [{"reference": about}],
        "payload": [{"contentString": "All good."}],
    } | more


def _choose(database: Database, person_id: str, **chosen: Any) -> None:
    with database.transaction() as tx:
        holding.choose(tx, person_id=person_id, chosen=TimingChoices(**chosen))
        regroup_pending(tx, person_id=person_id, section=RESULTS)


def _bring(database: Database, person_id: str, *resources: dict[str, Any], source: str = HOME) -> None:
    ingest(database, person_id=person_id, source=source, resources=resources)


def _counts(database: Database, person_id: str) -> tuple[int, int]:
    """How many rows a list shows, and how many it says to wait; all that count agree."""
    with database.reading() as tx:
        page = rows.page(tx, person_id=person_id, section=RESULTS, sight=OPEN)
        groups = left_out.counts(tx, person_id=person_id, sight=OPEN)
        told = news.news(tx, person_id=person_id, sight=OPEN)
        waiting = holding.waiting(tx, person_id=person_id, sight=OPEN)
    assert page.total == len(page.rows)
    assert told.total <= page.total
    held = sum(group.held for group in groups if group.source == "")
    assert bool(held) == bool(waiting)
    return page.total, held


@pytest.fixture
def person_id(database: Database) -> str:
    return make_person(database)


def test_what_comes_waits_and_what_was_shown_stays(database: Database, person_id: str) -> None:
    _bring(database, person_id, _value("o1"))
    _choose(database, person_id, laboratory=ResultTiming.ASKED)
    assert _counts(database, person_id) == (1, 0)
    _bring(database, person_id, _value("o2"), _value("o1", 9.9))
    _bring(database, person_id, _value("o3"), source="link")
    assert _counts(database, person_id) == (1, 2), "a change of what was seen is seen"
    with database.transaction() as tx:
        assert not regroup_all(tx, person_id=person_id, section=RESULTS), "step by step is the same as at once"
        waiting = holding.waiting(tx, person_id=person_id, sight=OPEN)
        assert [each.kinds for each in waiting] == [(ResultKind.LABORATORY,)] * 2
        for section in holding.show(tx, person_id=person_id, ids=waiting[0].ids):
            regroup_pending(tx, person_id=person_id, section=section)
    assert _counts(database, person_id) == (2, 1)
    _choose(database, person_id)
    assert _counts(database, person_id) == (3, 0)


def test_the_same_result_is_not_told_by_what_waits(database: Database, person_id: str) -> None:
    _bring(database, person_id, _value("o1"))
    _choose(database, person_id, laboratory=ResultTiming.ASKED)
    _bring(database, person_id, _value("o1"), source="link")
    with database.reading() as tx:
        (row,) = rows.page(tx, person_id=person_id, section=RESULTS, sight=OPEN).rows
    assert row.sources == (HOME,)
    assert not row.marks
    _choose(database, person_id)
    with database.reading() as tx:
        (row,) = rows.page(tx, person_id=person_id, section=RESULTS, sight=OPEN).rows
    assert row.sources == (HOME, "link")


@pytest.mark.parametrize(
    ("comment", "shown"),
    [
        ([_value("o2", note=[{"text": "Fine.", "authorReference": _DOCTOR}])], True),
        ([_value("o2", note=[{"text": "Performed at the main laboratory."}])], False),
        ([_report("r1", "o2", conclusion="Slightly raised; no change.")], True),
        ([_report("r1", "o2", note=[{"text": "See you in June.", "authorReference": _DOCTOR}])], True),
        ([_report("r1", "o2", category=_RADIOLOGY, conclusion="A mass in the left lung.")], False),
        ([_message("c1", "Observation/o2")], True),
        ([_message("c1", "Observation/o2", sender={"reference": "Patient/p1"})], False),
        ([_message("c1", "Observation/o9")], False),
        (
            [
                _message("c1", "Observation/o2", sender={"reference": "Patient/p1"}),
                _message("c2", "Observation/o8", inResponseTo=[{"reference": "Communication/c1"}]),
            ],
            True,
        ),
    ],
)
def test_a_comment_of_a_clinician_shows_it(
    database: Database, person_id: str, comment: list[dict[str, Any]], shown: bool
) -> None:
    _choose(
        database,
        person_id,
        laboratory=ResultTiming.COMMENTED,
        imaging=ResultTiming.COMMENTED,
        other=ResultTiming.COMMENTED,
    )
    _bring(database, person_id, _value("o2"))
    assert _counts(database, person_id) == (0, 1)
    _bring(database, person_id, *comment)
    assert (_counts(database, person_id)[1] == 0) is shown


def test_a_report_and_its_values_are_seen_together(database: Database, person_id: str) -> None:
    _choose(database, person_id, genetics=ResultTiming.ASKED)
    _bring(database, person_id, _value("o1"), _value("o2"), _report("r1", "o1", code=concept("BRCA1 gene analysis")))
    assert _counts(database, person_id) == (1, 2)


def test_what_nobody_comments_appears_after_some_days(database: Database, person_id: str) -> None:
    with time_machine.travel(_START, tick=False):
        _choose(database, person_id, laboratory=ResultTiming.COMMENTED, days=3)
        _bring(database, person_id, _value("o1"), _value("o2", issued="2026-05-02T12:00:00Z"))
        _bring(database, person_id, _value("o3", issued="2024-01-02T12:00:00Z"), source="link")
        assert _counts(database, person_id) == (1, 2), "a result of two years ago has waited long enough"
    for days, shown in ((0.9, 1), (1.1, 2), (2.9, 2), (3.1, 3)):
        with time_machine.travel(_START + timedelta(days=days), tick=False):
            with database.transaction() as tx:
                for whose, section in holding.due(tx):
                    regroup_pending(tx, person_id=whose, section=section)
            assert _counts(database, person_id) == (shown, 3 - shown)


def test_a_document_waits_where_it_is_a_result(database: Database, person_id: str) -> None:
    def document(fhir_id: str, text: str) -> dict[str, Any]:
        attachment = {"contentType": "text/plain", "data": "VGV4dA=="}
        return {
            "resourceType": "DocumentReference",
            "id": fhir_id,
            "status": "current",
            "type": concept(text),
            "subject": {"reference": "Patient/p1"},
            "content": [{"attachment": attachment}],
        }

    _choose(database, person_id, **{kind.value: ResultTiming.ASKED for kind in ResultKind})
    _bring(database, person_id, document("d1", "Surgical pathology report"), document("d2", "Progress note"))
    with database.reading() as tx:
        (row,) = rows.page(tx, person_id=person_id, section=Section.DOCUMENTS, sight=OPEN).rows
    assert "Progress" in row.primary.entry.title
