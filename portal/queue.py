"""The job queue: RQ on Valkey or Redis. Jobs are named by dotted path; the portal never imports them.

The database holds what is to be done (a refresh that waits, an account to verify); the queue only says "now". So a lost
queue loses nothing: ``jobs.sweep`` finds what waits in the database and enqueues it again.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue
from rq.exceptions import DuplicateJobError
from rq.serializers import JSONSerializer

from portal.config import Settings
from portal.valkey import EmbeddedValkey

_log = structlog.get_logger()
_FAILURE_TTL = 24 * 3600  # seconds; RQ's own default keeps failures for a year
_TIMEOUT = 30 * 60  # seconds that one job may run

REFRESH = "jobs.refresh.run"
VERIFY = "jobs.verify.run"
REVOKE = "jobs.revoke.run"
LOCATE = "jobs.locate.run"
SWEEP = "jobs.sweep.run"
SEAL = "jobs.seal.run"
NIGHTLY = "jobs.nightly.run"
DIRECTORY = "jobs.directory.run"
RETENTION = "jobs.retention.run"
MAIL = "jobs.mail.run"
MESSAGES = "jobs.messages.run"
HOUSE = "jobs.house.run"
CAPABILITIES = "jobs.capabilities.run"

INTERACTIVE, BACKGROUND, NIGHT = "interactive", "background", "nightly"
KINDS = (INTERACTIVE, BACKGROUND, NIGHT)
"""Each kind of job has a queue of its own, and may have workers of its own: what somebody waits for, what must be done
soon, and what the night is for. Workers of several kinds take them in this order."""
_KINDS = {
    LOCATE: BACKGROUND,
    SWEEP: BACKGROUND,
    SEAL: BACKGROUND,
    REVOKE: BACKGROUND,
    HOUSE: NIGHT,
    CAPABILITIES: NIGHT,
    NIGHTLY: NIGHT,
    DIRECTORY: NIGHT,
    RETENTION: NIGHT,
}
"""The kind of a job that is not asked for as another; all others somebody waits for."""

SCHEDULER = "scheduler"
BEAT_SECONDS = 120
"""A program that has not shown itself for so long is taken for dead; it does so at least every 30 seconds."""


@dataclass(frozen=True, slots=True)
class KindCounts:
    """Jobs of one kind that wait, and that failed within a day of the first that did."""

    waiting: int
    failed: int


@dataclass(frozen=True, slots=True)
class QueueHealth:
    """``age``: for how many seconds the job has waited that is next, 0 without one; ``idle``: kinds nobody works on."""

    jobs: int
    kinds: Mapping[str, KindCounts]
    age: float
    idle: tuple[str, ...]
    scheduler: bool


class JobQueue:
    """Enqueues for one instance; several instances share a server, each with a queue of its own."""

    def __init__(self, redis_url: str, instance: str) -> None:
        self.instance = instance
        self._redis = Redis.from_url(redis_url, socket_timeout=5, socket_connect_timeout=2) if redis_url else None

    @property
    def name(self) -> str:
        return f"tributary:{self.instance}"

    def enqueue(self, job: str, *, job_id: str | None = None, kind: str = "", again: bool = False, **ids: str) -> bool:
        """Ask for ``job`` with these ids. False when the queue does not answer: the sweeper will ask again.

        ``job_id`` makes asking twice ask once while the first is waiting or running; ``again``: only while it waits,
        because whoever runs it may be dead. ``kind`` is one of ``KINDS``, where it is another than the job's own.
        """
        if self._redis is None:
            return False
        queue, kwargs = self._queue(kind or _KINDS.get(job, INTERACTIVE)), {"instance": self.instance, **ids}
        own = f"{self.instance}-{job_id}" if job_id else None
        try:
            if not _enqueued(queue, job, own, kwargs) and again and not _waits(queue, own):
                _enqueued(queue, job, None, kwargs)
        except RedisError as error:
            _log.warning("queue.unreachable", job=job, error=type(error).__name__)
            return False
        return True

    def beat(self, program: str) -> None:
        """Show that the ``SCHEDULER`` or the workers of a kind live; without the queue nobody learns it."""
        if self._redis is None:
            return
        try:
            self._redis.set(self._beat_key(program), int(time.time()), ex=BEAT_SECONDS)
        except RedisError as error:
            _log.warning("queue.unreachable", program=program, error=type(error).__name__)

    def health(self) -> QueueHealth | None:
        """Return what waits, and who is there to work on it; None when the queue does not answer."""
        if self._redis is None:
            return None
        try:
            queues = [self._queue(kind) for kind in KINDS]
            programs = (*KINDS, SCHEDULER)
            beats = self._redis.mget([self._beat_key(program) for program in programs])
            silent = {program for program, beat in zip(programs, beats, strict=True) if beat is None}
            failed = self._redis.mget([_failures(queue.name) for queue in queues])
            counts = [
                KindCounts(int(queue.count), int(count or 0)) for queue, count in zip(queues, failed, strict=True)
            ]
            return QueueHealth(
                jobs=sum(each.waiting for each in counts),
                kinds=dict(zip(KINDS, counts, strict=True)),
                age=max(_age(queue) for queue in queues),
                idle=tuple(kind for kind in KINDS if kind in silent),
                scheduler=SCHEDULER not in silent,
            )
        except RedisError:
            return None

    def policy(self) -> str:
        """Return what the queue's server does when its memory is full; empty where it does not say."""
        try:
            memory = self._redis.info("memory") if self._redis else {}
        except RedisError:
            return ""
        return str(memory.get("maxmemory_policy", ""))

    def _queue(self, kind: str) -> Queue:
        return Queue(queue_name(self.instance, kind), connection=self._redis, serializer=JSONSerializer)

    def _beat_key(self, program: str) -> str:
        return f"{self.name}:alive:{program}"

    def answers(self) -> bool:
        try:
            return bool(self._redis and self._redis.ping())
        except RedisError:
            return False


def queue_url(settings: Settings) -> str:
    """Return where the queue is: as set, else the data directory's embedded Valkey (``portal worker`` starts it)."""
    return settings.redis_url or EmbeddedValkey(settings.data_dir / "queue").url


def queue_name(instance: str, kind: str) -> str:
    return f"tributary:{instance}:{kind}"


def count_failure(connection: Redis, queue: str) -> None:
    """Count a failed job: RQ forgets one with an id of its own after a minute, so that it can be asked for again."""
    connection.incr(_failures(queue))
    connection.expire(_failures(queue), _FAILURE_TTL, nx=True)


def _enqueued(queue: Queue, job: str, job_id: str | None, kwargs: dict[str, str]) -> bool:
    """Hand a job to the queue; False where one with this id is there."""
    try:
        queue.enqueue(
            job,
            kwargs=kwargs,
            job_id=job_id,
            unique=job_id is not None,
            job_timeout=_TIMEOUT,
            result_ttl=0,  # nothing of a job is kept: the database says how it ended
            failure_ttl=_FAILURE_TTL if job_id is None else 60,
        )
    except DuplicateJobError:
        return False
    return True


def _waits(queue: Queue, job_id: str | None) -> bool:
    # Not by its status: of a job that a worker took as it died, that says "queued" for ever.
    return job_id is not None and queue.get_job_position(job_id) is not None


def _failures(queue: str) -> str:
    return f"{queue}:failed"


def _age(queue: Queue) -> float:
    [*first] = queue.get_jobs(0, 1)
    since = first[0].enqueued_at if first else None
    return max((datetime.now(UTC) - since.replace(tzinfo=UTC)).total_seconds(), 0.0) if since else 0.0
