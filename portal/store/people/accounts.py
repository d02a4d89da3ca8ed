"""Accounts and proxy grants."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, and_, bindparam, insert, select, update

from portal.access.proxies import LEVELS
from portal.domain.errors import ConflictError
from portal.domain.ids import new_id
from portal.domain.people import GrantLevel, Role
from portal.store.engine.database import Tx
from portal.store.people import proxies, sign_ins
from portal.store.people.proxies import StoredGrant
from portal.store.schema.access import account


class _Private(msgspec.Struct, frozen=True):
    username: str
    display: str = ""
    email: str = ""
    as_patient: str = ""


@dataclass(frozen=True, slots=True)
class Account:
    id: str
    username: str
    display: str
    email: str
    as_patient: str  # whom this member of staff is as a patient here; "" for none
    role: Role
    person_id: str | None
    locale: str
    reduce_data: bool
    disabled: bool
    created_at: datetime
    password_changed_at: datetime | None


def add(
    tx: Tx,
    *,
    username: str,
    display: str,
    password_hash: str,
    role: Role,
    person_id: str | None = None,
    email: str = "",
    as_patient: str = "",
) -> str:
    """Create an account. ``as_patient``: whom a member of staff is as a patient, so that they never assist themselves.

    Raises:
        ConflictError: the name is taken.
    """
    account_id = new_id()
    username_hash = _username_hash(tx, username)
    if tx.conn.execute(select(account.c.id).where(account.c.username_hash == username_hash)).scalar():
        raise ConflictError("username-taken", hint="an account with this user name exists already")
    private = _Private(username.strip(), display, email, as_patient)
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


def acting(tx: Tx, *, account_id: str) -> tuple[Role, str | None] | None:
    """Return the role and the person of an account that may act: what each call of an app asks of who agreed to it."""
    row = tx.conn.execute(_ACTING, {"id": account_id}).first()
    return None if row is None else (Role(row[0]), row[1])


_ACTING = select(account.c.role, account.c.person_id).where(
    account.c.id == bindparam("id"), account.c.disabled_at.is_(None)
)


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


def own_account(tx: Tx, *, person_id: str) -> Account | None:
    """Return a person's own account, a disabled one too."""
    return _account_where(tx, and_(account.c.person_id == person_id, account.c.role == Role.PATIENT.value))


def of_person(tx: Tx, *, person_id: str) -> tuple[Account, ...]:
    """Return the accounts whose own record this is."""
    rows = tx.conn.execute(select(account).where(account.c.person_id == person_id, account.c.disabled_at.is_(None)))
    return tuple(from_row(tx, row) for row in rows)


def everyone(tx: Tx) -> tuple[Account, ...]:
    """Return all accounts, the disabled ones too, in the order they were made."""
    rows = tx.conn.execute(select(account).order_by(account.c.created_at, account.c.id))
    return tuple(from_row(tx, row) for row in rows)


def with_role(tx: Tx, *, role: Role) -> tuple[Account, ...]:
    """Return the accounts of a role, the disabled ones too, in the order they were made."""
    query = select(account).where(account.c.role == role.value).order_by(account.c.created_at, account.c.id)
    return tuple(from_row(tx, row) for row in tx.conn.execute(query))


def disable(tx: Tx, *, account_id: str) -> None:
    """Shut an account out at once: nobody signs in with it, and its open sessions end."""
    tx.conn.execute(update(account).where(account.c.id == account_id).values(disabled_at=tx.now))
    sign_ins.end_all(tx, account_id=account_id)


def enable(tx: Tx, *, account_id: str) -> None:
    """Let a disabled account in again."""
    tx.conn.execute(update(account).where(account.c.id == account_id).values(disabled_at=None))


def set_password_hash(tx: Tx, *, account_id: str, password_hash: str) -> None:
    sealed = tx.seal(password_hash, row=f"account.password_hash:{account_id}")
    tx.conn.execute(update(account).where(account.c.id == account_id).values(password_hash=sealed))


def has_password(tx: Tx, *, account_id: str) -> bool:
    """Tell whether an account was activated."""
    sealed = tx.conn.execute(select(account.c.password_hash).where(account.c.id == account_id)).scalar_one()
    return bool(tx.unseal(sealed, str, row=f"account.password_hash:{account_id}"))


