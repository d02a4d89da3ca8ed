"""Encryption at rest: AES-256-GCM bound to the row, keyed hashes for what must be found again.

The bytes stored are ``key id length (1) | key id | nonce (12) | ciphertext and tag``. The additional data are the
table, the column and the row's id, so that a value copied to another row does not decrypt. The first key encrypts, all
keys decrypt: rotation is adding a key in front and running ``portal db rotate-keys``. What belongs to one person's
record is sealed with that person's data key, which is itself a value sealed here (``person_keys``).

The key of the hashes belongs to the database, since derived ids and hashes of secrets hang on it for ever. It is stored
there (``key_checks``), sealed with a key derived from PORTAL_INDEX_KEY, which can therefore be changed.

Source: NIST SP 800-38D; RFC 5869 for derived keys; NIST SP 800-57 part 1, 5.1.1 (key-wrapping keys).
"""

import os
from binascii import a2b_base64, b2a_base64
from functools import partial

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, AESSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from portal.domain.errors import DecryptionError

_NONCE = 12  # bytes
_INDEX_PLACE = "key_check.wrapped:index"
_SEALED_ID = "/"  # how sealed FHIR ids begin, and no FHIR id does


class Vault:
    """Seals and opens values, and makes keyed hashes. One per instance; holds no state but its keys.

    ``current`` is the id of the key that seals. ``checks``, by key id, ``index_check``, and ``wrapper``, the id of the
    key that wraps the index key, tell keys apart and nothing of them: they may be stored in clear.

    ``database_key`` is the index key of a database. Without one, hashes are made with the key that ``index_key`` gives,
    as they were before schema 0064.
    """

    def __init__(
        self,
        keys: tuple[tuple[str, bytes], ...],
        *,
        index_key: str,
        old_index_key: str = "",
        database_key: bytes = b"",
    ) -> None:
        self.current = keys[0][0]
        self._with = partial(Vault, keys, index_key=index_key, old_index_key=old_index_key)
        self._index_settings = tuple(filter(None, (index_key, old_index_key)))
        self._ciphers = {key_id: AESGCM(key) for key_id, key in keys}
        self.checks = {key_id: _derive(key, "key check v1").hex() for key_id, key in keys}
        wrapping = [_derive(key.encode(), "index wrapping v1") for key in self._index_settings]
        self._wrapping = {_derive(key, "key check v1").hex(): AESGCM(key) for key in wrapping}
        self.wrapper = next(iter(self._wrapping))
        self._index_key = database_key or _derive(index_key.encode(), "index v1")
        self._hmac = HMAC(self._index_key, SHA256())  # copied: the key is hashed once, not for each value
        self.index_check = _derive(self._index_key, "index check v1").hex()
        self._ids = AESSIV(_derive(self._index_key, "ids v1", length=64))

    def unwraps(self, key_id: str) -> bool:
        """Tell whether the wrapping key of this id is at hand."""
        return key_id in self._wrapping

    def wrapped(self) -> bytes:
        """Return the index key, sealed with the newest wrapping key."""
        return encrypt(self._wrapping[self.wrapper], self.wrapper, self._index_key, _INDEX_PLACE)

    def with_wrapped(self, wrapped: bytes) -> "Vault":
        """Return these keys with the index key that ``wrapped`` made.

        Raises:
            DecryptionError: it was changed; or its wrapping key is not at hand.
        """
        cipher = self._wrapping.get(key_id_of(wrapped))
        if cipher is None:
            raise DecryptionError("unknown-key")
        return self._with(database_key=decrypt(cipher, wrapped, _INDEX_PLACE))

    def with_derived(self, index_check: str) -> "Vault | None":
        """Return these keys with that index key, of those that PORTAL_INDEX_KEY gives, which this check value is of."""
        derived = (self._with(database_key=_derive(key.encode(), "index v1")) for key in self._index_settings)
        return next((vault for vault in derived if vault.index_check == index_check), None)

    def with_new_index_key(self) -> "Vault":
        """Return these keys with the index key of a new database, which nothing but chance gives."""
        return self._with(database_key=os.urandom(32))

    def seal(self, plain: bytes, *, row: str) -> bytes:
        """Encrypt for one place; ``row`` is "table.column:id"."""
        return encrypt(self._ciphers[self.current], self.current, plain, row)

    def open(self, sealed: bytes, *, row: str) -> bytes:
        """Decrypt what ``seal`` made for the same place.

        Raises:
            DecryptionError: wrong key, wrong row, or changed bytes.
        """
        cipher = self._ciphers.get(key_id_of(sealed))
        if cipher is None:
            raise DecryptionError("unknown-key", hint="a key was taken out of PORTAL_ENCRYPTION_KEYS too early")
        return decrypt(cipher, sealed, row)

    def seal_id(self, fhir_id: str, *, place: str) -> str:
        """Encrypt a FHIR id (AES-SIV, RFC 5297): in the same place ("table.column") it is always the same text.

        So it is found by what it is sealed as. It does not change when keys rotate. What is empty stays so.
        """
        if not fhir_id:
            return fhir_id
        sealed = self._ids.encrypt(fhir_id.encode(), [place.encode()])
        return _SEALED_ID + b2a_base64(sealed, newline=False).decode()

    def open_id(self, sealed: str, *, place: str) -> str:
        """Decrypt what ``seal_id`` made for the same place; what was stored before schema 0065 is as it was.

        Raises:
            DecryptionError: another place or index key, or it was changed.
        """
        if not sealed.startswith(_SEALED_ID):
            return sealed
        try:
            return self._ids.decrypt(a2b_base64(sealed[1:]), [place.encode()]).decode()
        except (InvalidTag, ValueError):
            raise DecryptionError(hint="the id was changed or belongs to another row") from None

    def ids(self, fhir_id: str, *, place: str) -> tuple[str, ...]:
        """Return as what a FHIR id may be stored in a place: sealed, or as before schema 0065."""
        sealed = self.seal_id(fhir_id, place=place)
        return (sealed,) if fhir_id.startswith(_SEALED_ID) else (sealed, fhir_id)  # nobody is found by a sealed id

    def hash(self, purpose: str, value: str | bytes) -> str:
        """Return a keyed hash (HMAC-SHA-256, 128 bits as hex) of ``value``, separate for each purpose."""
        return self.mac(purpose, value.encode() if isinstance(value, str) else value).hex()[:32]

    def mac(self, purpose: str, content: bytes) -> bytes:
        """Return HMAC-SHA-256 of ``content`` with this instance's key, separate for each purpose."""
        keyed = self._hmac.copy()
        keyed.update(purpose.encode() + b"\x00" + content)
        return keyed.finalize()


