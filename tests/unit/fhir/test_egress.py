"""What the operator allows of the way out: own servers by name, their authority, a proxy for all others."""

import socket
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
import pytest

from portal.domain.egress import Egress
from portal.domain.errors import AddressRefusedError, OutsideError, UnreachableError
from portal.fhir.addresses import Resolver, resolve
from portal.fhir.capability import smart_configuration
from portal.fhir.transport import open_client
from tests.fakes import FakeOrganization
from tests.fakes import misbehaviour as m

OWN = Egress(private_hosts=frozenset({"fhir.own.test"}))
LOCAL_OWN = Egress(allow_local=True, private_hosts=frozenset({"org.test"}))


def at(*addresses: str) -> Resolver:
    return lambda _host, _port: list(addresses)


@pytest.mark.parametrize(
    ("host", "address", "code"),
    [
        ("fhir.own.test", "10.0.0.5", None),
        ("fhir.own.test", "fd12:3456::1", None),
        ("fhir.own.test", "93.184.216.34", None),
        ("fhir.own.test", "169.254.169.254", "metadata-address"),
        ("fhir.own.test", "fd00:ec2::254", "metadata-address"),
        ("fhir.own.test", "127.0.0.1", "loopback-address"),
        ("fhir.own.test", "::ffff:10.0.0.5", "embedded-address"),
        ("other.test", "10.0.0.5", "private-address"),
        ("fhir.own.test.evil.test", "10.0.0.5", "private-address"),
        ("a.fhir.own.test", "10.0.0.5", "private-address"),
    ],
)
def test_a_private_network_is_open_to_the_named_host_alone(
    host: str, address: str, code: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_network(*_args: object, **_kwargs: object) -> socket.socket:
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", no_network)
    with open_client(egress=OWN, resolver=at(address)) as client, pytest.raises(OutsideError) as error:
        client.get(f"https://{host}/metadata")
    assert error.value.code == (code or "connection-refused")


def test_the_authority_is_believed_for_own_servers_alone(tls: tuple[int, ssl.SSLContext], tmp_path: Path) -> None:
    port, _ = tls
    authority = tmp_path / "cert.pem"
    own = Egress(allow_local=True, private_hosts=frozenset({"org.test"}), ca_file=authority)
    others = Egress(allow_local=True, private_hosts=frozenset({"another.test"}), ca_file=authority)
    with open_client(egress=own, resolver=at("127.0.0.1")) as client:
        assert client.get(f"https://org.test:{port}/").status_code == 200
    with open_client(egress=others, resolver=at("127.0.0.1")) as client, pytest.raises(UnreachableError) as untrusted:
        client.get(f"https://org.test:{port}/")
    assert untrusted.value.code == "tls"


def test_a_stranger_leads_to_no_server_of_ours() -> None:
    with FakeOrganization() as org:
        org.misbehave(
            "/fhir/.well-known/smart-configuration",
            m.resource({"authorization_endpoint": f"{org.url}/a", "token_endpoint": "https://org.test/token"}),
        )
        with open_client(egress=LOCAL_OWN) as client, pytest.raises(AddressRefusedError):
            smart_configuration(client, org.fhir_base, egress=LOCAL_OWN)
    assert LOCAL_OWN.towards("https://evil.test/fhir").private_hosts == frozenset()
    assert LOCAL_OWN.towards("https://org.test/fhir") == LOCAL_OWN


@dataclass
class Proxy:
    """An HTTP proxy that connects everything to one port of loopback, whatever it is asked for."""

    port: int
    heads: list[str] = field(default_factory=list)
    answer: bytes = b"HTTP/1.1 200 OK\r\n\r\n"


@pytest.fixture
def proxy(tls: tuple[int, ssl.SSLContext]) -> Iterator[Proxy]:
    listener = socket.create_server(("127.0.0.1", 0))
    running = Proxy(listener.getsockname()[1])

    def relay(source: socket.socket, target: socket.socket) -> None:
        try:
            while piece := source.recv(4096):
                target.sendall(piece)
        except OSError:
            pass
        finally:
            target.close()

    def serve() -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            head = b""
            while b"\r\n\r\n" not in head:
                head += client.recv(4096)
            running.heads.append(head.decode())
            client.sendall(running.answer)
            if b" 200 " not in running.answer:
                client.close()
                continue
            server = socket.create_connection(("127.0.0.1", tls[0]))
            threading.Thread(target=relay, args=(client, server), daemon=True).start()
            threading.Thread(target=relay, args=(server, client), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    yield running
    listener.close()


def through(proxy: Proxy, tls: tuple[int, ssl.SSLContext], *addresses: str) -> httpx2.Client:
    egress = Egress(proxy=f"http://portal:p%40ss@127.0.0.1:{proxy.port}", private_hosts=frozenset({"own.test"}))
    return open_client(egress=egress, ssl_context=tls[1], resolver=at(*addresses))


def test_others_are_called_through_the_proxy_at_the_address_that_was_checked(
    proxy: Proxy, tls: tuple[int, ssl.SSLContext]
) -> None:
    with through(proxy, tls, "93.184.216.34") as client:
        assert client.get("https://org.test/").status_code == 200
    assert proxy.heads[0].startswith("CONNECT 93.184.216.34:443 HTTP/1.1\r\n")
    assert "Proxy-Authorization: Basic cG9ydGFsOnBAc3M=" in proxy.heads[0]
    with through(proxy, tls, "2606:2800:220::1") as client:
        assert client.get("https://org.test/").status_code == 200
    assert proxy.heads[1].startswith("CONNECT [2606:2800:220::1]:443 HTTP/1.1\r\n")


def test_the_proxy_opens_no_address_that_is_refused(proxy: Proxy, tls: tuple[int, ssl.SSLContext]) -> None:
    for address in ("10.0.0.5", "169.254.169.254", "127.0.0.1"):
        with through(proxy, tls, address) as client, pytest.raises(AddressRefusedError):
            client.get("https://org.test/")
    assert proxy.heads == []


def test_own_servers_are_called_directly(
    proxy: Proxy, tls: tuple[int, ssl.SSLContext], monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_network(address: tuple[str, int], *_args: object, **_kwargs: object) -> socket.socket:
        assert address[0] == "10.0.0.5"
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", no_network)
    with through(proxy, tls, "10.0.0.5") as client, pytest.raises(UnreachableError):
        client.get("https://own.test/")
    assert proxy.heads == []


@pytest.mark.parametrize("answer", [b"HTTP/1.1 403 Forbidden\r\n\r\n", b"nonsense\r\n\r\n", b"HTTP/1.1 "])
def test_a_proxy_that_refuses(proxy: Proxy, tls: tuple[int, ssl.SSLContext], answer: bytes) -> None:
    proxy.answer = answer
    with through(proxy, tls, "93.184.216.34") as client, pytest.raises(UnreachableError) as refused:
        client.get("https://org.test/")
    assert refused.value.code == "proxy-refused"


def test_a_host_is_refused_by_default() -> None:
    with pytest.raises(AddressRefusedError):
        resolve("fhir.own.test", 443, allow_loopback=False, only_loopback=False, seconds=1, resolver=at("10.0.0.5"))
