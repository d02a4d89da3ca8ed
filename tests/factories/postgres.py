"""A PostgreSQL server for one test run, as an unprivileged user when the tests run as root."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from sqlalchemy import create_engine, make_url, text

_numbers = count(1)


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
def running_postgres(binaries: Path) -> Iterator[str]:
    """Start a server on a Unix socket in a folder of its own; gives its URL (SQLAlchemy) to the database postgres."""
    ids = _unprivileged()
    # Not in pytest's folder: PostgreSQL refuses to run as root, and root's folders are closed to its user.
    directory = Path(tempfile.mkdtemp(prefix="tributary-pg-"))
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
    run(str(binaries / "pg_ctl"), "-D", str(data), "-o", options, "-l", str(directory / "log"), "-w", "start")
    try:
        yield f"postgresql://postgres@/postgres?host={sockets}"
    finally:
        run(str(binaries / "pg_ctl"), "-D", str(data), "-m", "immediate", "stop")
        shutil.rmtree(directory, ignore_errors=True)


def fresh_database(server_url: str, *, template: str = "template1") -> str:
    """Return the URL of a new database on the server: empty, or a copy of ``template``."""
    name = f"test_{next(_numbers)}"
    engine = create_engine(server_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'))
    engine.dispose()
    return make_url(server_url).set(database=name).render_as_string(hide_password=False)
