"""Apps and partner organizations that the operator registers, by command or on the administrator's page."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from portal import audit
from portal.access.passwords import hash_password
from portal.directory.logos import redrawn
from portal.domain.addresses import parts_of
from portal.domain.errors import BadAnswerError, InvalidInputError, NotFoundError
from portal.domain.ids import new_id, new_secret
from portal.provider.oauth import scopes
from portal.provider.oauth.registration import METHODS, check_redirect_uri
from portal.provider.types import PATIENT_SCOPES, SYSTEM_SCOPES
from portal.store import Tx
from portal.store.provider import client_logos, clients
from portal.store.provider.clients import OAuthClient


def app(
    *,
    name: str,
    redirect_uris: Iterable[str],
    method: str = "none",
    asks: Iterable[str] = PATIENT_SCOPES,
    jwks_uri: str = "",
    jwks: Mapping[str, Any] | None = None,
    **more: Any,
) -> OAuthClient:
    """Return an app that asks patients for their record.

    Raises:
        InvalidInputError: "redirect-uri", "client-auth-method", "scope", "jwks", "homepage", with a hint.
    """
    client = OAuthClient(
        client_id=more.pop("client_id", None) or new_id(),
        name=name,
        auth_method=method,
        redirect_uris=tuple(redirect_uris),
        scopes=tuple(asks),
        jwks_uri=jwks_uri,
        jwks=jwks,
        trusted=True,
        **more,
    )
    if not client.redirect_uris and "authorization_code" in client.grant_types:
        raise InvalidInputError("redirect-uri", hint="an app needs at least one address that codes are sent to")
    _check(client)
    return client


def partner(*, name: str, redirect_uris: Iterable[str] = (), **more: Any) -> OAuthClient:
    """Return an organization that may ask for certain matches, and read the basic sections of who matched.

    With redirect URIs its patients may link accounts here too. Raises as ``app``.
    """
    addresses = tuple(redirect_uris)
    grants = ("client_credentials", *(("authorization_code", "refresh_token") if addresses else ()))
    return app(
        name=name,
        redirect_uris=addresses,
        method="private_key_jwt",
        asks=(*SYSTEM_SCOPES, *(PATIENT_SCOPES if addresses else ())),
        grant_types=grants,
        partner=True,
        **more,
    )


def with_secret(client: OAuthClient) -> tuple[OAuthClient, str]:
    """Return it with the hash of a fresh secret, and that secret, which is kept nowhere; empty where it has none.

    Hashing takes long, so no writer may wait for it.
    """
    if not client.auth_method.startswith("client_secret"):
        return client, ""
    secret = new_secret()
    return msgspec.structs.replace(client, secret_hash=hash_password(secret)), secret


def add(tx: Tx, client: OAuthClient, *, actor: audit.Actor, logo: bytes = b"") -> None:
    """Register it, as ``with_secret`` returned it; ``logo`` is a picture as ``picture`` gives it."""
    clients.add_client(tx, client=client)
    if logo:
        client_logos.put(tx, client_id=client.client_id, body=logo)
    audit.record(tx, action=audit.Action.SETTINGS_CHANGE, actor=actor, client=client.client_id[:40])


def picture(data: bytes) -> bytes:
    """Return a logo from a file, drawn anew and small.

    Raises:
        InvalidInputError: "logo": it is no PNG, JPEG, GIF or WebP, or too large.
    """
    try:
        return redrawn(data)
    except BadAnswerError as error:
        raise InvalidInputError(
            "logo", hint="the logo must be a PNG, JPEG, GIF or WebP of 16 megapixels at most"
        ) from error


def disable(tx: Tx, client_id: str, *, actor: audit.Actor) -> OAuthClient:
    """Shut an app or partner out at once: its grants and tokens end.

    Raises:
        NotFoundError: "client-unknown": there is no active one with this id.
    """
    client = clients.client_by_id(tx, client_id=client_id)
    if client is None:
        raise NotFoundError("client-unknown", hint="there is no active client with this id")
    clients.disable_client(tx, client_id=client_id)
    audit.record(tx, action=audit.Action.SETTINGS_CHANGE, actor=actor, client=client_id[:40], disabled="yes")
    return client


def _check(client: OAuthClient) -> None:
    if client.auth_method not in METHODS:
        raise InvalidInputError("client-auth-method", hint="one of " + ", ".join(METHODS))
    for uri in client.redirect_uris:
        if not check_redirect_uri(uri):
            raise InvalidInputError("redirect-uri", hint=f"{uri} is not an address that codes may be sent to")
    unknown = [scope for scope in client.scopes if scopes.parse(scope) is None and scope not in scopes.PLAIN]
    if unknown:
        raise InvalidInputError("scope", hint=f"{unknown[0]} is not a scope that can be granted here")
    if client.auth_method == "private_key_jwt" and bool(client.jwks_uri) == bool(client.jwks):
        raise InvalidInputError("jwks", hint="private_key_jwt needs its keys: an address or a file, one of them")
    if client.auth_method != "private_key_jwt" and (client.jwks_uri or client.jwks):
        raise InvalidInputError("jwks", hint="keys are for private_key_jwt")
    for field, address in (("jwks", client.jwks_uri), ("homepage", client.homepage)):
        if address and ((parts := parts_of(address)) is None or parts.scheme not in ("https", "http")):
            raise InvalidInputError(field, hint=f"{address} is not a web address")
