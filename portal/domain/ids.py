"""Identifiers: opaque, unguessable, safe in addresses."""

import os
import secrets
import string

_ALPHABET = string.ascii_lowercase + string.digits
_EVEN = 256 - 256 % len(_ALPHABET)  # bytes below it stand for each character equally often
_CHARACTERS = (_ALPHABET * 8)[:256].encode()
_REFUSED = bytes(range(_EVEN, 256))
_PAIRS = [first + second for first in sorted(_ALPHABET) for second in sorted(_ALPHABET)]


def new_id() -> str:
    """Return 20 characters of [a-z0-9], 103 bits: enough that an id tells nothing and is never hit by guessing."""
    text = b""
    while len(text) < 20:  # of 32 bytes more than 12 are refused once in 10^15 times
        text = os.urandom(32).translate(_CHARACTERS, _REFUSED)
    return text[:20].decode()


def id_range(part: int, parts: int) -> tuple[str, str]:
    """Return the smallest and the first that is too large of one part of all ids, in equal parts; up to 1,296 parts.

    Digits come before letters wherever texts are compared, so a database finds a part by its index.
    """
    bounds = [*(_PAIRS[number * len(_PAIRS) // parts] for number in range(parts)), "~"]
    return bounds[part], bounds[part + 1]


def is_id(text: str) -> bool:
    """Tell whether a text could be one of our ids."""
    return len(text) == 20 and all(char in _ALPHABET for char in text)


def new_secret() -> str:
    """Return a bearer secret of 256 bits, base64url."""
    return secrets.token_urlsafe(32)


HOME = "home"
"""The ``source`` of what the home organization documented itself; every other source is a link's id. It is also the id
under which that organization stands among the others where its chart comes from its own FHIR server."""

OWN = "own"
"""The ``source`` of what the person added."""