def change_password(tx: Tx, *, account_id: str, password_hash: str) -> None:
    """Set a password that the person chose."""
    set_password_hash(tx, account_id=account_id, password_hash=password_hash)
    tx.conn.execute(update(account).where(account.c.id == account_id).values(password_changed_at=tx.now))


def set_email(tx: Tx, *, account_id: str, email: str) -> None:
    stored = by_id(tx, account_id=account_id)
    if stored is not None:
        _put_private(tx, account_id, _Private(stored.username, stored.display, email, stored.as_patient))


def set_as_patient(tx: Tx, *, before: str, person_id: str) -> None:
    """Let the members of staff who are ``before`` as patients be ``person_id``: two records were one person's."""
    rows = tx.conn.execute(select(account).where(account.c.role != Role.PATIENT.value)).all()
    for stored in (from_row(tx, row) for row in rows):
        if stored.as_patient == before:
            _put_private(tx, stored.id, _Private(stored.username, stored.display, stored.email, person_id))


def rename(
    tx: Tx, *, account_id: str, username: str | None = None, display: str | None = None, email: str | None = None
) -> None:
    """Change user name, name or e-mail address; None: it stays.

    Raises:
        ConflictError: the user name is taken.
    """
    stored = by_id(tx, account_id=account_id, disabled=True)
    if stored is None:
        return
    new = username.strip() if username else stored.username
    other = by_username(tx, username=new)
    if other is not None and other.id != account_id:
        raise ConflictError("username-taken", hint="an account with this user name exists already")
    private = _Private(
        new,
        stored.display if display is None else display,
        stored.email if email is None else email,
        stored.as_patient,
    )
    _put_private(tx, account_id, private)
    tx.conn.execute(update(account).where(account.c.id == account_id).values(username_hash=_username_hash(tx, new)))


def _put_private(tx: Tx, account_id: str, private: _Private) -> None:
    sealed = tx.seal(private, row=f"account.data:{account_id}")
    tx.conn.execute(update(account).where(account.c.id == account_id).values(data=sealed))


def set_preferences(tx: Tx, *, account_id: str, locale: str, reduce_data: bool) -> None:
    values = {"locale": locale, "reduce_data": reduce_data}
    tx.conn.execute(update(account).where(account.c.id == account_id).values(values))


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
    """Let an account act for a person by a usual set of choices; see ``portal.store.people.proxies.begin``."""
    return proxies.begin(
        tx,
        account_id=account_id,
        person_id=person_id,
        choices=LEVELS[level],
        relationship=relationship,
        starts_at=starts_at,
        ends_at=ends_at,
    )


def end_grant(tx: Tx, *, grant_id: str) -> str | None:
    """End a grant at once, for open sessions too; return whose record it was for. None: there is none in force."""
    ended = proxies.end(tx, grant_id=grant_id)
    return ended.person_id if ended else None


def grants_of(tx: Tx, *, account_id: str, teen_age: int) -> tuple[StoredGrant, ...]:
    """Return the grants of an account that are in force now, each as far as it reaches at the person's age."""
    return proxies.in_force(tx, teen_age=teen_age, account_id=account_id)


def _username_hash(tx: Tx, username: str) -> str:
    return tx.vault.hash("username", username.strip().casefold())


def _account_where(tx: Tx, condition: ColumnElement[bool]) -> Account | None:
    row = tx.conn.execute(select(account).where(condition)).one_or_none()
    return from_row(tx, row) if row else None


def from_row(tx: Tx, row: Any) -> Account:
    """Return a row of ``account``."""
    private = tx.unseal(row.data, _Private, row=f"account.data:{row.id}")
    return Account(
        id=row.id,
        username=private.username,
        display=private.display,
        email=private.email,
        as_patient=private.as_patient,
        role=Role(row.role),
        person_id=row.person_id,
        locale=row.locale,
        reduce_data=row.reduce_data,
        disabled=row.disabled_at is not None,
        created_at=row.created_at,
        password_changed_at=row.password_changed_at,
    )