def header(key_id: str) -> bytes:
    """Return how everything begins that the key of this id sealed."""
    return bytes([len(key_id)]) + key_id.encode()


def key_id_bytes(sealed: bytes) -> bytes:
    """Return the id of the key that sealed this, as it stands there; empty where it is damaged."""
    return sealed[1 : 1 + sealed[0]] if sealed else b""


def key_id_of(sealed: bytes) -> str:
    """Return the same as text."""
    return key_id_bytes(sealed).decode("ascii", "replace")


def encrypt(cipher: AESGCM, key_id: str, plain: bytes, row: str) -> bytes:
    """Return ``plain`` sealed for one place, in the format above."""
    nonce = os.urandom(_NONCE)
    return header(key_id) + nonce + cipher.encrypt(nonce, plain, row.encode())


def decrypt(cipher: AESGCM, sealed: bytes, row: str) -> bytes:
    """Return what was sealed for this place.

    Raises:
        DecryptionError: wrong key, wrong row, or changed bytes.
    """
    start = 1 + sealed[0]
    try:
        return cipher.decrypt(sealed[start : start + _NONCE], sealed[start + _NONCE :], row.encode())
    except (InvalidTag, ValueError):
        raise DecryptionError(hint="the value was changed or belongs to another row") from None


def _derive(key: bytes, purpose: str, *, length: int = 32) -> bytes:
    return HKDF(SHA256(), length, salt=None, info=f"tributary {purpose}".encode()).derive(key)
