"""Signing in at the hospital's own OpenID provider, which then stands for the password here and for nothing else.

An account is found by the issuer and subject that were bound to it, at its activation or by the operator: never by a
name or an e-mail address, which the provider's other users may choose. What the provider says of how it knows the
person (``acr``, ``amr``, ``ial``) is kept as evidence and decides nothing: the second factor is asked for here all the
same.

The attempt's state is in the browser's session. Verifier and nonce are derived from it, so that nothing is stored for
who only begins; a state that came back is remembered until it has run out, so that it is answered once.

Sources: OpenID Connect Core 1.0, 3.1 and 5.5.1; RFC 7636; RFC 9207; RFC 9700, 2.1.
"""

import json
import secrets
import threading
import time
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import OAuth2Client
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from portal.authentication.passwords import record
from portal.config import Settings
from portal.domain.errors import OutsideError
from portal.fhir.answers import read_answer
from portal.fhir.limits import Limits
from portal.fhir.transport import GuardedTransport, get_public, open_client
from portal.services import Services
from portal.store import Tx
from portal.store.people import accounts, challenges, openid_identities
from portal.store.people.accounts import Account
from portal.store.people.openid_identities import Evidence

LASTING = timedelta(minutes=10)
"""How long one may take at the provider."""
_USED = "openid-used"
_ALGORITHMS = ["RS256", "RS384", "RS512", "ES256", "ES384", "ES512", "PS256", "PS384", "PS512"]
_LEEWAY = 60  # seconds between two clocks
_LIMITS = Limits(total_seconds=6.0, idle_seconds=4.0, connect_seconds=3.0, answer_bytes=256 * 1024, attempts=1)
_DEPTH = 16
_FRESH = 600.0  # seconds for which what the provider publishes is good
_FAILED = 20.0  # seconds before a provider that did not answer is asked again
_UNREADABLE = (OutsideError, JoseError, ValueError, TypeError, KeyError)


class OpenIdError(Exception):
    """A sign-in that ended without anybody being known. ``code`` says why, for the log."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom the provider named."""

    issuer: str
    subject: str
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class _Published:
    authorization_endpoint: str
    token_endpoint: str
    names_issuer: bool
    keys: KeySet


def is_on(settings: Settings) -> bool:
    return bool(settings.oidc_issuer)


def name(settings: Settings) -> str:
    """Return how people know the provider: it is their organization's; "" where there is none."""
    return settings.organization if is_on(settings) else ""


def new_state() -> str:
    return secrets.token_urlsafe(24)


def address(services: Services, state: str, *, anew: bool = False) -> str:
    """Return where to send the browser; ``anew``: the provider asks who it is although somebody is signed in there.

    Raises:
        OpenIdError: the provider cannot be reached, or does not publish what it must.
    """
    published = _published(services)
    asked: dict[str, Any] = {"prompt": "login", "max_age": 0} if anew else {}
    with closing(_client(services)) as client:
        url, _state = client.create_authorization_url(
            published.authorization_endpoint,
            state=state,
            nonce=_derived(services, "nonce", state),
            code_verifier=_derived(services, "verifier", state),
            **asked,
        )
    return str(url)


def finish(services: Services, *, state: str, started: int, answer: Mapping[str, str], anew: bool = False) -> Identity:
    """Return whom the provider names in its answer to the attempt with this state, begun at ``started`` (Unix time).

    Raises:
        OpenIdError: somebody did not agree, the answer is not to this attempt, or it came before.
    """
    published = _published(services)
    issuer = services.settings.oidc_issuer
    if not secrets.compare_digest(answer.get("state", ""), state) or time.time() > started + LASTING.total_seconds():
        raise OpenIdError("state")
    if answer.get("iss", issuer if not published.names_issuer else "") != issuer:
        raise OpenIdError("issuer")
    if "error" in answer or not answer.get("code"):
        raise OpenIdError("denied")
    with services.db.transaction() as tx:
        if challenges.peek(tx, kind=_USED, secret=state):
            raise OpenIdError("used")
        challenges.add(tx, kind=_USED, secret=state, lasting=LASTING)
    claims = _verified(services, _id_token(services, published, state, answer["code"]), state, published)
    if anew and not isinstance(claims.get("auth_time"), int | float):
        raise OpenIdError("auth-time")
    if anew and claims["auth_time"] < started - _LEEWAY:
        raise OpenIdError("auth-time")
    return Identity(issuer, claims["sub"], _evidence(claims))


def account_of(services: Services, identity: Identity) -> Account | None:
    """Return whose account is bound to this identity, and keep what the provider said of it now."""
    with services.db.transaction() as tx:
        account_id = openid_identities.account_id_of(tx, issuer=identity.issuer, subject=identity.subject)
        account = accounts.by_id(tx, account_id=account_id) if account_id else None
        if account is not None:
            openid_identities.put(
                tx, account_id=account.id, issuer=identity.issuer, subject=identity.subject, evidence=identity.evidence
            )
    return account


