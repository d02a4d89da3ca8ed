"""deploy/nginx with the real nginx before `portal serve`: TLS, static files, one proxy, and what is said without us."""

import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from portal.paths import STATIC
from tests.architecture.test_files import ROOT
from tests.browser.ports import free_ports

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not shutil.which("nginx"), reason="nginx is not installed"),
]


@dataclass(frozen=True)
class Site:
    """``forgetful`` is the address of the same site whose proxy does not say who asks."""

    address: str
    forgetful: str
    environ: dict[str, str]
    context: ssl.SSLContext
    portal: "subprocess.Popen[bytes]"

    def get(self, path: str, headers: dict[str, str] | None = None) -> tuple[int, str, dict[str, str]]:
        request = urllib.request.Request(self.address + path, headers=headers or {})
        try:
            answer = urllib.request.urlopen(request, context=self.context, timeout=20)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            fields = {name.lower(): text for name, text in answer.headers.items()}
            return answer.status, answer.read().decode(), fields


def _certificate(folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "fullchain.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "privkey.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )


def _configuration(folder: Path, port: int, tls: int, plain: int, forgetful: int) -> Path:
    site = (ROOT / "deploy/nginx/tributary.conf").read_text()
    for written, there in {
        "listen [::]:80;": "",
        "listen [::]:443 ssl http2;": "",
        "listen 80;": f"listen 127.0.0.1:{plain};",
        "listen 443 ": f"listen 127.0.0.1:{tls} ",
        "127.0.0.1:8000": f"127.0.0.1:{port}",
        "my.cooper.example": "localhost",
        "/etc/tributary/tls": str(folder),
        "/etc/tributary/nginx": str(ROOT / "deploy/nginx"),
        "/opt/tributary/static/": f"{STATIC}/",
        "/var/log/nginx": str(folder),
    }.items():
        assert written in site, written
        site = site.replace(written, there)
    secure = site.rpartition("\nserver {")[2]
    forgets = secure.replace(f"127.0.0.1:{tls} ", f"127.0.0.1:{forgetful} ").replace("For $remote_addr", 'For ""')
    (folder / "site.conf").write_text(f"{site}\nserver {{{forgets}")
    paths = "".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    types = "types { text/css css; text/javascript js; image/svg+xml svg; text/html html; application/json json; }"
    user = f"user {os.environ.get('USER', 'root')};" if os.geteuid() == 0 else ""
    file = folder / "nginx.conf"
    file.write_text(
        f"{user} daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log; events {{}}\n"
        f"http {{ access_log off; {types} {paths} include {folder}/site.conf; }}\n"
    )
    return file


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("nginx")
    port, tls, plain, forgetful = range(first := free_ports(4), first + 4)
    _certificate(folder)
    environ = {name: text for name, text in os.environ.items() if not name.startswith("PORTAL_")}
    environ |= {
        "PORTAL_BASE_URL": f"https://localhost:{tls}",
        "PORTAL_DATA_DIR": str(folder / "data"),
        "PORTAL_ALLOW_LOCAL_ENDPOINTS": "on",
        "PORTAL_CA_FILE": str(folder / "fullchain.pem"),
        "PORTAL_PRIVATE_HOSTS": "localhost",
    }
    program = [sys.executable, "-m", "portal.cli"]
    subprocess.run([*program, "db", "upgrade"], env=environ, check=True, capture_output=True)
    context = ssl.create_default_context(cafile=str(folder / "fullchain.pem"))
    with (folder / "log").open("ab") as log:
        serve = [*program, "serve", "--bind", f"127.0.0.1:{port}"]
        portal = subprocess.Popen(serve, env=environ, stdout=log, stderr=log)
        server = [
            shutil.which("nginx") or "nginx",
            "-p",
            folder,
            "-c",
            _configuration(folder, port, tls, plain, forgetful),
        ]
        nginx = subprocess.Popen(server, stdout=log, stderr=log)
    opened = Site(f"https://localhost:{tls}", f"https://localhost:{forgetful}", environ, context, portal)
    try:
        _wait(lambda: opened.get("/healthz")[0] == 200, folder)
        yield opened
    finally:
        for process in (nginx, portal):
            process.send_signal(signal.SIGTERM)
            process.wait(60)


def _wait(holds: Callable[[], bool], folder: Path) -> None:
    ends = time.monotonic() + 60
    while time.monotonic() < ends:
        try:
            if holds():
                return
        except OSError:
            pass
        time.sleep(0.2)
    raise AssertionError((folder / "log").read_text() + (folder / "error.log").read_text())


