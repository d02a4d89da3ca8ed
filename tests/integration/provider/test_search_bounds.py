"""What one search may cost: parameters, rows, time; counts and includes too. Beyond it: 400, ``too-costly``."""

from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, text
from werkzeug.test import TestResponse

from portal.domain.errors import TooSlowError
from portal.provider.fhir import budget
from portal.services import Services
from portal.store import Database
from tests.integration.both import settings
from tests.integration.provider.conftest import TestApp, ana, third_party

__all__ = ["ana", "settings", "third_party"]

ENDLESS = text(
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000000) SELECT max(i) FROM n"
)


def refused(answer: TestResponse) -> None:
    assert answer.status_code == 400, answer.get_data(as_text=True)[:500]
    body = answer.get_json()
    assert body["resourceType"] == "OperationOutcome"
    assert body["issue"][0]["code"] == "too-costly"


@pytest.mark.parametrize(
    "pairs",
    [
        [("code", f"c{n}") for n in range(60)],
        [("_include", "MedicationRequest:medication")] * 60,
        [("code:not", ",".join(f"{n}-{place}" for place in range(90))) for n in range(5)],
        [("code", "x" * 40_000)],
        [("unknown", str(n)) for n in range(60)],
    ],
    ids=["parameters", "includes", "alternatives", "long", "unknown"],
)
def test_a_search_has_so_many_parameters(reader: TestApp, pairs: list[tuple[str, str]]) -> None:
    headers = {"Authorization": f"Bearer {reader.tokens['access_token']}"}
    client: FlaskClient = reader.app.test_client()
    refused(client.get(f"/fhir/MedicationRequest?{urlencode(pairs)}", headers=headers))
    form = "application/x-www-form-urlencoded"
    refused(client.post("/fhir/MedicationRequest/_search", data=urlencode(pairs), content_type=form, headers=headers))


def test_what_others_ask_is_within_it(reader: TestApp) -> None:
    pairs = [("code", ",".join(f"http://loinc.org|{n}-1" for n in range(60))), ("date", "ge2000"), ("date", "lt2030")]
    assert reader.get(f"Observation?{urlencode(pairs)}").status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "Observation?_summary=count&date=ge2000-01-01",
        "Observation?_count=0&date=ge2000-01-01",
        "MedicationRequest?_include=MedicationRequest:medication",
        "Observation?_summary=count&code:not=x",
    ],
)
def test_counts_and_includes_have_a_budget_of_rows(reader: TestApp, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    assert reader.get(path).status_code == 200
    monkeypatch.setattr(budget, "ROWS", 0)
    refused(reader.get(path))


def test_a_page_that_takes_too_long_goes_on_with_the_next(reader: TestApp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "PAGE_SECONDS", 0.0)
    address, read = "Observation?date=ge2000-01-01&_count=2&_sort=date&status:missing=true", 0
    for _ in range(20):
        answer = reader.get(address)
        assert answer.status_code == 200
        read += 1
        following = [link["url"] for link in answer.get_json()["link"] if link["relation"] == "next"]
        if not following:
            break
        address = following[0].partition("/fhir/")[2]
    assert 1 < read < 20


def test_a_statement_is_ended_when_its_time_is_over(database: Database) -> None:
    with pytest.raises(TooSlowError), database.reading(seconds=0.2) as tx:
        tx.conn.execute(ENDLESS).scalar_one()
    with database.reading() as tx:
        assert tx.conn.execute(text("SELECT 1")).scalar_one() == 1


@pytest.fixture
def slow_count(services: Services) -> Iterator[None]:
    """Make each count of resources an endless one."""

    def replace(
        _conn: object, _cursor: object, statement: str, parameters: object, *_rest: object
    ) -> tuple[str, object]:
        if "count(*)" in statement and "FROM resource" in statement:
            return str(ENDLESS), {} if not services.db.is_sqlite else ()
        return statement, parameters

    event.listen(services.db.engine, "before_cursor_execute", replace, retval=True)
    yield
    event.remove(services.db.engine, "before_cursor_execute", replace)


def test_a_count_that_takes_too_long_is_refused(
    reader: TestApp, monkeypatch: pytest.MonkeyPatch, slow_count: None
) -> None:
    monkeypatch.setattr(budget, "SECONDS", 0.3)
    refused(reader.get("Observation?_summary=count"))
    assert reader.get("Observation?_count=1").status_code == 200
