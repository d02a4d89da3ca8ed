"""Our keys for ``private_key_jwt``: made when first needed, rotated by the operator, published at ``/jwks.json``.

Source: SMART App Launch 2.2.0, "Client Authentication: Asymmetric" (ES384 or RS384).
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from joserfc.jwk import ECKey

from portal.domain.ids import new_id
from portal.services import Services
from portal.store.links import signing_keys

ALGORITHM = "ES384"
PUBLISHED_AHEAD = timedelta(minutes=15)
"""Other servers keep a key set for minutes; a key signs only when they must have seen it."""


@dataclass(frozen=True, slots=True)
class SigningKey:
    id: str
    algorithm: str
    private: ECKey

    def __repr__(self) -> str:
        return f"SigningKey({self.id})"


def current(services: Services) -> SigningKey:
    """Return the key that signs now: the newest one that others have had time to find at our address."""
    with services.db.reading() as tx:
        live_keys = [key for key in signing_keys.all_keys(tx, algorithm=ALGORITHM) if key.retired_at is None]
        settled = [key for key in live_keys if tx.now - key.created_at >= PUBLISHED_AHEAD]
    if not live_keys:
        rotate(services)
        return current(services)
    key = settled[0] if settled else live_keys[-1]
    return SigningKey(key.id, key.algorithm, ECKey.import_key(key.private_jwk))


def rotate(services: Services) -> str:
    """Make a new key, which signs once it has been published for a while; gives its id. The one before stays."""
    key_id = new_id()
    key = ECKey.generate_key("P-384", parameters={"kid": key_id, "use": "sig", "alg": ALGORITHM}, private=True)
    public = key.as_dict(private=False)
    private = key.as_dict(private=True)
    with services.db.transaction() as tx:
        signing_keys.add(tx, key_id=key_id, algorithm=ALGORITHM, public=dict(public), private=dict(private))
        signing_keys.retire_all_but(tx, algorithm=ALGORITHM, newest=2)
    return key_id


def published(services: Services) -> dict[str, Any]:
    """Return the JWK set (RFC 7517) of all keys whose signatures may still be checked; make the first if need be."""
    with services.db.reading() as tx:
        current = [key for key in signing_keys.all_keys(tx, algorithm=ALGORITHM) if key.retired_at is None]
    if not current:
        rotate(services)
        return published(services)
    return {"keys": [key.public_jwk for key in current]}
