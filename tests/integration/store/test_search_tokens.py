"""What the FHIR search finds by is small, each token once, and of an earlier version nothing is lost on the way."""

from pathlib import Path
from typing import Any

import pytest
from alembic import command
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import MetaData, Table, func, select, text

from portal.domain.dates import sort_key, sort_number
from portal.domain.ids import HOME
from portal.normalise.search_tokens import indexed, tokens
from portal.provider.fhir import query
from portal.refresh.ingest import ingest
from portal.store import Database
from portal.store.engine.database import open_database
from portal.store.engine.upgrade import _config, upgrade
from portal.store.people import people
from portal.store.records import fhir_search
from portal.store.records import tokens as stored_tokens
from portal.store.records.fhir_search import Criteria
from portal.store.schema.records import resource, search_token
from tests.factories.settings import make_settings
from tests.integration.records.helpers import make_person

PRESSURE = {
    "resourceType": "Observation",
    "id": "o1",
    "status": "final",
    "code": {"coding": [{"system": "http://loinc.org", "code": "85354-9"}, {"code": "bp"}]},
    "subject": {"reference": "Patient/p1"},
    "effectiveDateTime": "2024-05-06T07:08:09Z",
    "component": [{"code": {"coding": [{"system": "http://loinc.org", "code": "8480-6"}]}}],
}


def matches(database: Database, person_id: str, *asked: tuple[str, str]) -> int:
    criteria = Criteria(person_id=person_id, type="Observation", tokens=[(name, (value,)) for name, value in asked])
    with database.reading() as tx:
        page = fhir_search.search(tx, criteria=criteria)
        assert fhir_search.count(tx, criteria=criteria) == len(page.resources)
    return len(page.resources)


def test_a_token_is_there_once_and_both_names_lead_to_it(database: Database) -> None:
    assert {token for name, token in indexed(tokens(PRESSURE)) if name == "combo-code"} == {
        "8480-6",
        "http://loinc.org|8480-6",
    }
    person_id = make_person(database)
    ingest(database, person_id=person_id, source=HOME, resources=[PRESSURE])
    for code in ("85354-9", "http://loinc.org|85354-9", "8480-6", "bp"):
        assert matches(database, person_id, ("combo-code", code)) == 1, code
    assert matches(database, person_id, ("code", "8480-6")) == 0
    assert matches(database, person_id, ("status", "final"), ("combo-code", "8480-6"), ("code", "bp")) == 1
    assert matches(database, person_id, ("status", "final"), ("combo-code", "other")) == 0
    assert matches(database, make_person(database, "p2"), ("status", "final")) == 0


@pytest.mark.parametrize(("code", "found"), [("|bp", True), ("|85354-9", False), ("|other", False)])
def test_a_code_without_a_system_is_told_from_one_with(code: str, found: bool) -> None:
    asked = query.read("Observation", [("code", code)], patient="p1", base="https://x.example/fhir", strict=True)
    assert asked.tokens == [("code", (code[1:],))]
    assert all(test(PRESSURE) for test in asked.tests) is found


_WHEN = st.one_of(
    st.dates().map(lambda day: day.isoformat()[: 4 + 3 * (day.day % 3)]),
    st.datetimes().map(lambda moment: moment.isoformat(timespec="seconds") + "Z"),
)


@given(_WHEN, _WHEN)
def test_numbers_sort_as_keys_do(one: str, other: str) -> None:
    left, right = sort_key(one), sort_key(other)
    assert (sort_number(left) < sort_number(right)) == (left < right)
    assert 0 == sort_number("") < sort_number(left) < 2**63


@pytest.fixture
def earlier(database_kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Database:
    url = ""
    if database_kind == "postgresql":
        from tests.factories.postgres import fresh_database

        url = fresh_database(request.getfixturevalue("postgres_server"))
    database = open_database(make_settings(tmp_path, database_url=url))
    with database.transaction() as tx:
        command.upgrade(_config(tx.conn), "0056")
        person_id = people.put_home_patient(tx, fhir_id="p1", demographics=people.Person())
        rows, old = (Table(name, MetaData(), autoload_with=tx.conn) for name in ("resource", "resource_token"))
        for place in range(5):
            values: dict[str, Any] = {"source": HOME, "person_id": person_id, "type": "Observation", "version": 1}
            values |= {"content_hash": "", "updated_at": tx.now, "fhir_id": f"o{place}", "id": f"id{place}"}
            values |= {"date": f"2024-05-0{place + 1}", "confidential": False, "private": False}
            body = tx.sealer(person_id).seal(b'\x00{"a":1}', row=f"resource.body:id{place}")
            tx.conn.execute(rows.insert().values(**values, body=body))
            for code in ("a", "b"):
                token = {"param": "code", "hash": stored_tokens.token_hash(tx.vault, param="code", value=code)}
                token |= {"resource_id": f"id{place}", "person_id": person_id, "date": values["date"]}
                tx.conn.execute(old.insert().values(token))
    return database


def test_tokens_of_an_earlier_version_are_copied_wherever_it_was_interrupted(
    earlier: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.store.engine.upgrade._BATCH", 2)
    copy, calls = stored_tokens.number_batch, 0

    def interrupted(*args: Any, **options: Any) -> str | None:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise KeyboardInterrupt
        return copy(*args, **options)

    monkeypatch.setattr(stored_tokens, "number_batch", interrupted)
    with pytest.raises(KeyboardInterrupt):
        upgrade(earlier)
    with earlier.reading() as tx:
        assert tx.conn.execute(select(func.count()).select_from(search_token)).scalar() == 4
        assert tx.conn.execute(text("SELECT count(*) FROM resource_token")).scalar() == 10
        person_id = tx.conn.execute(select(resource.c.person_id).limit(1)).scalar_one()
    upgrade(earlier)
    assert matches(earlier, person_id, ("code", "a"), ("code", "b")) == 5
    criteria = Criteria(person_id=person_id, type="Observation", tokens=[("code", ("a",))], date_before="2024-05-04")
    with earlier.reading() as tx:
        page = fhir_search.search(tx, criteria=criteria, limit=2)
        rest = fhir_search.search(tx, criteria=criteria, limit=2, after=page.next)
    assert [each.fhir_id for each in (*page.resources, *rest.resources)] == ["o2", "o1", "o0"]
    earlier.close()
