"""What the FHIR API says of itself and of what it gives out: capability, brands, pages, what is masked or held back."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from portal.domain.errors import ConfigurationError
from portal.provider import brands
from portal.provider.fhir import bundles, outcomes
from portal.provider.fhir.capability import capability_statement
from portal.provider.fhir.categories import categories
from portal.provider.fhir.definitions import parameters_of
from portal.provider.fhir.delay import Delay
from portal.provider.fhir.outcomes import FhirError
from portal.provider.types import SERVED
from portal.sharing import withheld
from portal.store.engine.crypto import Vault
from portal.store.records import packing
from portal.store.records.resources import StoredResource
from tests.factories.settings import make_settings

NOW = datetime(2026, 11, 28, 15, 0, tzinfo=UTC)
TX: Any = SimpleNamespace(vault=Vault((("k", bytes(32)),), index_key="index"))
LINK = bundles.PageLink("Condition", "person", (("code", "1"), ("code", "2")), "after")


def stored(kind: str = "Observation", updated_at: datetime = NOW, **body: Any) -> StoredResource:
    return StoredResource("id", "home", "person", kind, "o1", 3, updated_at, deleted=False, text=packing.encode(body))


def test_the_capability_statement_names_what_is_served_and_how(tmp_path: Path) -> None:
    settings = make_settings(tmp_path, base_url="https://portal.example", withheld=frozenset({"Goal", "AuditEvent"}))
    statement = capability_statement(settings)
    resources = {part["type"]: part for part in statement["rest"][0]["resource"]}
    assert resources.pop("Binary") == {
        "type": "Binary",
        "interaction": [{"code": "read"}],
        "versioning": "no-version",
    }, "it is not searched"
    assert resources.keys() == SERVED - {"Goal"}
    for kind, part in resources.items():
        named = {parameter["name"]: parameter["type"] for parameter in part["searchParam"]}
        assert named == parameters_of(kind)
        assert all(profile.startswith("http://hl7.org/fhir/us/core/") for profile in part.get("supportedProfile", ()))
    assert statement["implementation"]["url"] == settings.fhir_base
    assert resources["Patient"]["operation"][0]["name"] == "match"
    assert "operation" not in resources["Condition"]
    assert "Provenance:target" in resources["Condition"]["searchRevInclude"]
    assert "searchRevInclude" not in resources["Provenance"]
    assert "searchRevInclude" not in resources["DeviceUseStatement"]
    assert "MedicationRequest:medication" in resources["MedicationRequest"]["searchInclude"]


def test_a_resource_carries_our_version_and_keeps_its_own_marks() -> None:
    resource = bundles.resource_json(stored(meta={"profile": ["p"], "versionId": "9"}, status="final"))
    assert resource["meta"] == {"profile": ["p"], "versionId": "3", "lastUpdated": "2026-11-28T15:00:00.000Z"}
    assert (resource["resourceType"], resource["id"], resource["status"]) == ("Observation", "o1", "final")
    assert bundles.resource_json(stored(meta="odd"))["meta"]["versionId"] == "3"


_HEAD = {"resourceType": "Observation", "id": "o1"}


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("Observation", _HEAD | {"status": "final", "valueQuantity": {"value": Decimal("7.0")}}),
        ("Observation", _HEAD),
        ("Observation", _HEAD | {"meta": {"profile": ["p"], "versionId": "9"}, "status": "final"}),
        ("Observation", _HEAD | {"meta": {}, "contained": [{"resourceType": "Basic", "meta": {"versionId": "7"}}]}),
        ("Observation", _HEAD | {"contained": [{"resourceType": "Basic", "meta": {"versionId": "7"}}]}),
        ("Observation", _HEAD | {"meta": "odd", "status": "final"}),
        ("Observation", _HEAD | {"text": {"div": 'é \\" ,"meta":{}'}}),
        ("Media", {"resourceType": "Media", "id": "o1", "content": {"data": "QUJD"}}),
    ],
)
def test_what_is_stored_as_it_is_served_is_not_decoded(kind: str, body: dict[str, Any]) -> None:
    resource = stored(kind, **body)
    text = bundles.resource_text(resource, base="https://portal.example/fhir")
    assert "body" not in resource.__dict__
    assert packing.decode(text) == bundles.resource_json(resource, base="https://portal.example/fhir")
    assert text.startswith(packing.encode({"resourceType": kind, "id": "o1"})[:-1])


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("Observation", {"id": "o1", "resourceType": "Observation"}),
        ("Observation", _HEAD | {"status": "final", "meta": {"profile": ["p"]}}),
        ("PractitionerRole", {"resourceType": "PractitionerRole", "id": "o1"}),
        ("Media", {"resourceType": "Media", "id": "o1", "content": {"data": "QUJD" * 20_000}}),
    ],
)
def test_what_is_stored_otherwise_is_served_the_same(kind: str, body: dict[str, Any]) -> None:
    resource = stored(kind, **body)
    text = bundles.resource_text(resource, base="https://portal.example/fhir")
    assert packing.decode(text) == bundles.resource_json(resource, base="https://portal.example/fhir")


def test_a_page_link_opens_here_and_nowhere_else() -> None:
    link = bundles.next_link(TX, LINK, base="https://portal.example/fhir")
    address, _, sealed = link["url"].partition("?_page=")
    assert (link["relation"], address) == ("next", "https://portal.example/fhir/Condition")
    assert bundles.open_page_link(TX, sealed) == LINK
    assert "person" not in link["url"]
    other: Any = SimpleNamespace(vault=Vault((("k", bytes([1]) * 32),), index_key="index"))
    for foreign, text in ((other, sealed), (TX, sealed[:-4] + "AAAA"), (TX, "x"), (TX, ""), (TX, "ü"), (TX, "AAAA")):
        with pytest.raises(FhirError) as refused:
            bundles.open_page_link(foreign, text)
        assert refused.value.status == 400


@pytest.mark.parametrize(
    ("error", "status", "challenge"),
    [
        (outcomes.not_found(), 404, ""),
        (outcomes.no_token(), 401, "Bearer"),
        (outcomes.bad_token(), 401, 'Bearer error="invalid_token"'),
        (outcomes.forbidden("no"), 403, 'Bearer error="insufficient_scope"'),
        (outcomes.invalid("no"), 400, ""),
    ],
)
def test_each_error_has_its_status_and_challenge(error: FhirError, status: int, challenge: str) -> None:
    assert (error.status, error.challenge, error.code) == (status, challenge, f"fhir-{status}")
    assert outcomes.outcome(error.issue, error.text)["issue"][0]["severity"] == "error"


def test_categories_are_system_and_code() -> None:
    concept = {"coding": [{"system": "http://s.example", "code": "laboratory"}, {"code": "LAB"}]}
    assert categories({"category": [concept]}) == ("http://s.example|laboratory", "|LAB")
    assert categories({"category": concept}) == ("http://s.example|laboratory", "|LAB")
    assert categories({}) == categories({"category": "laboratory"}) == categories({"category": [{"text": "x"}]}) == ()


SECRET = {"reference": "Condition/secret", "display": "what nobody should read"}


@pytest.mark.parametrize(
    "reference",
    ["Condition/secret", "https://portal.example/fhir/Condition/secret", "Condition/secret/_history/2"],
)
def test_a_masked_reference_goes_with_its_words(reference: str) -> None:
    body = {"reasonReference": [SECRET | {"reference": reference}, {"reference": "Condition/open"}], "status": "active"}
    assert withheld.names_in(packing.encode(body)) == {"Condition/secret", "Condition/open"}
    masked = withheld.without(body, {"Condition/secret"})
    assert masked["reasonReference"][1] == {"reference": "Condition/open"}
    assert masked["reasonReference"][0]["extension"][0]["valueCode"] == "unknown"
    assert "secret" not in str(masked)
    assert "nobody" not in str(masked)
    assert masked["status"] == "active"


def test_what_is_no_reference_names_nothing() -> None:
    for body in (
        {"reference": 7},
        {"reference": "#here"},
        {"reference": "urn:uuid:1"},
        {"display": "Condition/secret"},
    ):
        assert not withheld.names_in(packing.encode({"x": [body]}))


DELAY = Delay(timedelta(days=3), NOW)
ISSUED = {"issued": "2026-11-26T15:00:00Z"}


@pytest.mark.parametrize(
    ("resource", "released"),
    [
        (stored(**ISSUED), False),
        (stored("DiagnosticReport", **ISSUED), False),
        (stored("Condition", **ISSUED), True),
        (stored(**ISSUED, category=[{"coding": [{"code": "vital-signs"}]}]), True),
        (stored("DiagnosticReport", **ISSUED, category=[{"coding": [{"code": "vital-signs"}]}]), False),
        (stored(issued="2026-11-25T15:00:00Z"), True),
        (stored(issued="2026-11-25T15:00:01Z"), False),
        (stored(effectiveDateTime="2026-11-20"), True),
        (stored(effectivePeriod={"start": "2026-11-01", "end": "2026-11-27"}), False),
        (stored(), False),
        (stored(updated_at=NOW - timedelta(days=4)), True),
        (stored(issued="9999-12-31T23:59:59Z"), False),
    ],
)
def test_results_are_held_back_for_some_days(resource: StoredResource, released: bool) -> None:
    assert (DELAY.released(resource) is not None) is released
    assert Delay(timedelta(0), NOW).released(resource) is resource


def test_what_is_released_counts_as_changed_at_that_moment() -> None:
    released = DELAY.released(stored(issued="2026-11-24T15:00:00Z", updated_at=NOW - timedelta(days=4)))
    assert released is not None
    assert released.updated_at == NOW - timedelta(days=1)
    corrected = stored(issued="2026-11-24T15:00:00Z", updated_at=NOW - timedelta(hours=1))
    assert DELAY.released(corrected) is corrected


def test_the_brands_bundle_is_what_the_file_says(tmp_path: Path) -> None:
    file = tmp_path / "brands.json"
    clinic = {"name": "Mill Clinic", "city": "Elmford", "phone": "555-0100"}
    former = [{"name": "Old Mill", "until": "2020"}]
    file.write_bytes(msgspec.json.encode({"aliases": ["RH"], "former_names": former, "npi": "1", "clinics": [clinic]}))
    settings = make_settings(tmp_path, brands=file, base_url="https://portal.example", organization="Riverbend")
    bundle = brands.bundle(settings, logo="https://portal.example/logo")
    main, part, endpoint = (entry["resource"] for entry in bundle["entry"])
    assert (main["name"], main["alias"]) == ("Riverbend", ["RH", "Old Mill"])
    assert main["_alias"][0] is None
    assert main["_alias"][1]["extension"][0]["valuePeriod"] == {"end": "2020"}
    assert (part["name"], part["partOf"]["reference"]) == ("Mill Clinic", f"Organization/{main['id']}")
    assert part["address"] == [{"city": "Elmford", "country": "US"}]
    assert "identifier" not in part
    assert main["endpoint"] == part["endpoint"]
    assert endpoint["address"] == settings.fhir_base
    assert [entry["fullUrl"].rpartition("/")[2] for entry in bundle["entry"]] == [main["id"], "clinic-1", "fhir"]


def test_a_brands_file_of_another_form_stops_the_start(tmp_path: Path) -> None:
    file = tmp_path / "brands.json"
    for content in (b"{", b'{"aliases": 7}'):
        file.write_bytes(content)
        with pytest.raises(ConfigurationError):
            brands.described(make_settings(tmp_path, brands=file))
    assert brands.described(make_settings(tmp_path)) == brands.Brands()


def test_a_role_that_says_nothing_of_how_to_reach_it_says_so() -> None:
    """US Core's pd-1: a PractitionerRole has a telecom or an endpoint."""
    (telecom,) = bundles.resource_json(stored("PractitionerRole", code=[{"text": "Surgeon"}]))["telecom"]
    assert telecom["extension"][0]["valueCode"] == "unknown"
    for contact in ({"telecom": [{"system": "phone", "value": "1"}]}, {"endpoint": [{"reference": "Endpoint/1"}]}):
        role = bundles.resource_json(stored("PractitionerRole", **contact))
        assert {name: role[name] for name in ("telecom", "endpoint") if name in role} == contact
    assert "telecom" not in bundles.resource_json(stored("Organization"))
