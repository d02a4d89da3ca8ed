"""The job queue: RQ on Valkey or Redis. Jobs are named by dotted path; the portal never imports them.

The database holds what is to be done (a refresh that waits, an account to verify); the queue only says "now". So a lost
queue loses nothing: ``jobs.sweep`` finds what waits in the database and enqueues it again.
"""

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


class JobQueue:
    """Enqueues for one instance; several instances share a server, each with a queue of its own."""

    def __init__(self, redis_url: str, instance: str) -> None:
        self.instance = instance
        self._redis = Redis.from_url(redis_url, socket_timeout=5, socket_connect_timeout=2) if redis_url else None

    @property
    def name(self) -> str:
        return queue_name(self.instance)

    def enqueue(self, job: str, *, job_id: str | None = None, **ids: str) -> bool:
        """Ask for ``job`` with these ids. False when the queue does not answer: the sweeper will ask again.

        ``job_id`` makes asking twice ask once while the first is waiting or running.
        """
        if self._redis is None:
            return False
        try:
            queue = Queue(self.name, connection=self._redis, serializer=JSONSerializer)
            queue.enqueue(
                job,
                kwargs={"instance": self.instance, **ids},
                job_id=f"{self.instance}-{job_id}" if job_id else None,
                unique=job_id is not None,
                job_timeout=_TIMEOUT,
                result_ttl=0,  # nothing of a job is kept: the database says how it ended
                failure_ttl=_FAILURE_TTL if job_id is None else 60,
            )
        except DuplicateJobError:
            return True
        except RedisError as error:
            _log.warning("queue.unreachable", job=job, error=type(error).__name__)
            return False
        return True

    def depth(self) -> int | None:
        """Return how many jobs wait; None when the queue does not answer."""
        try:
            return int(Queue(self.name, connection=self._redis).count) if self._redis else None
        except RedisError:
            return None

    def answers(self) -> bool:
        try:
            return bool(self._redis and self._redis.ping())
        except RedisError:
            return False


def queue_url(settings: Settings) -> str:
    """Return where the queue is: as set, else the data directory's embedded Valkey (``portal worker`` starts it)."""
    return settings.redis_url or EmbeddedValkey(settings.data_dir / "queue").url


def queue_name(instance: str) -> str:
    return f"tributary:{instance}"
