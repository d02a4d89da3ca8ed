"""A data key for each person: what belongs to one person's record is sealed with it, and it is sealed by the instance.

So a new key of the instance seals the data keys anew and nothing else, and what destroys a person's data key makes
everything unreadable that was sealed with it, in copies of the tables too. Ids of data keys begin with ``@``, which no
key of PORTAL_ENCRYPTION_KEYS does: every sealed value tells by itself what opens it.

Source: NIST SP 800-57 part 1, 5.1.1 (key-wrapping and data keys); SP 800-88 rev. 1, 2.6 (cryptographic erase).
"""

from typing import Protocol

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Connection, bindparam, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from portal.domain.errors import DecryptionError
from portal.domain.ids import new_id
from portal.store.engine import crypto
from portal.store.engine.crypto import Vault
from portal.store.schema.encryption import person_key

PREFIX = "@"


class Sealer(Protocol):
    """What seals values: the instance's vault or a person's key."""

    def seal(self, plain: bytes, *, row: str) -> bytes: ...


class PersonKey:
    """One person's data key, unwrapped."""

    def __init__(self, key_id: str, key: bytes) -> None:
        self.id = key_id
        self._cipher = AESGCM(key)

    def seal(self, plain: bytes, *, row: str) -> bytes:
        return crypto.encrypt(self._cipher, PREFIX + self.id, plain, row)

    def open(self, sealed: bytes, *, row: str) -> bytes:
        """Decrypt for the same place.

        Raises:
            DecryptionError: wrong key, wrong row, or changed bytes.
        """
        return crypto.decrypt(self._cipher, sealed, row)


def of_person(conn: Connection, vault: Vault, person_id: str) -> PersonKey:
    """Return the key of a person, made where there is none; in a transaction that may write."""
    query = select(person_key).where(person_key.c.person_id == person_id)
    row = conn.execute(query).one_or_none()
    if row is None:
        key_id = new_id()
        sealed = vault.seal(AESGCM.generate_key(256), row=_place(key_id))
        insert = sqlite.insert if conn.dialect.name == "sqlite" else postgresql.insert
        new = insert(person_key).values(id=key_id, person_id=person_id, data=sealed)
        conn.execute(new.on_conflict_do_nothing())  # another process may make it at the same time
        row = conn.execute(query).one()
    return unwrapped(vault, row.id, row.data)


_BY_ID = select(person_key).where(person_key.c.id == bindparam("id"))


def by_id(conn: Connection, vault: Vault, key_id: str) -> PersonKey:
    """Return the key of this id, with its prefix, as a sealed value names it.

    Raises:
        DecryptionError: it was destroyed.
    """
    row = conn.execute(_BY_ID, {"id": key_id.removeprefix(PREFIX)}).one_or_none()
    if row is None:
        raise DecryptionError("erased", hint="the data key of this person was destroyed")
    return unwrapped(vault, row.id, row.data)


def unwrapped(vault: Vault, key_id: str, data: bytes) -> PersonKey:
    """Return a stored key: the columns "id" and "data" of its row."""
    return PersonKey(key_id, vault.open(data, row=_place(key_id)))


def destroy(conn: Connection, person_id: str) -> bool:
    """Delete a person's key; False where there is none. It goes with the person's row, too."""
    return bool(conn.execute(delete(person_key).where(person_key.c.person_id == person_id)).rowcount)


def _place(key_id: str) -> str:
    return f"person_key.data:{key_id}"
