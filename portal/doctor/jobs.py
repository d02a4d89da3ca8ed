"""The queue: does it answer, does somebody work on it, will it keep what it was told."""

from collections.abc import Iterator

from portal.doctor.faults import Fault, Measures
from portal.services import Services


def examine(services: Services, measures: Measures) -> Iterator[Fault]:
    """Look at the queue's server, workers and scheduler."""
    health = services.queue.health()
    if health is None:
        yield Fault(
            "queue",
            "the queue's server does not answer",
            "Start Valkey and look at PORTAL_REDIS_URL"
            if services.settings.redis_url
            else "Start `portal worker`, which starts the embedded one",
        )
        return
    if health.idle:
        yield Fault(
            "workers",
            f"nobody works on jobs of these kinds: {', '.join(health.idle)}",
            "Start `portal worker`, without --queue or with each of them",
        )
    if not health.scheduler:
        yield Fault("scheduler", "no scheduler has shown itself for two minutes", "Start `portal schedule`")
    if health.age > measures.queue_age.total_seconds():
        yield Fault(
            "queue-age",
            f"the next of {health.jobs} jobs has waited for {health.age / 60:.0f} minutes",
            "Start more workers (`portal worker --count N`), and look for job.failed in their log",
        )
    if services.queue.policy() not in ("", "noeviction"):
        yield Fault(
            "queue-evicts",
            f"the queue's server forgets jobs when its memory is full ({services.queue.policy()})",
            "Set maxmemory-policy noeviction in its configuration",
        )
