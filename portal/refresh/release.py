"""When a person sees new results: what they choose, what they ask to be shown, and what has waited long enough."""

from collections.abc import Collection

from portal import audit
from portal.domain.release import HOLDABLE, ReleaseChoices
from portal.store import Database
from portal.store.records import holding
from portal.store.records.grouping import regroup_pending


def choose(database: Database, *, person_id: str, account_id: str, chosen: ReleaseChoices) -> None:
    """Keep what a person chose; what waits and no longer has to is shown."""
    with database.transaction() as tx:
        holding.choose(tx, person_id=person_id, chosen=chosen)
        for section in sorted(HOLDABLE):
            regroup_pending(tx, person_id=person_id, section=section)
        actor = audit.Actor("account", account_id)
        audit.record(tx, action=audit.Action.SETTINGS_CHANGE, actor=actor, person_id=person_id, what="release")


def show(database: Database, *, person_id: str, account_id: str, ids: Collection[str]) -> None:
    """Show results that wait, by the ids of their entries."""
    with database.transaction() as tx:
        for section in sorted(holding.show(tx, person_id=person_id, ids=ids)):
            regroup_pending(tx, person_id=person_id, section=section)
        actor = audit.Actor("account", account_id)
        audit.record(tx, action=audit.Action.RESULTS_SHOW, actor=actor, person_id=person_id, number=str(len(ids)))


def release_due(database: Database) -> int:
    """Show what nobody has commented for as long as its person said; return in how many sections there was any."""
    with database.reading() as tx:
        due = holding.due(tx)
    for person_id, section in due:
        with database.transaction() as tx:
            regroup_pending(tx, person_id=person_id, section=section)
    return len(due)
