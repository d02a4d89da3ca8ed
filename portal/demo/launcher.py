"""Starting and stopping the demo: one queue server, one web server for all seven instances, two workers.

This process imports the application once and forks everything else, so that seven instances start in seconds and share
their memory. It opens no thread and keeps no connection itself: what needs them runs in a child.
"""

import os
import signal
import socket
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from portal.config import INSTANCES_DIR
from portal.demo import folders
from portal.demo.children import Child
from portal.demo.connect import connect
from portal.demo.folders import State
from portal.demo.network import ACCOUNTS, INSTANCES, PASSWORD, PINELANDS, NetworkAddress
from portal.demo.prepare import prepare
from portal.demo.server import serve
from portal.domain.errors import ConfigurationError, PortalError
from portal.valkey import EmbeddedValkey

_WORKERS = 2
_ANSWER_SECONDS = 30.0
_RESTART_SECONDS = 1.0  # at least so long between two starts of the same process


class DemoFailedError(PortalError):
    """A part of the demo did not start; the hint names its log."""

    code = "demo-failed"


class _StopRequested(BaseException):
    """SIGINT, SIGTERM or SIGHUP."""


def run(*, port: int, data_dir: Path, reset: bool, lan: bool, say: Callable[[str], None]) -> None:
    """Run the demo until SIGINT, SIGTERM or SIGHUP.

    Raises:
        PortalError: it cannot start; the hint says why and what to do.
    """
    place = NetworkAddress(lan_address() if lan else "localhost", port)
    addresses = _listening_addresses(place, lan=lan)
    data_dir = data_dir.absolute()
    with folders.claimed(data_dir, reset=reset), _stop_signals():
        first = not folders.has_state(data_dir)
        folders.write_state(data_dir, State(host=place.host, port=port, ready=not first))
        _set_environment(data_dir)
        logs = folders.log_dir(data_dir)
        logs.mkdir(exist_ok=True)
        queue = EmbeddedValkey(folders.queue_dir(data_dir))
        running: list[Child] = []
        try:
            say("Setting up seven organizations (once)" if first else "Starting seven organizations")
            queue.start()
            prepare(data_dir, queue.url)
            running.append(Child("server", lambda: serve(data_dir, addresses), logs))
            running.append(Child("workers", _work, logs))
            _wait_until_all_answer(place, running)
            if first:
                _run_to_end(Child("connect", lambda: connect(data_dir), logs))
                folders.write_state(data_dir, State(host=place.host, port=port, ready=True))
            say(announcement(place))
            while True:
                time.sleep(0.5)
                _start_again_what_ended(running, queue, say)
        except _StopRequested:
            say("Stopping")
        finally:
            with _stop_signals_ignored():
                for child in running:
                    child.ask_to_end()
                for child in running:
                    child.end()
                queue.stop()


def _work() -> None:
    """Become the workers' program. It is not imported: the portal does not know its jobs."""
    command = [sys.executable, "-m", "portal.cli", "worker", "--count", str(_WORKERS)]
    os.execv(sys.executable, command)  # noqa: S606 -- our own program


def _set_environment(data_dir: Path) -> None:
    """Set what children inherit: nothing of an instance this shell may be set to, and where all seven are."""
    for name in [name for name in os.environ if name.startswith("PORTAL_")]:
        del os.environ[name]
    os.environ[INSTANCES_DIR.name] = str(folders.instances_dir(data_dir))


def _start_again_what_ended(running: list[Child], queue: EmbeddedValkey, say: Callable[[str], None]) -> None:
    for child in running:
        if child.ended() and time.monotonic() - child.started > _RESTART_SECONDS:
            say(f"{child.name} ended and is started again; see {child.log}")
            child.start()
    if not queue.running():
        say("the queue server ended and is started again")
        queue.start()


def _run_to_end(child: Child) -> None:
    try:
        while not child.ended():
            time.sleep(0.05)
    finally:
        child.end()
    if child.status != 0:
        raise DemoFailedError(hint=f"{child.name} failed; see {child.log}")


def announcement(place: NetworkAddress) -> str:
    """Return the addresses and accounts, and last the line that says that the demo is ready."""
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
    """Return this computer's address in its network.

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


def _listening_addresses(place: NetworkAddress, *, lan: bool) -> list[str]:
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


def _wait_until_all_answer(place: NetworkAddress, running: list[Child]) -> None:
    ends = time.monotonic() + _ANSWER_SECONDS
    for instance in INSTANCES:
        while not _alive(f"{place.address(instance)}/healthz"):
            late = time.monotonic() > ends
            failed = next((child for child in running if child.ended() or late), None)
            if failed:
                raise DemoFailedError(hint=f"{failed.name} did not start; see {failed.log}")
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
    """Ignore a second Ctrl-C while stopping: it must not leave half of it running."""
    before = {
        number: signal.signal(number, signal.SIG_IGN) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
