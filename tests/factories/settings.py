"""Settings for tests: fixed keys, loopback open, everything in the test's own folder."""

import re
from pathlib import Path
from typing import Any

from portal.config import Settings


def make_settings(data_dir: Path, *, database_url: str = "", **changes: Any) -> Settings:
    values: dict[str, Any] = {
        "data_dir": data_dir,
        "database_url": database_url or f"sqlite:///{data_dir / 'portal.sqlite3'}",
        "secret_key": "a secret key that is only for tests",
        "encryption_keys": (("k1", bytes(range(32))),),
        "index_key": "an index key that is only for tests",
        "allow_local_endpoints": True,
        "second_factor": "optional",
        "testing": True,
    }
    if "name" in changes:  # several in one process
        values["slug"] = re.sub(r"[^a-z0-9]+", "-", changes["name"].lower())
    return Settings(**(values | changes))
