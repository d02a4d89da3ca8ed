"""Ids and search values of somebody else's FHIR server.

FHIR R4 (datatypes.html#id) allows 64 letters, digits, "-" and "."; large servers send more, so an id is opaque here.
"""

import re
from typing import TypeGuard

_LONGEST = 255  # characters

_ID = re.compile(rf"(?!\.+\Z)[^\s\x00-\x1f\x7f-\x9f\ud800-\udfff/?#]{{1,{_LONGEST}}}")
_NAME = re.compile(rf"(?:.*/)?([A-Z][A-Za-z]+/{_ID.pattern})")
_SEPARATOR = re.compile(r"[\\,$|]")


def is_fhir_id(value: object) -> TypeGuard[str]:
    """Tell whether a value may be a resource's id: 1 to 255 characters that stay one step of a path when encoded."""
    return isinstance(value, str) and _ID.fullmatch(value) is not None


def name_in(reference: str) -> str:
    """Return "Type/id" of a relative or absolute reference without a version; else the empty string."""
    match = _NAME.fullmatch(reference)
    return match[1] if match else ""


def search_value(text: str) -> str:
    """Return one value of a search parameter, its separators escaped (FHIR R4, search.html#escaping)."""
    return _SEPARATOR.sub(r"\\\g<0>", text)
