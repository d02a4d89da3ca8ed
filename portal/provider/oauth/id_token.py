"""OpenID Connect: who signed in, as a signed statement for the app (SMART: ``openid fhirUser``)."""

from datetime import timedelta
from typing import Any

from joserfc import jwk, jwt

from portal.config import Settings
from portal.domain import key_overlap
from portal.store import Database, Tx
from portal.store.people import accounts, people
from portal.store.provider import tokens
from portal.store.provider.tokens import StoredCode

_LIFE = timedelta(minutes=5)
_ALGORITHM = "RS256"  # what every OpenID client must understand
_BITS = 3072  # 128 bits of security (NIST SP 800-57, part 1)


def make_signing_key(database: Database) -> None:
    """Make the key of this instance, where there is none yet; it takes long, so no writer may wait for it."""
    with database.reading() as tx:
        if tokens.signing_keys(tx):
            return
    new = _new_key()
    with database.transaction() as tx:
        if not tokens.signing_keys(tx):
            tokens.add_signing_key(tx, jwk=new)


def rotate(database: Database, *, compromised: bool = False) -> str:
    """Make a new key and return its id. It signs once it has been published for a while; the one before stays
    published until retention deletes it (docs/retention.md), for id_tokens and receipts that it signed.

    ``compromised``: those before are deleted at once, and the new one signs at once.
    """
    new = _new_key()
    with database.transaction() as tx:
        if compromised:
            tokens.forget_signing_keys(tx)
        return tokens.add_signing_key(tx, jwk=new)


def signing_key(tx: Tx) -> jwk.RSAKey:
    """Return the key that signs now, of those that ``make_signing_key`` and ``rotate`` made before."""
    return jwk.RSAKey.import_key(key_overlap.signing(tokens.signing_keys(tx), tx.now).jwk)


def public_keys(tx: Tx) -> dict[str, Any]:
    """Return the JWK Set of every key that may have signed something still valid."""
    keys = [jwk.RSAKey.import_key(stored.jwk).as_dict(private=False) for stored in tokens.signing_keys(tx)]
    return {"keys": [{**key, "use": "sig", "alg": _ALGORITHM} for key in keys]}


def id_token(database: Database, settings: Settings, client_id: str, code: StoredCode) -> str:
    """Return the signed id_token, or the empty string when ``openid`` was not granted.

    Taking the key in and signing takes a tenth of a second, so no writer may wait for it.
    """
    grant = code.grant
    if "openid" not in grant.scopes or grant.account_id is None:
        return ""
    make_signing_key(database)
    with database.reading() as tx:
        claims = _claims(tx, settings, client_id, code, grant.account_id)
        key = signing_key(tx)
    return jwt.encode({"alg": _ALGORITHM, "kid": key.kid}, claims, key, algorithms=[_ALGORITHM])


def _claims(tx: Tx, settings: Settings, client_id: str, code: StoredCode, account_id: str) -> dict[str, Any]:
    claims: dict[str, Any] = {
        "iss": settings.base_url,
        "sub": account_id,
        "aud": client_id,
        "iat": int(tx.now.timestamp()),
        "exp": int((tx.now + _LIFE).timestamp()),
        "auth_time": code.data.auth_time,
    }
    if code.data.nonce:
        claims["nonce"] = code.data.nonce
    if "fhirUser" in code.grant.scopes and (user := fhir_user(tx, settings, account_id)):
        claims["fhirUser"] = user
    return claims


def fhir_user(tx: Tx, settings: Settings, account_id: str) -> str:
    """Return the Patient that the account's owner is here; empty for who has no record of their own."""
    account = accounts.by_id(tx, account_id=account_id)
    person = people.by_id(tx, person_id=account.person_id) if account and account.person_id else None
    return f"{settings.fhir_base}/Patient/{person.fhir_id}" if person and person.fhir_id else ""


def _new_key() -> dict[str, Any]:
    return dict(jwk.RSAKey.generate_key(_BITS, private=True).as_dict(private=True))
