"""``portal schedule``: the sweep and the sealing of the audit trail every half minute; every night the refreshes,
spread over hours, the lists, and what is kept long enough."""

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
from portal.linking.nightly import PARTS
from portal.queue import DIRECTORY, NIGHTLY, RETENTION, SCHEDULER, SEAL, SWEEP

NIGHT, HOURS = 1, 4  # from when, in o'clock where the organization is, and for how long
_TICK_SECONDS = 30.0

_log = structlog.get_logger()


def tick(names: tuple[str, ...], last_nights: dict[tuple[str, str], str]) -> None:
    """Enqueue what is due; ``last_nights`` remembers the last day of each instance's nightly jobs, job by job.

    Whoever was not there at the time of a part asks for it as long as the night lasts.
    """
    for name in names:
        services = context.services(name)
        services.queue.beat(SCHEDULER)
        services.queue.enqueue(SWEEP, job_id="sweep")
        services.queue.enqueue(SEAL, job_id="seal")
        now = datetime.now(ZoneInfo(services.settings.time_zone))
        day = now.date().isoformat()
        elapsed = (now.hour - NIGHT) * 60 + now.minute
        if not 0 <= elapsed < HOURS * 60:
            continue
        due: list[tuple[str, str, dict[str, str]]] = [
            (NIGHTLY, f"nightly-{part}", {"part": str(part)}) for part in range(elapsed * PARTS // (HOURS * 60) + 1)
        ]
        for job, kind, more in (*due, (DIRECTORY, "directory", {}), (RETENTION, "retention", {})):
            if last_nights.get((name, kind)) != day and services.queue.enqueue(job, job_id=f"{kind}-{day}", **more):
                last_nights[name, kind] = day


class _Stop:
    requested = False

    def __call__(self, _number: int, _frame: FrameType | None) -> None:
        self.requested = True


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
    nights: dict[tuple[str, str], str] = {}
    due = 0.0
    while not stop.requested:
        if time.monotonic() >= due:
            due = time.monotonic() + _TICK_SECONDS
            tick(names, nights)
        time.sleep(0.2)
    return 0


if __name__ == "__main__":
    sys.exit(main())
