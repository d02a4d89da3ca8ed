"""Files that hold one secret each: reading them, and making those that are nowhere at the first start."""

import os
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from portal.domain.errors import ConfigurationError

KEY_FILES = ("secret-key", "encryption-keys", "index-key")


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


def new_key() -> str:
    """Return a fresh ``id:key`` for PORTAL_ENCRYPTION_KEYS."""
    return f"k{secrets.token_hex(3)}:{urlsafe_b64encode(secrets.token_bytes(32)).decode()}"


def key_file(values: Mapping[str, Any], name: str) -> Path:
    """Return the file of a key: apart from the database, unless keys have been beside it all along.

    ``values`` are ``data_dir`` and ``key_dir`` of ``portal.config.Settings``.
    """
    data_dir: Path = values["data_dir"]
    apart: Path = values["key_dir"] or data_dir.parent / f"{data_dir.name}-keys"
    beside = any((data_dir / each).exists() for each in KEY_FILES)
    return (data_dir if beside and not any((apart / each).exists() for each in KEY_FILES) else apart) / name


def stored(path: Path, make: Callable[[], str]) -> str:
    """Return the secret in a file that is made at the first start; only the owner may read it."""
    make_folder(path.parent, "PORTAL_KEY_DIR")
    try:
        with open(path, "x", opener=_private) as file:
            file.write(make())
    except FileExistsError:
        pass
    except OSError:
        raise _not_writable("PORTAL_KEY_DIR", path.parent) from None
    return path.read_text().strip()


def make_folder(path: Path, variable: str) -> None:
    """Make the folder that a variable names, for its owner only, unless it is there.

    Raises:
        ConfigurationError: this user may not.
    """
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        raise _not_writable(variable, path) from None


def _not_writable(variable: str, path: Path) -> ConfigurationError:
    return ConfigurationError(hint=f"{variable} must be a folder that this user may write to: {path}")


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
