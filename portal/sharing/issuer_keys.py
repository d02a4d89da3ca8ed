"""Our keys for what we vouch for towards anybody: health cards, and that a shared Bundle was made here.

They are ES256 (P-256), named by their thumbprint (RFC 7638), and published at ``/.well-known/jwks.json`` below the
portal's address. A card is shown for years, so a key stays published for good, also after a newer one took its place.
Source: HL7 SMART Health Cards and Links IG, STU 1, "Generating and resolving cryptographic keys".
"""

from typing import Any

from joserfc.jwk import ECKey

from portal.domain.ids import new_id
from portal.store import Database
from portal.store.links import signing_keys

ALGORITHM = "ES256"


def current(database: Database) -> ECKey:
    """Return the key that signs now, the newest; the first is made when it is needed."""
    with database.reading() as tx:
        stored = signing_keys.all_keys(tx, algorithm=ALGORITHM)
    return ECKey.import_key(stored[0].private_jwk) if stored else rotate(database)


def rotate(database: Database) -> ECKey:
    """Make a new key, which signs from now on, and return it; those before stay published."""
    bare = ECKey.generate_key("P-256", private=True)
    named = {**bare.as_dict(private=True), "kid": bare.thumbprint(), "use": "sig", "alg": ALGORITHM}
    key = ECKey.import_key(named)
    with database.transaction() as tx:
        signing_keys.add(
            tx,
            key_id=new_id(),
            algorithm=ALGORITHM,
            public=dict(key.as_dict(private=False)),
            private=dict(key.as_dict(private=True)),
        )
    return key


def published(database: Database) -> dict[str, Any]:
    """Return the JWK set (RFC 7517) of all keys that ever signed."""
    current(database)
    with database.reading() as tx:
        return {"keys": [stored.public_jwk for stored in signing_keys.all_keys(tx, algorithm=ALGORITHM)]}
