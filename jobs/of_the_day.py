"""What a scheduler asks for once a day: done once, however often it was asked for."""

from collections.abc import Callable

from jobs import context
from portal.services import Services
from portal.store import scheduled_runs


def once(instance: str, job: str, day: str, work: Callable[[Services], int]) -> int:
    """Do a day's job unless it has ended already, and note its end. Without a day it is asked for by hand, and done."""
    services = context.services(instance)
    if not day:
        return work(services)
    with services.db.reading() as tx:
        if scheduled_runs.has_ended(tx, job=job, day=day):
            return 0
    count = work(services)
    with services.db.transaction() as tx:
        scheduled_runs.end(tx, job=job, day=day)
    return count
