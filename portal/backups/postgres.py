"""PostgreSQL's own programs, as they are on PATH: ``pg_dump`` and ``pg_restore`` in its custom format."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex

from sqlalchemy import URL, MetaData, NullPool, create_engine, inspect
from sqlalchemy.exc import ProgrammingError

from portal.domain.errors import ConfigurationError, StoreError
from portal.processes import end_with_parent

FILE = "database.dump"
_SAFE = re.compile(
    r"version mismatch|connection to server .* failed|[Pp]ermission denied|No space left|lock", re.DOTALL
)
"""What may be shown of what they say; the rest may hold values of a row."""


def dump(url: URL, target: Path, *, snapshot: str) -> None:
    """Write what a transaction's exported ``snapshot`` sees. Content is sealed, so compressing harder gains nothing."""
    _run(
        url,
        "pg_dump",
        f"--snapshot={snapshot}",
        "--format=custom",
        "--compress=1",
        "--no-owner",
        "--no-privileges",
        "--no-comments",
        f"--file={target}",
    )


def restore(url: URL, source: Path, *, jobs: int = 1) -> None:
    """Fill an empty database, in one transaction: whatever interrupts it, nothing is left behind.

    With several ``jobs`` tables are filled and indexes made at the same time, and what fails has to be cleared.
    """
    _run(
        url,
        "pg_restore",
        "--single-transaction" if jobs == 1 else f"--jobs={jobs}",
        "--exit-on-error",
        "--no-owner",
        "--no-privileges",
        "--no-comments",
        str(source),
    )
    engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT", hide_parameters=True)
    with engine.connect() as conn:
        conn.exec_driver_sql("ANALYZE")  # or the first pages are planned without knowing how large anything is


def is_empty(url: URL) -> bool:
    engine = create_engine(url, poolclass=NullPool, hide_parameters=True)
    with engine.connect() as conn:
        return not inspect(conn).get_table_names()


def clear(url: URL) -> None:
    """Drop every table of a database that was empty before."""
    engine = create_engine(url, poolclass=NullPool, hide_parameters=True)
    tables = MetaData()
    with engine.begin() as conn:
        tables.reflect(conn)
        tables.drop_all(conn)


@contextmanager
def scratch(url: URL) -> Iterator[URL]:
    """Make an empty database beside the one at ``url``, and drop it at the end.

    Raises:
        ConfigurationError: the role may not.
    """
    name = f"{url.database}_drill_{token_hex(4)}"
    engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT", hide_parameters=True)
    with engine.connect() as conn:
        try:
            conn.exec_driver_sql(f'CREATE DATABASE "{name}" TEMPLATE template0')
        except ProgrammingError:
            raise ConfigurationError(
                hint="the role of PORTAL_DATABASE_URL may make no database: ALTER ROLE … CREATEDB, or name an empty one"
                " with --into"
            ) from None
    try:
        yield url.set(database=name)
    finally:
        with engine.connect() as conn:
            conn.exec_driver_sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _run(url: URL, program: str, *arguments: str) -> None:
    path = shutil.which(program)
    if path is None:
        raise ConfigurationError(
            hint=f"{program} is not on PATH: install PostgreSQL's client programs (postgresql-client)"
        )
    # The password must not stand in the list of processes.
    address = url.set(drivername="postgresql", password=None).render_as_string(hide_password=False)
    environ = os.environ | ({"PGPASSWORD": str(url.password)} if url.password else {})
    done = subprocess.run(  # noqa: S603 - a program of PostgreSQL with arguments of ours
        [path, f"--dbname={address}", "--no-password", *arguments],
        env=environ,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=end_with_parent,
    )
    if done.returncode:
        line = next((line for line in done.stderr.splitlines() if _SAFE.search(line)), "")
        reason = line.partition("error: ")[2] or "look at PostgreSQL's log"
        raise StoreError("backup", hint=f"{program} ended with status {done.returncode}: {reason}")
