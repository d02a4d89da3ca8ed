"""Starting and stopping the demo: one queue server, one web server for all seven instances, two workers.

This process only watches. It imports nothing of the application, so it stays small; setting up runs in processes that
end.
"""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from portal.demo import folders
from portal.demo.folders import State
from portal.demo.network import ACCOUNTS, INSTANCES, PASSWORD, PINELANDS, Place
from portal.domain.errors import ConfigurationError, PortalError
from portal.instances import VARIABLE as INSTANCES_DIR
from portal.processes import end_with_parent
from portal.valkey import EmbeddedValkey

_WORKERS = 2
_ANSWER_SECONDS = 30.0
_STOP_SECONDS = 15.0
_RESTART_SECONDS = 1.0  # at least so long between two starts of the same process


class DemoFailedError(PortalError):
    """A part of the demo did not start; the hint names its log."""

    code = "demo-failed"


class _StopRequested(BaseException):
    """SIGINT, SIGTERM or SIGHUP."""


@dataclass(slots=True)
class _Child:
    name: str
    command: list[str]
    process: subprocess.Popen[bytes]
    started: float


class _Children:
    """The long-running processes: started, watched, started again when one dies, stopped together."""

    def __init__(self, data_dir: Path) -> None:
        self._logs = folders.log_dir(data_dir)
        self._logs.mkdir(exist_ok=True)
        self._environ = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")} | {
            INSTANCES_DIR: str(folders.instances_dir(data_dir)),
            "PYTHONUNBUFFERED": "1",
        }
        self._children: list[_Child] = []

    def run(self, name: str, *command: str) -> None:
        """Run one to its end.

        Raises:
            DemoFailedError: it failed.
        """
        process = self._start(name, [sys.executable, *command])
        try:
            status = process.wait()
        except BaseException:
            _end([process])
            raise
        if status != 0:
            raise DemoFailedError(hint=f"{name} failed; see {self._logs / name}.log")

    def keep(self, name: str, *command: str) -> None:
        full = [sys.executable, *command]
        self._children.append(_Child(name, full, self._start(name, full), time.monotonic()))

    def watch(self) -> None:
        """Start again what died."""
        for child in self._children:
            if child.process.poll() is not None and time.monotonic() - child.started > _RESTART_SECONDS:
                print(f"{child.name} ended and is started again", file=sys.stderr, flush=True)  # noqa: T201
                child.process, child.started = self._start(child.name, child.command), time.monotonic()

    def died(self) -> str | None:
        return next((child.name for child in self._children if child.process.poll() is not None), None)

    def stop(self) -> None:
        _end([child.process for child in self._children])

    def log_of(self, name: str) -> Path:
        return self._logs / f"{name}.log"

    def _start(self, name: str, command: list[str]) -> subprocess.Popen[bytes]:
        with self.log_of(name).open("ab") as log:
            return subprocess.Popen(  # noqa: S603 -- this project's own modules
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self._environ,
                start_new_session=True,
                preexec_fn=end_with_parent,  # noqa: PLW1509 -- one system call; no locks are taken
            )


