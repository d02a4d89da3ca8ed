"""Retry-After, references, origins."""

from datetime import UTC, datetime

import pytest

from portal.domain.errors import AddressRefusedError, BadAnswerError
from portal.fhir.answers import check_content_type, decode, parse_retry_after
from portal.fhir.authorised import same_origin
from portal.fhir.client import local_reference

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
BASE = "https://org.example/api/fhir"


@pytest.mark.parametrize(
    ("text", "seconds"),
    {
        "": None,
        "120": 120.0,
        " 0 ": 0.0,
        "999999999999": 86_400.0,
        "-5": None,
        "soon": None,
        "１２": None,
        "Mon, 23 Nov 2026 12:01:00 GMT": 60.0,
        "Mon, 23 Nov 2026 11:00:00 GMT": 0.0,
        "Fri, 01 Jan 2100 00:00:00 GMT": 86_400.0,
        "Mon, 99 Nov 2026 11:00:00 GMT": None,
    }.items(),
)
def test_retry_after(text: str, seconds: float | None) -> None:
    assert parse_retry_after(text, now=NOW) == seconds


@pytest.mark.parametrize(
    ("url", "absolute"),
    {
        "https://org.example/api/fhir?page=2": "https://org.example/api/fhir?page=2",
        "https://ORG.example:443/api/fhir/Condition": "https://ORG.example:443/api/fhir/Condition",
        "Condition?page=2": f"{BASE}/Condition?page=2",
        "/api/fhir/Condition": f"{BASE}/Condition",
        "HTTPS://org.example:0443/API/Fhir/Condition": "https://org.example:0443/API/Fhir/Condition",
    }.items(),
)
def test_addresses_of_the_organization(url: str, absolute: str) -> None:
    assert same_origin(url, BASE) == absolute


@pytest.mark.parametrize(
    "url",
    [
        "https://org.example.evil/api/fhir/Condition",
        "https://evil.example/api/fhir",
        "http://org.example/api/fhir/Condition",
        "https://org.example:8443/api/fhir/Condition",
        "https://user@org.example/api/fhir/Condition",
        "//evil.example/api/fhir",
        "https:/\\evil.example/api/fhir",
        "https://org.example/api/other",
        "https://org.example/api/fhirx/Condition",
        "https://org.example/api/fhir/../admin",
        "https://org.example/api/fhir/%2e%2e/admin",
        "../admin",
        "javascript:alert(1)",
        "https://[broken",
        " https://org.example/api/fhir",
    ],
)
def test_foreign_addresses(url: str) -> None:
    with pytest.raises(AddressRefusedError):
        same_origin(url, BASE)


@pytest.mark.parametrize(
    ("reference", "found"),
    {
        "Patient/1": ("Patient", "1"),
        f"{BASE}/Patient/1": ("Patient", "1"),
        "Patient/1/_history/4": ("Patient", "1"),
        "#p": None,
        "urn:uuid:7": None,
        "https://org.example.evil/api/fhir/Patient/1": None,
        f"{BASE}.evil/Patient/1": None,
        "Patient/..": None,
        "Patient/1/x": None,
        "Patient?identifier=1": None,
        "patient/1": None,
        "": None,
    }.items(),
)
def test_references(reference: str, found: tuple[str, str] | None) -> None:
    assert local_reference(reference, BASE) == found


@pytest.mark.parametrize(
    ("reference", "key"),
    {
        f"{BASE}/Patient/1": ("Patient", "1"),
        "HTTPS://ORG.example:443/api/FHIR/Patient/1/_history/2": ("Patient", "1"),
        " Patient/1 ": ("Patient", "1"),
        "http://org.example/api/fhir/Patient/1": None,
        "https://org.example/api/fhirx/Patient/1": None,
        "https://user@org.example/api/fhir/Patient/1": None,
        "https://[v1.x]/api/fhir/Patient/1": None,
        "https://[/Patient/1": None,
    }.items(),
)
def test_references_to_this_server(reference: str, key: tuple[str, str] | None) -> None:
    assert local_reference(reference, BASE) == key


@pytest.mark.parametrize(
    "kind",
    [
        "application/fhir+json; fhirVersion=4.0; charset=utf-8",
        "Application/JSON+FHIR;charset=UTF-8",
        "application/json; odata=none",
        "text/json",
        "application/vnd.api+json",
    ],
)
def test_what_json_is_called(kind: str) -> None:
    check_content_type({"content-type": kind}, b"{}")


@pytest.mark.parametrize("kind", ["", "application/fhir+xml", "text/plain", "application/jsonx", "json"])
def test_what_is_not_called_json(kind: str) -> None:
    with pytest.raises(BadAnswerError, match="content-type"):
        check_content_type({"content-type": kind}, b"{}")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_byte_order_marks(encoding: str) -> None:
    assert decode('{"a": "é"}'.encode(encoding), depth=4) == {"a": "é"}


def test_half_a_character_does_not_make_an_answer_unreadable() -> None:
    assert decode(b'{"a": "cut \\ud83d", "b": "\\ud83d\\ude00"}', depth=4) == {"a": "cut \ufffd", "b": "\U0001f600"}
