"""The guarded transport over real connections: pinning, TLS names, limits, what Authlib sees."""

import datetime as dt
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx2
import pytest
from authlib.integrations.httpx_client import OAuth2Client
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from portal import __version__
from portal.domain.errors import AddressRefusedError, BadAnswerError, LimitReachedError, UnreachableError
from portal.fhir.limits import Limits
from portal.fhir.transport import GuardedTransport, open_client
from tests.fakes import FakeOrganization
from tests.fakes import misbehaviour as m

QUICK = Limits(idle_seconds=0.5, total_seconds=0.8, answer_bytes=500_000)


@pytest.fixture
def org() -> Iterator[FakeOrganization]:
    with FakeOrganization() as organization:
        yield organization


@pytest.fixture
def client() -> Iterator[httpx2.Client]:
    with open_client(allow_local=True, limits=QUICK) as opened:
        yield opened


def test_says_who_asks(client: httpx2.Client, org: FakeOrganization) -> None:
    client.get(f"{org.fhir_base}/metadata", headers={"User-Agent": "another"})
    assert org.calls()[0].user_agent == f"Tributary/{__version__}"


def test_loopback_is_closed_by_default(org: FakeOrganization) -> None:
    with open_client(allow_local=False) as closed, pytest.raises(AddressRefusedError):
        closed.get(f"{org.fhir_base}/metadata")
    assert org.calls() == []


def test_no_proxy_from_the_environment(org: FakeOrganization, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with open_client(allow_local=True) as client:
        assert client.get(f"{org.fhir_base}/metadata").status_code == 200


def test_redirects_are_errors_even_where_a_client_would_follow(org: FakeOrganization) -> None:
    org.misbehave("/fhir/metadata", m.redirect(f"{org.url}/elsewhere"))
    transport = GuardedTransport(allow_local=True)
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
    transport = GuardedTransport(allow_local=True, limits=QUICK)
    with OAuth2Client(client_id="client", transport=transport) as client, pytest.raises(LimitReachedError):
        client.fetch_token(f"{org.url}/oauth/token", grant_type="client_credentials")


def test_authlib_gets_tokens_through_it(org: FakeOrganization) -> None:
    transport = GuardedTransport(allow_local=True)
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
    thread.join(3)
    assert [error.code for error in errors] == ["timeout"]


def test_a_name_that_changes_its_address_is_looked_up_once_and_pinned(org: FakeOrganization) -> None:
    port = int(org.url.rsplit(":", 1)[1])
    answers = [["127.0.0.1"], ["10.0.0.1"]]

    def rebinding(_host: str, _port: int) -> list[str]:
        return answers.pop(0)

    with open_client(allow_local=True, resolver=rebinding) as client:
        assert client.get(f"http://rebind.example:{port}/fhir/metadata").status_code == 200
    assert answers == [["10.0.0.1"]]


class _Hello(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the standard library's name
        del format, args


@pytest.fixture
def tls(tmp_path: Path) -> Iterator[tuple[int, ssl.SSLContext]]:
    """A TLS server on loopback that is called org.test, and a context that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "org.test")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("org.test")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = tmp_path / "cert.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    pem.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Hello)
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(pem)
    server.socket = serving.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield server.server_port, ssl.create_default_context(cafile=str(pem))
    server.shutdown()
    server.server_close()


def test_the_address_is_pinned_and_the_name_verified(tls: tuple[int, ssl.SSLContext]) -> None:
    port, trusting = tls
    with open_client(allow_local=True, ssl_context=trusting, resolver=lambda _h, _p: ["127.0.0.1"]) as client:
        assert client.get(f"https://org.test:{port}/").status_code == 200
        with pytest.raises(UnreachableError) as wrong_name:
            client.get(f"https://other.test:{port}/")
    assert wrong_name.value.code == "tls"


def test_an_untrusted_certificate_is_refused(tls: tuple[int, ssl.SSLContext]) -> None:
    port, _ = tls
    client = open_client(allow_local=True, resolver=lambda _h, _p: ["127.0.0.1"])
    with client, pytest.raises(UnreachableError) as untrusted:
        client.get(f"https://org.test:{port}/")
    assert untrusted.value.code == "tls"
