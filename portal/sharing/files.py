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

    def decompress(self, s: bytes) -> bytes:
        inflate = zlib.decompressobj(-zlib.MAX_WBITS)
        plain = inflate.decompress(s, LARGEST)
        if inflate.unconsumed_tail or not inflate.eof:
            raise ValueError("too large, or cut off")
        return plain


def _registry() -> JWERegistry:
    """Return what is read, and how much of it."""
    registry = JWERegistry(algorithms=("dir", "A256GCM", "DEF"), strict_check_header=False)
    registry.algorithms = {**JWERegistry.algorithms, "zip": {"DEF": _Deflate()}}
    registry.max_ciphertext_length = LARGEST * 4 // 3 + 4
    return registry


_REGISTRY = _registry()


def encrypt(plain: bytes, key: bytes, *, deflate: bool, content_type: str = FHIR_JSON) -> bytes:
    """Return the encrypted file, with an initialization vector of its own."""
    header = {"alg": "dir", "enc": "A256GCM", "cty": content_type} | ({"zip": "DEF"} if deflate else {})
    return jwe.encrypt_compact(header, plain, OctKey.import_key(key), registry=_REGISTRY).encode()


def decrypt(content: bytes, key: bytes) -> bytes:
    """Return what is in the file, all of it or nothing.

    Raises:
        LinkRefusedError: at ``decrypt``: ``not-jwe``, or ``tampered``: another key, changed bytes, another algorithm.
    """
    text = content.strip()
    if text.count(b".") != 4:
        raise LinkRefusedError(Stage.DECRYPT, "not-jwe")
    try:
        plain = jwe.decrypt_compact(text, OctKey.import_key(key), registry=_REGISTRY).plaintext
    except (JoseError, ValueError, TypeError, KeyError, zlib.error):
        raise LinkRefusedError(Stage.DECRYPT, "tampered") from None
    if plain is None:
        raise LinkRefusedError(Stage.DECRYPT, "tampered")
    return plain
