"""Our keys for ``private_key_jwt``: made when first needed, published at ``/jwks.json``.

Source: SMART App Launch 2.2.0, "Client Authentication: Asymmetric" (ES384 or RS384). Where a server takes RS384 alone,
we are registered so there, and a key of that kind is made.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from joserfc.jwk import ECKey, RSAKey

from portal.domain import key_overlap
from portal.domain.ids import new_id
from portal.services import Services
from portal.store import Tx
from portal.store.links import signing_keys
from portal.store.links.signing_keys import StoredKey

ALGORITHM = "ES384"
RSA = "RS384"
ALGORITHMS = (ALGORITHM, RSA)
_BITS = 3072  # 128 bits of security (NIST SP 800-57, part 1)
_LASTING = timedelta(minutes=5)  # of an assertion (SMART: at most so long)


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
    """Return the key that signs now; the first is made when it is needed."""
    with services.db.reading() as tx:
        live_keys, now = _live(tx, algorithm), tx.now
    if not live_keys:
        rotate(services, algorithm)
        return current(services, algorithm)
    key = key_overlap.signing(live_keys, now)
    imported = (RSAKey if algorithm == RSA else ECKey).import_key(key.private_jwk)
    return SigningKey(key.id, key.algorithm, imported)


def rotate(services: Services, algorithm: str = ALGORITHM, *, compromised: bool = False) -> str:
    """Make a new key and return its id. It signs once it has been published for a while; those before stay as long as
    something that they signed may be in use.

    ``compromised``: they are taken back at once, and the new one signs at once.
    """
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
        before = _live(tx, algorithm)
        ended = before if compromised else key_overlap.superseded(before, tx.now, lasting=_LASTING)
        signing_keys.retire(tx, key_ids=[each.id for each in ended])
        signing_keys.add(tx, key_id=key_id, algorithm=algorithm, public=dict(public), private=dict(private))
    return key_id


def rotate_all(services: Services, *, compromised: bool = False) -> tuple[str, ...]:
    """Make a new key for each algorithm of which there is one, or the first; return their ids. As ``rotate``."""
    with services.db.reading() as tx:
        algorithms = [each for each in ALGORITHMS if _live(tx, each)] or [ALGORITHM]
    return tuple(rotate(services, each, compromised=compromised) for each in algorithms)


def published(services: Services) -> dict[str, Any]:
    """Return the JWK set (RFC 7517) of all keys whose signatures may still be checked; make the first if need be."""
    with services.db.reading() as tx:
        live_keys = [key for each in ALGORITHMS for key in in_use(tx, each)]
    if not any(key.algorithm == ALGORITHM for key in live_keys):
        rotate(services)
        return published(services)
    return {"keys": [key.public_jwk for key in live_keys]}


def in_use(tx: Tx, algorithm: str) -> tuple[StoredKey, ...]:
    """Return the keys that are published, newest first."""
    live_keys = _live(tx, algorithm)
    ended = key_overlap.superseded(live_keys, tx.now, lasting=_LASTING)
    return tuple(key for key in live_keys if key not in ended)


def _live(tx: Tx, algorithm: str) -> tuple[StoredKey, ...]:
    return tuple(key for key in signing_keys.all_keys(tx, algorithm=algorithm) if key.retired_at is None)
