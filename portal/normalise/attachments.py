"""FHIR ``Attachment``: what is named here is fetched or decoded only when a person opens it."""

from base64 import b64decode, b64encode
from hashlib import sha1

from portal.domain.detail import Attachment
from portal.normalise.coding import tidy
from portal.normalise.elements import items, line, number, uri


def attachments(value: object) -> tuple[Attachment, ...]:
    """Return the attachments of a list that have data, an address, a title or a hash. ``url`` is as written.

    ``size`` is in bytes, as said by the source, or computed from the length of inline base64.
    """
    files = []
    for part in items(value):
        data, url, title = part.get("data"), uri(part.get("url")), tidy(line(part.get("title")))
        inline = isinstance(data, str) and bool(data)
        if not (inline or url or title or part.get("hash")):
            continue
        size = number(part.get("size"))
        if size is None and isinstance(data, str) and data:
            size = len(data) * 3 // 4 - data[-2:].count("=")
        # A title that only repeats the address tells a patient nothing.
        if url and url in title:
            title = ""
        kind = line(part.get("contentType"), 127).lower()
        digest = line(part.get("hash"), 128) or (_digest(data) if isinstance(data, str) and data else "")
        files.append(Attachment(content_type=kind, title=title, url=url, size=size, inline=inline, digest=digest))
    return tuple(files)


def _digest(data: str) -> str:
    """Return the hash that FHIR asks for (``Attachment.hash``: SHA-1 of the data, base64); empty for broken data."""
    try:
        return b64encode(sha1(b64decode(data), usedforsecurity=False).digest()).decode()
    except ValueError:
        return ""
