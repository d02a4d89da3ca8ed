"""The guarded transport over real connections: pinning, TLS names, limits, what Authlib sees."""

import ssl
import threading
from collections.abc import Iterator

import httpx2
import pytest
from authlib.integrations.httpx_client import OAuth2Client

from portal import __version__
from portal.domain.egress import Egress
from portal.domain.errors import AddressRefusedError, BadAnswerError, LimitReachedError, UnreachableError
from portal.fhir.limits import Limits
from portal.fhir.transport import GuardedTransport, open_client
from tests.fakes import FakeOrganization
from tests.fakes import misbehaviour as m

QUICK = Limits(idle_seconds=0.5, total_seconds=0.8, answer_bytes=500_000)

LOCAL = Egress(allow_local=True)


@pytest.fixture
def org() -> Iterator[FakeOrganization]:
    with FakeOrganization() as organization:
        yield organization


@pytest.fixture
def client() -> Iterator[httpx2.Client]:
    with open_client(egress=LOCAL, limits=QUICK) as opened:
        yield opened


def test_says_who_asks(client: httpx2.Client, org: FakeOrganization) -> None:
    client.get(f"{org.fhir_base}/metadata", headers={"User-Agent": "another"})
    assert org.calls()[0].user_agent == f"Tributary/{__version__}"


def test_loopback_is_closed_by_default(org: FakeOrganization) -> None:
    with open_client(egress=Egress()) as closed, pytest.raises(AddressRefusedError):
        closed.get(f"{org.fhir_base}/metadata")
    assert org.calls() == []


def test_no_proxy_from_the_environment(org: FakeOrganization, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with open_client(egress=LOCAL) as client:
        assert client.get(f"{org.fhir_base}/metadata").status_code == 200


def test_redirects_are_errors_even_where_a_client_would_follow(org: FakeOrganization) -> None:
    org.misbehave("/fhir/metadata", m.redirect(f"{org.url}/elsewhere"))
    transport = GuardedTransport(egress=LOCAL)
    with httpx2.Client(transport=transport, follow_redirects=True) as client, pytest.raises(BadAnswerError):
        client.get(f"{org.fhir_base}/metadata")
    assert org.calls("/elsewhere") == []


def test_user_information_is_refused(client: httpx2.Client, org: FakeOrganization) -> None:
    with pytest.raises(AddressRefusedError):
        client.get(org.fhir_base.replace("http://", "http://user:secret@") + "/metadata")
    assert org.calls() == []


def test_gzip_is_read(client: httpx2.Client, org: FakeOrganization) -> None:
    org.misbehave("/fhir/metadata", m.gzip_bomb(0))
    answer = client.get(f"{org.fhir_base}/metadata")
    assert answer.content.startswith(b'{"resourceType":"Bundle"')
    assert "content-encoding" not in answer.headers


def test_authlib_is_bound_by_the_same_limits(org: FakeOrganization) -> None:
    org.misbehave("/oauth/token", m.slow_headers())
    transport = GuardedTransport(egress=LOCAL, limits=QUICK)
    with OAuth2Client(client_id="client", transport=transport) as client, pytest.raises(LimitReachedError):
        client.fetch_token(f"{org.url}/oauth/token", grant_type="client_credentials")


def test_authlib_gets_tokens_through_it(org: FakeOrganization) -> None:
    transport = GuardedTransport(egress=LOCAL)
    with OAuth2Client(client_id="client", transport=transport) as client:
        token = client.fetch_token(f"{org.url}/oauth/token", grant_type="client_credentials")
    assert token["token_type"] == "Bearer"


def test_threads_do_not_share_a_deadline(client: httpx2.Client, org: FakeOrganization) -> None:
    org.misbehave("/fhir/slow", m.never_answers())
    errors: list[UnreachableError] = []

    def hang() -> None:
        try:
            client.get(f"{org.fhir_base}/slow")
        except UnreachableError as exc:
            errors.append(exc)

    thread = threading.Thread(target=hang)
    thread.start()
    for _ in range(5):
        assert client.get(f"{org.fhir_base}/metadata").status_code == 200
    thread.join(60)
    assert [error.code for error in errors] == ["timeout"]


def test_a_name_that_changes_its_address_is_looked_up_once_and_pinned(org: FakeOrganization) -> None:
    port = int(org.url.rsplit(":", 1)[1])
    answers = [["127.0.0.1"], ["10.0.0.1"]]

    def rebinding(_host: str, _port: int) -> list[str]:
        return answers.pop(0)

    with open_client(egress=LOCAL, resolver=rebinding) as client:
        assert client.get(f"http://rebind.example:{port}/fhir/metadata").status_code == 200
    assert answers == [["10.0.0.1"]]


def test_the_address_is_pinned_and_the_name_verified(tls: tuple[int, ssl.SSLContext]) -> None:
    port, trusting = tls
    with open_client(egress=LOCAL, ssl_context=trusting, resolver=lambda _h, _p: ["127.0.0.1"]) as client:
        assert client.get(f"https://org.test:{port}/").status_code == 200
        with pytest.raises(UnreachableError) as wrong_name:
            client.get(f"https://other.test:{port}/")
    assert wrong_name.value.code == "tls"


def test_an_untrusted_certificate_is_refused(tls: tuple[int, ssl.SSLContext]) -> None:
    port, _ = tls
    client = open_client(egress=LOCAL, resolver=lambda _h, _p: ["127.0.0.1"])
    with client, pytest.raises(UnreachableError) as untrusted:
        client.get(f"https://org.test:{port}/")
    assert untrusted.value.code == "tls"
