"""Jobs for the tests of the work horse; each writes down the process that it ran in."""

import os
import signal
import time
from pathlib import Path


def note(path: str, *, seconds: float = 0.0) -> None:
    time.sleep(seconds)
    with Path(path).open("a") as file:
        file.write(f"{os.getpid()}\n")


def fail(path: str) -> None:
    note(path)
    raise RuntimeError


def kill(path: str) -> None:
    note(path)
    os.kill(os.getpid(), signal.SIGKILL)
