"""The application on SQLite and on PostgreSQL: a module that takes this ``settings`` runs each of its tests twice."""

from pathlib import Path

import pytest

from portal.config import Settings
from portal.store import Database
from tests.factories.settings import make_settings


@pytest.fixture
def settings(database: Database, tmp_path: Path) -> Settings:
    return make_settings(tmp_path, database_url=database.url.render_as_string(hide_password=False))
