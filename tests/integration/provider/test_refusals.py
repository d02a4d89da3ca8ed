"""Whatever goes wrong at an address for apps and other portals is answered in their form, never with a page."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask import Flask
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException, default_exceptions
from werkzeug.test import TestResponse

from portal.app import create_app
from portal.domain.errors import BusyError, InvalidInputError, NotFoundError
from portal.services import Services
from tests.factories.databases import migrate
from tests.factories.settings import make_settings

PREFIXES = ("/fhir", "/oauth", "/shl")
FOR_PEOPLE = ("oauth.", "granted.")
"""Endpoints below /oauth that a browser opens: consent, and the logos of apps on pages."""
NOBODYS = (
    "/fhir",
    "/fhir/",
    "/fhir/a/b/c/d/e",
    "/oauth",
    "/oauth/",
    "/oauth/none",
    "/oauth/token/",
    "/shl",
    "/shl/",
    "/shl/a/b/c",
)
ERRORS: dict[str, Exception] = {
    **{f"{status}": kind() for status, kind in default_exceptions.items()},
    "no-such-thing": NotFoundError("nothing"),
    "invalid": InvalidInputError("invalid"),
    "csrf": CSRFError("no token"),
    "busy": BusyError(),
    "database": OperationalError("SELECT 1", {}, Exception("gone")),
    "unexpected": ValueError("a name"),
}


@dataclass
class Failing:
    """An application each of whose requests fails in the way that is set."""

    app: Flask
    error: Exception | None = None

    def fail(self) -> None:
        if self.error is not None:
            raise self.error

    def ask(self, address: str, method: str = "GET") -> TestResponse:
        return self.app.test_client().open(address, method=method)


@pytest.fixture(scope="module")
def failing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Failing]:
    app = create_app(make_settings(tmp_path_factory.mktemp("failing"), testing=False))
    services: Services = app.extensions["tributary"]
    migrate(services.db)
    failing = Failing(app)
    app.before_request_funcs[None].insert(0, failing.fail)
    yield failing
    services.db.close()


def _served(app: Flask) -> list[tuple[str, str]]:
    """Return an address and a method of each endpoint for apps."""
    rules = [
        rule
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(PREFIXES) and not rule.endpoint.startswith(FOR_PEOPLE)
    ]
    addresses = [(rule.rule.replace("<", "").replace(">", ""), rule.methods or set()) for rule in rules]
    return [
        (address, "POST" if "POST" in methods else "GET") for address, methods in addresses if methods != {"OPTIONS"}
    ]


def _is_refusal(answer: TestResponse, address: str) -> bool:
    """Tell whether it is an error as the specification of this address has it."""
    body = answer.get_json(silent=True)
    if not isinstance(body, dict) or "<" in answer.get_data(as_text=True):
        return False
    if address.startswith("/fhir"):
        return answer.mimetype == "application/fhir+json" and body["resourceType"] == "OperationOutcome"
    return answer.mimetype == "application/json" and isinstance(body.get("error"), str)


@pytest.mark.parametrize("name", ERRORS)
def test_an_error_has_the_form_of_its_address(failing: Failing, name: str) -> None:
    failing.error = error = ERRORS[name]
    served = _served(failing.app)
    assert len(served) > 20
    for address, method in [*served, *((each, "GET") for each in NOBODYS)]:
        answer = failing.ask(address, method)
        assert _is_refusal(answer, address), (address, answer.status, answer.get_data(as_text=True)[:80])
        if isinstance(error, HTTPException):
            assert answer.status_code == error.code, address
        assert answer.status_code >= 400
        assert answer.headers.getlist("Access-Control-Allow-Origin") == ["*"], address
        assert "no-store" in answer.headers["Cache-Control"], address


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
def test_what_nobody_serves_is_refused_in_the_same_form(failing: Failing, method: str) -> None:
    failing.error = None
    for address in (
        *NOBODYS,
        "/oauth/token",
        "/oauth/jwks",
        "/oauth/register",
        "/shl/a",
        "/shl/files/a",
        "/fhir/metadata",
    ):
        answer = failing.ask(address, method)
        if answer.status_code in (200, 308):  # it serves this one; the address with a slash
            continue
        assert answer.status_code in (400, 401, 404, 405), (address, answer.status)
        assert _is_refusal(answer, address), (address, answer.status, answer.get_data(as_text=True)[:80])
        assert answer.status_code != 405 or address.startswith("/fhir") or answer.headers["Allow"], address


@pytest.mark.parametrize(
    "address", ["/oauth/authorize", "/oauth/logos/a.png", "/oauths", "/fhirs", "/health/medications"]
)
@pytest.mark.parametrize("name", ["404", "413", "429", "503", "database", "unexpected"])
def test_people_get_a_page(failing: Failing, address: str, name: str) -> None:
    failing.error = ERRORS[name]
    answer = failing.ask(address)
    assert answer.mimetype == "text/html"
    assert "<h1" in answer.get_data(as_text=True)
