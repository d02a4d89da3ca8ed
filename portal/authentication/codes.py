"""Codes that people type: without letters that look alike, in groups of four. Pure."""

import secrets

_ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # no 0 and O, no 1, I and L
_GROUP = 4


def new_code(groups: int) -> str:
    """Return a code such as "K7QF-2M9X": 19.8 bits a group."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(_GROUP)) for _ in range(groups))


def read_code(text: str) -> str:
    """Return a code as it was typed, without regard to case, hyphens and spaces."""
    bare = "".join(character for character in text.upper() if character.isascii() and character.isalnum())
    return "-".join(bare[start : start + _GROUP] for start in range(0, len(bare), _GROUP))
