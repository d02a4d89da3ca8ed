"""The worker process: one supervisor, RQ workers as its children, each with a process for its jobs (``portal worker``).

The supervisor opens the instances once, so that its children share their memory; it starts a child again that died,
and sweeps up what a dead worker or a lost queue left behind.
"""

import argparse
import contextlib
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable
from types import FrameType
from typing import Any

import structlog
from redis import Redis
from rq import Queue
from rq.job import Job
from rq.serializers import JSONSerializer
from rq.worker import DequeueStrategy

from jobs import (
    capabilities,
    context,
    directory,
    house,
    locate,
    mail,
    messages,
    nightly,
    refresh,
    retention,
    revoke,
    seal,
    sweep,
    verify,
)
from jobs.work_horse import InstanceWorker
from portal import logs
from portal.domain.errors import PortalError
from portal.fhir.transport import public_authorities
from portal.processes import calm_collector, end_with_parent, ready_types
from portal.queue import KINDS, count_failure, queue_name, queue_url
from portal.valkey import EmbeddedValkey, answers

MAINTENANCE_SECONDS = 60  # RQ looks for abandoned jobs; its own default is ten minutes
SWEEP_SECONDS = 15.0
LOADED = (
    capabilities,
    directory,
    house,
    locate,
    mail,
    messages,
    nightly,
    refresh,
    retention,
    revoke,
    seal,
    sweep,
    verify,
)
"""RQ finds jobs by their dotted path; what they need is imported here once, not again in every job's process."""

_log = structlog.get_logger()


class JobFailedError(Exception):
    """What RQ keeps and logs of a job that failed: the kind of the error and where, never its message."""


class ReticentJob(Job):
    """RQ writes the traceback of a failure into its server and its log; an error's message may hold a person's data."""

    def perform(self) -> Any:
        try:
            return super().perform()
        except Exception as error:  # noqa: BLE001 - raised again, without its message
            place = traceback.extract_tb(error.__traceback__)[-1]
            where = f"{place.filename}:{place.lineno}"
            _log.error("job.failed", job=self.func_name, kind=type(error).__name__, where=where)
            count_failure(self.connection, self.origin)
            raise JobFailedError(f"{type(error).__name__} at {where}") from None


def work(names: tuple[str, ...], url: str, *, kinds: tuple[str, ...] = KINDS, burst: bool = False) -> None:
    """Work on the queues of these instances until told to stop; ``burst``: until they are empty.

    Of one instance, what somebody waits for comes first; several take turns.
    """
    connection = Redis.from_url(url)
    options: Any = {"connection": connection, "serializer": JSONSerializer, "job_class": ReticentJob}
    queues = [Queue(queue_name(name, kind), **options) for kind in kinds for name in names]
    worker = InstanceWorker(
        queues,
        connection=connection,
        serializer=JSONSerializer,
        job_class=ReticentJob,
        maintenance_interval=MAINTENANCE_SECONDS,
        log_job_description=False,
    )
    worker.log_result_lifespan = False
    strategy = DequeueStrategy.ROUND_ROBIN if len(names) > 1 else DequeueStrategy.DEFAULT
    worker.work(burst=burst, logging_level="WARNING", dequeue_strategy=strategy)


def sweep_all(names: tuple[str, ...], kinds: tuple[str, ...] = KINDS) -> None:
    """Show that workers of these kinds live, sweep each instance, seal its audit trail; none stops another."""
    for name in names:
        for kind in kinds:
            context.services(name).queue.beat(kind)
        for job in (sweep, seal):
            try:
                job.run(instance=name)
            except Exception as error:  # noqa: BLE001 - the supervisor must live; the kind says enough
                _log.warning("sweep.failed", instance=name, job=job.__name__, error=type(error).__name__)


class Supervisor:
    """Keeps ``count`` workers running until SIGTERM or SIGINT."""

    def __init__(
        self,
        names: tuple[str, ...],
        url: str,
        *,
        count: int,
        kinds: tuple[str, ...] = KINDS,
        server: EmbeddedValkey | None = None,
    ) -> None:
        self._names = names
        self._kinds = kinds
        self._url = url
        self._count = count
        self._server = server
        self._children: set[int] = set()
        self._stopping = False

    def run(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        swept = 0.0
        public_authorities()  # once, and not in each child
        ready_types()
        calm_collector()
        try:
            while not self._stopping:
                self._watch()
                if time.monotonic() - swept >= SWEEP_SECONDS:
                    sweep_all(self._names, self._kinds)
                    swept = time.monotonic()
                time.sleep(0.2)
        finally:
            self._end()

    def _watch(self) -> None:
        if self._server is not None and not self._server.running():
            self._server.start()
        self._reap()
        while len(self._children) < self._count and not self._stopping:
            self._children.add(_fork(lambda: work(self._names, self._url, kinds=self._kinds)))

    def _reap(self) -> None:
        for pid in tuple(self._children):
            done, _status = os.waitpid(pid, os.WNOHANG)
            if done:
                self._children.discard(pid)
                if not self._stopping:
                    _log.warning("worker.restarted")
                    time.sleep(1.0)  # a worker that cannot start must not spin

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping = True

    def _end(self) -> None:
        """Ask the workers to finish; after ten seconds they are ended, and whoever comes next takes their jobs over."""
        for pid in self._children:
            _signal(pid, signal.SIGTERM)
        ends = time.monotonic() + 10
        while self._children and time.monotonic() < ends:
            self._reap()
            time.sleep(0.05)
        for pid in self._children:
            _signal(pid, signal.SIGKILL)
        if self._server is not None:
            self._server.stop()


def _fork(child: Callable[[], None]) -> int:
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        end_with_parent()
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        context.after_fork()
        child()
        status = 0
    except BaseException as error:  # noqa: BLE001 - the last line of a process
        _log.error("worker.ended", error=type(error).__name__)
    finally:
        os._exit(status)


def _signal(pid: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def main(arguments: list[str] | None = None) -> int:
    """Run workers: ``python -m jobs.work [--count N] [--queue KIND]... [--burst]``."""
    parser = argparse.ArgumentParser(prog="portal worker")
    parser.add_argument("--count", type=int, default=1)
    parser.add_argument("--queue", action="append", choices=KINDS)
    parser.add_argument("--burst", action="store_true")
    options: Any = parser.parse_args(arguments)
    logs.configure()
    try:
        names = context.load()
        url, server = _queue(names)
    except PortalError as error:
        sys.stderr.write(f"portal worker: {error.hint or error.code}\n")
        return 1
    kinds = tuple(kind for kind in KINDS if kind in (options.queue or KINDS))
    if options.burst:
        work(names, url, kinds=kinds, burst=True)
        return 0
    Supervisor(names, url, count=max(1, options.count), kinds=kinds, server=server).run()
    return 0


def _queue(names: tuple[str, ...]) -> tuple[str, EmbeddedValkey | None]:
    """Return the queue's address; where no address is set and nobody serves the embedded one, this process does."""
    settings = context.services(names[0]).settings
    url = queue_url(settings)
    if settings.redis_url or answers(url):
        return url, None
    server = EmbeddedValkey(settings.data_dir / "queue")
    server.start()
    return server.url, server


if __name__ == "__main__":
    sys.exit(main())
