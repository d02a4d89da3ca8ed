"""The newest segment of the audit trail, kept apart from the database: what cuts off the chain's end is found by it."""

import contextlib
import os
from pathlib import Path

import msgspec
import structlog

from portal.config import Settings
from portal.store import Database
from portal.store.audit import segments

_log = structlog.get_logger()


class Checkpoint(msgspec.Struct, frozen=True):
    """The number and the keyed hash (hex) of the newest segment when it was written."""

    number: int
    mac: str
    at: str  # ISO 8601, UTC


class CheckpointFile:
    """The file with the newest checkpoint: beside the keys, or where the operator says."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> Checkpoint | None:
        """Return the checkpoint; None where there is none that can be read."""
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=Checkpoint)
        except (OSError, msgspec.MsgspecError):
            return None

    def advance(self, database: Database) -> None:
        """Write down the newest segment, unless the one that is written down is no longer in the chain.

        Then the database was put back, cut off or written anew: the file stays as it is until an operator has looked.
        """
        with database.reading() as tx:
            newest = segments.newest(tx)
            checkpoint = self.read()
            before = segments.by_number(tx, number=checkpoint.number) if checkpoint else None
        if checkpoint is not None and (before is None or before.mac.hex() != checkpoint.mac):
            _log.error("audit.checkpoint_not_in_chain", segment=checkpoint.number)
        elif newest is not None and (checkpoint is None or newest.number > checkpoint.number):
            self._write(Checkpoint(newest.number, newest.mac.hex(), newest.sealed_at.isoformat(timespec="seconds")))

    def _write(self, checkpoint: Checkpoint) -> None:
        temporary = self._path.with_name(f"{self._path.name}.{os.getpid()}")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with open(temporary, "wb", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
                file.write(msgspec.json.encode(checkpoint))
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(self._path)
        except OSError as error:
            _log.error("audit.checkpoint_not_written", error=type(error).__name__)
            with contextlib.suppress(OSError):
                temporary.unlink()


def checkpoint_file(settings: Settings) -> CheckpointFile:
    return CheckpointFile(settings.audit_checkpoint or settings.data_dir / "audit-checkpoint")
