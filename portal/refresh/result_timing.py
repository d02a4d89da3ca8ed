"""When a person sees new results: what they choose, what they ask to be shown, and what has waited long enough.

A document of the home chart that waited gives its entries (``portal.refresh.from_documents``) with the moment it is
shown; a linked organization's gives them with the next update.
"""

from collections.abc import Collection

from portal import audit
from portal.domain.result_timing import HOLDABLE, TimingChoices
from portal.domain.sections import Section
from portal.refresh.from_documents import derive_entries
from portal.store import Database
from portal.store.people import people
from portal.store.records import holding
from portal.store.records.grouping import regroup_pending


def choose(database: Database, *, person_id: str, account_id: str, chosen: TimingChoices) -> None:
    """Keep what a person chose; what waits and no longer has to is shown."""
    with database.transaction() as tx:
        held = holding.holding_sections(tx, person_id=person_id)
        holding.choose(tx, person_id=person_id, chosen=chosen)
        for section in sorted(HOLDABLE):
            regroup_pending(tx, person_id=person_id, section=section)
        actor = audit.Actor("account", account_id)
        audit.record(tx, action=audit.Action.SETTINGS_CHANGE, actor=actor, person_id=person_id, what="release")
    _read_out(database, person_id, held)


def show(database: Database, *, person_id: str, account_id: str, ids: Collection[str]) -> None:
    """Show results that wait, by the ids of their entries."""
    with database.transaction() as tx:
        shown = holding.show(tx, person_id=person_id, ids=ids)
        for section in sorted(shown):
            regroup_pending(tx, person_id=person_id, section=section)
        actor = audit.Actor("account", account_id)
        audit.record(tx, action=audit.Action.RESULTS_SHOW, actor=actor, person_id=person_id, number=str(len(ids)))
    _read_out(database, person_id, shown)


def show_due(database: Database) -> int:
    """Show what nobody has commented for as long as its person said; return in how many sections there was any."""
    with database.reading() as tx:
        due = holding.due(tx)
    for person_id, section in due:
        with database.transaction() as tx:
            regroup_pending(tx, person_id=person_id, section=section)
        _read_out(database, person_id, {section})
    return len(due)


def _read_out(database: Database, person_id: str, sections: Collection[Section]) -> None:
    if Section.DOCUMENTS not in sections:
        return
    with database.reading() as tx:
        person = people.by_id(tx, person_id=person_id)
    if person is not None and person.fhir_id:
        derive_entries(database, person_id=person_id, patient=person.fhir_id, documents=True)
