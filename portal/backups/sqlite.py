"""SQLite's online backup: a copy of one moment, while the database is in use."""

import sqlite3
from contextlib import closing
from pathlib import Path

from portal.domain.errors import StoreError

FILE = "database.sqlite3"


def copy(source: Path, target: Path) -> None:
    """Copy a database into a file that is not there yet, whole and readable by its owner only.

    Raises:
        StoreError: the source is no database, or damaged.
    """
    target.touch(mode=0o600, exist_ok=False)
    with closing(sqlite3.connect(source)) as original, closing(sqlite3.connect(target)) as copied:
        try:
            original.backup(copied)
        except sqlite3.DatabaseError:
            raise StoreError("backup", hint=f"{source} cannot be read: it is damaged or no database") from None


def is_empty(path: Path) -> bool:
    """Tell whether nothing is stored at this place: no file, or one without a table."""
    if not path.exists():
        return True
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        try:
            return not connection.execute("SELECT 1 FROM sqlite_master").fetchone()
        except sqlite3.DatabaseError:
            return False


def put_in_place(copied: Path, target: Path) -> None:
    """Make a finished copy the database, in one step."""
    for suffix in ("-wal", "-shm"):  # of an empty file that was there: its log must not be played into the copy
        target.with_name(f"{target.name}{suffix}").unlink(missing_ok=True)
    copied.replace(target)
