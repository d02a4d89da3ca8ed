"""Sign-ins: one per browser, found by the keyed hash of a secret that only the browser's cookie carries."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Row, insert, select, update

from portal.domain.ids import new_secret
from portal.store.engine.database import Tx
from portal.store.schema.access import account, sign_in

LONGEST = timedelta(hours=24)
_SEEN_EVERY = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class SignIn:
    id_hash: str
    account_id: str
    created_at: datetime
    seen_at: datetime
    confirmed_at: datetime
    now: datetime

    @property
    def idle(self) -> timedelta:
        return self.now - self.seen_at

    @property
    def touch_is_due(self) -> bool:
        return self.idle > _SEEN_EVERY


class KeptForm(msgspec.Struct, frozen=True):
    """Where a form is sent to, the page that it is on, and what was filled in."""

    action: str
    page: str
    fields: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class OpenSignIn:
    id_hash: str
    device: str
    created_at: datetime
    seen_at: datetime


def start(tx: Tx, *, account_id: str, device: str = "", confirmed: bool = True) -> str:
    """Add a sign-in; return the secret that the browser's cookie carries.

    ``confirmed``: it is one to which a big step may follow at once; else who it is was last shown long ago.
    """
    secret = new_secret()
    id_hash = secret_hash(tx, secret)
    tx.conn.execute(
        insert(sign_in).values(
            id_hash=id_hash,
            account_id=account_id,
            device=tx.seal(device, row=f"sign_in.device:{id_hash}"),
            created_at=tx.now,
            seen_at=tx.now,
            confirmed_at=None if confirmed else tx.now - LONGEST,
        )
    )
    tx.conn.execute(update(account).where(account.c.id == account_id).values(signed_in_at=tx.now))
    return secret


def by_secret(tx: Tx, *, secret: str) -> SignIn | None:
    """Return the sign-in with this secret; None: ended or too old. Whether it was idle too long is the caller's."""
    query = select(sign_in).where(sign_in.c.id_hash == secret_hash(tx, secret), sign_in.c.ended_at.is_(None))
    row = tx.conn.execute(query).one_or_none()
    return from_row(tx, row) if row is not None else None


def from_row(tx: Tx, row: Any) -> SignIn | None:
    """Return a row of ``sign_in`` that was not ended; None: it is too old."""
    if tx.now - row.created_at > LONGEST:
        return None
    return SignIn(row.id_hash, row.account_id, row.created_at, row.seen_at, row.confirmed_at or row.created_at, tx.now)


def touch(tx: Tx, *, secret: str) -> None:
    tx.conn.execute(update(sign_in).where(sign_in.c.id_hash == secret_hash(tx, secret)).values(seen_at=tx.now))


def renew(tx: Tx, *, secret: str) -> str:
    """Give the sign-in another secret, now that its owner was there again; the one before is worth nothing."""
    before, new = secret_hash(tx, secret), new_secret()
    id_hash = secret_hash(tx, new)
    row = tx.conn.execute(select(sign_in).where(sign_in.c.id_hash == before)).one()
    form = kept_form(tx, secret=secret)
    values = {
        "id_hash": id_hash,
        "device": tx.seal(_device(tx, row), row=f"sign_in.device:{id_hash}"),
        "kept": tx.seal(form, row=f"sign_in.kept:{id_hash}") if form else None,
        "confirmed_at": tx.now,
    }
    tx.conn.execute(update(sign_in).where(sign_in.c.id_hash == before).values(values))
    return new


def keep_form(tx: Tx, *, secret: str, form: KeptForm | None) -> None:
    """Keep a form with a sign-in whose time is up, or forget it."""
    id_hash = secret_hash(tx, secret)
    sealed = tx.seal(form, row=f"sign_in.kept:{id_hash}") if form else None
    tx.conn.execute(
        update(sign_in).where(sign_in.c.id_hash == id_hash, sign_in.c.ended_at.is_(None)).values(kept=sealed)
    )


def kept_form(tx: Tx, *, secret: str) -> KeptForm | None:
    """Return the form of a sign-in that was not ended by anybody."""
    query = select(sign_in).where(sign_in.c.id_hash == secret_hash(tx, secret), sign_in.c.ended_at.is_(None))
    row = tx.conn.execute(query).one_or_none()
    if row is None or row.kept is None:
        return None
    return tx.unseal(row.kept, KeptForm, row=f"sign_in.kept:{row.id_hash}")


def open_ones(tx: Tx, *, account_id: str, seen_since: datetime) -> tuple[OpenSignIn, ...]:
    """Return where an account is signed in now, the newest first."""
    query = select(sign_in).where(
        sign_in.c.account_id == account_id,
        sign_in.c.ended_at.is_(None),
        sign_in.c.seen_at > seen_since,
        sign_in.c.created_at > tx.now - LONGEST,
    )
    rows = tx.conn.execute(query.order_by(sign_in.c.seen_at.desc(), sign_in.c.id_hash))
    return tuple(OpenSignIn(row.id_hash, _device(tx, row), row.created_at, row.seen_at) for row in rows)


def end_by_hash(tx: Tx, *, account_id: str, id_hash: str) -> None:
    """End one of the account's own sign-ins."""
    tx.conn.execute(
        update(sign_in)
        .where(sign_in.c.account_id == account_id, sign_in.c.id_hash == id_hash, sign_in.c.ended_at.is_(None))
        .values(ended_at=tx.now, kept=None)
    )


def end(tx: Tx, *, secret: str) -> None:
    tx.conn.execute(
        update(sign_in).where(sign_in.c.id_hash == secret_hash(tx, secret)).values(ended_at=tx.now, kept=None)
    )


def end_all(tx: Tx, *, account_id: str, but: str = "") -> None:
    """End every sign-in of an account, except that with the secret ``but``."""
    tx.conn.execute(
        update(sign_in)
        .where(
            sign_in.c.account_id == account_id,
            sign_in.c.ended_at.is_(None),
            sign_in.c.id_hash != secret_hash(tx, but),
        )
        .values(ended_at=tx.now, kept=None)
    )


def _device(tx: Tx, row: Row[Any]) -> str:
    return tx.unseal(row.device, str, row=f"sign_in.device:{row.id_hash}") if row.device else ""


def secret_hash(tx: Tx, secret: str) -> str:
    return tx.vault.hash("sign-in", secret)
