"""What the faults happen to: PostgreSQL with an archive and a standby, Valkey, two machines that serve, workers."""

import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode

from portal.valkey import EmbeddedValkey
from tests.factories.deployment import KEYS
from tests.factories.world import PASSWORD

BINARIES = max(Path("/usr/lib/postgresql").glob("*/bin"), default=Path("/usr/bin"))
_PAGES = ("/health/medications", "/health/test-results", "/health/visits")


@dataclass
class Postgres:
    """One server on loopback in a folder of its own."""

    folder: Path
    port: int
    options: str = ""

    def run(self, *command: str) -> str:
        user = pwd.getpwnam("postgres" if _has_user("postgres") else "nobody")
        ids = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if os.geteuid() == 0 else {}
        done = subprocess.run(  # type: ignore[call-overload]
            (str(BINARIES / command[0]), *command[1:]), cwd="/", capture_output=True, text=True, **ids
        )
        if done.returncode:
            raise RuntimeError(f"{command[0]}: {done.stderr}{done.stdout}")
        return str(done.stdout)

    def make(self) -> None:
        owned(self.folder)
        self.run("initdb", "-D", str(self.folder / "data"), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")

    def copy_of(self, other: "Postgres", *more: str) -> None:
        owned(self.folder)
        source = f"host=127.0.0.1 port={other.port} user=postgres application_name=standby"
        self.run("pg_basebackup", "-D", str(self.folder / "data"), "-d", source, "--checkpoint=fast", *more)

    def copy_of_as_tar(self, folder: Path) -> None:
        """Copy its base into a folder as docs/operation.md does."""
        source = f"host=127.0.0.1 port={self.port} user=postgres"
        self.run("pg_basebackup", "-D", str(folder), "-d", source, "--format=tar", "--gzip", "--checkpoint=fast")

    def configure(self, **settings: str) -> None:
        with (self.folder / "data/postgresql.auto.conf").open("a") as file:
            file.writelines(f"{name} = '{value}'\n" for name, value in settings.items())

    def start(self) -> None:
        options = f"-c listen_addresses=127.0.0.1 -c port={self.port} -k {self.folder} -c jit=off {self.options}"
        log = str(self.folder / "log")
        self.run("pg_ctl", "-D", str(self.folder / "data"), "-o", options, "-l", log, "-w", "-t", "120", "start")

    def stop(self, mode: str = "immediate") -> None:
        with suppress(RuntimeError):
            self.run("pg_ctl", "-D", str(self.folder / "data"), "-m", mode, "-w", "stop")

    def promote(self) -> None:
        self.run("pg_ctl", "-D", str(self.folder / "data"), "-w", "promote")

    def ask(self, query: str, database: str = "tributary") -> str:
        answer = self.run(
            "psql", "-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres", "-d", database, "-Atc", query
        )
        return answer.strip()


def _has_user(name: str) -> bool:
    with suppress(KeyError):
        return bool(pwd.getpwnam(name))
    return False


def owned(folder: Path) -> None:
    """Make a folder that PostgreSQL's user owns."""
    folder.mkdir(parents=True, exist_ok=True)
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres" if _has_user("postgres") else "nobody")


@dataclass
class Machine:
    """A folder with keys like the others' and the programs that run from it."""

    folder: Path
    environ: dict[str, str]
    programs: list["subprocess.Popen[bytes]"] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.folder.mkdir(mode=0o700)
        for name, text in KEYS.items():
            (self.folder / name).touch(mode=0o600)
            (self.folder / name).write_text(text)
        self.environ = self.environ | {"PORTAL_DATA_DIR": str(self.folder)}

    def start(self, *arguments: str) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", "portal.cli", *arguments]
        with (self.folder / f"{arguments[0]}.log").open("ab") as log:
            program = subprocess.Popen(command, env=self.environ, stdout=log, stderr=log, start_new_session=True)
        self.programs.append(program)
        return program

    def serve(self, port: int) -> None:
        self.start("serve", "--bind", f"127.0.0.1:{port}", "--workers", "1")
        until(lambda: _is_ready(port), 90)

    def kill(self, *programs: "subprocess.Popen[bytes]") -> None:
        """Kill programs with all that they started, as a machine that loses its power."""
        for program in programs or tuple(self.programs):
            with suppress(ProcessLookupError):
                os.killpg(program.pid, signal.SIGKILL)
            program.wait()
            self.programs.remove(program)


def _is_ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def until(holds: Callable[[], bool], seconds: float, *, every: float = 0.2) -> float:
    """Wait until ``holds()``; return the seconds it took."""
    began = time.monotonic()
    while not holds():
        if time.monotonic() - began > seconds:
            raise TimeoutError(f"not within {seconds} s")
        time.sleep(every)
    return time.monotonic() - began


def cpu_seconds(program: "subprocess.Popen[bytes]") -> float:
    """Return the CPU seconds of a program and of all that it started, also of what has ended."""
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = stat.read_text().rpartition(")")[2].split()
            if int(fields[3]) == program.pid:  # its session
                ticks += sum(map(int, fields[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


@dataclass
class Reader:
    """One signed-in patient who reads, ``pause`` seconds between two pages, at the first machine that answers."""

    ports: list[int]
    pause: float = 0.0
    answers: list[tuple[float, float, int]] = field(default_factory=list)  # when, how long, status (0: nobody answered)
    _stopped: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self._browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        page = self._ask("/sign-in")[1]
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
        form = {"username": "ana", "password": PASSWORD, "csrf_token": token[1] if token else ""}
        if self._ask("/sign-in", urlencode(form).encode())[0] != 200:
            raise RuntimeError("the reader could not sign in")
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _ask(self, path: str, body: bytes | None = None) -> tuple[int, str]:
        for port in self.ports:
            try:
                with self._browser.open(f"http://localhost:{port}{path}", body, timeout=45) as answer:
                    return answer.status, answer.read().decode()
            except urllib.error.HTTPError as error:
                return error.code, ""
            except OSError:
                continue
        return 0, ""

    def _read(self) -> None:
        while not self._stopped.is_set():
            for path in _PAGES:
                began = time.monotonic()
                status, page = self._ask(path)
                if status == 200 and "/sign-out" not in page:
                    status = 401
                self.answers.append((began, time.monotonic() - began, status))
                time.sleep(self.pause)

    def stop(self) -> None:
        self._stopped.set()
        self._thread.join()

    def since(self, moment: float) -> list[tuple[float, float, int]]:
        return [answer for answer in list(self.answers) if answer[0] + answer[1] >= moment]

    def read(self) -> int:
        return sum(status == 200 for _, _, status in list(self.answers))

    def recovered(self, moment: float, *, seconds: float = 120) -> float:
        """Wait for ten good answers in a row; return the seconds from ``moment`` to the last that was not good."""

        def good() -> bool:
            last = self.since(moment)[-10:]
            return len(last) == 10 and all(status == 200 for _, _, status in last)

        until(good, seconds)
        answers = self.since(moment)
        bad = [began + took for began, took, status in answers if status != 200]
        return max(bad, default=moment) - moment


@contextmanager
def running_valkey(folder: Path) -> Iterator[EmbeddedValkey]:
    valkey = EmbeddedValkey(folder)
    valkey.start()
    try:
        yield valkey
    finally:
        valkey.stop()
