"""Files in resources: small ones stand in them, large ones have an address that opens for whom the resource does."""

import base64
from typing import Any

import pytest

from portal.domain.ids import HOME
from portal.domain.people import GrantLevel
from portal.refresh.ingest import ingest
from portal.services import Services
from portal.store.audit import events as audit_events
from tests.factories.world import TestUser, World, sign_in
from tests.integration.provider.conftest import TestApp, store_chart

LARGE = b"%PDF-1.4 " + b"x" * 100_000
FHIR = "application/fhir+json"
HOLDERS = {
    "DocumentReference": lambda attachment: {"content": [{"attachment": attachment}]},
    "DiagnosticReport": lambda attachment: {"presentedForm": [attachment], "code": {"text": "X-ray"}},
    "Media": lambda attachment: {"content": attachment},
    "Communication": lambda attachment: {"payload": [{"contentAttachment": attachment}]},
}


def attachment(raw: bytes, kind: str = "application/pdf") -> dict[str, Any]:
    return {"contentType": kind, "title": "Letter", "data": base64.b64encode(raw).decode()}


def keep(services: Services, user: TestUser, kind: str, raw: bytes = LARGE, **changes: Any) -> None:
    resource = {
        "resourceType": kind,
        "id": "large",
        "status": "current" if kind == "DocumentReference" else "completed",
        "subject": {"reference": f"Patient/patient-{user.username}"},
        **HOLDERS[kind](attachment(raw, changes.pop("content_type", "application/pdf"))),
        **changes,
    }
    assert not ingest(services.db, person_id=user.person_id, source=HOME, resources=[resource]).refused


def attachment_of(resource: dict[str, Any]) -> dict[str, Any]:
    where = {
        "DocumentReference": lambda: resource["content"][0]["attachment"],
        "DiagnosticReport": lambda: resource["presentedForm"][0],
        "Media": lambda: resource["content"],
        "Communication": lambda: resource["payload"][0]["contentAttachment"],
    }
    served: dict[str, Any] = where[resource["resourceType"]]()
    return served


def path(reader: TestApp, kind: str = "DocumentReference") -> str:
    """The address of the large file, as read and as found."""
    one = attachment_of(reader.get(f"{kind}/large").get_json())
    entries = reader.get(f"{kind}?_count=50").get_json()["entry"]
    (found,) = [entry["resource"] for entry in entries if entry["resource"]["id"] == "large"]
    assert attachment_of(found) == one
    assert "data" not in one
    return str(one["url"]).partition("/fhir/")[2]


@pytest.mark.parametrize("kind", HOLDERS)
def test_a_large_file_is_read_at_its_address(reader: TestApp, services: Services, ana: TestUser, kind: str) -> None:
    keep(services, ana, kind)
    address = path(reader, kind)
    assert address.startswith("Binary/")
    resource = reader.get(address, Accept=FHIR)
    assert resource.content_type.startswith(FHIR)
    assert resource.get_json()["resourceType"] == "Binary"
    assert resource.get_json()["id"] == address.removeprefix("Binary/")
    assert resource.get_json()["securityContext"] == {"reference": f"{kind}/large"}
    assert base64.b64decode(resource.get_json()["data"]) == LARGE


@pytest.mark.parametrize("accept", ["*/*", "application/pdf", "application/pdf, application/fhir+json;q=0.5"])
def test_bytes_for_who_does_not_ask_for_fhir(reader: TestApp, services: Services, ana: TestUser, accept: str) -> None:
    keep(services, ana, "DocumentReference")
    answer = reader.get(path(reader), Accept=accept)
    assert answer.get_data() == LARGE
    assert answer.content_type == "application/pdf"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize("content_type", ["text/html\r\nSet-Cookie: a=b", "nonsense", "", "text/html; charset=utf-8"])
def test_a_media_type_is_one(reader: TestApp, services: Services, ana: TestUser, content_type: str) -> None:
    keep(services, ana, "DocumentReference", content_type=content_type)
    answer = reader.get(path(reader), Accept="*/*")
    assert answer.get_data() == LARGE
    expected = content_type if content_type.startswith("text/html;") else "application/octet-stream"
    assert answer.content_type == expected
    assert "Set-Cookie" not in answer.headers


def test_a_small_file_stays_where_it_is(reader: TestApp, services: Services, ana: TestUser) -> None:
    keep(services, ana, "DocumentReference", b"%PDF small")
    served = attachment_of(reader.get("DocumentReference/large").get_json())
    assert base64.b64decode(served["data"]) == b"%PDF small"


def test_it_opens_for_nobody_else(
    reader: TestApp, third_party: TestApp, services: Services, ana: TestUser, world: World
) -> None:
    keep(services, ana, "DocumentReference")
    address = path(reader)
    missing = reader.get("Binary/nothing-of-this-name.0", Accept=FHIR)
    assert missing.status_code == 404
    ben = world.patient("ben")
    store_chart(services, ben)
    browser = third_party.app.test_client()
    sign_in(browser, ben)
    other = TestApp(third_party.app, browser).connect()
    for accept in (FHIR, "*/*"):
        assert other.get(address, Accept=accept).status_code == 404
        assert other.get(address, Accept=accept).get_data() == missing.get_data()
    assert TestApp(third_party.app, browser).get(address).status_code == 401
    narrow = third_party.connect(refuse=("DocumentReference",))
    assert narrow.get(address).status_code == 403


def test_who_looks_back_reads_what_kind_it_was(reader: TestApp, services: Services, ana: TestUser) -> None:
    keep(services, ana, "DiagnosticReport")
    reader.get(path(reader, "DiagnosticReport"), Accept=FHIR)
    with services.db.reading() as tx:
        newest = max(audit_events.of_person(tx, person_id=str(ana.person_id)), key=lambda event: event.seq)
    assert newest.detail["type"] == "DiagnosticReport"


def test_what_is_hidden_hides_its_file(
    reader: TestApp, third_party: TestApp, services: Services, ana: TestUser, world: World
) -> None:
    keep(services, ana, "DocumentReference")
    address = path(reader)
    assert reader.get(f"{address.partition('.')[0]}.7").status_code == 404, "there is no such file in it"
    security = [{"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "R"}]
    keep(services, ana, "DocumentReference", meta={"security": security})
    assert reader.get(address).status_code == 200
    helper = world.patient("cleo")
    world.proxy(helper, str(ana.person_id), level=GrantLevel.NO_CONFIDENTIAL)
    browser = third_party.app.test_client()
    sign_in(browser, helper)
    other = TestApp(third_party.app, browser).connect(person=ana.person_id)
    assert other.get("DocumentReference/large").status_code == 404
    assert other.get(address).status_code == 404
