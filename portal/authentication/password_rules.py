"""What a password must be. Pure.

Source: NIST SP 800-63B-4, 3.1.1.2: a length and a blocklist, nothing else; every character counts, no class of
characters is asked for, nothing expires.
"""

import lzma
import re
from collections.abc import Iterable
from enum import StrEnum
from functools import cache
from importlib.resources import files
from itertools import pairwise
from unicodedata import normalize

ALONE = 15
"""Characters where the password may be all that is asked for."""
BESIDE = 8
"""Characters where a second factor is asked for as well."""
LONGEST = 256
_UNGUESSED = 6  # characters that must be left when names and the like are taken out


class PasswordProblem(StrEnum):
    SHORT = "short"
    LONG = "long"
    COMMON = "common"
    CONTEXT = "context"


def refusal(password: str, *, shortest: int, context: Iterable[str] = ()) -> PasswordProblem | None:
    """Return why a new password is refused; None when it is good.

    ``context`` are texts that somebody who guesses would try: the user name, the person's name, the portal's name.
    """
    if len(password) < shortest:
        return PasswordProblem.SHORT
    if len(password) > LONGEST:
        return PasswordProblem.LONG
    folded = _fold(password)
    if _is_common(folded):
        return PasswordProblem.COMMON
    return PasswordProblem.CONTEXT if _is_context(folded, context) else None


def _fold(text: str) -> str:
    return normalize("NFKC", text).casefold()


@cache
def _common() -> frozenset[str]:
    packed = files("portal.data").joinpath("common-passwords.txt.xz").read_bytes()
    return frozenset(lzma.decompress(packed).decode().splitlines())


def _is_common(folded: str) -> bool:
    """Tell whether it is on the list, as it stands, with a tail of digits and signs, or over and over again."""
    unit = _repeated(folded)
    bare = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", unit)
    listed = _common()
    return folded in listed or unit in listed or bare in listed or len(unit) < BESIDE or _is_run(folded)


def _repeated(text: str) -> str:
    """Return the shortest text that ``text`` is made of by repeating it; the last time may be cut short."""
    return next(
        (text[:size] for size in range(1, len(text) // 2 + 1) if (text[:size] * len(text)).startswith(text)), text
    )


def _is_run(text: str) -> bool:
    """Tell whether every character is the next one: 123456789012345, abcdefghijklmno, and backwards."""
    steps = {(ord(after) - ord(before)) % (10 if text.isdecimal() else 0x110000) for before, after in pairwise(text)}
    return len(steps) == 1


def _is_context(folded: str, context: Iterable[str]) -> bool:
    words = {word for text in context for word in re.findall(r"\w{3,}", _fold(text))}
    rest = folded
    for word in sorted(words, key=len, reverse=True):
        rest = rest.replace(word, "")
    return rest != folded and len(re.sub(r"[\W\d_]", "", rest)) < _UNGUESSED
