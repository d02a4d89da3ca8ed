"""A child process that is forked from the launcher and does one thing until it is told to end."""

import os
import signal
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path

from portal.processes import end_with_parent

_STOP_SECONDS = 15.0


class Child:
    """Forked at once, with a session and a log of its own. ``start`` forks it again after it ended."""

    def __init__(self, name: str, run: Callable[[], None], logs: Path) -> None:
        self.name = name
        self.log = logs / f"{name}.log"
        self.started = 0.0
        self.status: int | None = None
        self._run = run
        self._pid = 0
        self.start()

    def start(self) -> None:
        self.started = time.monotonic()
        self.status = None
        self._pid = os.fork()
        if self._pid == 0:
            self._become()

    def ended(self) -> bool:
        """Whether it is over; its exit status is in ``status`` then (negative: the signal that ended it)."""
        if self.status is None:
            pid, status = os.waitpid(self._pid, os.WNOHANG)
            if pid:
                self.status = os.waitstatus_to_exitcode(status)
        return self.status is not None

    def ask_to_end(self) -> None:
        if not self.ended():
            os.kill(self._pid, signal.SIGTERM)

    def end(self) -> None:
        """Ask it to end, and after fifteen seconds end it and everything it started."""
        self.ask_to_end()
        ends = time.monotonic() + _STOP_SECONDS
        while not self.ended() and time.monotonic() < ends:
            time.sleep(0.02)
        if not self.ended():
            os.killpg(self._pid, signal.SIGKILL)
            while not self.ended():
                time.sleep(0.02)

    def _become(self) -> None:
        """In the child: cut the ties to the terminal and to the launcher's signal handlers, then run."""
        status = 1
        try:
            os.setsid()
            end_with_parent()
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(number, signal.SIG_DFL)
            log = os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            nothing = os.open(os.devnull, os.O_RDONLY)
            for source, target in ((nothing, 0), (log, 1), (log, 2)):
                os.dup2(source, target)
            self._run()
            status = 0
        except SystemExit as end:
            status = end.code if isinstance(end.code, int) else 1
        except BaseException:  # noqa: BLE001 -- the last line of a process
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status)
