"""Passwords that are known from breaches, in a file that the operator keeps: asked here, never sent anywhere.

Source: Have I Been Pwned, "Pwned Passwords", ordered by hash: lines of a SHA-1 in hexadecimal, a colon, and a number.
"""

from hashlib import sha1
from pathlib import Path

import structlog

_HEX = 40  # characters of a hash
_log = structlog.get_logger()


def is_listed(file: Path, password: str) -> bool:
    """Tell whether a password is in the file, which is searched by halves; one that cannot be read has none."""
    sought = sha1(password.encode(), usedforsecurity=False).hexdigest().upper().encode()
    try:
        with file.open("rb") as lines:
            low, high = 0, lines.seek(0, 2)
            while low < high:
                middle = (low + high) // 2
                lines.seek(max(0, middle - 1))
                if middle:
                    lines.readline()  # to where the first line begins that is not before the middle
                start = lines.tell()
                line = lines.readline()
                listed = line[:_HEX].upper()
                if listed == sought:
                    return True
                if listed and listed < sought:
                    low = start + len(line)
                else:
                    high = middle
    except OSError as error:
        _log.error("passwords.list_unreadable", error=type(error).__name__)
    return False
