"""Accounts, sign-ins (one per browser), and proxy grants."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Row, and_, insert, or_, select, update

from portal.access import ProxyGrant
from portal.access.ages import level_at
from portal.domain.errors import ConflictError
from portal.domain.ids import new_id, new_secret
from portal.domain.people import GrantLevel, Role
from portal.store.engine.database import Tx
from portal.store.people import people
from portal.store.schema.access import account, proxy_grant, sign_in

IDLE = timedelta(minutes=15)
STAFF_IDLE = timedelta(minutes=5)
"""At the front desk others pass by (requirement C2)."""
LONGEST = timedelta(hours=24)
_SEEN_EVERY = timedelta(seconds=60)


class _Private(msgspec.Struct, frozen=True):
    username: str
    display: str = ""


@dataclass(frozen=True, slots=True)
class Account:
    id: str
    username: str
    display: str
    role: Role
    person_id: str | None
    locale: str
    reduce_data: bool
    disabled: bool


def add(tx: Tx, *, username: str, display: str, password_hash: str, role: Role, person_id: str | None = None) -> str:
    """Create an account.

    Raises:
        ConflictError: the name is taken.
    """
    account_id = new_id()
    username_hash = _username_hash(tx, username)
    if tx.conn.execute(select(account.c.id).where(account.c.username_hash == username_hash)).scalar():
        raise ConflictError("username-taken", hint="an account with this user name exists already")
    private = _Private(username.strip(), display)
    tx.conn.execute(
        insert(account).values(
            id=account_id,
            username_hash=username_hash,
            data=tx.seal(private, row=f"account.data:{account_id}"),
            password_hash=tx.seal(password_hash, row=f"account.password_hash:{account_id}"),
            role=role.value,
            person_id=person_id,
            created_at=tx.now,
        )
    )
    return account_id


def by_id(tx: Tx, *, account_id: str, disabled: bool = False) -> Account | None:
    """Return an account that may act; with ``disabled`` also one that may not any more."""
    stored = _account_where(tx, account.c.id == account_id)
    return stored if stored and (disabled or not stored.disabled) else None


def for_sign_in(tx: Tx, *, username: str) -> tuple[Account, str] | None:
    """Return the account of this user name with its password hash."""
    match = _account_where(
        tx, and_(account.c.username_hash == _username_hash(tx, username), account.c.disabled_at.is_(None))
    )
    if match is None:
        return None
    sealed = tx.conn.execute(select(account.c.password_hash).where(account.c.id == match.id)).scalar_one()
    return match, tx.unseal(sealed, str, row=f"account.password_hash:{match.id}")


def by_username(tx: Tx, *, username: str) -> Account | None:
    """Return the account of this user name, a disabled one too."""
    return _account_where(tx, account.c.username_hash == _username_hash(tx, username))


def everyone(tx: Tx) -> tuple[Account, ...]:
    """Return all accounts, the disabled ones too, in the order they were made."""
    rows = tx.conn.execute(select(account).order_by(account.c.created_at, account.c.id))
    return tuple(_account(tx, row) for row in rows)


def disable(tx: Tx, *, account_id: str) -> None:
    """Shut an account out at once: nobody signs in with it, and its open sessions end."""
    tx.conn.execute(update(account).where(account.c.id == account_id).values(disabled_at=tx.now))
    tx.conn.execute(
        update(sign_in).where(sign_in.c.account_id == account_id, sign_in.c.ended_at.is_(None)).values(ended_at=tx.now)
    )


def enable(tx: Tx, *, account_id: str) -> None:
    """Let a disabled account in again."""
    tx.conn.execute(update(account).where(account.c.id == account_id).values(disabled_at=None))


def set_password_hash(tx: Tx, *, account_id: str, password_hash: str) -> None:
    sealed = tx.seal(password_hash, row=f"account.password_hash:{account_id}")
    tx.conn.execute(update(account).where(account.c.id == account_id).values(password_hash=sealed))


def set_preferences(tx: Tx, *, account_id: str, locale: str, reduce_data: bool) -> None:
    values = {"locale": locale, "reduce_data": reduce_data}
    tx.conn.execute(update(account).where(account.c.id == account_id).values(values))


def start_sign_in(tx: Tx, *, account_id: str) -> str:
    """Add a sign-in; return the secret that the browser's cookie carries (kept here as a hash)."""
    secret = new_secret()
    tx.conn.execute(
        insert(sign_in).values(
            id_hash=sign_in_hash(tx, secret), account_id=account_id, created_at=tx.now, seen_at=tx.now
        )
    )
    return secret


