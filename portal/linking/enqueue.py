"""Enqueuing what a transaction left to be done. A queue that does not answer loses nothing: the sweeper asks again."""

from collections.abc import Iterable

from portal.linking.transitions import Work
from portal.queue import REFRESH
from portal.services import Services
from portal.store.links import refreshes


def enqueue(services: Services, work: Iterable[Work], *, again: bool = False) -> bool:
    """Hand jobs to the queue, after the commit; False when the queue did not take them all.

    ``again``: even if somebody is at the job, who may be dead; not while it waits in the queue.
    """
    taken = True
    for item in work:
        ids = dict(item.ids)
        accepted = services.queue.enqueue(item.job, job_id=item.job_id, kind=item.kind, again=again, **ids)
        if accepted and item.job == REFRESH:
            with services.db.transaction() as tx:
                refreshes.enqueued(tx, refresh_id=ids["refresh"])
        taken = taken and accepted
    return taken
