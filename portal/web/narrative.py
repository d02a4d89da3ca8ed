"""Formatted text of other organizations: through an allow-list, so that nothing in it can act (requirement C4).

Kept are the tags of running text and tables, without any attribute but the spans of cells: no links, images, styles,
ids, event handlers, ``hx-*`` or ``data-hx-*``; and the language and direction of a part. Everything else loses its
tags; scripts and styles lose their content.
"""

import re
from base64 import b64decode
from binascii import Error as NotBase64
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator, Mapping
from typing import Any

import nh3
from markupsafe import Markup

from portal.normalise.languages import language

_TAGS = frozenset(
    (
        *("p", "br", "b", "strong", "i", "em", "u", "sub", "sup", "small", "pre", "blockquote", "hr", "div", "span"),
        *("ul", "ol", "li", "dl", "dt", "dd"),
        *("table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td"),
    )
)
_TEXTS = ("text/plain", "text/html", "application/xhtml+xml")
_CELLS = {"colspan", "rowspan"}
_XML_LANGUAGE = re.compile(r"(<[^<>]{0,500}?)\sxml:lang\s*=")
_LONGEST = 60_000  # characters: a page stays readable, and the whole text is in the document itself


def clean(markup: str) -> Markup:
    """Markup that is safe to put into a page."""
    return Markup(  # noqa: S704 -- this is the allow-list
        nh3.clean(
            _XML_LANGUAGE.sub(r"\1 lang=", markup[:_LONGEST]),
            tags=set(_TAGS),
            attributes={"td": _CELLS, "th": _CELLS, "*": {"lang", "dir"}},
            attribute_filter=_is_allowed,
            clean_content_tags={"script", "style", "title", "template", "noscript", "iframe", "object", "svg", "math"},
            generic_attribute_prefixes=set(),
            strip_comments=True,
            link_rel=None,
        )
    )


def _is_allowed(_tag: str, name: str, value: str) -> str | None:
    """Return the value of an attribute that may stay: a language that is one, a direction, the span of a cell."""
    if name == "lang":
        return language(value) or None
    return value if name != "dir" or value in ("ltr", "rtl", "auto") else None


def narratives(body: Mapping[str, Any]) -> Iterator[Markup]:
    """Yield each text of a resource in an element that says its language, or that it is not known (WCAG 2.2, 3.1.2)."""
    named = language(body.get("language"))
    for text in _written(body):
        yield Markup('<div lang="{}" dir="auto">{}</div>').format(named, text)


def _written(body: Mapping[str, Any]) -> Iterator[Markup]:
    """Yield the texts of a resource as its organization wrote them: its narrative, and attachments that are text."""
    text = body.get("text")
    div = text.get("div") if isinstance(text, Mapping) else None
    if isinstance(div, str) and div.strip():
        yield clean(div)
    for attachment in attachments_of(body):
        kind = str(attachment.get("contentType", ""))
        if is_text(kind) and (written := written_in(attachment.get("data"), kind)):
            yield written


def is_text(content_type: str) -> bool:
    """Whether an attachment of this media type is shown as text in the page."""
    return content_type.partition(";")[0].strip().lower() in _TEXTS


def attachments_of(body: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Every ``Attachment`` of a report, a document or a message, in its order."""
    forms = [
        *_dicts(body.get("presentedForm")),
        *(content.get("attachment") for content in _dicts(body.get("content"))),
        *(part.get("contentAttachment") for part in _dicts(body.get("payload"))),
    ]
    yield from (attachment for attachment in forms if isinstance(attachment, Mapping))


def _dicts(value: object) -> list[Mapping[str, Any]]:
    return [element for element in value if isinstance(element, Mapping)] if isinstance(value, list) else []


def written_in(data: object, content_type: str) -> Markup:
    """Return the text of base64 data of a text media type, safe to put into a page; empty when it is no base64."""
    if not isinstance(data, str):
        return Markup()
    try:
        raw = b64decode(data, validate=False)
    except (NotBase64, ValueError):
        return Markup()
    return text_of(raw, content_type)


def text_of(raw: bytes, content_type: str) -> Markup:
    """Return the text of a file of a text media type, safe to put into a page, in the character set that it says."""
    text = _decoded(raw, content_type)
    return _plain(text) if content_type.partition(";")[0].strip().lower() == "text/plain" else clean(text)


_MARKS = ((BOM_UTF8, "utf-8"), (BOM_UTF16_LE, "utf-16"), (BOM_UTF16_BE, "utf-16"))
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([A-Za-z0-9._:-]{1,40})", re.IGNORECASE)
_MARKUP_CHARSET = re.compile(
    rb"<(?:meta|\?xml)[^>]{0,200}?(?:charset|encoding)\s*=\s*[\"']?([A-Za-z0-9._:-]{1,40})", re.IGNORECASE
)


def _decoded(raw: bytes, content_type: str) -> str:
    """Decode by the byte order mark, the media type's ``charset``, the markup's own, else UTF-8, else Windows-1252."""
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            return raw.decode(encoding, errors="replace").removeprefix("\ufeff")
    named = _CHARSET.search(content_type) or _MARKUP_CHARSET.search(raw[:1000])
    name = named[1] if named else "utf-8"
    name = name.decode() if isinstance(name, bytes) else name
    for encoding in (name, "utf-8"):
        try:
            return raw.decode("cp1252" if encoding.lower() in ("iso-8859-1", "latin1", "latin-1") else encoding)
        except (LookupError, UnicodeError, ValueError):
            continue
    return raw.decode("cp1252", errors="replace")


def _plain(text: str) -> Markup:
    return Markup("<br>").join(text[:_LONGEST].splitlines())
