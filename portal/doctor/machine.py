"""The machine: the data directory, who may read what, the disk, the backups."""

import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from portal.backups import manifest
from portal.config import Settings
from portal.doctor.faults import Fault, Measures

_OF_OTHERS = 0o007
_MIB = 1024 * 1024


def examine(settings: Settings, measures: Measures) -> Iterator[Fault]:
    """Look at files and disk."""
    if not _is_writable(settings.data_dir):
        yield Fault(
            "data-dir",
            f"{settings.data_dir} cannot be written to by this user",
            "Run this as the user of the service; else chown the folder to that user",
        )
        return
    yield from _permissions(settings)
    yield from _disk(settings.data_dir, measures)
    yield from _checkpoint(settings)
    yield from _backups(measures, measures.backups or settings.backup_dir)


def _is_writable(folder: Path) -> bool:
    try:
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def _permissions(settings: Settings) -> Iterator[Fault]:
    folder = settings.data_dir
    if folder.stat().st_mode & _OF_OTHERS:
        yield Fault("permissions", f"{folder} is open to every user of this machine", f"chmod 700 {folder}")


def _disk(folder: Path, measures: Measures) -> Iterator[Fault]:
    free = shutil.disk_usage(folder).free // _MIB
    if free < measures.free_mib:
        yield Fault(
            "disk",
            f"{free} MiB are left on the disk of {folder}, fewer than {measures.free_mib}",
            "Make room or enlarge it: without room nothing is stored, and nobody can sign in",
        )


def _checkpoint(settings: Settings) -> Iterator[Fault]:
    path = settings.audit_checkpoint
    if path is not None and not path.parent.is_dir():
        yield Fault("checkpoint-folder", f"{path.parent} is not there", "Mount or make the folder of the checkpoint")


def _backups(measures: Measures, folder: Path | None) -> Iterator[Fault]:
    """Look at what `portal backup` made; where that is nothing, at any file, which another program may have made."""
    if folder is None:
        return
    mend = "Look whether the backup runs (docs/operation.md, Back up)"
    backups = manifest.backups(folder)
    ends = [path.stat() for path in folder.rglob("*") if path.is_file()] if folder.is_dir() and not backups else []
    moments = [backup.manifest.created_at for backup in backups[-1:]]
    moments += [datetime.fromtimestamp(end.st_mtime, UTC) for end in ends]
    if not moments:
        yield Fault("backup", f"{folder} holds no backup", mend)
        return
    newest = max(moments)
    age = datetime.now(UTC) - newest
    if age > measures.backup_age:
        yield Fault("backup", f"the newest backup in {folder} is {age.total_seconds() / 3600:.0f} hours old", mend)
    if backups and not backups[-1].is_whole():
        yield Fault("backup-cut", f"the newest backup in {folder} was cut off", mend)
    if ends and not any(end.st_size for end in ends if datetime.fromtimestamp(end.st_mtime, UTC) == newest):
        yield Fault("backup-empty", f"the newest backup in {folder} is empty", mend)
