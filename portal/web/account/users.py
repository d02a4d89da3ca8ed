"""Signing in: the check, the session, and who the request is."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import session
from flask_login import UserMixin, current_user, login_user, logout_user

from portal import audit
from portal.access import Actor
from portal.access.passwords import hash_password, needs_rehash, verify_password
from portal.extensions import current_services, login
from portal.services import Services
from portal.store.people import accounts
from portal.store.people.accounts import Account, StoredGrant

_SECRET = "sign_in"  # noqa: S105 - the session key that holds it


@dataclass(frozen=True, slots=True)
class SignedIn(UserMixin):  # type: ignore[misc]
    """Flask-Login's user: one account in one browser."""

    account: Account
    grants: tuple[StoredGrant, ...]
    secret: str

    @property
    def actor(self) -> Actor:
        return Actor(self.account.id, self.account.role, self.account.person_id, accounts.proxy_grants(self.grants))

    def get_id(self) -> str:
        return self.secret


def check_password(services: Services, *, username: str, password: str) -> str | None:
    """Sign in; gives the new sign-in's secret, or None. Unknown and known names take the same time."""
    with services.db.reading() as tx:
        sign_in = accounts.for_sign_in(tx, username=username)
    fits = verify_password(sign_in[1] if sign_in else None, password)
    with services.db.transaction() as tx:
        if sign_in is None or not fits:
            account = sign_in[0] if sign_in else None
            audit.record(
                tx,
                action=audit.Action.SIGN_IN,
                actor=audit.Actor("account", account.id if account else None),
                person_id=account.person_id if account else None,
                outcome="denied",
            )
            return None
        account, encoded = sign_in
        if needs_rehash(encoded):
            accounts.set_password_hash(tx, account_id=account.id, password_hash=hash_password(password))
        audit.record(
            tx, action=audit.Action.SIGN_IN, actor=audit.Actor("account", account.id), person_id=account.person_id
        )
        return accounts.start_sign_in(tx, account_id=account.id)


def begin_session(secret: str) -> bool:
    """Bind this browser to the sign-in. Everything of the session before it is dropped (no fixation)."""
    user = load(secret)
    if user is None:
        return False
    before = session.get(_SECRET)
    if before:
        with current_services().db.transaction() as tx:
            accounts.end_sign_in(tx, secret=before)
    session.clear()
    session[_SECRET] = secret
    return bool(login_user(user))


def end_session() -> None:
    """End the sign-in of this browser."""
    with current_services().db.transaction() as tx:
        accounts.end_sign_in(tx, secret=current_user.secret)
        account = current_user.account
        actor = audit.Actor("account", account.id)
        audit.record(tx, action=audit.Action.SIGN_OUT, actor=actor, person_id=account.person_id)
    logout_user()
    session.clear()


@login.user_loader  # type: ignore[untyped-decorator]
def load(secret: str) -> SignedIn | None:
    """Who is signed in by this secret; also keeps the sign-in awake."""
    database = current_services().db
    with database.reading() as tx:
        account_id = accounts.account_of_sign_in(tx, secret=secret)
        if account_id is None:
            return None
        account, touch = account_id
        grants = accounts.grants_of(tx, account_id=account.id, teen_age=current_services().settings.teen_age)
    if touch:
        with database.transaction() as tx:
            accounts.touch_sign_in(tx, secret=secret)
    return SignedIn(account, grants, secret)


def safe_next(address: str | None) -> str:
    """Return a path of this site to go on to; anything else becomes the home page (no open redirect)."""
    if not address or not address.startswith("/") or address.startswith(("//", "/\\")):
        return "/"
    parts = urlsplit(address)
    return address if not parts.scheme and not parts.netloc and "\\" not in address else "/"
