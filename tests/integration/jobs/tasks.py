"""Jobs for the tests of the work horse; each writes down the process that it ran in."""

import os
import signal
import time
from pathlib import Path

from portal.merge.medications.sig_words import sig_text


def note(path: str, *, seconds: float = 0.0) -> None:
    time.sleep(seconds)
    with Path(path).open("a") as file:
        file.write(f"{os.getpid()}\n")


def read_instructions(path: str) -> None:
    """Write down whether what an earlier job read is remembered, and read something."""
    with Path(path).open("a") as file:
        file.write(f"{sig_text.cache_info().currsize}\n")
    sig_text("Take 1 tablet daily")


def fail(path: str) -> None:
    note(path)
    raise RuntimeError


def kill(path: str) -> None:
    note(path)
    os.kill(os.getpid(), signal.SIGKILL)
