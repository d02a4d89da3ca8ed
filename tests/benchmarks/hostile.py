"""A signed-in person's pages while 200 connections attack: ``python -m tests.benchmarks.hostile``.

Prints what docs/reliability.md has under "Pages under attack"; no part of ``make bench``.

Each connection comes from an address of its own (127.0.0.0/8), so that limits by network do not end the attack, and
sends its next request as soon as it is answered. The attack runs with the lowest priority: it stands for machines
elsewhere. Quiet and under attack take turns within one run, on SQLite, under gunicorn as ``portal serve`` starts it.
"""

import os
import secrets
import selectors
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlencode

from tests.benchmarks.bench_load import Served, fill, read_answer, serving

_CONNECTIONS, _SECONDS, _ROUNDS = 200, 8.0, 2
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


def _sign_in_request(port: int, form_page: bytes) -> bytes:
    """Return an attempt at a name that nobody has, with the form that was fetched."""
    head, _, body = form_page.decode().partition("\r\n\r\n")
    cookies = [line.split(":", 1)[1].split(";")[0].strip() for line in head.split("\r\n") if line.startswith("Set-C")]
    token = body.split('name="csrf_token" type="hidden" value="')[1].split('"')[0]
    form = {"csrf_token": token, "username": secrets.token_hex(5), "password": secrets.token_hex(9)}
    return _post(port, "/sign-in", form, f"Cookie: {'; '.join(cookies)}")


_ATTACKS = {"token": _token_request, "sign-in": _sign_in_request}


def attack(kind: str, port: int, seconds: float) -> Counter[str]:
    """Attack from many addresses; return how often what was asked, with which status."""
    os.nice(5)
    ends = time.monotonic() + seconds
    statuses: Counter[str] = Counter()
    with selectors.DefaultSelector() as waiting:

        def ask(attacker: _Attacker, form_page: bytes = b"") -> None:
            attacker.ask(form_page)
            waiting.register(attacker.line, selectors.EVENT_READ, attacker)

        for number in range(_CONNECTIONS):
            ask(_Attacker(kind, port, number))
        while time.monotonic() < ends:
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


def _read_pages(served: Served, seconds: float) -> list[float]:
    """Return how long each page took, one after the other on one connection."""
    times: list[float] = []
    ends = time.perf_counter() + seconds
    with socket.create_connection(("127.0.0.1", served.port)) as line:
        while time.perf_counter() < ends:
            for path in _PAGES:
                began = time.perf_counter()
                line.sendall(served.request(path))
                read_answer(line)
                times.append((time.perf_counter() - began) * 1000)
                time.sleep(0.02)
    return times


def _attacked(served: Served, kind: str) -> tuple[list[float], str]:
    command = [sys.executable, "-m", "tests.benchmarks.hostile", kind, str(served.port), str(_SECONDS + 2)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        time.sleep(2)  # until all have begun
        times = _read_pages(served, _SECONDS)
        counted = process.communicate()[0].strip()
    return times, counted


def run() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        url = f"sqlite:///{folder / 'portal.sqlite3'}"
        fill(folder, url)
        with serving("portal", folder, url) as served:
            _read_pages(served, 1)
            for kind in os.environ.get("KIND", "").split() or _ATTACKS:
                quiet: list[float] = []
                loud: list[float] = []
                statuses = []
                before, began = served.cpu(), time.perf_counter()
                for _round in range(_ROUNDS):
                    quiet += _read_pages(served, _SECONDS / 2)
                    times, counted = _attacked(served, kind)
                    loud += times
                    statuses.append(counted)
                cpu = (served.cpu() - before) / (time.perf_counter() - began)
                q, a = (statistics.quantiles(times, n=20) for times in (quiet, loud))
                print(
                    f"{kind}: quiet p50 {q[9]:.0f} p95 {q[18]:.0f} ms ({len(quiet)} pages), attacked p50 {a[9]:.0f} p95"
                    f" {a[18]:.0f} ms ({len(loud)}), {a[18] / q[18]:.1f} times; workers {cpu:.2f} CPU; {statuses}",
                    flush=True,
                )


if __name__ == "__main__":
    if sys.argv[1:]:
        print(dict(attack(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]))))
    else:
        run()
