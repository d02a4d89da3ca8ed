"""A PostgreSQL server for one test run, as an unprivileged user when the tests run as root.

Each test has a database of its own, of eleven megabytes. For tests these files are in memory where there is room,
nothing is logged for another server, and a database goes with its test.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from sqlalchemy import Engine, create_engine, make_url, text

_MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of random name is made in it
_ROOM = 2 << 30  # bytes: a hundred databases that are open at once
_numbers = count(1)
_administrators: dict[str, Engine] = {}  # by the server's URL: one connection that makes all databases


def _unprivileged() -> tuple[int, int] | None:
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        return user.pw_uid, user.pw_gid
    return None


@contextmanager
def running_postgres(binaries: Path, *, in_memory: bool = False) -> Iterator[str]:
    """Start a server on a Unix socket in a folder of its own; gives its URL (SQLAlchemy) to the database postgres."""
    ids = _unprivileged()
    # Not in pytest's folder: PostgreSQL refuses to run as root, and root's folders are closed to its user.
    parent = _MEMORY if in_memory and _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _ROOM else None
    directory = Path(tempfile.mkdtemp(prefix="tributary-pg-", dir=parent))
    data, sockets = directory / "data", directory / "s"
    sockets.mkdir()
    if ids:
        for path in (directory, sockets):
            os.chown(path, *ids)

    def run(*command: str) -> None:
        extra = {"user": ids[0], "group": ids[1], "extra_groups": []} if ids else {}
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=directory, **extra)  # type: ignore[call-overload]

    run(str(binaries / "initdb"), "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
    options = f"-c listen_addresses='' -k {sockets} -c fsync=off -c full_page_writes=off -c autovacuum=off -c jit=off"
    if in_memory:
        options += " -c wal_level=minimal -c max_wal_senders=0 -c min_wal_size=32MB -c max_wal_size=128MB"
    run(str(binaries / "pg_ctl"), "-D", str(data), "-o", options, "-l", str(directory / "log"), "-w", "start")
    url = f"postgresql://postgres@/postgres?host={sockets}"
    try:
        yield url
    finally:
        if url in _administrators:
            _administrators.pop(url).dispose()
        run(str(binaries / "pg_ctl"), "-D", str(data), "-m", "immediate", "stop")
        shutil.rmtree(directory, ignore_errors=True)


def fresh_database(server_url: str, *, template: str = "template1") -> str:
    """Return the URL of a new database on the server: empty, or a copy of ``template``."""
    name = f"test_{next(_numbers)}"
    with _administrator(server_url).connect() as connection:
        server = connection.dialect.server_version_info or (0,)
        by_files = "STRATEGY file_copy" if server >= (15,) else ""  # before, the only way
        connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE "{template}" {by_files}'))
    return make_url(server_url).set(database=name).render_as_string(hide_password=False)


def drop_database(server_url: str, url: str) -> None:
    """Remove a database of the server, and end who is connected to it."""
    with _administrator(server_url).connect() as connection:
        connection.execute(text(f'DROP DATABASE "{make_url(url).database}" WITH (FORCE)'))


def _administrator(server_url: str) -> Engine:
    if server_url not in _administrators:
        _administrators[server_url] = create_engine(server_url, isolation_level="AUTOCOMMIT", pool_size=1)
    return _administrators[server_url]
