"""Apps that register themselves (RFC 7591), within a policy and limits (requirement A6).

Policy ``open``: anyone, for patients' consent only, and the consent page says that nobody checked the app.
``statement``: only with a software statement signed by a key the operator trusts; its claims win over the request's.
``off``: nobody.
"""

import re
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
from joserfc import jwk, jwt
from joserfc.errors import JoseError

from portal import audit
from portal.access.passwords import hash_password
from portal.config import Settings
from portal.domain.errors import AddressRefusedError, InvalidInputError, PortalError
from portal.domain.ids import new_id, new_secret
from portal.fhir.addresses import check_url
from portal.provider import bodies
from portal.provider.oauth import names, scopes
from portal.provider.rate_limits import network_of
from portal.services import Services
from portal.store import Tx
from portal.store.provider import clients
from portal.store.provider.clients import OAuthClient

METHODS = ("none", "client_secret_basic", "client_secret_post", "private_key_jwt")
_PER_HOUR = 20  # from one network
_PER_DAY = 100
_STATEMENT_ALGORITHMS = ["RS256", "RS384", "ES256", "ES384"]
_DEFAULT_SCOPE = "launch/patient patient/*.rs patient/*.read offline_access openid fhirUser"
_HOST = re.compile(r"[a-z0-9]([a-z0-9._-]*[a-z0-9])?|[0-9a-f:.]+")  # a name, or an IPv6 address
_HTTP_LOOPBACK = ("localhost", "127.0.0.1", "::1")


class RegistrationError(PortalError):
    """Refused, with RFC 7591's code; ``status`` is the HTTP status, ``text`` is for the developer."""

    code = "registration"

    def __init__(self, error: str, text: str, *, status: int = 400) -> None:
        super().__init__(error)
        self.error = error
        self.text = text
        self.status = status


class Metadata(msgspec.Struct, frozen=True):
    """What a client says about itself, as far as we use it (RFC 7591, section 2)."""

    redirect_uris: tuple[str, ...] = ()
    token_endpoint_auth_method: str = "client_secret_basic"  # noqa: S105 - RFC 7591's default
    grant_types: tuple[str, ...] = ("authorization_code",)
    response_types: tuple[str, ...] = ("code",)
    client_name: str = ""
    client_uri: str = ""
    logo_uri: str = ""
    contacts: tuple[str, ...] = ()
    scope: str = ""
    jwks_uri: str = ""
    jwks: dict[str, Any] | None = None
    software_statement: str = ""


@dataclass(frozen=True, slots=True)
class Registered:
    client: OAuthClient
    secret: str  # in clear only here; empty for public clients and keys

    def answer(self, issued_at: int) -> dict[str, Any]:
        """Return the client information response (RFC 7591, 3.2.1)."""
        body: dict[str, Any] = {
            "client_id": self.client.client_id,
            "client_id_issued_at": issued_at,
            "client_name": self.client.name,
            "redirect_uris": list(self.client.redirect_uris),
            "token_endpoint_auth_method": self.client.auth_method,
            "grant_types": list(self.client.grant_types),
            "response_types": ["code"],
            "scope": " ".join(self.client.scopes),
        }
        optional = {
            "client_uri": self.client.homepage,
            "logo_uri": self.client.logo,
            "jwks_uri": self.client.jwks_uri,
            "jwks": self.client.jwks,
        }
        body |= {name: value for name, value in optional.items() if value}
        if self.secret:
            body |= {"client_secret": self.secret, "client_secret_expires_at": 0}
        return body


def register(services: Services, *, body: bytes, address: str) -> Registered:
    """Register the client that ``body`` (JSON) describes; ``address`` is where the request came from.

    Raises:
        RegistrationError: policy, limits, or metadata that are not acceptable.
    """
    settings = services.settings
    if settings.registration == "off":
        raise RegistrationError("access_denied", "Apps cannot register themselves here", status=403)
    metadata, vouched = _metadata(settings, body)
    client = _client(settings, metadata)
    secret = ""
    if client.auth_method.startswith("client_secret"):
        secret = new_secret()
        client = msgspec.structs.replace(client, secret_hash=hash_password(secret))
    network = network_of(address)
    with services.db.transaction() as tx:
        if not vouched and _is_taken(tx, settings, client.name):
            raise RegistrationError("invalid_client_metadata", "client_name is that of an organization known here")
        for most, span in ((_PER_HOUR, timedelta(hours=1)), (_PER_DAY, timedelta(days=1))):
            if clients.registered_since(tx, since=tx.now - span, network=network) >= most:
                raise RegistrationError("slow_down", "Too many registrations; try again later", status=429)
        clients.add_client(tx, client=client, network=network)
        audit.record(
            tx, action=audit.Action.SETTINGS_CHANGE, actor=audit.Actor("client", client.client_id), registered="app"
        )
    return Registered(client, secret)


def check_redirect_uri(uri: str) -> bool:
    """Tell whether codes may be sent to it: https, loopback http (native apps), reverse-domain schemes (RFC 8252)."""
    try:
        parts = urlsplit(uri)
        host, _port = parts.hostname, parts.port
    except ValueError:
        return False
    if host and not _HOST.fullmatch(host):
        return False
    if not uri.isascii() or not uri.isprintable() or " " in uri or len(uri) > 500:
        return False
    if parts.fragment or "#" in uri or parts.username or parts.password or "\\" in uri:
        return False
    if parts.scheme == "https":
        return bool(host)
    if parts.scheme == "http":
        return host in _HTTP_LOOPBACK
    return "." in parts.scheme


