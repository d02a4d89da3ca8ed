"""Checking an ``id_token`` (OpenID Connect Core 1.0, 3.1.3.7), where sign-on was asked for. Nothing of it is kept."""

import json
import time
from base64 import urlsafe_b64decode

import structlog
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from portal.domain.errors import LinkingError, OutsideError
from portal.fhir.answers import check_status, decode
from portal.fhir.transport import get_public, open_client
from portal.services import Services
from portal.store.links.attempts import AuthorizationRequest

_ALGORITHMS = ["RS256", "RS384", "RS512", "ES256", "ES384", "ES512", "PS256", "PS384"]
_LEEWAY = 60  # seconds between two clocks

_log = structlog.get_logger()


def fhir_user(services: Services, token: str, *, request: AuthorizationRequest) -> str:
    """Return ``fhirUser`` of a token that the server's published key signed, for us, for this attempt; else "".

    A token without a nonce is bound to nothing, and one whose keys cannot be had cannot be checked: neither is
    believed, and neither is a reason to refuse what else came.

    Raises:
        LinkingError: ``id-token``: it is forged, or somebody else's.
    """
    try:
        if "nonce" not in json.loads(urlsafe_b64decode(token.split(".")[1] + "==")):
            return _ignored(request, "no-nonce")
    except (IndexError, TypeError, ValueError, RecursionError):
        raise LinkingError("id-token") from None
    try:
        with open_client(egress=services.settings.egress) as client:
            response = get_public(client, request.jwks_uri, accept="application/json")
        check_status(response, depth=16)
        published = decode(response.content, depth=16)
    except OutsideError as error:
        return _ignored(request, f"keys-{error.code}")
    try:
        keys = KeySet.import_key_set(published)
        decoded = jwt.decode(token, keys, algorithms=_ALGORITHMS)
        registry = jwt.JWTClaimsRegistry(
            now=int(time.time()),
            leeway=_LEEWAY,
            iss={"essential": True, "value": request.issuer},
            aud={"essential": True, "value": request.client_id},
            exp={"essential": True},
            nonce={"essential": True, "value": request.nonce},
        )
        registry.validate(decoded.claims)
    except (JoseError, ValueError, TypeError, KeyError, RecursionError):
        raise LinkingError("id-token") from None
    user = decoded.claims.get("fhirUser")
    return user if isinstance(user, str) else ""


def _ignored(request: AuthorizationRequest, why: str) -> str:
    _log.warning("id_token.ignored", issuer=request.issuer, why=why)
    return ""
