"""Link attempts: one row per authorization request, ten minutes, one use. The state is kept as a hash."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import insert, select, update

from portal.store.engine.database import Tx
from portal.store.people import sign_ins
from portal.store.schema.links import link_attempt

LIFETIME = timedelta(minutes=10)


class AuthorizationRequest(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the attempt was made with; the answer is held against it, not against what discovery says later."""

    code_verifier: str
    redirect_uri: str
    fhir_base: str
    issuer: str
    iss_expected: bool
    token_endpoint: str
    jwks_uri: str = ""
    nonce: str = ""
    client_id: str
    scopes: tuple[str, ...]
    offers_reverse: bool = False  # we said that a link back may be offered there
    is_reverse: bool = False  # this is the link back
    back: str = ""  # of a link back: the page of the first link, at the other portal

    def __repr__(self) -> str:
        return "Asked(…)"


@dataclass(frozen=True, slots=True)
class Attempt:
    state_hash: str
    person_id: str
    organization_id: str
    account_id: str
    sign_in_hash: str
    link_id: str | None
    request: AuthorizationRequest
    expires_at: datetime
    used_at: datetime | None


def add(
    tx: Tx,
    *,
    state: str,
    person_id: str,
    organization_id: str,
    account_id: str,
    sign_in: str,
    link_id: str | None,
    request: AuthorizationRequest,
) -> None:
    """Keep an attempt; ``sign_in`` is the browser's sign-in secret."""
    state_hash = _hash(tx, state)
    tx.conn.execute(
        insert(link_attempt).values(
            state_hash=state_hash,
            person_id=person_id,
            organization_id=organization_id,
            account_id=account_id,
            sign_in_hash=sign_ins.secret_hash(tx, sign_in),
            link_id=link_id,
            data=tx.seal(request, row=f"link_attempt.data:{state_hash}"),
            created_at=tx.now,
            expires_at=tx.now + LIFETIME,
        )
    )


def take(tx: Tx, *, state: str) -> tuple[Attempt, bool] | None:
    """Return the attempt of this state and whether this is its first use; mark it as used."""
    state_hash = _hash(tx, state)
    row = tx.conn.execute(select(link_attempt).where(link_attempt.c.state_hash == state_hash)).one_or_none()
    if row is None:
        return None
    taken = tx.conn.execute(
        update(link_attempt)
        .where(link_attempt.c.state_hash == state_hash, link_attempt.c.used_at.is_(None))
        .values(used_at=tx.now)
    )
    attempt = Attempt(
        row.state_hash,
        row.person_id,
        row.organization_id,
        row.account_id,
        row.sign_in_hash,
        row.link_id,
        tx.unseal(row.data, AuthorizationRequest, row=f"link_attempt.data:{state_hash}"),
        row.expires_at,
        row.used_at,
    )
    return attempt, bool(taken.rowcount)


def set_link(tx: Tx, *, state_hash: str, link_id: str) -> None:
    """Record the attempt's link, so that a repeated callback leads to the same page."""
    tx.conn.execute(update(link_attempt).where(link_attempt.c.state_hash == state_hash).values(link_id=link_id))


def _hash(tx: Tx, state: str) -> str:
    return tx.vault.hash("link-attempt.state", state)
