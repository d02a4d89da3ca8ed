"""Checking and changing passwords."""

from portal import audit, mail
from portal.access.passwords import hash_password, needs_rehash, verify_password
from portal.authentication import breached, password_rules
from portal.authentication.password_rules import PasswordProblem
from portal.config import Settings
from portal.services import Services
from portal.store import Tx
from portal.store.people import accounts, factors, sign_ins
from portal.store.people.accounts import Account
from portal.store.people.outbox import MailContent


def check(services: Services, *, username: str, password: str) -> Account | None:
    """Return whose name and password these are. Unknown and known names take the same time."""
    with services.db.reading() as tx:
        stored = accounts.for_sign_in(tx, username=username)
    fits = verify_password(stored[1] if stored else None, password)
    if stored is None or not fits:
        with services.db.transaction() as tx:
            account = stored[0] if stored else None
            actor = audit.Actor("account", account.id if account else None)
            person_id = account.person_id if account else None
            audit.record(tx, action=audit.Action.SIGN_IN, actor=actor, person_id=person_id, outcome="denied")
        return None
    account, encoded = stored
    if needs_rehash(encoded):
        renewed = hash_password(password)  # it waits for its turn, and no writer may wait for it
        with services.db.transaction() as tx:
            accounts.set_password_hash(tx, account_id=account.id, password_hash=renewed)
    return account


def shortest(services: Services) -> int:
    """Return how many characters a new password must have."""
    required = services.settings.second_factor == "required"
    return password_rules.BESIDE if required else password_rules.ALONE


def refusal(services: Services, account: Account, password: str) -> PasswordProblem | None:
    """Return why a new password of this account is refused; None when it is good."""
    settings = services.settings
    context = (account.username, account.display, account.email, settings.name, settings.organization)
    refused = password_rules.refusal(password, shortest=shortest(services), context=context)
    return refused or breach_refusal(settings, password)


def breach_refusal(settings: Settings, password: str) -> PasswordProblem | None:
    """Return why a password is refused that the operator's list has."""
    file = settings.breached_passwords
    return PasswordProblem.COMMON if file is not None and breached.is_listed(file, password) else None


def change(services: Services, account: Account, *, password: str, secret: str, notice: MailContent) -> None:
    """Set a new password that ``refusal`` let pass; every other sign-in ends, and the person is told by e-mail."""
    encoded = hash_password(password)
    with services.db.transaction() as tx:
        accounts.change_password(tx, account_id=account.id, password_hash=encoded)
        sign_ins.end_all(tx, account_id=account.id, but=secret)
        factors.forget_browsers(tx, account_id=account.id)
        tell(tx, account, notice)
        record(tx, account, change="password")
    mail.ask(services)


def record(tx: Tx, account: Account, *, change: str) -> None:
    """Record that the way an account signs in was changed by its owner."""
    actor = audit.Actor("account", account.id)
    audit.record(tx, action=audit.Action.SETTINGS_CHANGE, actor=actor, person_id=account.person_id, change=change)


def tell(tx: Tx, account: Account, notice: MailContent) -> None:
    if account.email:
        mail.post(tx, recipient=account.email, subject=notice.subject, text=notice.text)
