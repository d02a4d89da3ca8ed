"""Signed-in pages under load, against a Flask-Login page with one SELECT and a template of the same size.

Both are served by gunicorn as the portal is. Page and floor take turns within one run, so that what else the machine
does is in both; CPU seconds are those of the workers and count nothing of the measuring.
"""

import os
import socket
import statistics
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode

from portal.domain.sections import NINE, Section
from portal.services import open_services
from portal.store.engine.upgrade import upgrade
from tests.benchmarks.databases import on_each
from tests.benchmarks.load_server import WORKERS
from tests.factories.record import A1C, laboratory, link, medication, message, small_record
from tests.factories.settings import make_settings
from tests.factories.world import PASSWORD, World

_ROUNDS = 3
_SECONDS, _SECONDS_OF_RATE = 1.0, 0.5  # of 8 connections, whose 99th percentile is asked, too; of what is a rate alone
_START_SECONDS = 120.0
_PAGES = ("/", *(f"/health/{s.value}" for s in NINE if s is not Section.MESSAGES), "/links", "/messages")


@dataclass(frozen=True)
class _Run:
    """One page asked for again and again: how often a second, CPU milliseconds of one answer, seconds of each."""

    rate: float
    cpu: float
    times: list[float]


class Served:
    def __init__(self, port: int, process: subprocess.Popen[bytes], cookie: str) -> None:
        self.port, self.cookie = port, cookie
        self.workers = _workers(process)

    def request(self, path: str) -> bytes:
        """Return what a browser sends; a part of a page is asked for as htmx does."""
        part = "HX-Request: true\r\n" if "/from/" in path else ""
        return f"GET {path} HTTP/1.1\r\nHost: localhost:{self.port}\r\nCookie: {self.cookie}\r\n{part}\r\n".encode()

    def cpu(self) -> float:
        """CPU seconds of all workers up to now."""
        ticks = 0
        for worker in self.workers:
            fields = Path(f"/proc/{worker}/stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    def memory(self) -> float:
        """Megabytes of the larger worker that nobody shares, and its part of what is shared."""
        rolled = (Path(f"/proc/{worker}/smaps_rollup").read_text() for worker in self.workers)
        return max(int(text.split("Pss:")[1].split()[0]) for text in rolled) / 1024

    def run(self, path: str, connections: int, seconds: float) -> _Run:
        request = self.request(path)
        times: list[float] = []
        before, began = self.cpu(), time.perf_counter()
        ends = began + seconds
        threads = [threading.Thread(target=_ask, args=(self.port, request, ends, times)) for _ in range(connections)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        took = time.perf_counter() - began
        return _Run(len(times) / took, (self.cpu() - before) * 1000 / len(times), times)


def _ask(port: int, request: bytes, ends: float, times: list[float]) -> None:
    """Ask over one connection until the time is up."""
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while (began := time.perf_counter()) < ends:
            line.sendall(request)
            read_answer(line)
            times.append(time.perf_counter() - began)


def read_answer(line: socket.socket) -> int:
    """Read one answer; return the bytes of its body."""
    buffer = b""
    while b"\r\n\r\n" not in buffer:
        buffer += _more(line)
    head, _, body = buffer.partition(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 200 "):
        raise AssertionError(head.split(b"\r\n")[0])
    length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
    left = length - len(body)
    while left > 0:
        left -= len(_more(line))
    return length


def _more(line: socket.socket) -> bytes:
    data = line.recv(1 << 18)
    if not data:
        raise ConnectionError("the server closed the connection")
    return data


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _workers(process: subprocess.Popen[bytes]) -> list[int]:
    """Return the workers' ids once all are there: the first answers before the second is forked."""
    ends = time.monotonic() + _START_SECONDS
    while True:
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        if len(children) == WORKERS:
            return [int(child) for child in children]
        if time.monotonic() > ends:
            raise TimeoutError(f"{len(children)} of {WORKERS} workers started")
        time.sleep(0.05)


@contextmanager
def serving(kind: str, folder: Path, url: str) -> Iterator[Served]:
    port = free_port()
    command = [sys.executable, "-m", "tests.benchmarks.load_server", kind, str(port), str(folder), url]
    with (folder / f"{kind}.log").open("wb") as log, subprocess.Popen(command, stdout=log, stderr=log) as process:
        try:
            cookie = _signed_in(kind, port)
            yield Served(port, process, cookie)
        finally:
            process.terminate()


def _signed_in(kind: str, port: int) -> str:
    base, jar = f"http://localhost:{port}", CookieJar()
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    ends = time.monotonic() + _START_SECONDS
    while True:
        try:
            page = opener.open(f"{base}/sign-in").read().decode()
            break
        except OSError:
            if time.monotonic() > ends:
                raise
            time.sleep(0.2)
    if kind == "portal":
        token = page.split('name="csrf_token" type="hidden" value="')[1].split('"')[0]
        form = urlencode({"csrf_token": token, "username": "ana", "password": PASSWORD})
        opener.open(f"{base}/sign-in", form.encode()).read()
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in jar)


def fill(folder: Path, url: str) -> None:
    """A person at home and at seven organizations, with a few hundred entries."""
    services = open_services(make_settings(folder, database_url=url))
    upgrade(services.db)
    user = World(services).patient()
    small_record(services, user)
    resources = [
        *(medication(f"m{n}", f"99{n:04}", f"medicine number {n:03} 10 MG Oral Tablet", "1 a day") for n in range(60)),
        *(laboratory(f"l{n}", A1C, 4 + n / 50, "%", when=f"20{n // 12:02}-{n % 12 + 1:02}-03") for n in range(200)),
        *(
            message(f"g{n}", f"About {n}", "Some text of it.", f"2026-03-02T12:{n}:00Z", "Dr. Lee")
            for n in range(10, 40)
        ),
    ]
    link(services, user, name="Old Mill", resources=resources)
    for name in ("Shoreline", "Pinelands", "Lakeside", "Garden State", "Harbor"):
        link(services, user, name=f"{name} Hospital")
    services.db.close()


def run() -> str:
    rows = "\n".join(on_each(_measure))
    return f"""## Pages under load

`python -m tests.benchmarks load`: gunicorn with {WORKERS} workers, one person at home and at seven organizations. The
floor is a Flask-Login page with one SELECT and a template of as many bytes under the same gunicorn; page and floor take
turns, {_ROUNDS} rounds of {_SECONDS:.0f} s for pages at 8 connections and {_SECONDS_OF_RATE} s for the rest,
medians. CPU is that of the workers, for one page. Wanted: CPU of the floor at least 0.25 of a page's, 8 connections at
least 1.7 of 1, p99 at most 6 times p50. The floor's 8 to 1 says what two workers on this machine can be.

| database | page | bytes | CPU ms | floor CPU ms | of the floor | a second at 1 | at 8 | floor at 8 | 8 to 1 \
| floor's | p50 ms | p99 ms | p99 to p50 |
|---|---|---|---|---|---|---|---|---|---|---|---|---|---|
{rows}
"""


def _measure(database: str, folder: Path, url: str) -> str:
    fill(folder, url)
    rows = []
    with serving("portal", folder, url) as portal, serving("floor", folder, url) as floor:
        for path in os.environ.get("BENCH_PAGES", " ".join(_PAGES)).split():
            for _ in range(2):
                portal.run(path, 8, 0.3)
            size = _size(portal, path)
            address = f"/?size={size}"
            runs: dict[tuple[str, int], list[_Run]] = {}
            for _ in range(_ROUNDS):
                runs.setdefault(("page", 1), []).append(portal.run(path, 1, _SECONDS_OF_RATE))
                runs.setdefault(("page", 8), []).append(portal.run(path, 8, _SECONDS))
                runs.setdefault(("floor", 1), []).append(floor.run(address, 1, _SECONDS_OF_RATE))
                runs.setdefault(("floor", 8), []).append(floor.run(address, 8, _SECONDS_OF_RATE))
            rows.append(_row(database, path, size, runs))
            print(rows[-1], flush=True)
        memory = portal.memory()
    rows.append(f"| {database} | memory of a worker afterwards: {memory:.0f} MB | | | | | | | | | | | | |")
    return "\n".join(rows)


def _row(database: str, path: str, size: int, runs: dict[tuple[str, int], list[_Run]]) -> str:
    def rate(kind: str, connections: int) -> float:
        return statistics.median(run.rate for run in runs[kind, connections])

    cpu, least = (statistics.median(run.cpu for run in runs[kind, 8]) for kind in ("page", "floor"))
    times = [seconds * 1000 for run in runs["page", 8] for seconds in run.times]
    p50, p99 = statistics.median(times), statistics.quantiles(times, n=100)[-1]
    grown = {kind: rate(kind, 8) / rate(kind, 1) for kind in ("page", "floor")}
    return (
        f"| {database} | {path} | {size:,} | {cpu:.1f} | {least:.2f} | {least / cpu:.2f} | {rate('page', 1):.0f} "
        f"| {rate('page', 8):.0f} | {rate('floor', 8):.0f} | {grown['page']:.1f} | {grown['floor']:.1f} "
        f"| {p50:.0f} | {p99:.0f} | {p99 / p50:.1f} |"
    )


def _size(served: Served, path: str) -> int:
    with socket.create_connection(("127.0.0.1", served.port)) as line:
        line.sendall(
            f"GET {path} HTTP/1.1\r\nHost: localhost:{served.port}\r\nCookie: {served.cookie}\r\n\r\n".encode()
        )
        return read_answer(line)
