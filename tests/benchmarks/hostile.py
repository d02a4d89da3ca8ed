"""A signed-in person's pages while 200 connections attack: ``python -m tests.benchmarks.hostile``.

Prints what docs/reliability.md has under "Pages under attack"; no part of ``make bench``.

Each connection comes from an address of its own (127.0.0.0/8), so that limits by network do not end the attack, and
sends its next request as soon as it is answered. The attack runs with the lowest priority: it stands for machines
elsewhere. It is stopped and let go on again and again, so that whatever else the machine does is in both, quiet and
attacked; at the end of each time somebody signs in and an app exchanges a token, each time from another address, again
after a second where they are refused. On SQLite, under gunicorn as ``portal serve`` starts it.
"""

import itertools
import json
import os
import secrets
import selectors
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from urllib.parse import urlencode

from portal.provider.oauth import grants
from portal.services import open_services
from portal.store.people import accounts
from portal.store.provider import clients
from portal.store.provider.clients import OAuthClient
from tests.benchmarks.bench_load import Served, fill, read_answer, serving
from tests.factories.settings import make_settings
from tests.factories.world import PASSWORD

_CONNECTIONS = 200
_SECONDS, _ROUNDS = 1.0, int(os.environ.get("ROUNDS", "12"))  # of pages, quiet and as long attacked
_PATIENCE = 15.0  # seconds for which somebody who signs in asks again
_PAGES = ("/", "/health/test-results", "/health/medications")
_FORM = "Content-Type: application/x-www-form-urlencoded"


class _Attacker:
    """One connection after the other from one address; a request goes out with the connection, as behind a proxy."""

    def __init__(self, kind: str, port: int, number: int) -> None:
        self.kind, self.port = kind, port
        self.source = f"127.0.{1 + number // 200}.{1 + number % 200}"
        self.line: socket.socket
        self.answer = b""
        self.asks_form = False

    def ask(self, form_page: bytes = b"") -> None:
        self.asks_form = self.kind == "sign-in" and not form_page
        if self.asks_form:
            request = f"GET /sign-in HTTP/1.1\r\nHost: localhost:{self.port}\r\nConnection: close\r\n\r\n".encode()
        else:
            request = _ATTACKS[self.kind](self.port, form_page)
        self.line = socket.create_connection(("127.0.0.1", self.port), timeout=60, source_address=(self.source, 0))
        self.line.sendall(request)
        self.answer = b""

    def is_answered(self) -> bool:
        """Read on; tell whether that was all."""
        data = self.line.recv(1 << 16)
        self.answer += data
        return not data


def _post(port: int, path: str, form: dict[str, str], *headers: str) -> bytes:
    body = urlencode(form)
    lines = [f"POST {path} HTTP/1.1", f"Host: localhost:{port}", _FORM, f"Content-Length: {len(body)}", *headers]
    return "\r\n".join([*lines, "Connection: close", "", body]).encode()


def _token_request(port: int, _form_page: bytes) -> bytes:
    form = {"grant_type": "refresh_token", "refresh_token": secrets.token_hex(20), "client_id": secrets.token_hex(8)}
    return _post(port, "/oauth/token", form)


def _sign_in_request(port: int, form_page: bytes, username: str = "", password: str = "") -> bytes:
    """Return an attempt, unless told otherwise at a name that nobody has, with the form that was fetched."""
    head, _, body = form_page.decode().partition("\r\n\r\n")
    cookies = [line.split(":", 1)[1].split(";")[0].strip() for line in head.split("\r\n") if line.startswith("Set-C")]
    token = body.split('name="csrf_token" type="hidden" value="')[1].split('"')[0]
    form = {"csrf_token": token, "username": username or secrets.token_hex(5)}
    form["password"] = password or secrets.token_hex(9)
    return _post(port, "/sign-in", form, f"Cookie: {'; '.join(cookies)}")


_ATTACKS: dict[str, Callable[[int, bytes], bytes]] = {"token": _token_request, "sign-in": _sign_in_request}


def attack(kind: str, port: int) -> Counter[str]:
    """Attack from many addresses until SIGTERM; return how often what was asked, with which status."""
    os.nice(5)
    is_over = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: is_over.set())
    statuses: Counter[str] = Counter()
    with selectors.DefaultSelector() as waiting:

        def ask(attacker: _Attacker, form_page: bytes = b"") -> None:
            attacker.ask(form_page)
            waiting.register(attacker.line, selectors.EVENT_READ, attacker)

        for number in range(_CONNECTIONS):
            ask(_Attacker(kind, port, number))
        while not is_over.is_set():
            for key, _events in waiting.select(1):
                attacker: _Attacker = key.data
                with suppress(ConnectionError):
                    if not attacker.is_answered():
                        continue
                waiting.unregister(attacker.line)
                attacker.line.close()
                status = attacker.answer[9:12].decode()
                statuses[f"{'form ' if attacker.asks_form else ''}{status}"] += 1
                ask(attacker, attacker.answer if attacker.asks_form and status == "200" else b"")
    return statuses


def _read_pages(served: Served) -> list[tuple[float, float]]:
    """Return how long each page took, and the workers' CPU meanwhile: one after the other on one connection."""
    times: list[tuple[float, float]] = []
    ends = time.perf_counter() + _SECONDS
    with socket.create_connection(("127.0.0.1", served.port)) as line:
        while time.perf_counter() < ends:
            for path in _PAGES:
                began, before = time.perf_counter(), _cpu(served)
                line.sendall(served.request(path))
                read_answer(line)
                times.append(((time.perf_counter() - began) * 1000, (_cpu(served) - before) * 1000))
                time.sleep(0.02)
    return times


