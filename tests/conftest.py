"""Fixtures that everything shares: databases of both kinds, an application, a client."""

import gc
import shutil
import tempfile
from collections.abc import Generator, Iterator
from functools import partial
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache

from portal.access import passwords
from portal.app import create_app
from portal.config import Settings
from portal.processes import calm_collector
from portal.services import Services
from portal.store import Database, open_database
from portal.store.engine import connecting
from tests.factories.databases import migrate, migrated_postgres
from tests.factories.postgres import drop_database
from tests.factories.routes import SharedMap
from tests.factories.settings import make_settings
from tests.factories.slow_work import forbid
from tests.factories.world import World
from tests.parallel import pytest_xdist_make_scheduler

__all__ = ["pytest_xdist_make_scheduler"]  # a hook: pytest finds it here

# Each test has an application of its own: templates are compiled once a run instead, and passwords hashed cheaply. What
# the real parameters are is tested in tests/unit/access; instances that run as processes have them anyway.
Flask.jinja_options = {"bytecode_cache": FileSystemBytecodeCache(tempfile.mkdtemp(prefix="tributary-templates-"))}
passwords._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
passwords._short_codes = {"time_cost": 1, "memory_cost": 8, "parallelism": 1}
passwords._DUMMY = passwords.hash_password("no account has this password")
forbid()


# An application of its own for each test also means 400 routes, and statements compiled by SQLAlchemy for each engine:
# applications with the same routes share their map, and engines of one kind, all set up alike, what they compiled.
Flask.url_map_class = SharedMap
for _dialect in (SQLiteDialect_pysqlite, PGDialect_psycopg):
    _dialect.__hash__ = lambda self: hash(type(self))  # type: ignore[method-assign]
    _dialect.__eq__ = lambda self, other: type(self) is type(other)  # type: ignore[method-assign]
_engine_alone = connecting.create_engine
_options = {"compiled_cache": LRUCache(1500)}
connecting.create_engine = partial(_engine_alone, execution_options=_options)  # type: ignore[assignment]


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Let the collector rest meanwhile: a sixth of what collecting costs was looking through what stays."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()


def pytest_collection_finish() -> None:
    """Keep the collector from looking again and again at thousands of tests and all that is loaded."""
    calm_collector()


_POSTGRES = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"))


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A PostgreSQL server of this test run's own, on a socket; gives a URL without a database's name."""
    pg_ctl = shutil.which("pg_ctl") if shutil.which("postgres") else None
    binaries = Path(pg_ctl).parent if pg_ctl else (_POSTGRES[-1].parent if _POSTGRES else None)
    if binaries is None:
        pytest.skip("PostgreSQL is not installed")
    from tests.factories.postgres import running_postgres

    with running_postgres(binaries, in_memory=True) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return make_settings(tmp_path)


@pytest.fixture
def database(database_kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty, migrated database: the test runs once on SQLite and once on PostgreSQL."""
    server = request.getfixturevalue("postgres_server") if database_kind == "postgresql" else ""
    url = migrated_postgres(server) if server else ""
    database = open_database(make_settings(tmp_path, database_url=url))
    if not url:
        migrate(database)
    yield database
    database.close()
    if server:
        drop_database(server, url)


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """An application on an empty, migrated SQLite database."""
    app = create_app(settings)
    services: Services = app.extensions["tributary"]
    migrate(services.db)
    yield app
    services.db.close()


@pytest.fixture
def services(app: Flask) -> Services:
    opened: Services = app.extensions["tributary"]
    return opened


@pytest.fixture
def world(services: Services) -> World:
    """People and accounts to test with."""
    return World(services)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()
