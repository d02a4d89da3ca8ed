"""Databases at the current schema without running every migration for each test: they are copies of one that did."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from alembic import command
from sqlalchemy import create_engine, make_url

from portal.store import Database, open_database
from portal.store.engine.upgrade import _config, upgrade
from tests.factories.postgres import fresh_database
from tests.factories.settings import make_settings
from tests.factories.stages import begins_with


def migrate(database: Database) -> None:
    """Bring an empty database of a test to the current schema.

    On SQLite its file becomes a copy of this process's template: SQLite's own backup takes four times the CPU and waits
    for the disk. A PostgreSQL database is migrated in earnest unless it came from ``migrated_postgres``, where nothing
    is left to do: Alembic would read every migration to find that out.
    """
    if database.url.database in _migrated:
        return
    if not database.is_sqlite or database.url.database is None:
        upgrade(database)
        return
    database.close()  # its write-ahead log goes with the last connection
    assert not Path(f"{database.url.database}-wal").exists(), "somebody has the database open"
    shutil.copyfile(_sqlite_template(), database.url.database)


def migrated_postgres(server_url: str) -> str:
    """Return the URL of a new database on the server that is at the current schema."""
    url = fresh_database(server_url, template=_postgres_template(server_url))
    _migrated.add(str(make_url(url).database))
    return url


_migrated: set[str] = set()  # databases of the server, whose names are each given once


@cache
def _sqlite_template() -> Path:
    folder = tempfile.TemporaryDirectory(prefix="tributary-template-")
    _keep.append(folder)  # until the process ends
    settings = make_settings(Path(folder.name))
    database = open_database(settings)
    _fill(database)
    database.close()
    begins_with(Path(folder.name) / "portal.sqlite3")
    return Path(folder.name) / "portal.sqlite3"


@cache
def _postgres_template(server_url: str) -> str:
    url = fresh_database(server_url)
    with tempfile.TemporaryDirectory() as folder:
        database = open_database(make_settings(Path(folder), database_url=url))
        _fill(database)
        name = str(database.url.database)
        database.close()
    return name


def _fill(database: Database) -> None:
    """Make the tables, with the index key that the settings gave before 0064: ids are the same in each run."""
    with database.transaction() as tx:
        command.upgrade(_config(tx.conn), "0063")
    upgrade(database)


_keep: list["tempfile.TemporaryDirectory[str]"] = []


@contextmanager
def away(database: Database) -> Iterator[None]:
    """Let a database be one that nobody answers for, both to who reads and to who writes."""
    working = database.engine, database.url, database._snapshots
    nobody = "postgresql://nobody@127.0.0.1:1/none?connect_timeout=2"
    database.url, database.engine = make_url(nobody), create_engine(nobody)
    database._snapshots = database.engine
    try:
        yield
    finally:
        database.engine, database.url, database._snapshots = working
