"""private_key_jwt: clients that prove themselves with a key (SMART App Launch 2.2.0, "Asymmetric authentication").

RS384 and ES384 only, at most five minutes ahead, each ``jti`` once, ``aud`` is the token endpoint alone. Keys come
inline from the registration, or from ``jwks_uri``.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from authlib.oauth2.rfc6749 import InvalidClientError
from authlib.oauth2.rfc7523.client import ASSERTION_TYPE
from joserfc import jwk, jws, jwt
from joserfc.errors import JoseError

from portal.domain.errors import InvalidInputError
from portal.provider import bodies
from portal.provider.oauth.key_sets import KeySets
from portal.provider.oauth.models import Client
from portal.services import Services
from portal.store.provider import tokens

ALGORITHMS = ["RS384", "ES384"]
_LONGEST = timedelta(minutes=5)
_LEEWAY = 30  # seconds of clocks apart


class PrivateKeyJwt:
    """Authlib's client authentication method of that name. None when the request carries no assertion."""

    def __init__(self, services: Services) -> None:
        self._here = services
        self._sets = KeySets(egress=services.settings.egress)

    def __call__(self, query_client: Any, request: Any) -> Client | None:
        assertion = request.form.get("client_assertion")
        if request.form.get("client_assertion_type") != ASSERTION_TYPE or not assertion:
            return None
        try:
            header, claimed = _look_into(assertion)
            client: Client | None = query_client(claimed) if claimed else None
            if client is None or client.stored.auth_method != "private_key_jwt":
                raise _refused("The client is not known")
            claims = self._verified(assertion, header, client)
        except (JoseError, RecursionError):
            raise _refused("The assertion is not valid") from None
        self._check(claims, client)
        return client

    def _verified(self, assertion: str, header: Mapping[str, Any], client: Client) -> dict[str, Any]:
        if header.get("alg") not in ALGORITHMS:
            raise _refused("The assertion must be signed with RS384 or ES384")
        jku = header.get("jku")
        if jku is not None and jku != client.stored.jwks_uri:
            raise _refused("jku is not the registered jwks_uri")
        kid = header.get("kid")
        keys = [key for key in self._keys(client, kid) if kid is None or key.kid in (None, kid)]
        for key in keys:
            try:
                return jwt.decode(assertion, key, algorithms=ALGORITHMS).claims
            except (JoseError, ValueError):
                continue
        raise _refused("No registered key fits the assertion")

    def _keys(self, client: Client, kid: object) -> Sequence[Any]:
        if client.stored.jwks is not None:
            return list(jwk.KeySet.import_key_set(cast("Any", client.stored.jwks)).keys)
        uri = client.stored.jwks_uri
        return self._sets.keys(uri, kid, checked=client.stored.trusted or client.stored.partner) if uri else ()

    def _check(self, claims: dict[str, Any], client: Client) -> None:
        now = datetime.now(UTC)
        try:
            expires = datetime.fromtimestamp(float(claims.get("exp", 0)), UTC)
            begins = datetime.fromtimestamp(float(claims.get("nbf", 0)), UTC)
        except (TypeError, ValueError, OverflowError, OSError):
            raise _refused("exp is not a time") from None
        leeway = timedelta(seconds=_LEEWAY)
        if not now - leeway < expires <= now + _LONGEST + leeway or begins > now + leeway:
            raise _refused("exp must be at most five minutes ahead")
        ours = f"{self._here.settings.base_url}/oauth/token"
        if claims.get("aud") not in (ours, [ours]):
            raise _refused("aud must be the token endpoint, and nothing else")
        if claims.get("iss") != client.client_id or claims.get("sub") != client.client_id:
            raise _refused("iss and sub must be the client id")
        jti = claims.get("jti")
        if not isinstance(jti, str) or not jti:
            raise _refused("jti is missing")
        with self._here.db.transaction() as tx:
            fresh = tokens.use_jti(
                tx, client_id=client.client_id, jti=jti, expires_at=expires + timedelta(seconds=_LEEWAY)
            )
        if not fresh:
            raise _refused("jti was used before")


def claimed_client(assertion: str) -> str | None:
    """Return who an assertion says it is from, unchecked; None where it says nothing."""
    try:
        return _look_into(assertion)[1]
    except (JoseError, InvalidClientError, RecursionError):
        return None


def _look_into(assertion: str) -> tuple[Mapping[str, Any], str | None]:
    """Return the header and the claimed client id, before anything of it is believed."""
    signed = jws.extract_compact(assertion.encode())
    try:
        body = bodies.json_of(signed.payload)
    except InvalidInputError:
        raise _refused("The assertion is not valid") from None
    subject = body.get("sub") if isinstance(body, dict) else None
    return signed.headers(), subject if isinstance(subject, str) else None


def _refused(why: str) -> InvalidClientError:
    return InvalidClientError(description=why, status_code=401)
