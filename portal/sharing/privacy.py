"""Keeping something private: at once, for everybody but the person, wherever their record is read."""

from collections.abc import Sequence

from portal import audit
from portal.directory.suggestions import compute
from portal.services import Services
from portal.sharing.health_links import change
from portal.sharing.summary import SECTIONS
from portal.store import Tx
from portal.store.directory import suggestions
from portal.store.records import privacy
from portal.store.records.grouping import regroup_pending
from portal.store.records.privacy import PrivateChoice
from portal.store.shares import shares
from portal.store.shares.shares import ShareEventKind


def keep(services: Services, *, person_id: str, account_id: str, chosen: Sequence[PrivateChoice], private: bool) -> int:
    """Keep these private, or no longer; return how many links that were handed on ended by it.

    A link leads to a file as it was then, sealed with a key that only the link has: it cannot be changed, so what may
    show something that is private now ends.
    """
    with services.db.transaction() as tx:
        sections = privacy.put(tx, person_id=person_id, chosen=chosen, private=private)
        for section in sorted(sections):
            regroup_pending(tx, person_id=person_id, section=section)
        ended = _end_shares(tx, person_id, account_id, {section.value for section in sections}) if private else 0
        # Nothing of what it is: the event is read by whoever may read the person's log.
        audit.record(
            tx,
            action=audit.Action.PRIVATE,
            actor=audit.Actor("account", account_id),
            person_id=person_id,
            change="private" if private else "open",
        )
        suggestions.forget_chart(tx, person_id=person_id)
    compute(services.db, person_id=person_id, home_name=services.settings.organization)
    return ended


def _end_shares(tx: Tx, person_id: str, account_id: str, sections: set[str]) -> int:
    codes = {section.code for section in SECTIONS if section.section.value in sections}
    ended = 0
    for stored in shares.of_person(tx, person_id=person_id):
        if stored.ended_at is None and stored.ends_at > tx.now and not codes.isdisjoint(stored.terms.sections):
            change(tx, stored=stored, kind=ShareEventKind.ENDED, account_id=account_id)
            ended += 1
    return ended