def _metadata(settings: Settings, body: bytes) -> tuple[Metadata, bool]:
    """Return what is said of the client, and whether a key of the operator vouches for its name."""
    try:
        sent = bodies.json_of(body)
    except InvalidInputError:
        sent = None
    if not isinstance(sent, dict):
        raise RegistrationError("invalid_client_metadata", "The body is not a JSON object")
    statement = sent.get("software_statement")
    if settings.registration == "statement" and not statement:
        raise RegistrationError("invalid_software_statement", "A signed software statement is required")
    vouched: dict[str, Any] = {}
    if statement and settings.registration_keys is not None:
        vouched = _statement(settings.registration_keys, statement)
        sent |= vouched
    stated = {name: value for name, value in sent.items() if value is not None}
    try:
        return msgspec.convert(stated, Metadata), "client_name" in vouched
    except msgspec.ValidationError:
        raise RegistrationError("invalid_client_metadata", "A member of the metadata has the wrong type") from None


def _statement(path: Path, statement: object) -> dict[str, Any]:
    """Return the claims of a software statement that one of the operator's keys signed."""
    try:
        keys = jwk.KeySet.import_key_set(msgspec.json.decode(path.read_bytes()))
        decoded = jwt.decode(str(statement), keys, algorithms=_STATEMENT_ALGORITHMS)
        jwt.JWTClaimsRegistry(leeway=60).validate(decoded.claims)
    except (JoseError, ValueError, OSError, RecursionError):
        raise RegistrationError("unapproved_software_statement", "The software statement is not accepted") from None
    return {name: value for name, value in decoded.claims.items() if name in Metadata.__struct_fields__}


def _client(settings: Settings, metadata: Metadata) -> OAuthClient:
    method = metadata.token_endpoint_auth_method
    if method not in METHODS:
        raise RegistrationError("invalid_client_metadata", "token_endpoint_auth_method is not supported")
    if not 0 < len(metadata.redirect_uris) <= 10 or not all(map(check_redirect_uri, metadata.redirect_uris)):
        raise RegistrationError("invalid_redirect_uri", "redirect_uris must be https, loopback, or an app's own scheme")
    if metadata.response_types != ("code",) or not {"authorization_code"} <= set(metadata.grant_types) <= {
        "authorization_code",
        "refresh_token",
    }:
        raise RegistrationError("invalid_client_metadata", "Only authorization_code with refresh_token is offered")
    if method == "private_key_jwt":
        _check_keys(settings, metadata)
    elif metadata.jwks or metadata.jwks_uri:
        metadata = msgspec.structs.replace(metadata, jwks=None, jwks_uri="")
    name = metadata.client_name.strip()
    if not 0 < len(name) <= 100 or not name.isprintable():
        raise RegistrationError("invalid_client_metadata", "client_name is missing or too long")
    allowed = scopes.allowed(metadata.scope or _DEFAULT_SCOPE, ())
    if not allowed:
        raise RegistrationError("invalid_client_metadata", "None of the scopes can be registered")
    return OAuthClient(
        client_id=new_id(),
        name=name,
        auth_method=method,
        redirect_uris=tuple(metadata.redirect_uris),
        scopes=allowed,
        grant_types=tuple(metadata.grant_types),
        jwks_uri=metadata.jwks_uri,
        jwks=metadata.jwks,
        homepage=_web_address(metadata.client_uri),
        logo=_web_address(metadata.logo_uri),
        contact=", ".join(metadata.contacts)[:300],
    )


def _is_taken(tx: Tx, settings: Settings, name: str) -> bool:
    """Tell whether a name is the portal's own, its organization's, a partner's, or that of an app that was checked."""
    checked = [client for client in clients.clients(tx) if client.trusted]
    partners = [client for client in checked if client.partner or client.portal_fhir_base]
    return names.imitates(
        name,
        exactly=[client.name for client in checked],
        within=[settings.name, settings.organization, *(text for each in partners for text in (each.name, each.owner))],
    )


def _check_keys(settings: Settings, metadata: Metadata) -> None:
    if bool(metadata.jwks) == bool(metadata.jwks_uri):
        raise RegistrationError("invalid_client_metadata", "private_key_jwt needs jwks or jwks_uri, one of them")
    try:
        if metadata.jwks_uri:
            check_url(metadata.jwks_uri, allow_local=settings.allow_local_endpoints)
        else:
            keys = jwk.KeySet.import_key_set(metadata.jwks).keys  # type: ignore[arg-type]
            if any(key.is_private or key.key_type not in ("RSA", "EC") for key in keys):
                raise RegistrationError("invalid_client_metadata", "jwks must hold public RSA or EC keys")
    except (JoseError, AddressRefusedError, ValueError, TypeError, KeyError):
        raise RegistrationError("invalid_client_metadata", "jwks or jwks_uri is not acceptable") from None


def _web_address(uri: str) -> str:
    return uri if uri.startswith(("https://", "http://")) and uri.isprintable() and len(uri) <= 500 else ""
