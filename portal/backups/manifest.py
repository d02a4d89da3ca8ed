"""A backup is a folder: the copy of the database, and ``manifest.json``, which says what it is of and what is in it.

The manifest holds no secret: keys are named by values that tell them apart and nothing of them (``key_checks``).
"""

import os
from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256
from pathlib import Path

import msgspec

from portal.domain.errors import ConfigurationError, StoreError
from portal.store.engine.contents import TableContents

_NAME = "manifest.json"
_CHUNK = 1024 * 1024
UNFINISHED = ".unfinished"
"""How the name of a folder ends in which a backup is being made: it is none yet."""


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """``keys`` are the check values of the keys that the database needs, by id, as ``key_checks`` tells them apart."""

    created_at: datetime
    version: str
    backend: str  # SQLAlchemy's name of the kind of database
    revision: str
    keys: dict[str, str]
    file: str
    size: int
    sha256: str
    tables: dict[str, TableContents]

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.tables.values())


class Backup(msgspec.Struct, frozen=True):
    folder: Path
    manifest: Manifest

    @property
    def file(self) -> Path:
        return self.folder / self.manifest.file

    def check(self) -> None:
        """Raise StoreError where the copy is not the one that the manifest describes."""
        if not self.is_whole():
            raise StoreError("backup", hint=f"{self.file} is not there or was cut off: take another backup")
        if checksum(self.file) != self.manifest.sha256:
            raise StoreError("backup", hint=f"{self.file} was changed or is damaged: take another backup")

    def is_whole(self) -> bool:
        """Tell whether the copy is there in its size; its bytes are not read."""
        return self.file.is_file() and self.file.stat().st_size == self.manifest.size


def write(folder: Path, manifest: Manifest) -> None:
    """Write the manifest last: a folder without one is no backup."""
    text = msgspec.json.format(msgspec.json.encode(manifest, order="sorted"), indent=1)
    with open(folder / _NAME, "xb", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
        file.write(text)
        os.fsync(file.fileno())


def read(folder: Path) -> Backup:
    """Return the backup in a folder.

    Raises:
        ConfigurationError: there is none.
    """
    try:
        manifest = msgspec.json.decode((folder / _NAME).read_bytes(), type=Manifest)
    except (OSError, msgspec.MsgspecError):
        raise ConfigurationError(
            hint=f"{folder} is no backup: it has no {_NAME} of `portal backup` that can be read"
        ) from None
    if Path(manifest.file).name != manifest.file:
        raise ConfigurationError(hint=f"{folder} is no backup: its {_NAME} names a file elsewhere")
    return Backup(folder, manifest)


def backups(directory: Path) -> list[Backup]:
    """Return all backups that lie in a directory, oldest first."""
    return sorted(_backups(directory), key=lambda backup: backup.manifest.created_at)


def checksum(path: Path) -> str:
    """Return the SHA-256 of a file, as hex."""
    digest = sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _backups(directory: Path) -> Iterator[Backup]:
    folders = directory.iterdir() if directory.is_dir() else ()
    for folder in folders:
        if (folder / _NAME).is_file() and not folder.name.endswith(UNFINISHED):
            try:
                yield read(folder)
            except ConfigurationError:
                continue
