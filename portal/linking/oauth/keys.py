"""Our keys for ``private_key_jwt``: made when first needed, published at ``/jwks.json``.

Source: SMART App Launch 2.2.0, "Client Authentication: Asymmetric" (ES384 or RS384). Where a server takes RS384 alone,
we are registered so there, and a key of that kind is made.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from joserfc.jwk import ECKey, RSAKey

from portal.domain.ids import new_id
from portal.services import Services
from portal.store.links import signing_keys

ALGORITHM = "ES384"
RSA = "RS384"
ALGORITHMS = (ALGORITHM, RSA)
_BITS = 3072  # 128 bits of security (NIST SP 800-57, part 1)
PUBLISHED_AHEAD = timedelta(minutes=15)
"""Other servers keep a key set for minutes; a key signs only when they must have seen it."""


@dataclass(frozen=True, slots=True)
class SigningKey:
    id: str
    algorithm: str
    private: ECKey | RSAKey

    def __repr__(self) -> str:
        return f"SigningKey({self.id})"


def preferred(offered: Collection[str]) -> str:
    """Return the algorithm for a server that says which it takes; nothing said is SMART's two."""
    return RSA if RSA in offered and ALGORITHM not in offered else ALGORITHM


def current(services: Services, algorithm: str = ALGORITHM) -> SigningKey:
    """Return the key that signs now: the newest one that others have had time to find at our address."""
    with services.db.reading() as tx:
        live_keys = [key for key in signing_keys.all_keys(tx, algorithm=algorithm) if key.retired_at is None]
        settled = [key for key in live_keys if tx.now - key.created_at >= PUBLISHED_AHEAD]
    if not live_keys:
        rotate(services, algorithm)
        return current(services, algorithm)
    key = settled[0] if settled else live_keys[-1]
    imported = (RSAKey if algorithm == RSA else ECKey).import_key(key.private_jwk)
    return SigningKey(key.id, key.algorithm, imported)


def rotate(services: Services, algorithm: str = ALGORITHM) -> str:
    """Make a new key, which signs once it has been published for a while, and return its id. The one before stays."""
    key_id = new_id()
    named: Any = {"kid": key_id, "use": "sig", "alg": algorithm}
    key = (
        RSAKey.generate_key(_BITS, parameters=named, private=True)
        if algorithm == RSA
        else ECKey.generate_key("P-384", parameters=named, private=True)
    )
    public = key.as_dict(private=False)
    private = key.as_dict(private=True)
    with services.db.transaction() as tx:
        signing_keys.add(tx, key_id=key_id, algorithm=algorithm, public=dict(public), private=dict(private))
        signing_keys.retire_all_but(tx, algorithm=algorithm, newest=2)
    return key_id


def published(services: Services) -> dict[str, Any]:
    """Return the JWK set (RFC 7517) of all keys whose signatures may still be checked; make the first if need be."""
    with services.db.reading() as tx:
        stored = [key for each in ALGORITHMS for key in signing_keys.all_keys(tx, algorithm=each)]
    live_keys = [key for key in stored if key.retired_at is None]
    if not any(key.algorithm == ALGORITHM for key in live_keys):
        rotate(services)
        return published(services)
    return {"keys": [key.public_jwk for key in live_keys]}
