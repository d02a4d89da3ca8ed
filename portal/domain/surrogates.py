"""Lone surrogates: halves of characters beyond U+FFFF, which no UTF-8 and no database holds.

Servers that cut texts by UTF-16 units write them, as ``\\ud83d`` without its other half (RFC 8259, 8.2).
"""

import re

_ESCAPE = re.compile(rb"\\(?:u[dD][89abAB]..\\u[dD][c-fC-F]..|(u[dD][89a-fA-F]..)|.)", re.DOTALL)
_REPLACEMENT = rb"\ufffd"
_LONE = re.compile("[\ud800-\udfff]")


def replaced_in_json(content: bytes) -> bytes:
    """Return JSON with U+FFFD for each lone surrogate, so that it does not make unreadable what stands beside it."""
    if content.find(rb"\ud") < 0 and content.find(rb"\uD") < 0:
        return content
    return _ESCAPE.sub(lambda escape: _REPLACEMENT if escape[1] else escape[0], content)


def replaced(text: str) -> str:
    """Return a text with U+FFFD for each lone surrogate."""
    return text if text.isascii() else _LONE.sub("\ufffd", text)
