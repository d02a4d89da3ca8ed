"""The process that does a worker's jobs: which jobs share it, when it is replaced, and that none is lost with it."""

import itertools
import logging
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from redis import Redis
from rq import Queue
from rq.registry import FailedJobRegistry, StartedJobRegistry
from rq.serializers import JSONSerializer

from jobs import work_horse
from jobs.work import ReticentJob
from jobs.work_horse import InstanceWorker
from portal.domain.forgetting import forget
from portal.valkey import EmbeddedValkey

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="forks")

JOB = "tests.integration.jobs.tasks."


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    valkey = EmbeddedValkey(tmp_path_factory.mktemp("queue"))
    valkey.start()
    yield valkey.url
    valkey.stop()


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """RQ gives its logger a handler and a level when a worker begins; others have theirs again afterwards."""
    log = logging.getLogger("rq.worker")
    handlers, level, propagates = list(log.handlers), log.level, log.propagate
    yield
    log.handlers[:], log.propagate = handlers, propagates
    log.setLevel(level)


class Yard:
    """A queue, and the processes that its jobs ran in."""

    def __init__(self, url: str, folder: Path) -> None:
        self.redis = Redis.from_url(url)
        self.redis.flushall()
        self._options: dict[str, Any] = {"connection": self.redis, "serializer": JSONSerializer}
        self.queue = Queue("yard", **self._options)
        self._path = folder / "processes"

    def ask(self, *names: str, **options: Any) -> None:
        for name in names:
            self.queue.enqueue(JOB + name, str(self._path), result_ttl=0, **options)

    def work(self, **options: Any) -> None:
        handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
        worker = InstanceWorker([self.queue], job_class=ReticentJob, **self._options, **options)
        try:
            worker.work(burst=True, logging_level="CRITICAL")
        finally:
            for number, handler in handlers.items():
                signal.signal(number, handler)

    def written(self) -> list[str]:
        return self._path.read_text().split()

    def runs(self) -> list[int]:
        """Return how many jobs each process did, one after the other."""
        return [len(list(jobs)) for _pid, jobs in itertools.groupby(self.written())]

    def failed(self) -> int:
        return len(FailedJobRegistry(queue=self.queue))

    def under_way(self) -> int:
        return len(StartedJobRegistry(queue=self.queue))


@pytest.fixture
def yard(server: str, tmp_path: Path) -> Yard:
    return Yard(server, tmp_path)


def test_jobs_share_a_process(yard: Yard) -> None:
    yard.ask("note", "note", "note")
    yard.work()
    assert (yard.runs(), yard.failed(), yard.under_way()) == ([3], 0, 0)


def test_what_a_job_has_read_of_a_record_ends_with_it(yard: Yard) -> None:
    forget()  # what this process has read goes along with a fork
    yard.ask("read_instructions", "read_instructions")
    yard.work()
    assert yard.written() == ["0", "0"]


@pytest.mark.parametrize("end", ["fail", "kill"])
def test_after_a_failure_another_process_goes_on(end: str, yard: Yard) -> None:
    yard.ask("note", end, "note")
    yard.work()
    assert (yard.runs(), yard.failed(), yard.under_way()) == ([2, 1], 1, 0)


def test_a_job_that_takes_too_long_fails_and_ends_its_process(yard: Yard) -> None:
    yard.ask("note", seconds=30, job_timeout=1)
    yard.ask("note", "note")
    yard.work()
    assert (yard.runs(), yard.failed(), yard.under_way()) == ([2], 1, 0)


def test_a_long_job_is_waited_for(yard: Yard) -> None:
    yard.ask("note", seconds=1.5)
    yard.ask("note")
    yard.work(job_monitoring_interval=1)
    assert (yard.runs(), yard.failed(), yard.under_way()) == ([2], 0, 0)


@pytest.mark.parametrize(
    ("limit", "runs"),
    [({"JOBS": 2}, [2, 2, 1]), ({"MEMORY": -1}, [1, 1, 1, 1, 1])],
    ids=["jobs", "memory"],
)
def test_a_process_is_replaced(
    limit: dict[str, int], runs: list[int], yard: Yard, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in limit.items():
        monkeypatch.setattr(work_horse, name, value)
    yard.ask(*["note"] * 5)
    yard.work()
    assert (yard.runs(), yard.failed(), yard.under_way()) == (runs, 0, 0)


def test_a_process_that_leaves_as_a_job_comes_loses_nothing(yard: Yard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work_horse, "IDLE_SECONDS", 0.0)
    yard.ask(*["note"] * 5)
    yard.work()
    assert (sum(yard.runs()), yard.failed(), yard.under_way()) == (5, 0, 0)


def test_a_queue_lost_between_worker_and_process_ends_nobody(yard: Yard, monkeypatch: pytest.MonkeyPatch) -> None:
    forked = InstanceWorker.fork_work_horse

    def losing(worker: InstanceWorker, job: ReticentJob, queue: Queue) -> None:
        if job.func_name == f"{JOB}fail":
            yard.redis.flushall()
            yard.ask("note")
        forked(worker, job, queue)

    monkeypatch.setattr(InstanceWorker, "fork_work_horse", losing)
    yard.ask("note", "fail")
    yard.work()
    assert (yard.runs(), yard.failed()) == ([2], 0)
