"""``portal user`` on a test's own database."""

import base64
from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result

from portal.cli import main
from portal.config import Settings

Run = Callable[..., Result]


def user_command(settings: Settings, monkeypatch: pytest.MonkeyPatch, group: str = "user") -> Run:
    """Return a function that runs the command on the application's database, with the application's keys."""
    (key_id, key), *_ = settings.encryption_keys
    monkeypatch.setenv("PORTAL_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("PORTAL_DATABASE_URL", settings.database_url)
    monkeypatch.setenv("PORTAL_ENCRYPTION_KEYS", f"{key_id}:{base64.urlsafe_b64encode(key).decode()}")
    monkeypatch.setenv("PORTAL_INDEX_KEY", settings.index_key)
    return lambda *arguments: CliRunner().invoke(main, [group, *arguments])
