"""The first way in: a code on paper from the front desk or the operator, together with the birth date."""

from datetime import datetime, timedelta

from portal.access.passwords import hash_password
from portal.authentication import openid
from portal.authentication.codes import new_code, read_code
from portal.authentication.openid import Identity
from portal.authentication.passwords import record
from portal.services import Services
from portal.store import Tx
from portal.store.people import accounts, challenges, factors, openid_identities, people, sign_ins
from portal.store.people.accounts import Account

_KIND = "activation"
_GROUPS = 3  # 59 bits
LASTING = timedelta(days=7)
_TRIES = 5


def invite(tx: Tx, *, account_id: str) -> str:
    """Return a code that lets the owner of this account choose a password; a code from before is worth nothing."""
    code = new_code(_GROUPS)
    challenges.remove_all(tx, kind=_KIND, account_id=account_id)
    challenges.add(tx, kind=_KIND, secret=code, lasting=LASTING, account_id=account_id)
    return code


def is_invited(tx: Tx, *, account_id: str) -> bool:
    """Tell whether a code of this account still works."""
    return challenges.any_open(tx, kind=_KIND, account_id=account_id)


def withdraw(tx: Tx, *, account_id: str, since: datetime) -> None:
    """Make the code worthless that was given since then; an account that was made for it stays unused."""
    if challenges.any_since(tx, kind=_KIND, account_id=account_id, since=since):
        challenges.remove_all(tx, kind=_KIND, account_id=account_id)


def start_over(tx: Tx, *, account_id: str) -> str:
    """Return such a code for an account whose owner lost everything: all ways in from before end."""
    accounts.set_password_hash(tx, account_id=account_id, password_hash="")
    factors.remove_all(tx, account_id=account_id)
    openid_identities.remove(tx, account_id=account_id)
    sign_ins.end_all(tx, account_id=account_id)
    return invite(tx, account_id=account_id)


def account_of(services: Services, *, code: str, birth_date: str) -> Account | None:
    """Return whose code and birth date (ISO 8601) these are; a wrong date counts, and the fifth ends the code."""
    secret = read_code(code)
    with services.db.transaction() as tx:
        challenge = challenges.peek(tx, kind=_KIND, secret=secret, lock=True)
        if challenge is None or challenge.account_id is None or challenge.tries >= _TRIES:
            return None
        account = accounts.by_id(tx, account_id=challenge.account_id)
        person = people.by_id(tx, person_id=account.person_id) if account and account.person_id else None
        if account is not None and (person is None or person.demographics.birth_date == birth_date):
            return account
        challenges.count_try(tx, kind=_KIND, secret=secret)
    return None


def activate_by_openid(services: Services, account_id: str, identity: Identity) -> Account | None:
    """Let the person at the provider open the account whose code ``account_of`` took; None: it was used meanwhile.

    Raises:
        ConflictError: that person opens another account.
    """
    with services.db.transaction() as tx:
        account = accounts.by_id(tx, account_id=account_id)
        if account is None or not challenges.any_open(tx, kind=_KIND, account_id=account_id):
            return None
        challenges.remove_all(tx, kind=_KIND, account_id=account_id)
        openid.bind(tx, account, issuer=identity.issuer, subject=identity.subject, evidence=identity.evidence)
        record(tx, account, change="activated")
    return account


def activate(services: Services, account: Account, *, code: str, password: str) -> bool:
    """Set the first password of whom ``account_of`` returned; False: the code was used meanwhile."""
    encoded = hash_password(password)
    with services.db.transaction() as tx:
        taken = challenges.take(tx, kind=_KIND, secret=read_code(code))
        if taken is None or taken.account_id != account.id:
            return False
        accounts.change_password(tx, account_id=account.id, password_hash=encoded)
        record(tx, account, change="activated")
    return True
