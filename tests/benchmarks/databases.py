"""The databases that a benchmark of pages is taken on: SQLite, and PostgreSQL where it is installed."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from tests.factories.postgres import running_postgres

T = TypeVar("T")


def on_each(measure: Callable[[str, Path, str], T]) -> list[T]:
    """Return what ``measure`` says of each database by its name, an empty folder and its address."""
    measured = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        measured.append(measure("SQLite", folder, f"sqlite:///{folder / 'portal.sqlite3'}"))
    binaries = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"))
    if binaries:
        with tempfile.TemporaryDirectory() as name, running_postgres(binaries[-1].parent) as url:
            measured.append(measure("PostgreSQL", Path(name), url))
    return measured