def _cpu(served: Served) -> float:
    """Return the CPU seconds of all workers, which a busy machine does not make longer (clock_getcpuclockid)."""
    return sum(time.clock_gettime(~worker << 3 | 2) for worker in served.workers)


@dataclass
class _Taken:
    """What was measured in one state: milliseconds, and the workers' CPU for each second of pages."""

    pages: list[float] = field(default_factory=list)
    page_cpu: list[float] = field(default_factory=list)
    sign_ins: list[float] = field(default_factory=list)
    tokens: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    def measure(self, served: Served, app: "_App") -> None:
        time.sleep(0.5)  # until the attack is under way, or over
        before, began = _cpu(served), time.perf_counter()
        for milliseconds, cpu in _read_pages(served):
            self.pages.append(milliseconds)
            self.page_cpu.append(cpu)
        self.cpu.append((_cpu(served) - before) / (time.perf_counter() - began))
        self.sign_ins.append(_timed(partial(_sign_in, served.port)))
        self.tokens.append(_timed(partial(app.exchange, served.port)))

    def __str__(self) -> str:
        named = {"page": self.pages, "CPU of a page": self.page_cpu, "sign-in": self.sign_ins, "token": self.tokens}
        quantiles = (f"{name} p50 {_of(times)[0]:.0f} p95 {_of(times)[1]:.0f} ms" for name, times in named.items())
        return f"{len(self.pages)} pages; {'; '.join(quantiles)}; workers {statistics.median(self.cpu):.2f} CPU"


def _of(times: list[float]) -> tuple[float, float]:
    quantiles = statistics.quantiles(times, n=20, method="inclusive")
    return quantiles[9], quantiles[18]


def _timed(ask: Callable[[], None]) -> float:
    began = time.perf_counter()
    with suppress(TimeoutError):
        ask()
    return (time.perf_counter() - began) * 1000


_addresses = (f"127.0.{100 + number // 200}.{1 + number % 200}" for number in itertools.count())


def _answered(port: int, request: bytes, address: str) -> bytes:
    """Return the answer to somebody who asks again after a second where it is 503, for a while."""
    ends = time.monotonic() + _PATIENCE
    while time.monotonic() < ends:
        with socket.create_connection(("127.0.0.1", port), timeout=60, source_address=(address, 0)) as line:
            line.sendall(request)
            answer = b"".join(iter(partial(line.recv, 1 << 16), b""))
        if answer[9:12] != b"503":
            return answer
        time.sleep(1)
    raise TimeoutError


def _sign_in(port: int) -> None:
    address = next(_addresses)
    form = f"GET /sign-in HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n".encode()
    page = _answered(port, form, address)
    answer = _answered(port, _sign_in_request(port, page, username="ana", password=PASSWORD), address)
    if answer[9:12] not in (b"302", b"303"):
        raise AssertionError(answer[:200])


class _App:
    """An app that has no secret, and the refresh token that it got last."""

    _ID = "bench"

    def __init__(self, folder: Path, url: str) -> None:
        services = open_services(make_settings(folder, database_url=url))
        client = OAuthClient(client_id=self._ID, name="Bench", redirect_uris=("https://app.example/cb",))
        with services.db.transaction() as tx:
            clients.add_client(tx, client=client)
            account = accounts.by_username(tx, username="ana")
            assert account
            issued = grants.issue(
                tx,
                client=client,
                account_id=account.id,
                person_id=account.person_id,
                scopes=("patient/*.rs", "offline_access"),
                lasting=True,
            )
        services.db.close()
        self._token = issued.refresh_token

    def exchange(self, port: int) -> None:
        form = {"grant_type": "refresh_token", "refresh_token": str(self._token), "client_id": self._ID}
        request = _post(port, "/oauth/token", form)
        head, _, body = _answered(port, request, next(_addresses)).partition(b"\r\n\r\n")
        if head[9:12] != b"200":
            raise AssertionError(head)
        self._token = json.loads(body)["refresh_token"]


def _measure(served: Served, app: _App, kind: str) -> str:
    quiet, attacked = _Taken(), _Taken()
    command = [sys.executable, "-m", "tests.benchmarks.hostile", kind, str(served.port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        time.sleep(3)  # until all have begun
        seconds = 3.0
        for _round in range(_ROUNDS):
            process.send_signal(signal.SIGSTOP)
            quiet.measure(served, app)
            began = time.perf_counter()
            process.send_signal(signal.SIGCONT)
            attacked.measure(served, app)
            seconds += time.perf_counter() - began
        process.terminate()
        counted = Counter(json.loads(process.communicate()[0]))
    rates = ", ".join(f"{status} {number / seconds:.0f}" for status, number in sorted(counted.items()))
    times, cpu = (
        _of(loud)[1] / _of(still)[1]
        for loud, still in ((attacked.pages, quiet.pages), (attacked.page_cpu, quiet.page_cpu))
    )
    load = os.getloadavg()[0]
    return (
        f"{kind}: p95 {times:.1f} times, of CPU {cpu:.1f} times; load {load:.0f}\n  quiet {quiet}\n"
        f"  attacked {attacked}\n  a second: {rates}"
    )


def run() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        url = f"sqlite:///{folder / 'portal.sqlite3'}"
        fill(folder, url)
        app = _App(folder, url)
        with serving("portal", folder, url) as served:
            _read_pages(served)
            for kind in os.environ.get("KIND", "").split() or _ATTACKS:
                print(_measure(served, app, kind), flush=True)


if __name__ == "__main__":
    if sys.argv[1:]:
        print(json.dumps(attack(sys.argv[1], int(sys.argv[2]))))
    else:
        run()
