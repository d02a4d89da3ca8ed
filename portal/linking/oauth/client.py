"""The OAuth client of one organization: Authlib over the guarded transport, with answers checked before they are used.

Sources: RFC 6749 section 5, RFC 7009, RFC 7523, SMART App Launch 2.2.0 "App Launch" (token response).
"""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import msgspec
import structlog
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import OAuth2Client
from authlib.oauth2.rfc7523 import PrivateKeyJWT

from portal.domain.errors import BadAnswerError, HttpStatusError, LinkingError, TokenRefusedError
from portal.fhir.answers import check_no_html, decode
from portal.fhir.limits import Limits
from portal.fhir.transport import GuardedTransport
from portal.linking.oauth import keys, scopes, token_answer
from portal.services import Services
from portal.store.directory import organizations
from portal.store.directory.organizations import OrganizationClient
from portal.store.links.tokens import Tokens

_log = structlog.get_logger()
TOKEN_LIMITS = Limits(total_seconds=20.0, answer_bytes=256 * 1024, attempts=1)
_ASSERTION_SECONDS = 240  # SMART: at most five minutes
_ERRORS = frozenset(
    [
        "invalid_request",
        "invalid_client",
        "invalid_grant",
        "unauthorized_client",
        "unsupported_grant_type",
        "invalid_scope",
        "temporarily_unavailable",
        "server_error",
        "access_denied",
        "invalid_target",
    ]
)
_SECRET_TEXT = re.compile(r"[\x20-\x7e]{1,16384}")


@dataclass(frozen=True, slots=True)
class GrantedTokens:
    """A checked token answer. ``expires_in`` is seconds."""

    tokens: Tokens
    expires_in: int
    id_token: str = ""


@contextmanager
def open_oauth(
    services: Services, client: OrganizationClient, *, token_endpoint: str, redirect_uri: str = ""
) -> Iterator[OAuth2Client]:
    """Return an Authlib client that authenticates as we are registered there. Only for use outside a transaction.

    ``token_endpoint`` is what a signed assertion is for, at the revocation endpoint as well (RFC 7523, 3).

    Raises (inside, from its calls): OutsideError kinds; TokenRefusedError for an OAuth error answer.
    """
    method = client.auth_method
    secret: Any = client.secret
    key = None
    if method == "private_key_jwt":
        key = keys.current(services, (client.registration or {}).get("signing_alg", keys.ALGORITHM))
        secret = key.private
    oauth = OAuth2Client(
        client_id=client.client_id,
        client_secret=secret,
        token_endpoint_auth_method=method,
        revocation_endpoint_auth_method=method,
        redirect_uri=redirect_uri or None,
        code_challenge_method="S256",
        transport=GuardedTransport(egress=services.settings.egress, limits=TOKEN_LIMITS),
        trust_env=False,
        follow_redirects=False,
    )
    if key is not None:
        claims = {"exp": int(time.time()) + _ASSERTION_SECONDS}
        headers = {"kid": key.id, "typ": "JWT"}
        oauth.register_client_auth_method(
            PrivateKeyJWT(token_endpoint, alg=key.algorithm, claims=claims, headers=headers)
        )
    oauth.register_compliance_hook("access_token_response", _checked)
    oauth.register_compliance_hook("refresh_token_response", _checked)
    try:
        yield oauth
    except OAuthError as error:
        raise TokenRefusedError(_error_code(error.error)) from None
    finally:
        oauth.close()


def client_of(services: Services, organization_id: str) -> OrganizationClient:
    """How we are registered with an organization.

    Raises:
        LinkingError: ``not-registered``.
    """
    with services.db.reading() as tx:
        client = organizations.client_of(tx, organization_id=organization_id)
    if client is None:
        raise LinkingError("not-registered")
    return client


def read_granted(
    answer: dict[str, Any], *, requested: tuple[str, ...], issuer: str, patient: str = "", grant_id: str = ""
) -> GrantedTokens:
    """Check a token answer, in the form of ``token_answer.plain``, against the standards.

    Args:
        answer: as an ``open_oauth`` client returns it.
        requested: the scopes that were asked for, or granted before; they are what was granted when the answer says
            nothing (RFC 6749, 5.1), and no others are used.
        patient, grant_id: known from before, for an answer to a refresh, which need not repeat them.

    The patient is empty where neither says it.

    Raises:
        LinkingError: ``token-type``, ``token-malformed``.
    """
    kind = answer.get("token_type")
    if not isinstance(kind, str) or kind.lower() != "bearer":
        raise LinkingError("token-type")
    access, refresh, scope = answer.get("access_token"), answer.get("refresh_token", ""), answer.get("scope", "")
    if not _is_secret(access) or (refresh and not _is_secret(refresh)) or not isinstance(scope, str):
        raise LinkingError("token-malformed")
    granted = scope.split()
    used = scopes.used(granted, requested) if granted else requested
    if set(granted) - set(used):
        _log.info("token.scopes-unasked", issuer=issuer, granted=len(granted), used=len(used))
    id_token, ends = answer.get("id_token"), answer.get("refresh_expires_in")
    tokens = Tokens(
        access_token=str(access),
        refresh_token=str(refresh or ""),
        scopes=used,
        patient=answer.get("patient") or patient,
        issuer=issuer,
        grant_id=named if isinstance(named := answer.get("grant_id"), str) and _is_secret(named) else grant_id,
        ends_at=datetime.now(UTC) + timedelta(seconds=ends) if refresh and ends else None,
    )
    return GrantedTokens(tokens, answer["expires_in"], id_token if isinstance(id_token, str) else "")


def _is_secret(value: object) -> bool:
    return isinstance(value, str) and bool(_SECRET_TEXT.fullmatch(value))


def _checked(response: httpx2.Response) -> httpx2.Response:
    """Before Authlib reads it: an error status is an error whatever the body, and only JSON objects are read.

    Whatever their content type: it is named wrongly often, and what is no JSON object is refused by itself.
    """
    status = response.status_code
    if status >= 500 or status == 429:
        raise HttpStatusError(status)
    if status >= 400:
        raise TokenRefusedError(_error_code(_error_in(response)))
    check_no_html(response.headers, response.content)
    body = decode(response.content, depth=8)
    if not isinstance(body, dict):
        raise BadAnswerError("not-an-object")
    if "error" in body:
        raise TokenRefusedError(_error_code(body["error"]))
    body, deviations = token_answer.plain(body)
    if deviations:
        _log.warning("token.deviates", host=response.request.url.host, what=deviations)
    headers = {"Content-Type": "application/json"}
    return httpx2.Response(status, headers=headers, content=msgspec.json.encode(body), request=response.request)


def _error_in(response: httpx2.Response) -> object:
    try:
        body = decode(response.content, depth=8)
    except BadAnswerError:
        return ""
    return body.get("error") if isinstance(body, dict) else ""


def _error_code(value: object) -> str:
    return value if isinstance(value, str) and value in _ERRORS else ""
