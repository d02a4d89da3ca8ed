"""Checking an ``id_token`` (OpenID Connect Core 1.0, 3.1.3.7), where sign-on was asked for. Nothing of it is kept."""

import time

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from portal.domain.errors import LinkingError, OutsideError
from portal.fhir.answers import check_status, decode
from portal.fhir.transport import open_client
from portal.services import Services
from portal.store.links.attempts import AuthorizationRequest

_ALGORITHMS = ["RS256", "RS384", "RS512", "ES256", "ES384", "ES512", "PS256", "PS384"]
_LEEWAY = 60  # seconds between two clocks


def check(services: Services, token: str, *, request: AuthorizationRequest) -> None:
    """Check that the token is signed by the server's published key, for us, for this attempt.

    Raises:
        LinkingError: ``id-token``.
    """
    try:
        with open_client(allow_local=services.settings.allow_local_endpoints) as client:
            response = client.get(request.jwks_uri, headers={"Accept": "application/json"}, auth=None)
        check_status(response, depth=16)
        keys = KeySet.import_key_set(decode(response.content, depth=16))
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
    except (JoseError, OutsideError, ValueError, TypeError, KeyError):
        raise LinkingError("id-token") from None
