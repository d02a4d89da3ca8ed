"""That a page was looked at: its audit event, and what on it is no longer new.

Pages read in a snapshot first and write this afterwards, in a transaction as short as can be, an event alone in one
statement: nobody who writes waits for a page. Without its event no page leaves: what fails here fails the request.
"""

from collections.abc import Collection

from portal import audit
from portal.domain.sections import Section
from portal.extensions import current_services
from portal.messaging import outbox
from portal.store.messages import receipts
from portal.store.records import rows
from portal.web.guards import audit_actor, current_sight


def viewed(
    person_id: str,
    action: audit.Action,
    *,
    new: Collection[str] = (),
    of: Section | None = None,
    **detail: str,
) -> None:
    """Record ``action``. The entries ``new`` (ids, of the section ``of`` or of any) were shown and count as read;
    organizations learn of it where they are messages."""
    db, actor, tell = current_services().db, audit_actor(), False
    with db.transaction() if new else db.appending() as tx:
        if new:
            rows.mark_read(tx, person_id=person_id, sight=current_sight(), section=of, entry_ids=tuple(new))
            tell = receipts.add(tx, entry_ids=new)
        audit.record(tx, action=action, actor=actor, person_id=person_id, **detail)
    if tell:
        outbox.ask(current_services())
