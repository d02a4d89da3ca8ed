"""Finding what waits in the database without being in the queue, and enqueuing it (again)."""

from datetime import UTC, datetime, timedelta

from portal.domain.links import LinkState
from portal.extensions import Services
from portal.linking import life, work
from portal.store import attempts, links, refreshes

UNVERIFIED_FOR = timedelta(seconds=30)
"""A link that waits for its verification for longer was lost by the queue, or the organization did not answer."""
_WAITING_FOR = timedelta(seconds=60)


def sweep(here: Services) -> int:
    """Enqueue everything that is due; doing it twice does no harm, because each job looks at the database first."""
    with here.db.reading() as tx:
        todo = [life.refresh_work(refresh_id) for refresh_id in refreshes.lost(tx, waiting_for=_WAITING_FOR)]
        waiting = links.in_state(tx, states=[LinkState.LINKING], untouched_since=datetime.now(UTC) - UNVERIFIED_FOR)
        todo += [life.verify_work(link.id) for link in waiting]
        todo += [life.revoke_work(revocation_id) for revocation_id in links.due_revocations(tx)]
        old = attempts.are_old(tx)
    if old:
        with here.db.transaction() as tx:
            attempts.purge(tx)
    if todo:
        work.enqueue(here, todo)
    return len(todo)
