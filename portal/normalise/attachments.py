"""FHIR ``Attachment``: what is named here is fetched or decoded only when a person opens it."""

from portal.domain.entry import Attachment
from portal.normalise.coding import tidy
from portal.normalise.elements import items, line, number, uri


def attachments(value: object) -> tuple[Attachment, ...]:
    """The attachments of a list that have data, an address or a title. ``url`` is as written: it may be relative.

    ``size`` is in bytes, as said by the source, or computed from the length of inline base64.
    """
    found = []
    for one in items(value):
        data, url, title = one.get("data"), uri(one.get("url")), tidy(line(one.get("title")))
        inline = isinstance(data, str) and bool(data)
        if not (inline or url or title):
            continue
        size = number(one.get("size"))
        if size is None and isinstance(data, str) and data:
            size = len(data) * 3 // 4 - data[-2:].count("=")
        # A title that only repeats the address tells a patient nothing.
        if url and url in title:
            title = ""
        kind = line(one.get("contentType"), 127).lower()
        found.append(Attachment(content_type=kind, title=title, url=url, size=size, inline=inline))
    return tuple(found)
