"""``portal schedule``: the sweep and the sealing of the audit trail every half minute; every night the refreshes,
spread over hours, the lists, and what is kept long enough. Several may run: each job of a day is asked for once."""

import signal
import sys
import time
from datetime import datetime
from types import FrameType
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy.exc import SQLAlchemyError

from jobs import context
from portal import logs
from portal.domain.errors import PortalError
from portal.linking.nightly import PARTS
from portal.queue import CAPABILITIES, DIRECTORY, HOUSE, NIGHTLY, RETENTION, SCHEDULER, SEAL, SWEEP
from portal.services import Services
from portal.store import scheduled_runs

NIGHT, HOURS = 1, 4  # from when, in o'clock where the organization is, and for how long its refreshes are asked for
_TICK_SECONDS = 30.0

_log = structlog.get_logger()


def tick(names: tuple[str, ...]) -> None:
    """Enqueue what is due. A database or a queue that does not answer is asked again at the next tick."""
    for name in names:
        services = context.services(name)
        services.queue.beat(SCHEDULER)
        services.queue.enqueue(SWEEP, job_id="sweep")
        services.queue.enqueue(SEAL, job_id="seal")
        try:
            _ask_for_the_day(services)
        except SQLAlchemyError as error:
            _log.warning("schedule.database", instance=name, error=type(error).__name__)


def _ask_for_the_day(services: Services) -> None:
    """Ask for each job of the day that nobody has asked for yet, or that was lost (``portal.store.scheduled_runs``)."""
    now = datetime.now(ZoneInfo(services.settings.time_zone))
    day, due = now.date().isoformat(), _due(now)
    with services.db.reading() as tx:
        missing = scheduled_runs.to_ask(tx, jobs=due, day=day)
    for job in missing:
        with services.db.transaction() as tx:
            ours = scheduled_runs.claim(tx, job=job, day=day)
        if ours and not services.queue.enqueue(due[job][0], job_id=f"{job}-{day}", again=False, day=day, **due[job][1]):
            with services.db.transaction() as tx:
                scheduled_runs.unclaim(tx, job=job, day=day)
            return


def _due(now: datetime) -> dict[str, tuple[str, dict[str, Any]]]:
    """Return what is due by now, in order: the job's path and what it is told, by its name.

    A part of the night is asked for as long as the night lasts; the rest all day, by whoever was not there before.
    """
    elapsed = (now.hour - NIGHT) * 60 + now.minute
    if elapsed < 0:
        return {}
    due: dict[str, tuple[str, dict[str, Any]]] = {"house": (HOUSE, {})}
    if elapsed < HOURS * 60:
        parts = range(elapsed * PARTS // (HOURS * 60) + 1)
        due |= {f"nightly-{part}": (NIGHTLY, {"part": str(part)}) for part in parts}
    return due | {"capabilities": (CAPABILITIES, {}), "directory": (DIRECTORY, {}), "retention": (RETENTION, {})}


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
    due = 0.0
    while not stop.requested:
        if time.monotonic() >= due:
            due = time.monotonic() + _TICK_SECONDS
            tick(names)
        time.sleep(0.2)
    return 0


if __name__ == "__main__":
    sys.exit(main())