def test_pages_over_tls(site: Site) -> None:
    status, page, headers = site.get("/sign-in")
    assert (status, "csrf_token" in page) == (200, True)
    assert "max-age" in headers["strict-transport-security"]
    assert "__Host-" in headers["set-cookie"]


def test_one_proxy_is_believed_and_nobody_else(site: Site) -> None:
    ready = json.loads(site.get("/readyz", {"X-Forwarded-Proto": "gopher", "X-Forwarded-For": "192.0.2.66"})[1])
    assert (ready["proxy"], ready["scheme"], ready["database"]) == ("believed", "https", "ok")
    assert site.get("/readyz", {"X-Forwarded-Host": "evil.example"})[0] == 200


def doctor(environ: dict[str, str]) -> list[str]:
    """Return the codes of what the doctor finds."""
    done = subprocess.run(
        [sys.executable, "-m", "portal.cli", "doctor", "--json"], env=environ, capture_output=True, text=True
    )
    return [json.loads(line)["code"] for line in done.stdout.splitlines()]


def test_the_doctor_has_nothing_against_the_proxy(site: Site) -> None:
    assert doctor(site.environ) == ["queue"]


def test_the_doctor_notices_a_proxy_that_does_not_say_who_asks(site: Site) -> None:
    assert doctor(site.environ | {"PORTAL_BASE_URL": site.forgetful}) == ["queue", "proxy-for"]


def test_the_doctor_notices_a_certificate_that_nobody_signed(site: Site) -> None:
    environ = {
        name: text for name, text in site.environ.items() if name not in ("PORTAL_CA_FILE", "PORTAL_PRIVATE_HOSTS")
    }
    assert doctor(environ) == ["queue", "address"]


def test_static_files(site: Site) -> None:
    assert site.get("/static/nothing.css")[0] == 404
    [name] = [path.name for path in STATIC.glob("*.css")][:1]
    status, body, headers = site.get(f"/static/{name}?v=1")
    assert (status, body) == (200, (STATIC / name).read_text())
    assert headers["cache-control"] == "public, max-age=31536000, immutable"
    assert headers["x-content-type-options"] == "nosniff"
    assert site.get(f"/static/{name}")[2]["cache-control"] == "no-cache"
    status, body, headers = site.get("/static/portal.css?v=1")  # put together by the portal
    assert (status, headers["content-type"], ":root" in body) == (200, "text/css; charset=utf-8", True)
    assert "max-age=31536000" in headers["cache-control"]


def test_figures_are_not_public(site: Site) -> None:
    assert site.get("/metrics")[0] == 404


def test_apps_reach_the_apis(site: Site) -> None:
    assert json.loads(site.get("/fhir/metadata")[1])["resourceType"] == "CapabilityStatement"
    assert site.get("/oauth/jwks")[0] == 200
    assert site.get("/fhir/Patient/1")[0] == 401


def test_one_address_holds_only_some_of_the_threads(site: Site) -> None:
    """Connections that never finish their request, from one address: those beyond the limit are refused at once."""
    host, _, port = site.address.removeprefix("https://").partition(":")
    head = f"POST /oauth/token HTTP/1.1\r\nHost: {host}\r\nContent-Length: 9\r\n\r\n".encode()
    with ExitStack() as stack:
        waiting = []
        for _ in range(30):
            plain = stack.enter_context(socket.create_connection((host, int(port)), timeout=20))
            held = stack.enter_context(site.context.wrap_socket(plain, server_hostname="localhost"))
            held.sendall(head)
            waiting.append(held)
        for held in waiting[12:]:
            assert held.recv(64).startswith(b"HTTP/1.1 429 ")
        assert site.get("/static/portal.css")[0] == 200
    assert site.get("/sign-in")[0] == 200


def test_without_the_portal(site: Site) -> None:
    """The last one: the portal is ended."""
    site.portal.send_signal(signal.SIGTERM)
    site.portal.wait(60)
    status, page, headers = site.get("/sign-in")
    assert (status, headers["retry-after"], headers["cache-control"]) == (503, "60", "no-store")
    assert "not available just now" in page
    assert 'lang="es"' in page
    status, body, headers = site.get("/fhir/Patient/1")
    assert (status, headers["retry-after"], headers["content-type"]) == (503, "60", "application/json")
    assert json.loads(body)["issue"][0]["code"] == "transient"
    assert site.get("/static/nothing.css")[0] == 404
