"""The session of this browser, and who the request is."""

import time
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlsplit

from flask import request, session, url_for
from flask_login import UserMixin, current_user, login_user, logout_user

from portal import audit
from portal.access import Actor
from portal.authentication import sessions
from portal.authentication.devices import device_name
from portal.authentication.sessions import Session
from portal.extensions import ACCOUNT, KNOWN, current_services, login
from portal.store.people import accounts, proxies, sign_ins
from portal.store.people.accounts import Account
from portal.store.people.proxies import StoredGrant
from portal.web.htmx import is_fragment

_SECRET = "sign_in"  # noqa: S105 - the session key that holds it
_HALF = "second_factor"
_HALF_SECONDS = 600
_POLLED = frozenset({"account.time_left", "links.progress", "links.tile", "health.part"})
"""What open pages ask for by themselves: nobody need be there, so it keeps no sign-in awake."""


@dataclass(frozen=True, slots=True)
class SignedIn(UserMixin):  # type: ignore[misc]
    """Flask-Login's user: one account in one browser."""

    stored: Session
    secret: str

    @property
    def account(self) -> Account:
        return self.stored.account

    @property
    def grants(self) -> tuple[StoredGrant, ...]:
        return self.stored.grants

    @cached_property
    def actor(self) -> Actor:
        return Actor(self.account.id, self.account.role, self.account.person_id, proxies.proxy_grants(self.grants))

    def get_id(self) -> str:
        return self.secret


def ask_for_factor(account: Account) -> None:
    """Remember in this browser that the password was right; the second factor is to come."""
    session[_HALF] = [account.id, int(time.time()) + _HALF_SECONDS, _password_since(account)]


def half_signed_in() -> Account | None:
    """Return whose second factor is to come in this browser."""
    account_id, until, since = session.get(_HALF, ("", 0, ""))
    if time.time() > until:
        return None
    with current_services().db.reading() as tx:
        account = accounts.by_id(tx, account_id=account_id)
    return account if account and _password_since(account) == since else None


def _password_since(account: Account) -> str:
    return str(account.password_changed_at or "")


def half_account_id() -> str:
    """Return the id of the account whose second factor is to come in this browser; empty where there is none."""
    return str(session.get(_HALF, ("", 0, ""))[0])


def begin_session(account: Account, *, confirmed: bool = True) -> None:
    """Sign this browser in. Everything of the session before it is dropped (no fixation).

    ``confirmed``: who it is was shown as it is before a big step, too.
    """
    before = session.get(_SECRET)
    device = device_name(request.headers.get("User-Agent", ""))
    with current_services().db.transaction() as tx:
        secret = sign_ins.start(tx, account_id=account.id, device=device, confirmed=confirmed)
        if before:
            owner = sign_ins.by_secret(tx, secret=before)
            if owner is not None and owner.account_id == account.id:
                sign_ins.keep_form(tx, secret=secret, form=sign_ins.kept_form(tx, secret=before))
            sign_ins.end(tx, secret=before)
        actor = audit.Actor("account", account.id)
        audit.record(tx, action=audit.Action.SIGN_IN, actor=actor, person_id=account.person_id)
    session.clear()
    session[_SECRET] = secret
    session[ACCOUNT] = current_services().db.vault.hash("turns", account.id)[:16]
    request.environ[KNOWN] = True
    login_user(load(secret))


def confirm_session() -> None:
    """Who sits there showed again who it is: the sign-in goes on under another secret."""
    with current_services().db.transaction() as tx:
        secret = sign_ins.renew(tx, secret=current_user.secret)
        account = current_user.account
        actor = audit.Actor("account", account.id)
        audit.record(tx, action=audit.Action.CONFIRM, actor=actor, person_id=account.person_id)
    session[_SECRET] = secret
    login_user(load(secret))


def end_session() -> None:
    """End the sign-in of this browser."""
    with current_services().db.transaction() as tx:
        sign_ins.end(tx, secret=current_user.secret)
        account = current_user.account
        actor = audit.Actor("account", account.id)
        audit.record(tx, action=audit.Action.SIGN_OUT, actor=actor, person_id=account.person_id)
    logout_user()
    session.clear()


@login.user_loader  # type: ignore[untyped-decorator]
def load(secret: str) -> SignedIn | None:
    """Return who is signed in by this secret."""
    by_itself = request.endpoint in _POLLED and (is_fragment() or request.endpoint == "account.time_left")
    stored = sessions.load(current_services(), secret, awake=not by_itself)
    return SignedIn(stored, secret) if stored else None


def secret_of_session() -> str | None:
    """Return the secret of this browser's sign-in, also of one whose time is up."""
    return session.get(_SECRET)


def after_sign_in(following: str) -> str:
    """Return where to go on to: first to the form that was kept when the time was up, if there is one."""
    is_kept = sessions.kept_form(current_services(), current_user.secret) is not None
    return url_for("account.kept") if is_kept else following


def safe_next(address: str | None) -> str:
    """Return a path of this site to go on to; anything else becomes the home page (no open redirect)."""
    if not address or not address.startswith("/") or address.startswith(("//", "/\\")):
        return "/"
    parts = urlsplit(address)
    return address if not parts.scheme and not parts.netloc and "\\" not in address else "/"
