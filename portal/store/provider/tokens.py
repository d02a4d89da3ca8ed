"""What comes of a grant: one-time codes, access and refresh tokens (kept as keyed hashes), and the signing keys."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from portal.access.policy import ReleasePolicy
from portal.domain.ids import new_id, new_secret
from portal.store.engine.constants import once, with_constants
from portal.store.engine.database import Tx
from portal.store.people import people
from portal.store.provider import proposals, release
from portal.store.provider.clients import CallingClient
from portal.store.provider.grants import CallingGrant, OAuthGrant, grant_by_id, grant_of
from portal.store.schema.access import person
from portal.store.schema.encryption import person_key
from portal.store.schema.provider import oauth_client, oauth_code, oauth_grant, oauth_key, oauth_token, used_jti

CODE_LIFE = timedelta(seconds=60)
ACCESS_LIFE = timedelta(seconds=3600)
BACKEND_LIFE = timedelta(seconds=300)
REFRESH_LIFE = timedelta(days=180)
PUBLIC_REFRESH_LIFE = timedelta(days=90)


class CodeData(msgspec.Struct, frozen=True, kw_only=True):
    """What the token endpoint must know of the authorization request."""

    redirect_uri: str
    challenge: str
    scope: str
    nonce: str = ""
    auth_time: int = 0
    reverse: str = ""  # where to go on with the link back


@dataclass(frozen=True, slots=True)
class StoredCode:
    hash: str
    data: CodeData
    grant: OAuthGrant
    used: bool
    expired: bool


@dataclass(frozen=True, slots=True)
class StoredToken:
    """A token found by its hash. ``live`` is False when it expired, was revoked or rotated, or its grant ended."""

    hash: str
    kind: str  # access | refresh
    scopes: tuple[str, ...]
    issued_at: datetime
    expires_at: datetime
    used: bool  # a refresh token that was rotated away
    live: bool
    grant: OAuthGrant


def code_for(tx: Tx, *, answered: object) -> str:
    """Return the one-time code of a consent: the same for the same answered page, and a secret of this instance."""
    return tx.vault.hash("oauth.consent", msgspec.json.encode(answered).decode())


def add_code(tx: Tx, *, code: str, grant_id: str, data: CodeData) -> None:
    """Add a one-time code for the grant."""
    code_hash = tx.vault.hash("oauth.code", code)
    tx.conn.execute(
        insert(oauth_code).values(
            code_hash=code_hash,
            grant_id=grant_id,
            data=tx.seal(data, row=f"oauth_code.data:{code_hash}"),
            expires_at=tx.now + CODE_LIFE,
        )
    )


def code(tx: Tx, *, code: str) -> StoredCode | None:
    code_hash = tx.vault.hash("oauth.code", code)
    row = tx.conn.execute(select(oauth_code).where(oauth_code.c.code_hash == code_hash)).one_or_none()
    if row is None:
        return None
    grant = grant_by_id(tx, grant_id=row.grant_id)
    if grant is None:
        return None
    data = tx.unseal(row.data, CodeData, row=f"oauth_code.data:{code_hash}")
    expired = row.expires_at <= tx.now or _ended(grant, tx.now)
    return StoredCode(code_hash, data, grant, row.used_at is not None, expired)


def use_code(tx: Tx, *, code_hash: str) -> bool:
    """Take the code; False when somebody has taken it before."""
    done = tx.conn.execute(
        update(oauth_code)
        .where(oauth_code.c.code_hash == code_hash, oauth_code.c.used_at.is_(None))
        .values(used_at=tx.now)
    )
    return bool(done.rowcount)


def add_token(tx: Tx, *, grant: OAuthGrant, kind: str, scopes: Iterable[str], life: timedelta) -> str:
    """Add a token, never living longer than its grant; return the token itself, which is stored nowhere."""
    token = new_secret()
    tx.conn.execute(
        insert(oauth_token).values(
            token_hash=tx.vault.hash("oauth.token", token),
            kind=kind,
            grant_id=grant.id,
            scopes=list(scopes),
            issued_at=tx.now,
            expires_at=min(tx.now + life, grant.ends_at),
        )
    )
    return token


_TOKEN = (
    select(
        *oauth_grant.c,
        oauth_token.c.kind,
        oauth_token.c.scopes.label("token_scopes"),
        oauth_token.c.issued_at,
        oauth_token.c.expires_at,
        oauth_token.c.used_at.label("token_used_at"),
        oauth_token.c.revoked_at,
    )
    .join_from(oauth_token, oauth_grant, oauth_grant.c.id == oauth_token.c.grant_id)
    .where(oauth_token.c.token_hash == bindparam("hash"))
)


def token(tx: Tx, *, token: str) -> StoredToken | None:
    """Find a token, also one that is no longer good."""
    token_hash = tx.vault.hash("oauth.token", token)
    row = tx.conn.execute(_TOKEN, {"hash": token_hash}).one_or_none()
    if row is None:
        return None
    grant = grant_of(row)
    used = row.token_used_at is not None
    live = row.revoked_at is None and not used and row.expires_at > tx.now and not _ended(grant, tx.now)
    scopes = tuple(row.token_scopes)
    return StoredToken(token_hash, row.kind, scopes, row.issued_at, row.expires_at, used, live, grant)


class LiveToken(msgspec.Struct, frozen=True):
    """What a live access token opens.

    ``patient``: the FHIR id of whose record it is. ``release``: what administrators decided on top of the settings, as
    ``release.in_force`` says it.
    """

    grant: CallingGrant
    client: CallingClient
    scopes: tuple[str, ...]
    patient: str | None
    release: ReleasePolicy


_ACCESS = once(
    with_constants(
        select(
            oauth_token.c.expires_at,
            oauth_grant.c.ends_at,
            oauth_token.c.scopes,
            oauth_grant.c.id,
            oauth_grant.c.account_id,
            oauth_grant.c.person_id,
            oauth_grant.c.used_at,
            oauth_client.c.client_id,
            oauth_client.c.partner,
            oauth_client.c.portal_fhir_base,
            person.c.fhir_id,
            person_key.c.id,
            person_key.c.data,
            proposals.confirmed_last(proposals.RELEASE).scalar_subquery(),
        )
        .join_from(oauth_token, oauth_grant, oauth_grant.c.id == oauth_token.c.grant_id)
        .join(oauth_client, oauth_client.c.client_id == oauth_grant.c.client_id)
        .join(person, person.c.id == oauth_grant.c.person_id, isouter=True)
        .join(person_key, person_key.c.person_id == oauth_grant.c.person_id, isouter=True)  # what opens the record
        .where(
            oauth_token.c.token_hash == bindparam("hash"),
            oauth_token.c.kind == "access",
            oauth_token.c.used_at.is_(None),
            oauth_token.c.revoked_at.is_(None),
            oauth_grant.c.ended_at.is_(None),
            oauth_client.c.disabled_at.is_(None),
        )
    )
)


def access(tx: Tx, *, token: str) -> LiveToken | None:
    """Find an access token that is good: live, as its grant is, of a client that may act.

    Every call asks this first, so it is one statement, and reads what a call needs.
    """
    row = tx.conn.execute(_ACCESS, {"hash": tx.vault.hash("oauth.token", token)}).first()
    if row is None:
        return None
    expires_at, ends_at, scopes, *of_grant, client_id, partner, portal, patient, key_id, key_data, decided = row
    if expires_at <= tx.now or ends_at <= tx.now:
        return None
    if key_id is not None:
        tx.hold_key(key_id, key_data)
    grant_id, account_id, person_id, used_at = of_grant
    return LiveToken(
        CallingGrant(id=grant_id, account_id=account_id, person_id=person_id, used_at=used_at),
        CallingClient(client_id=client_id, partner=partner, portal_fhir_base=portal or ""),
        tuple(scopes),
        people.opened_fhir_id(tx, patient),
        release.policy_of(decided),
    )


def rotate(tx: Tx, *, token_hash: str) -> bool:
    """Use up a refresh token; False when it was used before (then its family must end)."""
    done = tx.conn.execute(
        update(oauth_token)
        .where(oauth_token.c.token_hash == token_hash, oauth_token.c.used_at.is_(None))
        .values(used_at=tx.now)
    )
    return bool(done.rowcount)


def revoke_token(tx: Tx, *, token_hash: str) -> None:
    """Refuse one access token from now on; the rest of its grant stays."""
    tx.conn.execute(
        update(oauth_token)
        .where(oauth_token.c.token_hash == token_hash, oauth_token.c.revoked_at.is_(None))
        .values(revoked_at=tx.now)
    )


def use_jti(tx: Tx, *, client_id: str, jti: str, expires_at: datetime) -> bool:
    """Remember a client assertion's id; False when it was used before (RFC 7523, 3)."""
    tx.conn.execute(delete(used_jti).where(used_jti.c.expires_at < tx.now))
    values = {"client_id": client_id, "jti_hash": tx.vault.hash("oauth.jti", jti), "expires_at": expires_at}
    make = postgresql.insert if tx.conn.dialect.name == "postgresql" else sqlite.insert
    # Not its rowcount: PostgreSQL's driver does not tell that of an insert.
    added = make(used_jti).values(values).on_conflict_do_nothing().returning(used_jti.c.jti_hash)
    return tx.conn.execute(added).first() is not None


