"""What an account signs in with beside its password or instead of it: passkeys, apps, codes, known browsers."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Delete, Row, delete, func, insert, select, update

from portal.domain.ids import new_id, new_secret
from portal.store.engine.database import Tx
from portal.store.schema.access import factor, known_browser, single_use_code

AUTHENTICATOR = "authenticator"
PASSKEY = "passkey"
RECOVERY = "recovery"
PRINTED = "printed"


class Authenticator(msgspec.Struct, frozen=True):
    """``secret`` is base32 (RFC 4648); ``step`` the time step (RFC 6238) that was used last: none is used twice."""

    secret: str
    step: int = 0


class Credential(msgspec.Struct, frozen=True):
    """A passkey (WebAuthn): id, public key (COSE), how often it says that it was used, and a name for its owner."""

    id: bytes
    public_key: bytes
    sign_count: int
    name: str


@dataclass(frozen=True, slots=True)
class Passkey:
    id: str
    account_id: str
    credential: Credential
    created_at: datetime
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class FactorSummary:
    """What there is: passkeys, when the authenticator app was added, and how many codes of each kind are unused."""

    passkeys: tuple[Passkey, ...]
    authenticator_since: datetime | None
    codes: dict[str, int]

    @property
    def is_any(self) -> bool:
        """Tell whether there is a second factor; a sheet of printed codes is one until its owner removes it.

        Recovery codes stand in for a factor, and are none by themselves.
        """
        return bool(self.passkeys) or self.authenticator_since is not None or PRINTED in self.codes


def summary(tx: Tx, *, account_id: str) -> FactorSummary:
    since = tx.conn.execute(select(factor.c.created_at).where(_authenticator(account_id))).scalar()
    counts = (
        select(single_use_code.c.kind, func.count().filter(single_use_code.c.used_at.is_(None)).label("unused"))
        .where(single_use_code.c.account_id == account_id)
        .group_by(single_use_code.c.kind)
    )
    return FactorSummary(
        passkeys_of(tx, account_id=account_id), since, {row.kind: row.unused for row in tx.conn.execute(counts)}
    )


def authenticator(tx: Tx, *, account_id: str) -> Authenticator | None:
    row = tx.conn.execute(select(factor).where(_authenticator(account_id)).with_for_update()).one_or_none()
    return tx.unseal(row.data, Authenticator, row=f"factor.data:{row.id}") if row else None


def put_authenticator(tx: Tx, *, account_id: str, data: Authenticator) -> None:
    """Add an authenticator app; the one before is replaced."""
    remove_authenticator(tx, account_id=account_id)
    factor_id = new_id()
    tx.conn.execute(
        insert(factor).values(
            id=factor_id,
            account_id=account_id,
            kind=AUTHENTICATOR,
            data=tx.seal(data, row=f"factor.data:{factor_id}"),
            created_at=tx.now,
        )
    )


def use_authenticator(tx: Tx, *, account_id: str, data: Authenticator) -> None:
    """Store which time step was used."""
    factor_id = tx.conn.execute(select(factor.c.id).where(_authenticator(account_id))).scalar_one()
    sealed = tx.seal(data, row=f"factor.data:{factor_id}")
    tx.conn.execute(update(factor).where(factor.c.id == factor_id).values(data=sealed, used_at=tx.now))


def remove_authenticator(tx: Tx, *, account_id: str) -> None:
    _take_away(tx, delete(factor).where(_authenticator(account_id)), account_id)


def add_passkey(tx: Tx, *, account_id: str, credential: Credential) -> None:
    factor_id = new_id()
    tx.conn.execute(
        insert(factor).values(
            id=factor_id,
            account_id=account_id,
            kind=PASSKEY,
            credential_hash=_credential_hash(tx, credential.id),
            data=tx.seal(credential, row=f"factor.data:{factor_id}"),
            created_at=tx.now,
        )
    )


def passkeys_of(tx: Tx, *, account_id: str) -> tuple[Passkey, ...]:
    query = select(factor).where(factor.c.account_id == account_id, factor.c.kind == PASSKEY)
    return tuple(_passkey(tx, row) for row in tx.conn.execute(query.order_by(factor.c.created_at, factor.c.id)))


def passkey(tx: Tx, *, credential_id: bytes) -> Passkey | None:
    """Return the passkey with this id; two answers that arrive together wait for one another."""
    query = select(factor).where(factor.c.credential_hash == _credential_hash(tx, credential_id)).with_for_update()
    row = tx.conn.execute(query).one_or_none()
    return _passkey(tx, row) if row else None


def use_passkey(tx: Tx, *, passkey_id: str, credential: Credential) -> None:
    sealed = tx.seal(credential, row=f"factor.data:{passkey_id}")
    tx.conn.execute(update(factor).where(factor.c.id == passkey_id).values(data=sealed, used_at=tx.now))


def remove_passkey(tx: Tx, *, account_id: str, passkey_id: str) -> None:
    passkey = (factor.c.id == passkey_id, factor.c.account_id == account_id, factor.c.kind == PASSKEY)
    _take_away(tx, delete(factor).where(*passkey), account_id)


def put_codes(tx: Tx, *, account_id: str, kind: str, codes: Iterable[str]) -> None:
    """Store new codes of this kind, as keyed hashes; those before are worth nothing any more."""
    remove_codes(tx, account_id=account_id, kind=kind)
    tx.conn.execute(
        insert(single_use_code),
        [
            {
                "code_hash": _code_hash(tx, account_id, code),
                "account_id": account_id,
                "kind": kind,
                "created_at": tx.now,
            }
            for code in codes
        ],
    )


def remove_codes(tx: Tx, *, account_id: str, kind: str) -> None:
    codes = (single_use_code.c.account_id == account_id, single_use_code.c.kind == kind)
    _take_away(tx, delete(single_use_code).where(*codes), account_id)


def _take_away(tx: Tx, deletion: Delete, account_id: str) -> None:
    """Remove a factor; where there was one, each known browser asks again: who lost it may be in one by it."""
    if tx.conn.execute(deletion).rowcount:
        tx.conn.execute(update(known_browser).where(known_browser.c.account_id == account_id).values(skips_code=False))


def remove_all(tx: Tx, *, account_id: str) -> None:
    for table in (factor, single_use_code, known_browser):
        tx.conn.execute(delete(table).where(table.c.account_id == account_id))


def use_code(tx: Tx, *, account_id: str, codes: Iterable[str]) -> bool:
    """Use up a code that was stored as one of these; False: there is none like this that is unused."""
    hashes = [_code_hash(tx, account_id, code) for code in codes]
    used = (
        update(single_use_code)
        .where(single_use_code.c.code_hash.in_(hashes), single_use_code.c.used_at.is_(None))
        .values(used_at=tx.now)
    )
    return tx.conn.execute(used).rowcount == 1


def know_browser(tx: Tx, *, account_id: str, lasting: timedelta, skips_code: bool) -> str:
    """Return the token by which this browser is known for so long."""
    token = new_secret()
    tx.conn.execute(
        insert(known_browser).values(
            token_hash=_token_hash(tx, token),
            account_id=account_id,
            skips_code=skips_code,
            created_at=tx.now,
            expires_at=tx.now + lasting,
        )
    )
    return token


def is_known_browser(tx: Tx, *, account_id: str, token: str, skips_code: bool = False) -> bool:
    """Tell whether the account signed in in this browser; with ``skips_code`` whether no second factor is asked for."""
    row = tx.conn.execute(
        select(known_browser).where(
            known_browser.c.token_hash == _token_hash(tx, token), known_browser.c.expires_at > tx.now
        )
    ).one_or_none()
    return row is not None and row.account_id == account_id and (row.skips_code or not skips_code)


def forget_browsers(tx: Tx, *, account_id: str) -> None:
    tx.conn.execute(delete(known_browser).where(known_browser.c.account_id == account_id))


def _authenticator(account_id: str) -> ColumnElement[bool]:
    return (factor.c.account_id == account_id) & (factor.c.kind == AUTHENTICATOR)


def _passkey(tx: Tx, row: Row[Any]) -> Passkey:
    credential = tx.unseal(row.data, Credential, row=f"factor.data:{row.id}")
    return Passkey(row.id, row.account_id, credential, row.created_at, row.used_at)


def _credential_hash(tx: Tx, credential_id: bytes) -> str:
    return tx.vault.hash("passkey", credential_id.hex())


def _code_hash(tx: Tx, account_id: str, code: str) -> str:
    return tx.vault.hash("single-use-code", f"{account_id}:{code}")


def _token_hash(tx: Tx, token: str) -> str:
    return tx.vault.hash("known-browser", token)
