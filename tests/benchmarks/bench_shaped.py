"""First paint of signed-in pages over a slow line, against a page of 14 kB that needs nothing else (requirement F6).

Chromium shapes the line and slows its processor; a proxy between browser and server loses segments. A lost segment
holds up what follows it on its connection until it is sent again, which is how a browser notices it. Page and floor
take turns.
"""

import random
import shutil
import socket
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.benchmarks.bench_load import fill, serving

_KBIT, _LATENCY, _CPU = 400, 400, 4
_SEGMENT = 1460  # bytes that one packet carries
_AGAIN = 2 * _LATENCY / 1000  # seconds until a lost segment is there
_LOSSES = (0.0, 0.05)
_ROUNDS = 9
_PAGES = ("/", "/health/medications", "/links")
_PAINT = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime"


def run() -> str:
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        raise RuntimeError("Chromium is not installed")
    rows = []
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        url = f"sqlite:///{folder / 'portal.sqlite3'}"
        fill(folder, url)
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        with serving("portal", folder, url) as portal, serving("floor", folder, url) as floor:
            for loss in _LOSSES:
                with _losing(portal.port, loss) as ours, _losing(floor.port, loss) as theirs:
                    for page in _PAGES:
                        address = f"http://localhost:{ours}{page}"
                        measured = _compare(browser, address, portal.cookie, f"http://localhost:{theirs}/still")
                        rows.append(f"| {loss:.0%} | {page} | {measured} |")
                        print(rows[-1], flush=True)
        browser.close()
    return f"""## First paint over a slow line

`python -m tests.benchmarks shaped`: Chromium, {_KBIT} kbit/s, {_LATENCY} ms, processor {_CPU} times slower, a browser
that holds nothing but its sign-in; median of {_ROUNDS} visits. The floor is a page of 14 kB that needs nothing else,
over the same line; the two take turns. Lost segments arrive {_AGAIN:.1f} s later. Wanted: at most 1.3 floors.
Before the first answer had what the first paint needs: 1.43 s for home, 10 requests, 34 kB (floor 0.6 s, nothing lost).

| segments lost | page | first paint s | floor s | ratio | requests | kB |
|---|---|---|---|---|---|---|
{chr(10).join(rows)}
"""


def _compare(browser: Browser, address: str, cookies: str, floor_address: str) -> str:
    visits, floors = [], []
    for _ in range(_ROUNDS):
        visits.append(_visit(browser, address, cookies))
        floors.append(_visit(browser, floor_address, ""))
    paint, floor = (statistics.median(visit[0] for visit in each) for each in (visits, floors))
    requests, kilobytes = max(visit[1] for visit in visits), statistics.median(visit[2] for visit in visits)
    return f"{paint:.2f} | {floor:.2f} | {paint / floor:.2f} | {requests} | {kilobytes:.0f}"


def _visit(browser: Browser, address: str, cookies: str) -> tuple[float, int, float]:
    """Return seconds to the first paint, requests, and kilobytes, of a browser that holds nothing but ``cookies``."""
    context = browser.new_context()
    for cookie in filter(None, cookies.split("; ")):
        name, _, text = cookie.partition("=")
        if name != "style":
            context.add_cookies([{"name": name, "value": text, "domain": "localhost", "path": "/"}])
    page = context.new_page()
    line = context.new_cdp_session(page)
    line.send("Network.enable")
    speed = _KBIT * 1000 / 8
    shape = {"offline": False, "latency": _LATENCY, "downloadThroughput": speed, "uploadThroughput": speed}
    line.send("Network.emulateNetworkConditions", shape)
    line.send("Emulation.setCPUThrottlingRate", {"rate": _CPU})
    weights: list[float] = []
    line.on("Network.loadingFinished", lambda event: weights.append(event["encodedDataLength"]))
    page.goto(address, wait_until="load")
    while (paint := page.evaluate(_PAINT)) is None:  # the pages' own policy lets no condition be waited for by a script
        page.wait_for_timeout(20)
    context.close()
    return paint / 1000, len(weights), sum(weights) / 1000


@contextmanager
def _losing(port: int, loss: float) -> Iterator[int]:
    """Pass connections on to a port; of what comes back a part is late as after a loss. Gives the port to ask."""
    chance = random.Random(1)  # the same losses in each run
    listener = socket.create_server(("127.0.0.1", 0))

    def accept() -> None:
        with suppress(OSError):
            while True:
                client, _address = listener.accept()
                server = socket.create_connection(("127.0.0.1", port))
                threading.Thread(target=_pass, args=(client, server, 0.0, chance), daemon=True).start()
                threading.Thread(target=_pass, args=(server, client, loss, chance), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield int(listener.getsockname()[1])
    finally:
        listener.close()


def _pass(source: socket.socket, target: socket.socket, loss: float, chance: random.Random) -> None:
    with suppress(OSError):
        while data := source.recv(_SEGMENT):
            if chance.random() < loss:
                time.sleep(_AGAIN)
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
