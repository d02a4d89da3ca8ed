"""Signed-in pages in CPU seconds of one process, against a Flask-Login page with one SELECT and as large a template.

Page and floor are called as WSGI applications, in turns, and the least of many is taken: what else the machine does is
not counted. Calls of functions, which nothing else on the machine changes, stand beside it.
"""

import cProfile
import os
import pstats
import time
from collections.abc import Callable, Iterable
from itertools import chain
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.test import EnvironBuilder

from portal.app import create_app
from portal.processes import calm_collector
from tests.benchmarks.bench_load import fill
from tests.benchmarks.databases import on_each
from tests.benchmarks.load_server import fill_floor, floor
from tests.factories.settings import make_settings
from tests.factories.world import PASSWORD

_PAGES = ("/", *(f"/health/{name}" for name in ("test-results", "medications", "allergies")), "/messages", "/links")
_REPEATS = int(os.environ.get("BENCH_REPEATS", "60"))
_Call = Callable[[], int]


def caller(app: Flask, path: str, cookie: str) -> _Call:
    """Return a function that asks an application for a page and returns the bytes of the body."""
    template = EnvironBuilder(path=path, base_url="http://localhost", headers=[("Cookie", cookie)]).get_environ()

    def call() -> int:
        status: list[str] = []

        def start(line: str, _headers: Any, _error: Any = None) -> Callable[[bytes], object]:
            status.append(line)
            return len

        body: Iterable[bytes] = app.wsgi_app({**template}, start)
        size = sum(len(part) for part in body)
        body.close()  # type: ignore[attr-defined]
        if not status[0].startswith("200"):
            raise AssertionError(f"{path}: {status[0]}")
        return size

    return call


def signed_in(app: Flask) -> str:
    """Return the Cookie header of a browser where the portal's person is signed in."""
    client = app.test_client()
    client.environ_base = {}  # as ``caller``: to Flask-Login another address or browser is a session to be looked at
    page = client.get("/sign-in", base_url="http://localhost").text
    if "csrf_token" in page:
        token = page.split('name="csrf_token" type="hidden" value="')[1].split('"')[0]
        form = {"csrf_token": token, "username": "ana", "password": PASSWORD}
        answer = client.post("/sign-in", data=form, base_url="http://localhost")
        if answer.status_code != 303:
            raise AssertionError(answer.status)
        client.get(answer.headers["Location"], base_url="http://localhost")  # writes the token of forms in the session
    return "; ".join(f"{cookie.key}={cookie.value}" for cookie in (client._cookies or {}).values())


def _cpu(call: _Call) -> float:
    began = time.process_time()
    call()
    return time.process_time() - began


def _calls(call: _Call) -> int:
    profile = cProfile.Profile()
    profile.runcall(call)
    return int(pstats.Stats(profile).total_calls)  # type: ignore[attr-defined]


def _measure(database: str, folder: Path, url: str) -> list[str]:
    fill(folder, url)
    portal = create_app(make_settings(folder, database_url=url))
    fill_floor(url)
    least = floor(url)
    calm_collector(every=20_000)
    cookie, floor_cookie = signed_in(portal), signed_in(least)
    rows = []
    for path in os.environ.get("BENCH_PAGES", " ".join(_PAGES)).split():
        page = caller(portal, path, cookie)
        size = page()
        plain = caller(least, f"/?size={size}", floor_cookie)
        times: dict[str, list[float]] = {"page": [], "floor": []}
        for _ in range(_REPEATS):
            times["page"].append(_cpu(page))
            times["floor"].append(_cpu(plain))
        cpu, least_cpu = (min(times[kind]) * 1000 for kind in ("page", "floor"))
        calls, least_calls = _calls(page), _calls(plain)
        rows.append(
            f"| {database} | {path} | {size:,} | {cpu:.2f} | {least_cpu:.2f} | {least_cpu / cpu:.2f} "
            f"| {calls:,} | {least_calls:,} |"
        )
        print(rows[-1], flush=True)
    return rows


def run() -> str:
    table = "\n".join(chain.from_iterable(on_each(_measure)))
    return f"""## CPU of pages

`python -m tests.benchmarks cpu`: one process, page and floor called as WSGI applications in turns, the least of
{_REPEATS}. The person and the floor are those of "Pages under load". Wanted: the floor's CPU at least 0.25 of a page's.

| database | page | bytes | CPU ms | floor CPU ms | of the floor | calls of functions | of the floor's |
|---|---|---|---|---|---|---|---|
{table}
"""