def is_bound(services: Services, account: Account) -> bool:
    """Tell whether the account is opened by somebody at the provider that is set now."""
    with services.db.reading() as tx:
        identity = openid_identities.of_account(tx, account_id=account.id)
    return identity is not None and identity.issuer == services.settings.oidc_issuer


def bind(tx: Tx, account: Account, *, issuer: str, subject: str, evidence: Evidence) -> None:
    """Let this identity open the account from now on, in the place of one from before.

    Raises:
        ConflictError: it opens another account.
    """
    openid_identities.put(tx, account_id=account.id, issuer=issuer, subject=subject, evidence=evidence)
    record(tx, account, change="openid-bound")


def _derived(services: Services, purpose: str, state: str) -> str:
    """Return the attempt's nonce or verifier: 256 bits that only this instance derives from the state."""
    return urlsafe_b64encode(services.db.vault.mac(f"openid.{purpose}", state.encode())).decode().rstrip("=")


def _client(services: Services) -> OAuth2Client:
    settings = services.settings
    return OAuth2Client(
        client_id=settings.oidc_client_id,
        client_secret=settings.oidc_client_secret or None,
        token_endpoint_auth_method="client_secret_basic" if settings.oidc_client_secret else "none",
        redirect_uri=f"{settings.base_url}/sign-in/openid/callback",
        scope="openid",
        code_challenge_method="S256",
        transport=GuardedTransport(egress=settings.egress, limits=_LIMITS),
        trust_env=False,
        follow_redirects=False,
    )


def _id_token(services: Services, published: _Published, state: str, code: str) -> str:
    try:
        with closing(_client(services)) as client:
            answer = client.fetch_token(
                published.token_endpoint,
                grant_type="authorization_code",
                code=code,
                code_verifier=_derived(services, "verifier", state),
            )
        token = answer["id_token"]
    except (OAuthError, httpx2.HTTPError, *_UNREADABLE):
        raise OpenIdError("token") from None
    return str(token)


def _verified(services: Services, token: str, state: str, published: _Published) -> dict[str, Any]:
    """Return the claims of an id_token that the provider signed, for us, for this attempt (Core, 3.1.3.7)."""
    client_id = services.settings.oidc_client_id
    try:
        decoded = jwt.decode(token, published.keys, algorithms=_ALGORITHMS)
        jwt.JWTClaimsRegistry(
            now=int(time.time()),
            leeway=_LEEWAY,
            iss={"essential": True, "value": services.settings.oidc_issuer},
            sub={"essential": True},
            aud={"essential": True, "value": client_id},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True, "value": _derived(services, "nonce", state)},
        ).validate(decoded.claims)
    except (*_UNREADABLE, RecursionError):
        raise OpenIdError("id-token") from None
    claims = decoded.claims
    if not isinstance(claims["sub"], str) or not 0 < len(claims["sub"]) <= 255:
        raise OpenIdError("id-token")
    audience = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
    if claims.get("azp", client_id) != client_id or (len(audience) > 1 and "azp" not in claims):
        raise OpenIdError("id-token")
    return claims


def _evidence(claims: Mapping[str, Any]) -> Evidence:
    methods = claims.get("amr", ())
    return Evidence(
        acr=_text(claims.get("acr")),
        amr=tuple(_text(method) for method in methods[:8]) if isinstance(methods, list) else (),
        ial=_text(claims.get("ial")),
        at=datetime.now(UTC),
    )


def _text(claim: object) -> str:
    return str(claim)[:200] if isinstance(claim, str | int) else ""


_cache: dict[str, tuple[float, _Published | None]] = {}  # by issuer: until when it holds; None: it did not answer
_asking = threading.Lock()


def _published(services: Services) -> _Published:
    """Return what the provider publishes: asked for by one thread at a time, and not at each sign-in."""
    issuer = services.settings.oidc_issuer
    with _asking:
        until, published = _cache.get(issuer, (0.0, None))
        if time.monotonic() > until:
            try:
                published = _read(services.settings)
            except _UNREADABLE:
                published = None
            _cache[issuer] = (time.monotonic() + (_FRESH if published else _FAILED), published)
    if published is None:
        raise OpenIdError("not-reached")
    return published


def _read(settings: Settings) -> _Published:
    issuer = settings.oidc_issuer
    with open_client(egress=settings.egress, limits=_LIMITS) as client:
        address = f"{issuer.rstrip('/')}/.well-known/openid-configuration"
        metadata = read_answer(get_public(client, address, accept="application/json"), depth=_DEPTH).body
        if metadata["issuer"] != issuer:
            raise ValueError("issuer")
        keys = read_answer(get_public(client, metadata["jwks_uri"], accept="application/json"), depth=_DEPTH).body
    return _Published(
        str(metadata["authorization_endpoint"]),
        str(metadata["token_endpoint"]),
        metadata.get("authorization_response_iss_parameter_supported") is True,
        KeySet.import_key_set(json.loads(json.dumps(keys))),
    )
