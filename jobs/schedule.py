"""``portal schedule``: the sweep every half minute; the nightly job and the lists of organizations once a night."""

import signal
import sys
import time
from datetime import datetime
from types import FrameType
from zoneinfo import ZoneInfo

import structlog

from jobs import context
from portal import logs
from portal.domain.errors import PortalError
from portal.queue import DIRECTORY, NIGHTLY, SWEEP

NIGHT = 3  # o'clock, where the organization is
_TICK_SECONDS = 30.0

_log = structlog.get_logger()


def tick(names: tuple[str, ...], last_nights: dict[str, str]) -> None:
    """Enqueue what is due; ``last_nights`` remembers each instance's last nightly day."""
    for name in names:
        here = context.services(name)
        here.queue.enqueue(SWEEP, job_id="sweep")
        now = datetime.now(ZoneInfo(here.settings.time_zone))
        day = now.date().isoformat()
        if now.hour != NIGHT or last_nights.get(name) == day:
            continue
        if here.queue.enqueue(NIGHTLY, job_id=f"nightly-{day}") and here.queue.enqueue(
            DIRECTORY, job_id=f"directory-{day}"
        ):
            last_nights[name] = day


class _Stop:
    asked = False

    def __call__(self, _number: int, _frame: FrameType | None) -> None:
        self.asked = True


def main() -> int:
    logs.configure()
    stop = _Stop()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    try:
        names = context.load()
    except PortalError as error:
        sys.stderr.write(f"portal schedule: {error.hint or error.code}\n")
        return 1
    nights: dict[str, str] = {}
    due = 0.0
    while not stop.asked:
        if time.monotonic() >= due:
            due = time.monotonic() + _TICK_SECONDS
            tick(names, nights)
        time.sleep(0.2)
    return 0


if __name__ == "__main__":
    sys.exit(main())
