"""Who may read what cannot be shown in part, such as a summary from outside: no label of the record cuts it."""

from portal.domain.sections import Section
from portal.store import Tx
from portal.store.people import accounts
from portal.store.records import privacy
from portal.web.guards import current_person_id, current_sight


def sees_whole_record(tx: Tx) -> bool:
    """Tell whether nothing of the open record may be kept from who is signed in.

    That is the person. For somebody without a sign-in of their own, of whom nothing is private, it is also who sees
    every section with what is sensitive in it.
    """
    sight = current_sight()
    if sight.whole or not sight.confidential or sight.sections != frozenset(Section):
        return sight.whole
    own = accounts.own_account(tx, person_id=current_person_id())
    return own is None and not privacy.choices(tx, person_id=current_person_id())
