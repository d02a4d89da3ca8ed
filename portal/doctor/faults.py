"""What the doctor tells, and by what it measures."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault. ``code`` is stable; ``text`` and ``mend`` are each a sentence for an operator, without data."""

    code: str
    text: str
    mend: str

    def __str__(self) -> str:
        return f"{self.code}: {self.text}. {self.mend}."


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """From where on something is a fault. Without ``backups`` the folder is that of PORTAL_BACKUP_DIR."""

    free_mib: int = 1024
    backups: Path | None = None
    backup_age: timedelta = timedelta(hours=26)
    clock: timedelta = timedelta(seconds=2)
    queue_age: timedelta = timedelta(minutes=10)
    unsealed: timedelta = timedelta(minutes=5)
    night: timedelta = timedelta(hours=36)
    directory_age: timedelta = timedelta(days=3)
    signing_key_age: timedelta = timedelta(days=2 * 365)  # NIST SP 800-57, part 1, 5.3.6: one to three years
    network: bool = True
