"""Reading JSON that somebody else wrote: each function takes anything and gives what was asked for, or its empty form.

No function here raises, recurses over the input, or returns text that is longer than its limit. A wrong type (a string
where a list is expected, a null, a number as text) is read as absent, except where reading it is harmless and obvious:
one object where a list of objects belongs counts as a list of one.
"""

import html
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from portal.domain import surrogates
from portal.domain.dates import parse_when

EMPTY: Mapping[str, Any] = MappingProxyType({})

NAME_LIMIT = 300
"""Characters of a name, a title, a unit: longer ones are cut with an ellipsis."""
TEXT_LIMIT = 20_000
"""Characters of a note, a message, a conclusion."""
ITEM_LIMIT = 500
"""Members of one list that are read; a panel or an address list has far fewer."""

# C0/C1 controls, line separators, bidirectional overrides and lone surrogates: never part of a name, and able to
# disguise one or to break JSON when written again.
_UNWANTED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ud800-\udfff\ufeff]",
)
_SPACE = re.compile(r"\s+")
_BLANK_LINES = re.compile(r"\n{3,}")


def obj(value: object) -> Mapping[str, Any]:
    """Return the object, or an empty one."""
    if type(value) is dict:  # by far the most frequent: the check against an abstract class costs five times as much
        return value
    return value if value is not None and isinstance(value, Mapping) else EMPTY


def items(value: object) -> tuple[Mapping[str, Any], ...]:
    """Return the objects of a list; one object alone is a list of one."""
    if not value:
        return ()
    if type(value) is dict:
        return (value,)
    if type(value) is list or isinstance(value, list | tuple):
        if len(value) == 1 and type(value[0]) is dict:  # most lists
            return (value[0],)
        return tuple([item for item in value[:ITEM_LIMIT] if type(item) is dict or isinstance(item, Mapping)])
    return (value,) if isinstance(value, Mapping) else ()


def first(value: object) -> Mapping[str, Any]:
    """Return the first object of a list, or an empty one."""
    objects = items(value)
    return objects[0] if objects else EMPTY


def line(value: object, limit: int = NAME_LIMIT) -> str:
    """Text for one line: white space collapsed, controls removed, cut at ``limit`` characters."""
    if not isinstance(value, str):
        return ""
    if len(value) <= limit and value.isprintable() and "  " not in value:  # most texts
        return value.strip()
    cut = value[: limit * 4]
    if not cut.isprintable() or "  " in cut:  # nothing unwanted is printable
        cut = _SPACE.sub(" ", _UNWANTED.sub("", cut))
    cut = cut.strip()
    if len(cut) <= limit and not value[limit * 4 :].strip():
        return cut
    return cut[: limit - 1].rstrip() + "…"


def paragraph(value: object, limit: int = TEXT_LIMIT) -> str:
    """Text of several lines: line ends kept, controls removed, cut at ``limit`` characters."""
    if not isinstance(value, str):
        return ""
    cut = value[: limit * 4].replace("\r\n", "\n").replace("\r", "\n")
    cut = _BLANK_LINES.sub("\n\n", _UNWANTED.sub("", cut)).strip()
    if len(cut) <= limit and not value[limit * 4 :].strip():
        return cut
    return cut[: limit - 1].rstrip() + "…"


def word(value: object) -> str:
    """Return a FHIR ``code`` or ``id``-like token: trimmed, at most 64 characters, else empty."""
    if not isinstance(value, str) or len(value) > 64:
        return ""
    text = value.strip()
    return text if text.isascii() else surrogates.replaced(text)


def uri(value: object) -> str:
    """Return a URI as written, at most 2048 characters without white space or controls, else empty."""
    if not isinstance(value, str) or len(value) > 2048:
        return ""
    stripped = value.strip()
    return stripped if stripped.isprintable() and " " not in stripped else ""


def lines(value: object) -> tuple[str, ...]:
    """Return the non-empty texts of a list of strings; one string alone is a list of one."""
    if not value:
        return ()
    texts = value[:ITEM_LIMIT] if isinstance(value, list) else [value]
    return tuple([text for text in map(line, texts) if text])


def flag(value: object) -> bool:
    """Tell whether it is a JSON ``true``, or the text "true", which some servers send."""
    return value is True or value == "true"


def number(value: object) -> int | None:
    """Return a whole number of sensible size, also given as text or as 3.0; else None."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,12}", value, re.ASCII):
        return int(value)
    if isinstance(value, float | Decimal) and -(10**12) < value < 10**12 and value == int(value):
        return int(value)
    return value if isinstance(value, int) and abs(value) < 10**12 else None


when = parse_when
"""A FHIR date as written (as precise as it is), or None."""


def period(value: object) -> tuple[str | None, str | None]:
    """Start and end of a ``Period``."""
    if not value:
        return None, None
    span = obj(value)
    return parse_when(span.get("start")), parse_when(span.get("end"))


def notes(value: object) -> tuple[str, ...]:
    """Return the texts of a list of ``Annotation``."""
    return unique([paragraph(note.get("text")) for note in items(value)]) if value else ()


_BREAK = re.compile(
    r"<\s*(?:br|/?(?:p|div|table|tr|td|th|caption|ul|ol|li|dl|dt|dd|h[1-6]))\b[^<>]{0,500}>", re.IGNORECASE
)
_UNSEEN = re.compile(r"<!--.{0,2000}?-->|<(script|style)\b.{0,2000}?</\1\s*>", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^<>]{0,2000}>")
_NARRATIVE_LIMIT = 20_000  # characters of markup: as a title or a note it is read by people


def narrative(resource: Mapping[str, Any], limit: int = TEXT_LIMIT) -> str:
    """Return a resource's narrative (``text.div``) as plain text of several lines, without markup; or empty."""
    div = obj(resource.get("text")).get("div")
    if not isinstance(div, str):
        return ""
    text = _BREAK.sub("\n", _UNSEEN.sub("", div[:_NARRATIVE_LIMIT]))
    text = html.unescape(_TAG.sub("", text))
    shown = paragraph("\n".join(" ".join(part.split()) for part in text.split("\n") if part.strip()), limit)
    return f"{shown}…" if len(div) > _NARRATIVE_LIMIT and not shown.endswith("…") else shown


_EXTENSION = "http://hl7.org/fhir/StructureDefinition/"


def extension(element: object, name: str) -> Mapping[str, Any]:
    """Return the first extension of an element with this URL, or one of FHIR's own with this name; or an empty one."""
    for part in items(obj(element).get("extension")):
        url = part.get("url")
        if url == name or url == _EXTENSION + name:
            return part
    return EMPTY


def words(text: str) -> frozenset[str]:
    """Return the words of a text as a set; for sets of words that are written for the eye."""
    return frozenset(text.split())


def unique(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the texts that are not empty in their order, each once."""
    return tuple(dict.fromkeys([text for text in texts if text]))
