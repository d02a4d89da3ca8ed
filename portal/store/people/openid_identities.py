"""By whom at the hospital's OpenID provider an account is opened, and what the provider said of that person."""

from dataclasses import dataclass
from datetime import datetime

import msgspec
from sqlalchemy import delete, insert, select

from portal.domain.errors import ConflictError
from portal.store.engine.database import Tx
from portal.store.schema.access import openid_identity


class Evidence(msgspec.Struct, frozen=True):
    """What the provider said at the last sign-in: ``acr``, ``amr`` and ``ial`` of the id_token, as it wrote them."""

    acr: str = ""
    amr: tuple[str, ...] = ()
    ial: str = ""
    at: datetime | None = None


class _Bound(msgspec.Struct, frozen=True):
    issuer: str
    subject: str
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class OpenIdIdentity:
    issuer: str
    subject: str
    evidence: Evidence


def account_id_of(tx: Tx, *, issuer: str, subject: str) -> str | None:
    """Return the id of the account that this identity opens."""
    query = select(openid_identity.c.account_id).where(openid_identity.c.id_hash == _hash(tx, issuer, subject))
    return tx.conn.execute(query).scalar_one_or_none()


def of_account(tx: Tx, *, account_id: str) -> OpenIdIdentity | None:
    row = tx.conn.execute(select(openid_identity).where(openid_identity.c.account_id == account_id)).one_or_none()
    if row is None:
        return None
    bound = tx.unseal(row.data, _Bound, row=f"openid_identity.data:{row.id_hash}")
    return OpenIdIdentity(bound.issuer, bound.subject, bound.evidence)


def put(tx: Tx, *, account_id: str, issuer: str, subject: str, evidence: Evidence) -> None:
    """Bind an identity to an account, in the place of its identity from before.

    Raises:
        ConflictError: it is bound to another account.
    """
    if account_id_of(tx, issuer=issuer, subject=subject) not in (None, account_id):
        raise ConflictError("openid-taken", hint="this identity opens another account already")
    remove(tx, account_id=account_id)
    id_hash = _hash(tx, issuer, subject)
    bound = _Bound(issuer, subject, evidence)
    sealed = tx.seal(bound, row=f"openid_identity.data:{id_hash}")
    tx.conn.execute(insert(openid_identity).values(id_hash=id_hash, account_id=account_id, data=sealed, used_at=tx.now))


def remove(tx: Tx, *, account_id: str) -> bool:
    """End that an account is opened this way; False where it was not."""
    return bool(tx.conn.execute(delete(openid_identity).where(openid_identity.c.account_id == account_id)).rowcount)


def _hash(tx: Tx, issuer: str, subject: str) -> str:
    return tx.vault.hash("openid", f"{issuer}\x00{subject}")