def account_of_sign_in(tx: Tx, *, secret: str) -> tuple[Account, bool] | None:
    """Return who is signed in with this secret, and whether ``touch_sign_in`` is due. None: ended, idle or too old."""
    query = select(sign_in).where(sign_in.c.id_hash == sign_in_hash(tx, secret), sign_in.c.ended_at.is_(None))
    row = tx.conn.execute(query).one_or_none()
    if row is None or tx.now - row.seen_at > IDLE or tx.now - row.created_at > LONGEST:
        return None
    signed_in = by_id(tx, account_id=row.account_id)
    if signed_in is not None and signed_in.role is Role.STAFF and tx.now - row.seen_at > STAFF_IDLE:
        return None
    return (signed_in, tx.now - row.seen_at > _SEEN_EVERY) if signed_in else None


def signed_in_at(tx: Tx, *, secret: str) -> datetime | None:
    """Return when this sign-in began."""
    query = select(sign_in.c.created_at).where(sign_in.c.id_hash == sign_in_hash(tx, secret))
    return tx.conn.execute(query).scalar()


def touch_sign_in(tx: Tx, *, secret: str) -> None:
    tx.conn.execute(update(sign_in).where(sign_in.c.id_hash == sign_in_hash(tx, secret)).values(seen_at=tx.now))


def end_sign_in(tx: Tx, *, secret: str) -> None:
    tx.conn.execute(update(sign_in).where(sign_in.c.id_hash == sign_in_hash(tx, secret)).values(ended_at=tx.now))


def sign_in_hash(tx: Tx, secret: str) -> str:
    return tx.vault.hash("sign-in", secret)


def grant_proxy(
    tx: Tx,
    *,
    account_id: str,
    person_id: str,
    level: GrantLevel,
    relationship: str,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
) -> str:
    """Let an account act for a person; ``relationship`` is what the person is to the account's owner ("son").

    It begins now unless ``starts_at`` says otherwise.
    """
    grant_id = new_id()
    tx.conn.execute(
        insert(proxy_grant).values(
            id=grant_id,
            account_id=account_id,
            person_id=person_id,
            level=level.value,
            relationship=tx.seal(relationship, row=f"proxy_grant.relationship:{grant_id}"),
            starts_at=starts_at or tx.now,
            ends_at=ends_at,
        )
    )
    return grant_id


def end_grant(tx: Tx, *, grant_id: str) -> str | None:
    """End a grant at once, for open sessions too; return whose record it was for. None: there is none in force."""
    ended = tx.conn.execute(
        update(proxy_grant)
        .where(proxy_grant.c.id == grant_id, proxy_grant.c.ended_at.is_(None))
        .values(ended_at=tx.now)
        .returning(proxy_grant.c.person_id)
    )
    return ended.scalar()


@dataclass(frozen=True, slots=True)
class StoredGrant:
    id: str
    account_id: str
    person_id: str
    level: GrantLevel
    relationship: str


def grants_of(tx: Tx, *, account_id: str, teen_age: int) -> tuple[StoredGrant, ...]:
    """Return the grants of an account that are in force now, each as far as it reaches at the person's age."""
    in_force = and_(
        proxy_grant.c.account_id == account_id,
        proxy_grant.c.starts_at <= tx.now,
        proxy_grant.c.ended_at.is_(None),
        or_(proxy_grant.c.ends_at.is_(None), proxy_grant.c.ends_at > tx.now),
    )
    rows = tx.conn.execute(select(proxy_grant).where(in_force).order_by(proxy_grant.c.starts_at, proxy_grant.c.id))
    grants = []
    for row in rows:
        person = people.by_id(tx, person_id=row.person_id)
        level = level_at(
            GrantLevel(row.level),
            birth_date=person.demographics.birth_date if person else "",
            granted_on=row.starts_at.date(),
            today=tx.now.date(),
            teen_age=teen_age,
        )
        if level is not None:
            name = f"proxy_grant.relationship:{row.id}"
            relationship = tx.unseal(row.relationship, str, row=name) if row.relationship else ""
            grants.append(StoredGrant(row.id, row.account_id, row.person_id, level, relationship))
    return tuple(grants)


def proxy_grants(grants: tuple[StoredGrant, ...]) -> tuple[ProxyGrant, ...]:
    return tuple(ProxyGrant(grant.person_id, grant.level) for grant in grants)


def _username_hash(tx: Tx, username: str) -> str:
    return tx.vault.hash("username", username.strip().casefold())


def _account_where(tx: Tx, condition: ColumnElement[bool]) -> Account | None:
    row = tx.conn.execute(select(account).where(condition)).one_or_none()
    return _account(tx, row) if row else None


def _account(tx: Tx, row: Row[Any]) -> Account:
    private = tx.unseal(row.data, _Private, row=f"account.data:{row.id}")
    return Account(
        id=row.id,
        username=private.username,
        display=private.display,
        role=Role(row.role),
        person_id=row.person_id,
        locale=row.locale,
        reduce_data=row.reduce_data,
        disabled=row.disabled_at is not None,
    )
