"""Discovery: smart-configuration, the older extension, recorded answers of real servers (requirement B2)."""

import json
from collections.abc import Iterator

import httpx2
import pytest

from portal.domain.egress import Egress
from portal.domain.errors import AddressRefusedError, BadAnswerError, OutsideError
from portal.fhir.capability import Capability, capability_statement, discover, smart_configuration
from portal.fhir.transport import open_client
from tests.fakes import FakeOrganization
from tests.fakes import misbehaviour as m
from tests.shared_data import shared

SMART = "/fhir/.well-known/smart-configuration"

LOCAL = Egress(allow_local=True)


@pytest.fixture
def org() -> Iterator[FakeOrganization]:
    with FakeOrganization() as organization:
        yield organization


@pytest.fixture
def client() -> Iterator[httpx2.Client]:
    with open_client(egress=LOCAL) as opened:
        yield opened


def test_both_documents_together(client: httpx2.Client, org: FakeOrganization) -> None:
    found = discover(client, org.fhir_base + "/", egress=LOCAL)
    assert (found.source, found.fhir_base, found.issuer) == ("smart-configuration", org.fhir_base, org.url)
    assert found.token_endpoint == f"{org.url}/oauth/token"
    assert found.v2_scopes
    assert found.lasting
    assert found.iss_parameter
    assert found.offers("Condition")
    assert not found.offers("Coverage2")
    assert found.searches_by("Condition", "patient")
    assert found.includes("MedicationRequest", "MedicationRequest:medication")
    assert Capability.from_json(found.to_json()) == found
    assert {call.authorization for call in org.calls()} == {""}


def test_only_the_older_extension(client: httpx2.Client, org: FakeOrganization) -> None:
    org.smart = False
    found = discover(client, org.fhir_base, egress=LOCAL)
    assert (found.source, found.revocation_endpoint) == ("capability-statement", f"{org.url}/oauth/revoke")
    assert not found.v2_scopes


def test_without_metadata_everything_may_be_tried(client: httpx2.Client, org: FakeOrganization) -> None:
    org.misbehave("/fhir/metadata", m.html())
    found = discover(client, org.fhir_base, egress=LOCAL)
    assert found.resources == {}
    assert found.offers("Anything")


@pytest.mark.parametrize(
    "answer",
    [b"{}", b'{"authorization_endpoint": 7}', b'{"token_endpoint": "http://10.0.0.1/token"}', b"[]", b"<html>"],
)
def test_a_bad_smart_configuration_falls_back(client: httpx2.Client, org: FakeOrganization, answer: bytes) -> None:
    org.misbehave(SMART, m.body(answer))
    assert discover(client, org.fhir_base, egress=LOCAL).source == "capability-statement"


def test_an_endpoint_inside_a_network_is_refused(client: httpx2.Client, org: FakeOrganization) -> None:
    org.misbehave(SMART, m.body(b'{"authorization_endpoint": "https://10.0.0.1/authorize"}'))
    with pytest.raises(AddressRefusedError):
        smart_configuration(client, org.fhir_base, egress=LOCAL)


def test_a_relative_endpoint_is_below_the_fhir_server(client: httpx2.Client, org: FakeOrganization) -> None:
    named = {"authorization_endpoint": "auth/authorize", "token_endpoint": "/oauth/token"}
    org.misbehave(SMART, m.body(json.dumps(named).encode()))
    capability = smart_configuration(client, org.fhir_base, egress=LOCAL)
    assert capability.authorization_endpoint == f"{org.fhir_base}/auth/authorize"
    assert capability.token_endpoint == f"{org.url}/oauth/token"


def test_neither_document(client: httpx2.Client, org: FakeOrganization) -> None:
    org.misbehave("*", m.status(404))
    with pytest.raises(OutsideError) as nothing:
        discover(client, org.fhir_base, egress=LOCAL)
    assert nothing.value.code == "http-404"


def test_a_recorded_r4_capability_statement(client: httpx2.Client, org: FakeOrganization) -> None:
    org.misbehave("/fhir/metadata", m.body(shared("capability-statements", "careevolution_dstu2.json").read_bytes()))
    found = capability_statement(client, org.fhir_base, egress=LOCAL)
    assert found.fhir_version == "4.0.1"
    assert len(found.resources) > 20
    assert found.searches_by("Observation", "patient")


def test_a_recorded_dstu2_conformance_is_refused(client: httpx2.Client, org: FakeOrganization) -> None:
    org.misbehave("/fhir/metadata", m.body(shared("capability-statements", "epic_capability_dstu2.json").read_bytes()))
    with pytest.raises(BadAnswerError) as refused:
        discover(client, org.fhir_base, egress=LOCAL)
    assert refused.value.code == "fhir-version"


def test_a_recorded_smart_configuration(client: httpx2.Client, org: FakeOrganization) -> None:
    recorded = shared("capability-statements", "authorization_cerner_smart_response.json").read_bytes()
    org.misbehave(SMART, m.body(recorded))
    found = smart_configuration(client, org.fhir_base, egress=LOCAL)
    assert found.authorization_endpoint.startswith("https://")
    assert Capability.from_json(found.to_json()) == found
