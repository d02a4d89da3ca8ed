"""A forgotten password: a link by e-mail lets its owner choose a new one. It signs nobody in.

The second factor is asked for at the next sign-in as ever, in every browser (requirement C2).
"""

from collections.abc import Callable
from datetime import timedelta

from portal import mail
from portal.access.passwords import hash_password
from portal.authentication.passwords import record, tell
from portal.domain.ids import new_secret
from portal.services import Services
from portal.store.people import accounts, challenges, factors, sign_ins
from portal.store.people.accounts import Account
from portal.store.people.outbox import MailContent

LASTING = timedelta(minutes=30)
_KIND = "password-reset"
_AGAIN = timedelta(minutes=5)  # nobody's mailbox is filled by somebody else


def send_link(services: Services, *, username: str, letter: Callable[[Account, str], MailContent]) -> None:
    """Send a link to the owner of this account, where there is one with an e-mail address; nobody is told which."""
    with services.db.transaction() as tx:
        account = accounts.by_username(tx, username=username)
        if account is None or account.disabled or not account.email:
            return
        if challenges.any_since(tx, kind=_KIND, account_id=account.id, since=tx.now - _AGAIN):
            return
        secret = new_secret()
        challenges.add(tx, kind=_KIND, secret=secret, lasting=LASTING, account_id=account.id)
        tell(tx, account, letter(account, secret))
        record(tx, account, change="password-link-sent")
    mail.ask(services)


def account_of(services: Services, secret: str) -> Account | None:
    """Return whose link this is, while it can be used."""
    with services.db.reading() as tx:
        challenge = challenges.peek(tx, kind=_KIND, secret=secret)
        if challenge is None or challenge.account_id is None:
            return None
        return accounts.by_id(tx, account_id=challenge.account_id)


def reset(services: Services, account: Account, *, secret: str, password: str, notice: MailContent) -> bool:
    """Set a new password; every sign-in ends. False: the link was used meanwhile."""
    encoded = hash_password(password)
    with services.db.transaction() as tx:
        taken = challenges.take(tx, kind=_KIND, secret=secret)
        if taken is None or taken.account_id != account.id:
            return False
        challenges.remove_all(tx, kind=_KIND, account_id=account.id)
        accounts.change_password(tx, account_id=account.id, password_hash=encoded)
        sign_ins.end_all(tx, account_id=account.id)
        factors.forget_browsers(tx, account_id=account.id)
        record(tx, account, change="password-reset")
        tell(tx, account, notice)
    mail.ask(services)
    return True
