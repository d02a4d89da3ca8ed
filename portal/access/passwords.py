"""Passwords: Argon2id with argon2-cffi's defaults (RFC 9106, low-memory profile).

They are put into Unicode's form NFKC first: one keyboard writes "é" as one character, another as two (NIST SP
800-63B-4, 3.1.1.2).
"""

from unicodedata import normalize

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_hasher = PasswordHasher()
# Checked when the user name is unknown, so that the answer takes as long as for a known one.
_DUMMY = _hasher.hash("no account has this password")


def hash_password(password: str) -> str:
    return _hasher.hash(normalize("NFKC", password))


def verify_password(encoded: str | None, password: str) -> bool:
    """Tell whether ``password`` fits; nothing as ``encoded`` takes the same time and is always False."""
    try:
        return _hasher.verify(encoded or _DUMMY, normalize("NFKC", password)) and bool(encoded)
    except (VerificationError, InvalidHashError):
        return False


def needs_rehash(encoded: str) -> bool:
    return _hasher.check_needs_rehash(encoded)
