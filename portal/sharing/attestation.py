"""That an app took part in making a Bundle: said by us of ours, checked of others' that an administrator listed.

It never decides whether a Bundle is read.

Nothing in what the app signs names the Bundle: whoever has one can put it into another. So it counts when it is not old
(``is_current``), and for one content only (``portal.sharing.filing``); and it is never told as more than a signature.

Source: the draft "Patient-Shared Health Documents via SMART Health Links" 0.9, "App Attestation": a JWS of ES256 in
``Bundle.meta.extension`` with the claims iss, iat and jti; keys at ``{iss}/.well-known/jwks.json``. RFC 7515, 7517.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import uuid4

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from portal.domain import surrogates
from portal.domain.errors import OutsideError, PortalError
from portal.fhir.answers import decode
from portal.normalise.elements import items, obj
from portal.sharing.receiving import Outside
from portal.sharing.shlink import from_base64url

EXTENSION = "https://cms.gov/fhir/StructureDefinition/app-attestation"
LASTING = timedelta(days=31)
"""How long after it was signed an attestation counts."""
_CLOCKS = timedelta(minutes=5)
_YEAR_9999 = 253_370_764_800
_DEPTH = 8
_LONGEST = 8192


class Attested(StrEnum):
    """``ABSENT``: there is none. ``UNLISTED``: of an app that is not listed here, so nothing was asked of it."""

    ABSENT = "absent"
    UNLISTED = "unlisted"
    UNVERIFIABLE = "unverifiable"
    VERIFIED = "verified"


@dataclass(frozen=True, slots=True)
class Attestation:
    """``issuer``: the app's address, only where the signature was verified, with ``jti`` and ``signed_at``."""

    state: Attested
    issuer: str = ""
    jti: str = ""
    signed_at: datetime | None = None

    def is_current(self, now: datetime) -> bool:
        """Tell whether it was signed within the last 31 days; clocks may differ by five minutes."""
        return self.signed_at is not None and now - LASTING <= self.signed_at <= now + _CLOCKS


def attest(bundle: Mapping[str, Any], key: ECKey, *, issuer: str, now: datetime) -> dict[str, Any]:
    """Return a Bundle, which has no ``meta`` yet, with the statement that it was made here; it names no person."""
    claims = {"iss": issuer, "iat": int(now.timestamp()), "jti": str(uuid4())}
    token = jws.serialize_compact({"alg": "ES256", "kid": key.kid}, json.dumps(claims), key, algorithms=["ES256"])
    meta = obj(bundle.get("meta"))
    return {
        **bundle,
        "meta": {**meta, "extension": [*items(meta.get("extension")), {"url": EXTENSION, "valueString": token}]},
    }


def attestation(bundle: Mapping[str, Any], outside: Outside, *, listed: Collection[str]) -> Attestation:
    """Return what the attestation of a Bundle proves; keys are fetched only for ``listed`` issuers."""
    token = _token(bundle)
    if token is None:
        return Attestation(Attested.ABSENT)
    header, claims = _part(token, 0), _part(token, 1)
    issuer = claims.get("iss")
    if not isinstance(issuer, str) or issuer.rstrip("/") not in {each.rstrip("/") for each in listed}:
        return Attestation(Attested.UNLISTED)
    if header.get("alg") != "ES256" or not _is_whole(claims):
        return Attestation(Attested.UNVERIFIABLE)
    try:
        key = _key(outside, issuer, header.get("kid"))
        jws.deserialize_compact(token, key, algorithms=["ES256"])
    except (JoseError, OutsideError, PortalError, ValueError, KeyError, TypeError):
        return Attestation(Attested.UNVERIFIABLE)
    signed_at = datetime.fromtimestamp(claims["iat"], UTC)
    return Attestation(Attested.VERIFIED, issuer, claims["jti"], signed_at)


def _token(bundle: Mapping[str, Any]) -> str | None:
    extensions = items(obj(bundle.get("meta")).get("extension"))
    tokens = [each.get("valueString") for each in extensions if each.get("url") == EXTENSION]
    return tokens[0] if tokens and isinstance(tokens[0], str) and len(tokens[0]) <= _LONGEST else None


def _part(token: str, number: int) -> Mapping[str, Any]:
    """Return the header (0) or the claims (1) of a compact JWS, before it is verified; empty where they are none."""
    try:
        return obj(json.loads(surrogates.replaced_in_json(from_base64url(token.split(".")[number]))))
    except (IndexError, ValueError, RecursionError):
        return {}


def _is_whole(claims: Mapping[str, Any]) -> bool:
    moment, jti = claims.get("iat"), claims.get("jti")
    return type(moment) is int and 0 <= moment < _YEAR_9999 and isinstance(jti, str) and bool(jti)


def _key(outside: Outside, issuer: str, kid: object) -> ECKey:
    content = outside.get(f"{issuer.rstrip('/')}/.well-known/jwks.json", accept="application/json")
    for key in items(obj(decode(content, depth=_DEPTH)).get("keys")):
        if isinstance(kid, str) and key.get("kid") == kid and key.get("kty") == "EC" and key.get("crv") == "P-256":
            return ECKey.import_key({name: key[name] for name in ("kty", "crv", "x", "y")})
    raise KeyError("no such key")
