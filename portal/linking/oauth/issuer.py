"""Whether a server is the issuer that it says it is: the defence against mix-up (RFC 9700, 4.4; RFC 8414, 3.3).

An organization says of itself under which issuer people sign in. It is believed when that issuer's own metadata names
the token endpoint to which codes would go; without metadata, when that endpoint is on the issuer's origin or the FHIR
base's.
"""

from urllib.parse import urlsplit

import httpx2

from portal.domain.addresses import parts_of
from portal.domain.errors import HttpStatusError, LimitReachedError, OutsideError, UnreachableError
from portal.fhir.answers import read_answer
from portal.fhir.authorised import origin
from portal.fhir.capability import Capability
from portal.fhir.transport import get_public

_DEPTH = 16


def is_proven(client: httpx2.Client, capability: Capability) -> bool:
    """Tell whether ``capability`` names no issuer, or one that is to be believed. Asks the issuer; no token is sent."""
    if not capability.issuer:
        return True
    endpoints, is_silent = set(), True
    for address in _metadata_addresses(capability.issuer):
        try:
            body = read_answer(get_public(client, address, accept="application/json"), depth=_DEPTH).body
        except OutsideError as error:
            is_silent &= not _may_be_there(error)
            continue
        endpoints.add(body.get("token_endpoint"))
    if endpoints - {None}:
        return capability.token_endpoint in endpoints
    places = (capability.issuer, capability.fhir_base) if is_silent else (capability.issuer,)
    return _origin(capability.token_endpoint) in {_origin(place) for place in places} - {None}


def _metadata_addresses(issuer: str) -> tuple[str, ...]:
    """Return where an issuer publishes its metadata: OpenID Connect Discovery, 4; RFC 8414, 3."""
    base = issuer.rstrip("/")
    parts = urlsplit(base)
    inserted = f"{parts.scheme}://{parts.netloc}/.well-known/oauth-authorization-server{parts.path}"
    appended = f"{base}/.well-known/oauth-authorization-server"
    return tuple(dict.fromkeys((f"{base}/.well-known/openid-configuration", inserted, appended)))


def _origin(address: str) -> tuple[str, str | None, int | None] | None:
    parts = parts_of(address)
    return origin(parts) if parts else None


def _may_be_there(error: OutsideError) -> bool:
    """Tell whether there may be metadata that could only not be had just now."""
    if isinstance(error, HttpStatusError):
        return error.status >= 500 or error.status == 429
    return isinstance(error, LimitReachedError) or (
        isinstance(error, UnreachableError) and error.code != "name-unknown"
    )
