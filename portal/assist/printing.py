"""A patient's own summary, printed once: released on a device of theirs, opened outside the staff session."""

from datetime import timedelta

from portal.assist.assists import note
from portal.authentication.codes import new_code, read_code
from portal.services import Services
from portal.store.people import accounts, challenges

LASTING = timedelta(minutes=10)
_KIND = "print"
_GROUPS = 3  # 59 bits


def issue(services: Services, *, person_id: str, account_id: str) -> str | None:
    """Return a code that opens the summary once, within ten minutes; None where the person has no account."""
    code = new_code(_GROUPS)
    with services.db.transaction() as tx:
        own = accounts.own_account(tx, person_id=person_id)
        if own is None or own.disabled:
            return None
        challenges.remove_all(tx, kind=_KIND, account_id=own.id)
        challenges.add(tx, kind=_KIND, secret=code, lasting=LASTING, account_id=own.id)
        note(tx, account_id, person_id, "print-released")
    return code


def take(services: Services, code: str) -> str | None:
    """Use a code up; return whose summary it opens."""
    with services.db.transaction() as tx:
        taken = challenges.take(tx, kind=_KIND, secret=read_code(code))
        account = accounts.by_id(tx, account_id=taken.account_id) if taken and taken.account_id else None
        if account is None or account.person_id is None:
            return None
        note(tx, account.id, account.person_id, "printed")
        return account.person_id