def _end(processes: list[subprocess.Popen[bytes]]) -> None:
    """SIGTERM to all, then SIGKILL to the process groups of those that stay."""
    for process in processes:
        if process.poll() is None:
            process.terminate()
    ends = time.monotonic() + _STOP_SECONDS
    for process in processes:
        try:
            process.wait(max(0.0, ends - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def run(*, port: int, data_dir: Path, reset: bool, lan: bool, say: Callable[[str], None]) -> None:
    """Run the demo until SIGINT, SIGTERM or SIGHUP.

    Raises:
        PortalError: it cannot start; the hint says why and what to do.
    """
    place = Place(lan_address() if lan else "localhost", port)
    addresses = _listening_addresses(place, lan=lan)
    data_dir = data_dir.absolute()
    with folders.claimed(data_dir, reset=reset), _stop_signals():
        first = not folders.has_state(data_dir)
        folders.write_state(data_dir, State(host=place.host, port=port, ready=not first))
        queue = EmbeddedValkey(folders.queue_dir(data_dir))
        children = _Children(data_dir)
        try:
            say("Setting up seven organizations (once)" if first else "Starting seven organizations")
            queue.start()
            children.run("prepare", "-m", "portal.demo.prepare", str(data_dir), queue.url)
            children.keep("server", "-m", "portal.demo.server", str(data_dir), *addresses)
            children.keep("workers", "-m", "portal.cli", "worker", "--count", str(_WORKERS))
            _wait_until_all_answer(place, children)
            if first:
                children.run("connect", "-m", "portal.demo.connect", str(data_dir))
                folders.write_state(data_dir, State(host=place.host, port=port, ready=True))
            say(announcement(place))
            while True:
                time.sleep(0.5)
                children.watch()
                if not queue.running():
                    queue.start()
        except _StopRequested:
            say("Stopping")
        finally:
            with _stop_signals_ignored():
                children.stop()
                queue.stop()


def announcement(place: Place) -> str:
    """The addresses and accounts, and last the line that says that the demo is ready."""
    lines = ["", "Organizations (each its own portal)"]
    lines += [f"  {place.address(instance):24}  {instance.organization}" for instance in INSTANCES]
    lines += ["", f"Accounts, password everywhere: {PASSWORD}"]
    for account in ACCOUNTS:
        others = len(account.at) - 1
        where = f", and at {others} other{'s' if others > 1 else ''}" if others else ""
        lines.append(f"  {account.username:8}{account.who} (at MyCooper{where})")
    lines += [
        "",
        f"Pinelands' records are out of order until you heal them: {place.address(PINELANDS)}/demo/switch",
        "Stop with Ctrl-C. What you do is kept; --reset starts over.",
        "",
        f"demo ready: {place.address(INSTANCES[0])}",
    ]
    return "\n".join(lines)


def lan_address() -> str:
    """This computer's address in its network.

    Raises:
        ConfigurationError: it is in none.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing: asks which of our addresses would be used
            address = str(probe.getsockname()[0])
        except OSError:
            address = "127.0.0.1"
    if address.startswith("127."):
        raise ConfigurationError(hint="this computer is in no network: start the demo without --lan")
    return address


def _listening_addresses(place: Place, *, lan: bool) -> list[str]:
    """Where to listen: loopback of both kinds (browsers try either for ``localhost``), or every network.

    Raises:
        ConfigurationError: a port is taken or not ours to use.
    """
    hosts = ["0.0.0.0"] if lan else ["127.0.0.1", *(["[::1]"] if _has_ipv6() else [])]  # noqa: S104 -- asked for with --lan
    if place.port + len(INSTANCES) > 65536:
        raise ConfigurationError(hint=f"--port must be at most {65536 - len(INSTANCES)}: seven ports in a row are used")
    for instance in INSTANCES:
        port = place.port_of(instance)
        for host in hosts:
            _check_free(host, port, instance.name)
    return [f"{host}:{place.port_of(instance)}" for instance in INSTANCES for host in hosts]


def _check_free(host: str, port: int, name: str) -> None:
    family = socket.AF_INET6 if host.startswith("[") else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host.strip("[]"), port))
        except OSError as error:
            why = "may not be used by you" if isinstance(error, PermissionError) else "is taken by another program"
            raise ConfigurationError(
                hint=f"port {port} (for {name}) {why}. The demo uses {len(INSTANCES)} ports in a row: "
                "choose others with --port N"
            ) from None


def _has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


def _wait_until_all_answer(place: Place, children: _Children) -> None:
    ends = time.monotonic() + _ANSWER_SECONDS
    for instance in INSTANCES:
        while not _alive(f"{place.address(instance)}/healthz"):
            name = children.died() or ("server" if time.monotonic() > ends else None)
            if name:
                raise DemoFailedError(hint=f"{name} did not start; see {children.log_of(name)}")
            time.sleep(0.05)


def _alive(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:  # noqa: S310 -- our own http address
            return bool(answer.status == 200)
    except OSError:
        return False


@contextmanager
def _stop_signals() -> Iterator[None]:
    def stop(_number: int, _frame: FrameType | None) -> None:
        raise _StopRequested

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _stop_signals_ignored() -> Iterator[None]:
    """A second Ctrl-C while stopping must not leave half of it running."""
    before = {
        number: signal.signal(number, signal.SIG_IGN) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
