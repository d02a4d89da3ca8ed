"""Finding what waits in the database without being in the queue, and enqueuing it (again)."""

from datetime import timedelta

from portal.domain.links import LinkState
from portal.linking import enqueue, refresh_policy, transitions
from portal.services import Services
from portal.store.directory import organizations
from portal.store.links import links, refresh_queue, revocations
from portal.store.records import resources

UNVERIFIED_FOR = timedelta(seconds=30)
"""A link that waits for its verification for longer was lost by the queue, or the organization did not answer."""
_WAITING_FOR = timedelta(seconds=60)
_SECOND_TRY = timedelta(minutes=5)
_NEXT = timedelta(seconds=60)
"""What was enqueued again is left alone for so long."""


def sweep(services: Services) -> int:
    """Enqueue everything that is due; doing it twice does no harm, because each job looks at the database first."""
    with services.db.reading() as tx:
        lost = refresh_queue.lost(tx, waiting_for=_WAITING_FOR)
        waiting = [
            link.id
            for link in links.in_state(tx, states=[LinkState.LINKING], untouched_since=tx.now - UNVERIFIED_FOR)
            if link.throttled_until is None or link.throttled_until <= tx.now
        ]
        ending = revocations.due_revocations(tx)
        leftovers = links.ended_with_records(tx)
    for link_id in leftovers:  # stored by a process that died before it saw that the link had ended
        with services.db.transaction() as tx:
            resources.remove_source(tx, source=link_id)
    if waiting or ending:
        with services.db.transaction() as tx:
            for link_id in waiting:
                links.put(tx, link_id=link_id, throttled_until=tx.now + _NEXT)
            revocations.put_off_revocations(tx, ids=ending, until=tx.now + _NEXT)
    todo = [transitions.refresh_work(each.refresh_id, cause=each.cause) for each in lost]
    todo += _second_tries(services)
    todo += [transitions.verify_work(link_id) for link_id in waiting]
    todo += [transitions.revoke_work(revocation_id) for revocation_id in ending]
    if todo:
        enqueue.enqueue(services, todo, again=True)
    return len(todo)


def _second_tries(services: Services) -> list[transitions.Work]:
    """Ask once more, some minutes later, for what an organization did not give because it was down or broken."""
    with services.db.reading() as tx:
        ids = refresh_queue.failed_lately(tx, before=_SECOND_TRY, after=2 * _SECOND_TRY)
        locked_links = [link for link in (links.by_id(tx, link_id=link_id) for link_id in ids) if link is not None]
        places = organizations.by_ids(tx, ids={link.organization_id for link in locked_links})
        now = tx.now
    due = [
        link
        for link in locked_links
        if link.organization_id in places
        and refresh_policy.in_background(link, places[link.organization_id].policy)
        and not refresh_policy.is_throttled(link, now)
    ]
    todo = []
    for link in due:
        with services.db.transaction() as tx:
            todo.append(transitions.request_refresh(tx, link, refresh_queue.AGAIN))
    return todo
