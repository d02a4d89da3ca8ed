"""What a caller may not see leaves no trace beside the text of the answer: neither in headers nor in the work done."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event
from werkzeug.test import TestResponse

from portal.domain.ids import HOME
from portal.domain.sections import Section
from portal.refresh.ingest import ingest
from tests.hostile.sight import record
from tests.hostile.sight.record import SECRET
from tests.hostile.sight.test_probe import Case, case

__all__ = ["case"]  # a fixture: pytest finds it here
_OWN = frozenset({"Date", "X-Request-Id", "Last-Modified", "Content-Length"})
_SEARCHES = ("_count=1", "_lastUpdated=ge2000-01-01", "_include", "_revinclude", f"_id={SECRET}")


@contextmanager
def statements(case: Case) -> Iterator[list[str]]:
    """Collect what is asked of the database: how much work an answer is, whatever machine it is done on."""
    done: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_: Any) -> None:
        done.append(statement)

    event.listen(case.services.db.engine, "before_cursor_execute", note)
    try:
        yield done
    finally:
        event.remove(case.services.db.engine, "before_cursor_execute", note)


def _trace(case: Case, token: str, address: str, name: str) -> tuple[int, list[str], list[tuple[str, str]]]:
    with statements(case) as done:
        answer = case.ask(token, address)
    # Sorted: which of two people somebody acts for comes first decides their order.
    return answer.status_code, sorted(done), _headers(answer, name)


def _headers(answer: TestResponse, name: str) -> list[tuple[str, str]]:
    return [(key, text.replace(name, "NAME")) for key, text in answer.headers.items() if key not in _OWN]


def _is_telling(address: str) -> bool:
    """Choose the addresses at which what is hidden was opened, and left out, after it had been found."""
    kind, _, query = address.partition("?")
    return query.removeprefix("patient=patient-iris&").startswith(_SEARCHES) if query else SECRET in kind


@pytest.mark.parametrize("caller", ["no-confidential", "partner"])
def test_the_same_work_and_the_same_headers(case: Case, caller: str) -> None:
    """Those of a twin who has nothing confidential: the number of statements is what a clock would tell."""
    partner = caller == "partner"
    tokens = {name: case.token(caller, name) for name in case.people}
    for token in tokens.values():
        case.ask(token, "Patient")  # what is asked or written once is no trace of anybody
    about = zip(
        record.requests("patient-iris", partner=partner), record.requests("patient-mona", partner=partner), strict=True
    )
    asked = 0
    for address, others in about:
        if _is_telling(address):
            assert _trace(case, tokens["iris"], address, "iris") == _trace(case, tokens["mona"], others, "mona"), (
                address
            )
            asked += 1
    assert asked > 50


def test_what_was_hidden_and_is_deleted_is_not_gone_but_was_never_there(case: Case) -> None:
    """410 would say that there was something."""
    user = case.people["iris"]
    secret = next(each for each in record.secret_items("patient-iris") if each["resourceType"] == "AllergyIntolerance")
    address, never = f"AllergyIntolerance/{secret['id']}", "AllergyIntolerance/never"
    items = [each for each in record.open_items("patient-iris") if each["resourceType"] == "AllergyIntolerance"]
    ingest(
        case.services.db,
        person_id=user.person_id,
        source=HOME,
        resources=items,
        complete=frozenset({Section.ALLERGIES}),
    )
    assert case.ask(case.token("patient", "iris"), address).status_code == 410
    token = case.token("no-confidential", "iris")
    assert case.ask(token, address).status_code == case.ask(token, never).status_code == 404
    assert case.ask(token, address).get_data() == case.ask(token, never).get_data()


def test_a_condition_tells_nothing(case: Case) -> None:
    """Whatever version the caller names, what it may not see is neither new nor unchanged."""
    token = case.token("no-confidential", "iris")
    headers = {
        "Authorization": f"Bearer {token}",
        "If-None-Match": 'W/"1"',
        "If-Modified-Since": "Mon, 01 Jan 2035 00:00:00 GMT",
    }
    client = case.app.test_client()
    for name in (f"Condition/issue-{SECRET}-patient-iris", "Condition/never"):
        assert client.get(f"/fhir/{name}", headers=headers).status_code == 404
    assert client.get("/fhir/Condition/issue-patient-iris", headers=headers).status_code == 304
