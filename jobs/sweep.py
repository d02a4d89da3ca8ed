"""What waits in the database but is not in the queue (a lost queue, a worker that was killed) is enqueued again."""

from jobs import context
from portal.linking.sweep import sweep


def run(*, instance: str) -> int:
    """Return the number of jobs that were enqueued again."""
    return sweep(context.services(instance))
