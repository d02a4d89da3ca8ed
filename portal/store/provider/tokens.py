"""What comes of a grant: one-time codes, access and refresh tokens (kept as keyed hashes), and the signing keys."""

from collections import namedtuple
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import and_, bindparam, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from portal.access.policy import ReleasePolicy
from portal.domain.ids import new_id, new_secret
from portal.store.engine.constants import once
from portal.store.engine.database import Tx
from portal.store.people import people
from portal.store.provider import clients, proposals, release
from portal.store.provider.clients import OAuthClient
from portal.store.provider.grants import OAuthGrant, grant_by_id, grant_of
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
    client: OAuthClient | None
    """None: it may not act any more."""
    patient: str | None
    """The FHIR id of whose record the grant opens."""
    release: ReleasePolicy
    """What administrators decided on top of the settings, as ``release.in_force`` says it."""


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


_CLIENT = {column.name: f"client_{column.name}" for column in oauth_client.c}
_TOKEN = (
    select(
        *oauth_grant.c,
        oauth_token.c.kind,
        oauth_token.c.scopes.label("token_scopes"),
        oauth_token.c.issued_at,
        oauth_token.c.expires_at,
        oauth_token.c.used_at.label("token_used_at"),
        oauth_token.c.revoked_at,
        person.c.fhir_id.label("patient"),
        *(oauth_client.c[name].label(label) for name, label in _CLIENT.items()),
        person_key.c.id.label("key_id"),
        person_key.c.data.label("key_data"),
        proposals.IN_FORCE.scalar_subquery().label("release"),
    )
    .join_from(oauth_token, oauth_grant, oauth_grant.c.id == oauth_token.c.grant_id)
    .join(
        oauth_client,
        and_(oauth_client.c.client_id == oauth_grant.c.client_id, oauth_client.c.disabled_at.is_(None)),
        isouter=True,
    )
    .join(person, person.c.id == oauth_grant.c.person_id, isouter=True)
    .join(person_key, person_key.c.person_id == oauth_grant.c.person_id, isouter=True)  # what opens the record
    .where(oauth_token.c.token_hash == bindparam("hash"))
)
_TOKEN_ONCE = once(_TOKEN)
_CLIENT_FIRST = [column.name for column in _TOKEN.selected_columns].index(next(iter(_CLIENT.values())))
_CLIENT_ROW: Any = namedtuple("_CLIENT_ROW", list(_CLIENT))  # type: ignore[misc]  # noqa: PYI024 - as the table


def token(tx: Tx, *, token: str) -> StoredToken | None:
    """Find a token, also one that is no longer good."""
    token_hash = tx.vault.hash("oauth.token", token)
    row = tx.conn.execute(_TOKEN_ONCE, {"hash": token_hash, "kind": proposals.RELEASE}).one_or_none()
    if row is None:
        return None
    if row.key_id is not None:
        tx.hold_key(row.key_id, row.key_data)
    grant = grant_of(row)
    used = row.token_used_at is not None
    live = row.revoked_at is None and not used and row.expires_at > tx.now and not _ended(grant, tx.now)
    scopes = tuple(row.token_scopes)
    client = None
    if row.client_client_id is not None:
        client = clients.from_row(_CLIENT_ROW._make(row[_CLIENT_FIRST : _CLIENT_FIRST + len(_CLIENT)]))
    return StoredToken(
        token_hash,
        row.kind,
        scopes,
        row.issued_at,
        row.expires_at,
        used,
        live,
        grant,
        client,
        people.opened_fhir_id(tx, row.patient),
        release.policy_of(row.release),
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
