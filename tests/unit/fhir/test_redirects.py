"""Discovery behind redirects, and addresses that nobody can call: an OutsideError each, never anything else."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from click.testing import CliRunner

from portal.cli import main
from portal.config import Settings
from portal.domain.egress import Egress
from portal.domain.errors import AddressRefusedError, BadAnswerError, ConfigurationError, OutsideError
from portal.fhir.addresses import check_url
from portal.fhir.authorised import same_origin
from portal.fhir.capability import discover
from portal.fhir.transport import get_public, open_client
from portal.linking import reverse_links
from portal.store.links.attempts import AuthorizationRequest
from portal.web.links.models import origin_of
from tests.fakes import Exchange, FakeOrganization
from tests.fakes import misbehaviour as m
from tests.fakes.http import Reply

SMART = "/fhir/.well-known/smart-configuration"
ODD = [
    "http://[v1.x]/",
    "https://[v1.x]/fhir",
    "https://[::1",
    "http://[",
    "https://host:99999/",
    "https://host:-1/",
    "https://host:abc/",
    "https://host:\uff18\uff10/",
    "https://\uff11\uff12\uff17.0.0.1/",
    "https://127\u30020\u30020\u30021/",
    "https://ho st/",
    "https://a\u2100b.example/",
    "https://xn--\u00e9/",
    f"https://{'a' * 70}.example/",
    f"https://{'a.' * 200}/",
    "https:///fhir",
    "//",
    "https://",
    "x",
    "\ud800",
    "https://host/\ud800",
    "https://host/\x00",
]

LOCAL = Egress(allow_local=True)


@pytest.fixture
def org() -> Iterator[FakeOrganization]:
    with FakeOrganization() as organization:
        yield organization


@pytest.fixture
def client() -> Iterator[httpx2.Client]:
    with open_client(egress=LOCAL, resolver=lambda _host, _port: []) as opened:
        yield opened


def moved(exchange: Exchange, code: int = 302) -> None:
    """Every document lies under another path of the same host."""
    exchange.send(Reply(code, b"", {"Location": exchange.path.replace("/fhir/", "/moved/fhir/", 1)}))


def honest(org: FakeOrganization, path: str) -> None:
    """Answer under /moved as under the path without it."""

    def behave(exchange: Exchange) -> None:
        exchange.path_only = path
        exchange.send(exchange.answer())

    org.misbehave(f"/moved{path}", behave)


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_discovery_follows_redirects(client: httpx2.Client, org: FakeOrganization, code: int) -> None:
    for path in (SMART, "/fhir/metadata"):
        org.misbehave(path, lambda exchange: moved(exchange, code))
        honest(org, path)
    capability = discover(client, org.fhir_base, egress=LOCAL)
    assert (capability.source, capability.offers("Coverage2")) == ("smart-configuration", False)
    assert capability.fhir_base == org.fhir_base
    assert {call.authorization for call in org.calls()} == {""}


@pytest.mark.parametrize(
    "to",
    [
        SMART,  # for ever
        "https://127.0.0.1/fhir",  # another scheme
        "ftp://127.0.0.1/fhir",
        "file:///etc/passwd",
        "//10.0.0.1/fhir",
        "http://169.254.169.254/latest",
        "http://user:secret@127.0.0.1/fhir",
        "",
        *(address for address in ODD if ":" in address),
    ],
)
def test_redirects_that_are_not_followed(client: httpx2.Client, org: FakeOrganization, to: str) -> None:
    location = to.encode("utf-8", "replace").decode("latin-1").replace("\x00", "%00")
    org.misbehave(SMART, m.redirect(location))
    with pytest.raises(OutsideError):
        get_public(client, f"{org.url}{SMART}", accept="application/json")
    assert len(org.calls()) <= 6


def test_five_hops_and_no_more(client: httpx2.Client, org: FakeOrganization) -> None:
    def hop(exchange: Exchange) -> None:
        exchange.send(Reply(302, b"", {"Location": f"/hop?{int(exchange.path.partition('?')[2] or 0) + 1}"}))

    org.misbehave("/hop", hop)
    org.misbehave("/hop", lambda exchange: exchange.send(Reply(200, b"{}", {})), query="5")
    assert get_public(client, f"{org.url}/hop", accept="*/*").content == b"{}"
    org.behave()
    org.misbehave("/hop", hop)
    with pytest.raises(BadAnswerError, match="redirect"):
        get_public(client, f"{org.url}/hop", accept="*/*")


@pytest.mark.parametrize("address", ODD)
def test_an_odd_address_is_refused_and_nothing_breaks(client: httpx2.Client, tmp_path: Path, address: str) -> None:
    with pytest.raises(OutsideError):
        client.get(address)
    with pytest.raises(OutsideError):
        discover(client, address, egress=LOCAL)
    for base in ("https://org.example/fhir", address):
        with contextlib.suppress(AddressRefusedError):
            same_origin(address, base)
    with contextlib.suppress(AddressRefusedError):
        check_url(address, allow_local=True)
    origin_of(address)
    request = AuthorizationRequest(
        code_verifier="", redirect_uri="", fhir_base=address, issuer="", iss_expected=False, token_endpoint="",
        client_id="", scopes=(), offers_reverse=True,
    )  # fmt: skip
    assert not reverse_links.goes_on_at(request, {reverse_links.PARAMETER: "http://[" + address})
    for name in ("PORTAL_BASE_URL", "PORTAL_CHART_BASE"):
        if "[" in address or ":9" in address:
            with pytest.raises(ConfigurationError):
                Settings.from_environment({"PORTAL_DATA_DIR": str(tmp_path / "data"), name: address})


@pytest.mark.parametrize("address", [address for address in ODD if "\ud800" not in address])
def test_an_odd_endpoint_that_linking_does_not_need(client: httpx2.Client, org: FakeOrganization, address: str) -> None:
    def odd(exchange: Exchange) -> None:
        value = exchange.answer().json
        names = ("jwks_uri", "revocation_endpoint", "introspection_endpoint", "management_endpoint")
        exchange.send(Reply.of(value | dict.fromkeys(names, address)))

    org.misbehave(SMART, odd)
    capability = discover(client, org.fhir_base, egress=LOCAL)
    assert (capability.source, capability.token_endpoint) == ("smart-configuration", f"{org.url}/oauth/token")


def test_half_a_smart_configuration_is_completed(client: httpx2.Client, org: FakeOrganization) -> None:
    def half(exchange: Exchange) -> None:
        value = exchange.answer().json
        del value["token_endpoint"]
        exchange.send(Reply.of(value))

    org.misbehave(SMART, half)
    assert discover(client, org.fhir_base, egress=LOCAL).token_endpoint == f"{org.url}/oauth/token"


@pytest.mark.parametrize("address", [address for address in ODD if "[" in address or "host:" in address])
def test_an_operator_is_told_in_a_sentence(address: str) -> None:
    result = CliRunner().invoke(main, ["org", "add", "--name", "Odd", "--fhir-base", address])
    assert result.exit_code == 2, result.output
    assert "--fhir-base" in result.output


@pytest.mark.parametrize("address", ["https://10\u30020\u30020\u30021/", "https://169\uff0e254\uff0e169\uff0e254/"])
def test_dots_of_other_scripts_hide_no_address(address: str) -> None:
    with pytest.raises(AddressRefusedError):
        check_url(address, allow_local=False)
