"""Our side as an OAuth server: registered clients, and grants (one per consent)."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import func, insert, select, update

from portal.domain.errors import ConflictError
from portal.store.engine.database import Tx
from portal.store.schema.provider import oauth_client, oauth_grant


class CallingClient(msgspec.Struct, frozen=True, kw_only=True):
    """What a call to the FHIR API needs of a registered client: all of it would take as long to read as the rest.

    ``partner``: it may ask for certain matches. ``portal_fhir_base`` is set when it is another portal.
    """

    client_id: str
    partner: bool = False
    portal_fhir_base: str = ""

    @property
    def is_of_an_organization(self) -> bool:
        """Whether it is another organization, not an app that a person uses."""
        return self.partner or bool(self.portal_fhir_base)


class OAuthClient(CallingClient, frozen=True, kw_only=True):
    """A registered app or portal (RFC 7591 metadata). ``secret_hash`` is Argon2id, empty without a secret.

    ``auth_method``: none | client_secret_basic | client_secret_post | private_key_jwt. ``trusted``: the operator added
    it. ``owner``: who runs it, as the operator wrote.
    """

    name: str
    auth_method: str = "none"
    secret_hash: str = ""
    redirect_uris: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()
    grant_types: tuple[str, ...] = ("authorization_code", "refresh_token")
    jwks_uri: str = ""
    jwks: Mapping[str, Any] | None = None
    homepage: str = ""
    logo: str = ""
    contact: str = ""
    owner: str = ""
    trusted: bool = False
    introspects: bool = False
    created_at: datetime | None = None

    @property
    def keeps_secret(self) -> bool:
        """A confidential client: it authenticates with a secret or a key (RFC 6749, 2.1)."""
        return self.auth_method != "none"


def add_client(tx: Tx, *, client: OAuthClient, network: str = "") -> None:
    """Register a client; ``network`` is where from, of one that registers itself.

    Raises:
        ConflictError: the client id is taken.
    """
    if client_by_id(tx, client_id=client.client_id, disabled=True) is not None:
        raise ConflictError("client-taken", hint="a client with this id exists already")
    tx.conn.execute(
        insert(oauth_client).values(
            client_id=client.client_id,
            name=client.name,
            secret_hash=client.secret_hash or None,
            auth_method=client.auth_method,
            redirect_uris=list(client.redirect_uris),
            scopes=list(client.scopes),
            grant_types=list(client.grant_types),
            jwks_uri=client.jwks_uri or None,
            jwks=dict(client.jwks) if client.jwks else None,
            homepage=client.homepage,
            logo=client.logo,
            contact=client.contact,
            owner=client.owner,
            portal_fhir_base=client.portal_fhir_base or None,
            trusted=client.trusted,
            partner=client.partner,
            introspects=client.introspects,
            registered_from=tx.vault.hash("oauth.address", network) if network else None,
            created_at=tx.now,
        )
    )


def move_client(tx: Tx, *, client_id: str, redirect_uris: Iterable[str], homepage: str, portal_fhir_base: str) -> None:
    """Set the new address of the portal that this client is; its grants stay."""
    values = {"redirect_uris": list(redirect_uris), "homepage": homepage, "portal_fhir_base": portal_fhir_base}
    tx.conn.execute(update(oauth_client).where(oauth_client.c.client_id == client_id).values(values))


def set_key_address(tx: Tx, *, client_id: str, jwks_uri: str) -> None:
    """Set where a client's public keys are from now on; keys that were given as such count no more."""
    tx.conn.execute(
        update(oauth_client).where(oauth_client.c.client_id == client_id).values(jwks_uri=jwks_uri, jwks=None)
    )


def client_by_id(tx: Tx, *, client_id: str, disabled: bool = False) -> OAuthClient | None:
    """Return a client that may act; with ``disabled`` also one that may not any more."""
    query = select(oauth_client).where(oauth_client.c.client_id == client_id)
    if not disabled:
        query = query.where(oauth_client.c.disabled_at.is_(None))
    row = tx.conn.execute(query).one_or_none()
    return from_row(row) if row else None


def clients(tx: Tx) -> tuple[OAuthClient, ...]:
    """Return every client that may act, by name."""
    query = select(oauth_client).where(oauth_client.c.disabled_at.is_(None)).order_by(oauth_client.c.name)
    return tuple(from_row(row) for row in tx.conn.execute(query))


def names(tx: Tx, *, actors: Collection[str]) -> dict[str, str]:
    """Return names of clients, also of those that may not act any more, by the first 40 characters of their ids."""
    short = func.substr(oauth_client.c.client_id, 1, 40)
    query = select(short, oauth_client.c.name).where(short.in_(actors))
    return {row[0]: row[1] for row in tx.conn.execute(query)}


def granted_counts(tx: Tx) -> dict[str, int]:
    """Return how many people's records each client may read now, by client id."""
    query = (
        select(oauth_grant.c.client_id, func.count(func.distinct(oauth_grant.c.person_id)))
        .where(oauth_grant.c.ended_at.is_(None), oauth_grant.c.ends_at > tx.now)
        .group_by(oauth_grant.c.client_id)
    )
    return {client_id: int(count) for client_id, count in tx.conn.execute(query)}


def registered_since(tx: Tx, *, since: datetime, network: str) -> int:
    """Return how many clients registered themselves since then from this network."""
    query = select(func.count()).where(
        oauth_client.c.registered_from == tx.vault.hash("oauth.address", network), oauth_client.c.created_at >= since
    )
    return int(tx.conn.execute(query).scalar_one())


def disable_client(tx: Tx, *, client_id: str) -> None:
    """Shut a client out at once; its grants end."""
    tx.conn.execute(update(oauth_client).where(oauth_client.c.client_id == client_id).values(disabled_at=tx.now))
    tx.conn.execute(
        update(oauth_grant)
        .where(oauth_grant.c.client_id == client_id, oauth_grant.c.ended_at.is_(None))
        .values(ended_at=tx.now, end_reason="client-disabled")
    )


def from_row(row: Any) -> OAuthClient:
    """Return a row of ``oauth_client``."""
    return OAuthClient(
        client_id=row.client_id,
        name=row.name,
        auth_method=row.auth_method,
        secret_hash=row.secret_hash or "",
        redirect_uris=tuple(row.redirect_uris),
        scopes=tuple(row.scopes),
        grant_types=tuple(row.grant_types),
        jwks_uri=row.jwks_uri or "",
        jwks=row.jwks,
        homepage=row.homepage,
        logo=row.logo,
        contact=row.contact,
        owner=row.owner,
        portal_fhir_base=row.portal_fhir_base or "",
        trusted=row.trusted,
        partner=row.partner,
        introspects=row.introspects,
        created_at=row.created_at,
    )
