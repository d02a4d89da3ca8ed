"""An upgrade without a gap, tried: an earlier release serves while this one migrates its database and takes its place.

``python -m tests.rolling COMMIT [--postgres] [--seconds 5]`` from the repository. It starts COMMIT's own code on a
filled database of its own, reads its pages as a signed-in patient without a pause, runs this release's
``portal db upgrade --later`` meanwhile, starts this release beside it, ends the earlier one, and prints how many
requests there were in each phase, how many failed, and how long they took. Not part of ``make test``: it takes a
minute. A request that a server refuses because it has ended is given to the other one, as nginx does.
"""

import argparse
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode

from tests.browser.ports import free_ports

ROOT = Path(__file__).parents[1]
PASSWORD = "only for the rolling upgrade"
PAGES = ("/", "/health/medications", "/health/test-results", "/health/visits", "/links", "/activity", "/fhir/metadata")


@dataclass
class Load:
    """Requests of one patient on ``ports``, the first of which is asked first; ``phases`` hold seconds by request."""

    ports: list[int]
    phase: str = ""
    phases: dict[str, list[float]] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)
    stopped: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        form = self.ask(browser, "/sign-in")
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', form)
        fields = {"username": "maria", "password": PASSWORD, "csrf_token": token[1] if token else ""}
        self.ask(browser, "/sign-in", urlencode(fields).encode())
        while not self.stopped.is_set():
            for path in PAGES:
                page = self.ask(browser, path)
                if path == "/" and "/sign-out" not in page:
                    self.failed.append(f"{self.phase}: signed out")

    def ask(self, browser: urllib.request.OpenerDirector, path: str, body: bytes | None = None) -> str:
        began, problem = time.monotonic(), "nobody answered"
        for port in tuple(self.ports):
            try:
                with browser.open(f"http://localhost:{port}{path}", body, timeout=30) as answer:
                    text = str(answer.read().decode())
            except urllib.error.HTTPError as error:
                problem = str(error.code)
                break
            except OSError as error:
                problem = type(error).__name__
            else:
                self.phases.setdefault(self.phase, []).append(time.monotonic() - began)
                return text
        self.failed.append(f"{self.phase}: {path} {problem}")
        return ""


@contextmanager
def served(code: Path, environ: dict[str, str], port: int) -> Iterator["subprocess.Popen[bytes]"]:
    command = [sys.executable, "-m", "portal.cli", "serve", "--bind", f"127.0.0.1:{port}", "--workers", "1"]
    server = subprocess.Popen(command, cwd=code, env=environ | {"PYTHONPATH": str(code)}, stderr=subprocess.DEVNULL)
    try:
        ends = time.monotonic() + 60
        while time.monotonic() < ends:
            try:
                urllib.request.urlopen(f"http://localhost:{port}/healthz", timeout=5).close()
                break
            except OSError:
                time.sleep(0.1)
        yield server
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(90)


def portal(code: Path, environ: dict[str, str], *arguments: str, typed: str = "") -> str:
    command = [sys.executable, "-m", "portal.cli", *arguments]
    environ = environ | {"PYTHONPATH": str(code)}
    done = subprocess.run(command, cwd=code, env=environ, input=typed, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"portal {' '.join(arguments)}: {done.stderr}")
    return done.stdout


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.rolling")
    parser.add_argument("commit")
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--seconds", type=float, default=5.0)
    options = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tributary-rolling-")))
        earlier, first = folder / "code", free_ports(2)
        earlier.mkdir()
        archive = subprocess.run(["git", "archive", options.commit], cwd=ROOT, check=True, capture_output=True).stdout
        subprocess.run(["tar", "--extract", f"--directory={earlier}"], input=archive, check=True)
        environ = {name: text for name, text in os.environ.items() if not name.startswith("PORTAL_")}
        environ |= {
            "PORTAL_DATA_DIR": str(folder / "data"),
            "PORTAL_BASE_URL": f"http://localhost:{first}",
            "PORTAL_SECOND_FACTOR": "optional",
            "PORTAL_INSTANCE": "mycooper",  # what earlier releases, which do not know it, make of PORTAL_NAME
        }
        if options.postgres:
            from tests.factories.postgres import fresh_database, running_postgres

            binaries = max(Path("/usr/lib/postgresql").glob("*/bin"))
            environ["PORTAL_DATABASE_URL"] = fresh_database(stack.enter_context(running_postgres(binaries)))
        fill(earlier, environ)
        upgrade(earlier, environ, first, options.seconds)


def fill(earlier: Path, environ: dict[str, str]) -> None:
    portal(earlier, environ, "db", "upgrade")
    charts = [str(path) for path in sorted((ROOT / "tests/sample/synthea-2019-r4").glob("*.json"))]
    imported = portal(earlier, environ, "records", "import", *charts)
    patient = re.search(r"[0-9a-f]{8}-[0-9a-f-]{27}", imported)
    if patient is None:
        raise SystemExit(f"nobody was imported: {imported}")
    portal(earlier, environ, "user", "add", "maria", "--patient", patient[0], "--password-stdin", typed=PASSWORD)


def upgrade(earlier: Path, environ: dict[str, str], first: int, seconds: float) -> None:
    load = Load([first])
    with served(earlier, environ, first) as old:
        load.phase = "the earlier release"
        patient = threading.Thread(target=load.run)
        patient.start()
        time.sleep(seconds)
        load.phase = "while the database is upgraded"
        portal(ROOT, environ, "db", "upgrade", "--later")
        load.phase = "the earlier release on the later schema"
        time.sleep(seconds)
        with served(ROOT, environ, first + 1):
            load.phase = "both, the later first"
            load.ports[:] = [first + 1, first]
            time.sleep(seconds)
            load.phase = "both, the earlier first, which ends"
            load.ports[:] = [first, first + 1]
            time.sleep(seconds / 2)
            old.send_signal(signal.SIGTERM)
            time.sleep(seconds / 2)
            load.phase = "the later release"
            time.sleep(seconds)
            load.stopped.set()
            patient.join()
    for phase, times in load.phases.items():
        print(
            f"{phase}: {len(times)} requests, median {sorted(times)[len(times) // 2]:.3f} s, longest {max(times):.3f} s"
        )
    print(f"failed: {len(load.failed)}", *load.failed[:20], sep="\n  ")
    sys.exit(1 if load.failed else 0)


if __name__ == "__main__":
    main()
