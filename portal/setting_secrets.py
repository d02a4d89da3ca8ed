"""Files that hold one secret each: reading them, and making those of the data directory at the first start."""

import os
from collections.abc import Callable
from pathlib import Path

from portal.domain.errors import ConfigurationError


def content(path: Path) -> str | None:
    """Return what a file holds, None where there is none."""
    try:
        text = path.read_text().strip()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError):
        raise ValueError(f"is in {path}, which cannot be read by this user") from None
    if not text:
        raise ValueError(f"is in {path}, which is empty: put the backup of it there")
    return text


def stored(path: Path, make: Callable[[], str]) -> str:
    """Return the secret in a file that is made at the first start; only the owner may read it."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with open(path, "x", opener=_private) as file:
            file.write(make())
    except FileExistsError:
        pass
    except OSError:
        raise ConfigurationError(
            hint=f"PORTAL_DATA_DIR must be a folder that this user may write to: {path.parent}"
        ) from None
    return path.read_text().strip()


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
