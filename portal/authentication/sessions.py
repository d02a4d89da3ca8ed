"""Who is signed in: a browser's sign-in, and how long it lasts without being used."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from portal import audit
from portal.domain.people import Role
from portal.services import Services
from portal.store.people import accounts, factors, sign_ins, signed_in
from portal.store.people.accounts import Account
from portal.store.people.people import StoredPerson
from portal.store.people.proxies import StoredGrant
from portal.store.people.sign_ins import KeptForm, OpenSignIn, SignIn

_IDLE = timedelta(minutes=15)
_FRESH = timedelta(minutes=10)
_STAFF_IDLE = timedelta(minutes=5)  # at the front desk others pass by (requirement C2)


@dataclass(frozen=True, slots=True)
class Session:
    account: Account
    grants: tuple[StoredGrant, ...]
    sign_in: SignIn
    lacks_factor: bool
    """A second factor is required, and there is none yet: nothing may be done but to add one."""
    person: StoredPerson | None
    """Whose record is the account's own."""
    new_messages: int = 0
    new_items: int = 0
    """What is new in it: ``portal.store.people.signed_in``."""

    @property
    def ends_at(self) -> datetime:
        """Return when the sign-in ends if nothing is done."""
        return min(self.sign_in.seen_at + idle_limit(self.account.role), self.sign_in.created_at + sign_ins.LONGEST)

    @property
    def seconds_left(self) -> int:
        return max(0, int((self.ends_at - self.sign_in.now).total_seconds()))

    @property
    def is_fresh(self) -> bool:
        """Tell whether who sits there showed so lately who it is that big steps are not asked about again."""
        return self.sign_in.now - self.sign_in.confirmed_at <= _FRESH


def idle_limit(role: Role) -> timedelta:
    """Return how long a sign-in lasts without being used."""
    return _STAFF_IDLE if role in (Role.STAFF, Role.CARE_TEAM) else _IDLE


def load(services: Services, secret: str, *, awake: bool = True) -> Session | None:
    """Return who is signed in with this secret; ``awake`` starts the time without use anew."""
    with services.db.reading() as tx:
        stored = signed_in.by_secret(tx, secret=secret, teen_age=services.settings.teen_age)
        if stored is None or stored.sign_in.idle > idle_limit(stored.account.role):
            return None
        sign_in, account = stored.sign_in, stored.account
        required = services.settings.second_factor == "required"
        lacks_factor = required and not factors.summary(tx, account_id=account.id).is_any
    if awake and sign_in.touch_is_due:
        with services.db.transaction() as tx:
            sign_ins.touch(tx, secret=secret)
        sign_in = replace(sign_in, seen_at=sign_in.now)
    return Session(account, stored.grants, sign_in, lacks_factor, stored.person, stored.new_messages, stored.new_items)


@dataclass(frozen=True, slots=True)
class TimedOut:
    """A sign-in whose time was up: when, after how many minutes without use, and whether a form was kept."""

    at: datetime
    minutes: int
    keeps_form: bool


def timed_out(services: Services, secret: str) -> TimedOut | None:
    """Return how the sign-in with this secret ended by itself; None where it goes on, or somebody ended it."""
    with services.db.reading() as tx:
        sign_in = sign_ins.by_secret(tx, secret=secret)
        account = accounts.by_id(tx, account_id=sign_in.account_id) if sign_in else None
        if sign_in is None or account is None or sign_in.idle <= (limit := idle_limit(account.role)):
            return None
        keeps = sign_ins.kept_form(tx, secret=secret) is not None
    return TimedOut(sign_in.seen_at + limit, int(limit.total_seconds()) // 60, keeps)


def stay(services: Services, secret: str) -> None:
    """Start the time without use anew."""
    with services.db.transaction() as tx:
        sign_ins.touch(tx, secret=secret)


def keep_form(services: Services, secret: str, form: KeptForm | None) -> None:
    """Keep a form with this sign-in until its owner is back, or forget it."""
    with services.db.transaction() as tx:
        sign_ins.keep_form(tx, secret=secret, form=form)


def kept_form(services: Services, secret: str) -> KeptForm | None:
    with services.db.reading() as tx:
        return sign_ins.kept_form(tx, secret=secret)


def open_ones(services: Services, account: Account) -> tuple[OpenSignIn, ...]:
    """Return where this account is signed in now."""
    with services.db.reading() as tx:
        return sign_ins.open_ones(tx, account_id=account.id, seen_since=tx.now - idle_limit(account.role))


def end(services: Services, account: Account, *, id_hash: str) -> None:
    """End one of the account's sign-ins."""
    with services.db.transaction() as tx:
        sign_ins.end_by_hash(tx, account_id=account.id, id_hash=id_hash)
        audit.record(tx, action=audit.Action.SIGN_OUT, actor=audit.Actor("account", account.id), where="elsewhere")


def end_others(services: Services, account: Account, *, secret: str) -> None:
    """End every sign-in of the account but that with this secret; every browser asks for the second factor again."""
    with services.db.transaction() as tx:
        sign_ins.end_all(tx, account_id=account.id, but=secret)
        factors.forget_browsers(tx, account_id=account.id)
        audit.record(tx, action=audit.Action.SIGN_OUT, actor=audit.Actor("account", account.id), where="elsewhere")
