"""Which programs have the database open: an upgrade that takes something away waits until none of them serves."""

import os
from contextlib import suppress
from pathlib import Path

from sqlalchemy import text

from portal.store.engine.database import Database

_SERVING = ("tributary serve", "tributary work", "tributary schedule")
"""By what sessions of ours that go on for long are named (``portal.processes.program_name``)."""


def services(database: Database) -> tuple[str, ...]:
    """Return the services of ours that have the database open, as an operator recognizes them.

    On PostgreSQL by the names of their sessions, wherever they run; on SQLite the processes of this machine that hold
    the file, as far as this user may see them (Linux).
    """
    if database.is_sqlite:
        return _holding(Path(database.url.database or "").resolve())
    query = text(
        "SELECT DISTINCT application_name FROM pg_stat_activity WHERE datname = current_database() "
        "AND pid <> pg_backend_pid() AND application_name = ANY(:names) ORDER BY 1"
    )
    with database.reading() as tx:
        return tuple(tx.conn.execute(query, {"names": list(_SERVING)}).scalars())


def _holding(file: Path) -> tuple[str, ...]:
    holders = set()
    for descriptor in Path("/proc").glob("[0-9]*/fd/*"):
        with suppress(OSError):  # it has ended, or is another user's
            if descriptor.readlink() == file:
                holders.add(int(descriptor.parts[2]))
    return tuple(f"process {pid}" for pid in sorted(holders - {os.getpid()}))
