"""Deliveries into the store: recognised, changed, removed, grouped; whatever the order, the same end."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select, update

from portal.domain.entry import Status
from portal.domain.errors import DecryptionError
from portal.domain.sections import Section
from portal.merge import disagreements, wordings
from portal.refresh.ingest import ingest, settle_leftovers
from portal.store import Database
from portal.store.records import fhir_search, grouping, resources, rows, writing
from portal.store.schema.records import entry
from tests.factories.fhir import ICD10, LOINC, RXNORM, SNOMED, concept, condition, medication, result
from tests.factories.sights import WHOLE
from tests.integration.records.helpers import MEANING, dump, make_person, refusals, wrongly_found, wrote

METFORMIN = (RXNORM, "861007")
MEDICATIONS, ISSUES, RESULTS = Section.MEDICATIONS, Section.HEALTH_ISSUES, Section.TEST_RESULTS


def page(database: Database, person_id: str, section: Section, **more: Any) -> rows.RowPage:
    with database.reading() as tx:
        return rows.page(tx, person_id=person_id, sight=WHOLE, section=section, **more)


def titles(found: rows.RowPage) -> list[str]:
    return [row.primary.entry.title for row in found.rows]


def test_delivering_twice_writes_nothing(database: Database) -> None:
    person_id = make_person(database)
    delivery = [medication("m1", "Metformin 500 mg tablet", METFORMIN), result("r1", 7.0, when="2024-01-02T08:00:00Z")]
    first = ingest(database, person_id=person_id, source="home", resources=delivery)
    before = dump(database)
    again = ingest(database, person_id=person_id, source="home", resources=delivery)
    assert first.sections[MEDICATIONS].new == 1
    assert wrote(first)
    assert not wrote(again)
    assert (again.sections[MEDICATIONS].unchanged, again.sections[RESULTS].unchanged) == (1, 1)
    assert dump(database) == before


def test_a_renewed_stamp_is_no_change(database: Database) -> None:
    person_id = make_person(database)
    for stamp in ("2024-01-01T00:00:00Z", "2024-02-01T00:00:00Z"):
        meta = {"meta": {"lastUpdated": stamp, "versionId": stamp[5:7]}}
        report = ingest(database, person_id=person_id, source="home", resources=[condition("c1", "Asthma") | meta])
    assert not wrote(report)


def test_raw_resources_come_back_as_they_were(database: Database) -> None:
    person_id = make_person(database)
    delivered = result("r1", 7.0, when="2024-01-02") | {"note": [{"text": "ä" * 300}]}
    ingest(database, person_id=person_id, source="home", resources=[delivered])
    with database.reading() as tx:
        stored = resources.read(tx, type="Observation", fhir_id="r1")
        assert stored is not None
        assert stored.body == delivered
        assert stored.version == 1
        assert resources.read(tx, type="Observation", fhir_id="r1", source="other") is None


def test_the_same_medicine_here_and_there_is_one_row_without_a_symbol(database: Database) -> None:
    person_id = make_person(database)
    here = medication("m1", "Metformin 500 mg tablet", METFORMIN, dosageInstruction=[{"text": "Twice a day"}])
    there = medication("x9", "metformin HCl 500 MG Oral Tablet", METFORMIN, dosageInstruction=[{"text": "With meals"}])
    ingest(database, person_id=person_id, source="riverbend", resources=[there])
    assert not page(database, person_id, MEDICATIONS).rows[0].home
    ingest(database, person_id=person_id, source="home", resources=[here])
    (row,) = page(database, person_id, MEDICATIONS).rows
    assert (row.home, row.sources, row.primary.source) == (True, ("home", "riverbend"), "home")
    assert disagreements(row.entries) == ()
    assert [wording.field for wording in wordings(row.entries)] == ["frequency"]


def test_two_strengths_here_and_there_are_two_rows_that_name_each_other(database: Database) -> None:
    person_id = make_person(database)
    ten = medication("m1", "Lisinopril 10 MG Oral Tablet", (RXNORM, "314076"))
    twenty = medication("m1", "Lisinopril 20 MG Oral Tablet", (RXNORM, "314077"))
    ingest(database, person_id=person_id, source="home", resources=[ten])
    ingest(database, person_id=person_id, source="riverbend", resources=[twenty])
    shown = page(database, person_id, MEDICATIONS).rows
    marks = [(row.primary.entry.title, mark) for row in shown for mark in row.marks]
    assert {(title, mark.entry.title, mark.source, mark.fields) for title, mark in marks} == {
        ("Lisinopril 10 mg Oral Tablet", "Lisinopril 20 mg Oral Tablet", "riverbend", ("strength",)),
        ("Lisinopril 20 mg Oral Tablet", "Lisinopril 10 mg Oral Tablet", "home", ("strength",)),
    }


def test_a_complete_section_loses_what_it_no_longer_has(database: Database) -> None:
    person_id = make_person(database)
    both = [condition("c1", "Asthma"), condition("c2", "Gout"), medication("m1", "Metformin 500 mg tablet")]
    ingest(database, person_id=person_id, source="link", resources=both)
    partial = ingest(database, person_id=person_id, source="link", resources=both[:1])
    assert not wrote(partial)
    report = ingest(database, person_id=person_id, source="link", resources=both[:1], complete=frozenset({ISSUES}))
    assert report.sections[ISSUES].removed == 1
    assert titles(page(database, person_id, ISSUES)) == ["Asthma"]
    assert page(database, person_id, ISSUES).total == 1
    assert titles(page(database, person_id, MEDICATIONS)) == ["Metformin 500 mg tablet"]
    with database.reading() as tx:
        assert resources.read(tx, type="Condition", fhir_id="c2", source="link") is None


def test_what_is_kept_counts_as_delivered(database: Database) -> None:
    person_id = make_person(database)
    both = [condition("c1", "Asthma"), condition("c2", "Gout")]
    ingest(database, person_id=person_id, source="link", resources=both)
    report = ingest(
        database,
        person_id=person_id,
        source="link",
        resources=[],
        complete=frozenset({ISSUES}),
        unchanged=["Condition/c2"],
    )
    assert report.sections[ISSUES].removed == 1
    assert titles(page(database, person_id, ISSUES)) == ["Gout"]


def test_a_home_resource_that_is_gone_leaves_a_tombstone_and_may_come_back(database: Database) -> None:
    person_id = make_person(database)
    ingest(database, person_id=person_id, source="home", resources=[condition("c1", "Asthma")])
    ingest(database, person_id=person_id, source="home", resources=[], complete=frozenset({ISSUES}))
    with database.reading() as tx:
        stored = resources.read(tx, type="Condition", fhir_id="c1")
        assert stored is not None
        assert (stored.deleted, stored.body) == (True, {})
        assert fhir_search.count(tx, criteria=fhir_search.Criteria(person_id, "Condition")) == 0
    report = ingest(database, person_id=person_id, source="home", resources=[condition("c1", "Asthma")])
    assert report.sections[ISSUES].new == 1
    assert titles(page(database, person_id, ISSUES)) == ["Asthma"]


def test_a_correction_replaces_and_an_error_vanishes_without_hiding_a_good_one(database: Database) -> None:
    person_id = make_person(database)
    asthma = (SNOMED, "195967001")
    ingest(database, person_id=person_id, source="home", resources=[condition("c1", "Asthma", asthma)])
    ingest(database, person_id=person_id, source="link", resources=[condition("x1", "Asthma", asthma)])
    wrong = condition("x1", "Asthma", asthma) | {"verificationStatus": concept("", ("x", "entered-in-error"))}
    wrong["verificationStatus"]["coding"][0]["system"] = "http://terminology.hl7.org/CodeSystem/condition-ver-status"
    ingest(database, person_id=person_id, source="link", resources=[wrong])
    (row,) = page(database, person_id, ISSUES).rows
    assert row.sources == ("home",)
    ingest(database, person_id=person_id, source="home", resources=[condition("c1", "Mild asthma", asthma)])
    assert titles(page(database, person_id, ISSUES)) == ["Mild asthma"]
    with database.reading() as tx:
        assert resources.read(tx, type="Condition", fhir_id="c1").version == 2  # type: ignore[union-attr]


def test_an_observation_may_change_its_section(database: Database) -> None:
    person_id = make_person(database)
    ingest(database, person_id=person_id, source="home", resources=[result("r1", 7.0, when="2024-01-02")])
    moved = result("r1", 7.0, when="2024-01-02")
    moved["category"][0]["coding"][0]["code"] = "vital-signs"
    ingest(database, person_id=person_id, source="home", resources=[moved])
    assert page(database, person_id, RESULTS).total == 0
    assert page(database, person_id, Section.VITAL_SIGNS).total == 1


def test_a_resource_of_another_person_is_refused(database: Database) -> None:
    maria, leo = make_person(database), make_person(database, "p2")
    ingest(database, person_id=maria, source="home", resources=[condition("c1", "Asthma")])
    report = ingest(database, person_id=leo, source="home", resources=[condition("c1", "Asthma")])
    assert report.refused == {"other-person": 1}
    assert page(database, leo, ISSUES).total == 0
    assert page(database, maria, ISSUES).total == 1


def test_people_with_the_same_illness_share_no_row(database: Database) -> None:
    maria, leo = make_person(database), make_person(database, "p2")
    ingest(database, person_id=maria, source="home", resources=[condition("c1", "Asthma", (SNOMED, "195967001"))])
    ingest(database, person_id=leo, source="home", resources=[condition("c2", "Asthma", (SNOMED, "195967001"))])
    assert page(database, leo, ISSUES).rows[0].entries[0].id != page(database, maria, ISSUES).rows[0].entries[0].id
    with database.reading() as tx:
        other = page(database, leo, ISSUES).rows[0].primary_id
        assert rows.by_entry(tx, person_id=maria, sight=WHOLE, section=ISSUES, entry_id=other) is None


def test_refusals_are_counted_by_reason(database: Database) -> None:
    person_id = make_person(database)
    odd: list[Any] = [{"resourceType": "Condition"}, "text", {"resourceType": "Claim", "id": "1"}, condition("c1", "")]
    for _again in range(2):
        report = ingest(database, person_id=person_id, source="home", resources=odd)
        assert report.refused == {"malformed": 2, "unsupported-type": 1, "no-code": 1}
        assert report.lost == {"malformed": 2}, "what has no name leaves no trace"
    assert refusals(database) == {"no-code": 1, "unsupported-type": 1}


def test_references_are_followed_in_the_delivery_and_in_the_store(database: Database) -> None:
    person_id = make_person(database)
    drug = {"resourceType": "Medication", "id": "d1", "code": concept("Metformin 500 mg tablet", METFORMIN)}
    order = {key: value for key, value in medication("m1", "").items() if key != "medicationCodeableConcept"}
    order["medicationReference"] = {"reference": "Medication/d1"}
    ingest(database, person_id=person_id, source="link", resources=[order, drug])
    assert titles(page(database, person_id, MEDICATIONS)) == ["Metformin 500 mg tablet"]
    ingest(database, person_id=None, source="home", resources=[drug])
    ingest(database, person_id=person_id, source="home", resources=[order | {"id": "m2"}])
    assert page(database, person_id, MEDICATIONS).rows[0].sources == ("home", "link")


@pytest.mark.parametrize("seed", range(3))
def test_any_history_ends_in_the_same_rows(database: Database, seed: int) -> None:
    """Sources come, change and go in any order: the rows are those of grouping everything at once."""
    luck = random.Random(seed)
    person_id = make_person(database)
    pool = [
        ("Asthma", (SNOMED, "195967001")),
        ("Asthma", (ICD10, "J45.909")),
        ("Asthma", None),
        ("Gout", (SNOMED, "90560007")),
    ]
    for _ in range(12):
        source = luck.choice(["home", "a", "b"])
        delivery = []
        for number in range(luck.randrange(4)):
            title, code = luck.choice(pool)
            extra = [code] if code else []
            if luck.random() < 0.3:
                extra.append((ICD10, "J45.909"))
            status = luck.choice(["active", "resolved"])
            delivery.append(condition(f"c{number}", title, *extra, status=status))
        ingest(database, person_id=person_id, source=source, resources=delivery, complete=frozenset({ISSUES}))
        if luck.random() < 0.2:
            with database.transaction() as tx:
                resources.remove_source(tx, source="b")
        stepwise = dump(database)
        assert wrongly_found(database) == []
        with database.transaction() as tx:
            assert not grouping.regroup_all(tx, person_id=person_id, section=ISSUES)
        assert dump(database) == stepwise


def test_removing_a_source_equals_never_having_had_it(database: Database) -> None:
    person_id = make_person(database)
    home = [condition("c1", "Asthma", (SNOMED, "195967001")), medication("m1", "Lisinopril 10 MG Oral Tablet")]
    other = [
        condition("c7", "Asthma"),
        medication("m7", "Lisinopril 20 MG Oral Tablet"),
        medication("m8", "Aspirin 81 mg"),
    ]
    ingest(database, person_id=person_id, source="home", resources=home)
    before = dump(database, without=MEANING)
    ingest(database, person_id=person_id, source="link", resources=other)
    assert dump(database, without=MEANING) != before
    with database.transaction() as tx:
        assert resources.remove_source(tx, source="link") == 3
    assert dump(database, without=MEANING) == before


def test_what_a_stopped_process_left_is_settled(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    person_id = make_person(database)

    def stop(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(writing, "settle", stop)
        with pytest.raises(KeyboardInterrupt):
            ingest(database, person_id=person_id, source="home", resources=[condition("c1", "Asthma")])
    assert page(database, person_id, ISSUES).rows == (), "nothing half done is visible"
    assert settle_leftovers(database) == 0, "whoever stored it may still be at it"
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=2)):
        assert settle_leftovers(database) == 1
        assert titles(page(database, person_id, ISSUES)) == ["Asthma"]
        assert settle_leftovers(database) == 0


def test_a_section_that_cannot_be_settled_keeps_no_other_from_being_seen(database: Database) -> None:
    person_id = make_person(database)
    ingest(database, person_id=person_id, source="home", resources=[condition("c1", "Asthma")])
    with database.transaction() as tx:
        tx.conn.execute(update(entry).where(entry.c.section == ISSUES).values(facts=b"\x00damaged"))
    later = [
        condition("c2", "Asthma"),
        medication("m1", "Aspirin 81 mg"),
        {"resourceType": "AllergyIntolerance", "id": "a1", "code": concept("Peanut"), "patient": {"reference": "x"}},
    ]
    with pytest.raises(DecryptionError):
        ingest(database, person_id=person_id, source="home", resources=later)
    others = (Section.ALLERGIES, MEDICATIONS)
    assert [titles(page(database, person_id, section)) for section in others] == [["Peanut"], ["Aspirin 81 mg"]]
    ingest(database, person_id=make_person(database, "p2"), source="link", resources=[condition("c1", "Gout")])
    with database.transaction() as tx:
        tx.conn.execute(update(entry).where(entry.c.source == "link").values(grouping.NOWHERE))
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=2)):
        settle_leftovers(database)
    with database.reading() as tx:
        waiting = tx.conn.execute(select(entry.c.section).where(entry.c.grouped.is_(False))).scalars().all()
    assert waiting == [ISSUES], "what is damaged alone"


def test_what_comes_after_the_first_delivery_is_news(database: Database) -> None:
    person_id = make_person(database)
    first = [result("r1", 7.0, when="2024-01-02"), condition("c1", "Asthma")]
    ingest(database, person_id=person_id, source="link", resources=first)
    assert unread(database, person_id) == []
    later = [result("r2", 7.4, when="2024-04-02"), condition("c2", "Gout")]
    ingest(database, person_id=person_id, source="link", resources=later)
    [newest] = unread(database, person_id)
    assert (newest.section, newest.new, newest.new_from) == (RESULTS, {newest.primary_id}, {"link"})
    with database.transaction() as tx:
        assert rows.mark_read(tx, person_id=person_id, sight=WHOLE, entry_ids=newest.new) == 1
    assert unread(database, person_id) == []


def unread(database: Database, person_id: str) -> list[rows.RecordRow]:
    listed = (row for section in (RESULTS, ISSUES) for row in page(database, person_id, section).rows)
    return [row for row in listed if row.new]


def test_pages_follow_each_other_without_gap_or_repetition(database: Database) -> None:
    person_id = make_person(database)
    many = [result(f"r{n}", n, when=f"20{n % 20:02}-05-01", loinc=f"1000-{n % 10}") for n in range(30)]
    ingest(database, person_id=person_id, source="home", resources=many)
    ingest(database, person_id=person_id, source="link", resources=many[:9])
    seen: list[str] = []
    after: str | None = None
    while True:
        found = page(database, person_id, RESULTS, after=after, limit=7)
        assert found.total == 30
        seen += [row.id for row in found.rows]
        after = found.next
        if after is None:
            break
    assert len(seen) == len(set(seen)) == 30
    dates = [row.sort_at for row in page(database, person_id, RESULTS, limit=30).rows]
    assert dates == sorted(dates, reverse=True)
    of_link = page(database, person_id, RESULTS, source="link", limit=5)
    assert (of_link.total, len(of_link.rows)) == (9, 5)
    rest = page(database, person_id, RESULTS, source="link", limit=5, after=of_link.next)
    assert len(rest.rows) == 4
    assert page(database, person_id, RESULTS, source="nobody").rows == ()


def test_active_comes_before_past_and_can_be_asked_for(database: Database) -> None:
    person_id = make_person(database)
    old = condition("c1", "Gout", onsetDateTime="2023", status="resolved")
    now = condition("c2", "Asthma", onsetDateTime="1999")
    ingest(database, person_id=person_id, source="home", resources=[old, now])
    found = page(database, person_id, ISSUES)
    assert titles(found) == ["Asthma", "Gout"]
    assert found.by_status == {Status.ACTIVE: 1, Status.PAST: 1}
    past = page(database, person_id, ISSUES, status=Status.PAST)
    assert (titles(past), past.total) == (["Gout"], 1)


def test_a_row_has_all_its_entries_on_its_own_page(database: Database) -> None:
    person_id = make_person(database)
    refills = [
        medication(f"m{n}", "Metformin 500 mg tablet", METFORMIN, authoredOn=f"2024-0{n}-01") for n in range(1, 6)
    ]
    ingest(database, person_id=person_id, source="home", resources=refills)
    ingest(database, person_id=person_id, source="link", resources=refills[:1])
    (row,) = page(database, person_id, MEDICATIONS).rows
    assert (len(row.entries), row.counts) == (2, {"home": 5, "link": 1})
    for one in row.entries:
        with database.reading() as tx:
            whole = rows.by_entry(tx, person_id=person_id, sight=WHOLE, section=MEDICATIONS, entry_id=one.id)
        assert whole is not None
        assert [each.source for each in whole.entries] == ["home"] * 5 + ["link"]
        assert [each.entry.start for each in whole.entries][:2] == ["2024-05-01", "2024-04-01"]


def test_searching_finds_by_token_date_and_id(database: Database) -> None:
    person_id = make_person(database)
    many = [result(f"r{n}", n, when=f"2024-0{n}-01", loinc="4548-4" if n < 4 else "2345-7") for n in range(1, 7)]
    ingest(database, person_id=person_id, source="home", resources=many)

    def ids(**more: Any) -> list[str]:
        with database.reading() as tx:
            criteria = fhir_search.Criteria(person_id, "Observation", **more)
            found = fhir_search.search(tx, criteria=criteria)
            assert fhir_search.count(tx, criteria=criteria) == len(found.resources)
            return [one.fhir_id for one in found.resources]

    assert ids() == ["r6", "r5", "r4", "r3", "r2", "r1"]
    assert ids(tokens=[("code", [f"{LOINC}|2345-7"])]) == ["r6", "r5", "r4"]
    assert ids(tokens=[("code", ["4548-4"]), ("category", ["laboratory"])], date_from="2024-02") == ["r3", "r2"]
    assert ids(tokens=[("code", ["|4548-4"])]) == [], "a code without a system is another code"
    assert ids(tokens=[("code", ["4548-4", f"{LOINC}|2345-7"])], date_before="2024-02") == ["r1"]
    assert ids(ids=["r2", "r9"]) == ["r2"]
    with database.reading() as tx:
        criteria = fhir_search.Criteria(person_id, "Observation")
        first = fhir_search.search(tx, criteria=criteria, limit=4)
        second = fhir_search.search(tx, criteria=criteria, limit=4, after=first.next)
        assert [one.fhir_id for one in second.resources] == ["r2", "r1"]
        assert second.next is None
        assert fhir_search.search(tx, criteria=fhir_search.Criteria("nobody", "Observation")).resources == ()
