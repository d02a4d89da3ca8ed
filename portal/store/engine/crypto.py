"""Encryption at rest: AES-256-GCM bound to the row, keyed hashes for what must be found again.

The bytes stored are ``key id length (1) | key id | nonce (12) | ciphertext and tag``. The additional data are the
table, the column and the row's id, so that a value copied to another row does not decrypt. The first key encrypts, all
keys decrypt: rotation is adding a key in front and running ``portal db rotate-keys``. What belongs to one person's
record is sealed with that person's data key, which is itself a value sealed here (``person_keys``).

Source: NIST SP 800-38D; RFC 5869 for the derivation of the hash key.
"""

import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from portal.domain.errors import DecryptionError

_NONCE = 12  # bytes


class Vault:
    """Seals and opens values, and makes keyed hashes. One per instance; holds no state but its keys.

    ``current`` is the id of the key that seals. ``checks``, by key id, and ``index_check`` tell keys apart and nothing
    of them: they may be stored in clear.
    """

    def __init__(self, keys: tuple[tuple[str, bytes], ...], *, index_key: str) -> None:
        self.current = keys[0][0]
        self._ciphers = {key_id: AESGCM(key) for key_id, key in keys}
        # Keyed hashes are in indexes and in derived ids: they must outlive the rotation of encryption keys.
        self._index_key = _derive(index_key.encode(), "index v1")
        self._hmac = hmac.new(self._index_key, digestmod="sha256")  # copied: the key is hashed once, not for each value
        self.checks = {key_id: _derive(key, "key check v1").hex() for key_id, key in keys}
        self.index_check = _derive(self._index_key, "index check v1").hex()

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

    def hash(self, purpose: str, value: str | bytes) -> str:
        """Return a keyed hash (HMAC-SHA-256, 128 bits as hex) of ``value``, separate for each purpose."""
        return self.mac(purpose, value.encode() if isinstance(value, str) else value).hex()[:32]

    def mac(self, purpose: str, content: bytes) -> bytes:
        """Return HMAC-SHA-256 of ``content`` with this instance's key, separate for each purpose."""
        keyed = self._hmac.copy()
        keyed.update(purpose.encode() + b"\x00" + content)
        return keyed.digest()


def header(key_id: str) -> bytes:
    """Return how everything begins that the key of this id sealed."""
    return bytes([len(key_id)]) + key_id.encode()


def key_id_of(sealed: bytes) -> str:
    """Return the id of the key that sealed this; "" where it is damaged."""
    return sealed[1 : 1 + sealed[0]].decode("ascii", "replace") if sealed else ""


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


def _derive(key: bytes, purpose: str) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=f"tributary {purpose}".encode()).derive(key)
