"""The file of a SMART Health Link: compact JWE, ``dir`` and ``A256GCM``, plain or deflated. Pure.

Source: HL7 SMART Health Cards and Links IG, STU 1, "Encrypting and Decrypting Files"; RFC 7516; RFC 1951.
"""

import zlib

from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwe import JWERegistry
from joserfc.jwk import OctKey

from portal.sharing.shlink import LinkRefusedError, Stage

FHIR_JSON = "application/fhir+json"
LARGEST = 16 * 1024 * 1024
"""Bytes of an encrypted file that is read, and of what it may inflate to."""


class _Deflate(type(JWERegistry.algorithms["zip"]["DEF"])):  # type: ignore[misc]
    """Raw DEFLATE, also of what is larger than the 250 kB that the library inflates."""

    def __init__(self, most: int) -> None:
        self._most = most

    def decompress(self, s: bytes) -> bytes:
        inflate = zlib.decompressobj(-zlib.MAX_WBITS)
        plain = inflate.decompress(s, self._most + 1)
        if len(plain) <= self._most and not inflate.eof:
            raise ValueError("cut off")
        return plain


def _registry(most: int) -> JWERegistry:
    """Return what is read, and how much of it: a byte more than ``most``, by which it is seen to be too large."""
    registry = JWERegistry(algorithms=("dir", "A256GCM", "DEF"), strict_check_header=False)
    registry.algorithms = {**JWERegistry.algorithms, "zip": {"DEF": _Deflate(most)}}
    registry.max_ciphertext_length = LARGEST * 4 // 3 + 4
    return registry


def encrypt(plain: bytes, key: bytes, *, deflate: bool, content_type: str = FHIR_JSON) -> bytes:
    """Return the encrypted file, with an initialization vector of its own."""
    header = {"alg": "dir", "enc": "A256GCM", "cty": content_type} | ({"zip": "DEF"} if deflate else {})
    return jwe.encrypt_compact(header, plain, OctKey.import_key(key), registry=_registry(LARGEST)).encode()


def decrypt(content: bytes, key: bytes, *, most: int = LARGEST) -> bytes:
    """Return what is in the file, all of it or nothing: at most so many bytes.

    Raises:
        LinkRefusedError: at ``decrypt``: ``not-jwe``, or ``tampered``: another key, changed bytes, another algorithm;
            ``too-large``.
    """
    text = content.strip()
    if text.count(b".") != 4:
        raise LinkRefusedError(Stage.DECRYPT, "not-jwe")
    try:
        plain = jwe.decrypt_compact(text, OctKey.import_key(key), registry=_registry(most)).plaintext
    except (JoseError, ValueError, TypeError, KeyError, zlib.error):
        raise LinkRefusedError(Stage.DECRYPT, "tampered") from None
    if plain is None:
        raise LinkRefusedError(Stage.DECRYPT, "tampered")
    if len(plain) > most:
        raise LinkRefusedError(Stage.DECRYPT, "too-large")
    return plain