def is_used_jti(tx: Tx, *, client_id: str, jti: str) -> bool:
    """Tell whether ``use_jti`` remembers this."""
    jti_hash = tx.vault.hash("oauth.jti", jti)
    query = select(used_jti.c.jti_hash).where(used_jti.c.client_id == client_id, used_jti.c.jti_hash == jti_hash)
    return tx.conn.execute(query).first() is not None


@dataclass(frozen=True, slots=True)
class IdTokenKey:
    """A key for id_tokens: its private JWK, which has its ``kid``."""

    jwk: dict[str, Any]
    created_at: datetime

    def __repr__(self) -> str:
        return f"IdTokenKey({self.jwk['kid']})"


def signing_keys(tx: Tx) -> tuple[IdTokenKey, ...]:
    """Return the keys, the newest first."""
    rows = tx.conn.execute(select(oauth_key).order_by(oauth_key.c.created_at.desc(), oauth_key.c.kid))
    return tuple(
        IdTokenKey(tx.unseal(row.data, dict[str, Any], row=f"oauth_key.data:{row.kid}"), row.created_at) for row in rows
    )


def add_signing_key(tx: Tx, *, jwk: dict[str, Any]) -> str:
    """Keep a new private JWK, retiring the ones before it; return its ``kid``."""
    kid = new_id()
    named = {**jwk, "kid": kid}
    tx.conn.execute(update(oauth_key).where(oauth_key.c.retired_at.is_(None)).values(retired_at=tx.now))
    tx.conn.execute(
        insert(oauth_key).values(kid=kid, data=tx.seal(named, row=f"oauth_key.data:{kid}"), created_at=tx.now)
    )
    return kid


def forget_signing_keys(tx: Tx) -> None:
    """Delete all keys: nothing that they signed is believed any more."""
    tx.conn.execute(delete(oauth_key))


def _ended(grant: OAuthGrant, now: datetime) -> bool:
    return grant.ended_at is not None or grant.ends_at <= now
