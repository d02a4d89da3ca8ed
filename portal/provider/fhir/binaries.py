"""Files inside resources, as Binary resources of their own: a page of a search stays small whatever is in it.

A large attachment is served by its address (``Attachment.url``). It is read by who may read the resource that holds it,
as much of it as they may see, and by nobody else. Source: FHIR R4 binary.html, datatypes.html#attachment.
"""

from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from portal.domain.ids import HOME
from portal.normalise.elements import items
from portal.store import Tx
from portal.store.records import resources
from portal.store.records.resources import StoredResource

KIND = "Binary"
HOLDERS: Mapping[str, tuple[str, ...]] = {
    "DocumentReference": ("content", "attachment"),
    "DiagnosticReport": ("presentedForm",),
    "Media": ("content",),
    "Communication": ("payload", "contentAttachment"),
}
"""The types whose attachments may be large, and where these are."""
LARGE = 64 * 1024  # letters of Base64
_UNKNOWN_KIND = "application/octet-stream"
_BETWEEN = "."


@dataclass(frozen=True, slots=True)
class BinaryFile:
    """A file with its media type, as it is written in the attachment; ``data`` is Base64."""

    id: str
    content_type: str
    data: str
    holder: StoredResource

    def to_json(self) -> dict[str, Any]:
        """Return the Binary resource."""
        context = {"reference": f"{self.holder.type}/{self.holder.fhir_id}"}
        return {
            "resourceType": KIND,
            "id": self.id,
            "contentType": self.content_type,
            "securityContext": context,
            "data": self.data,
        }

    def raw(self) -> bytes:
        """Return the bytes; none where they were not written as Base64."""
        try:
            return b64decode(self.data)
        except (NotBase64, ValueError):
            return b""


def holder_of(tx: Tx, binary_id: str) -> StoredResource | None:
    """Return the resource of the home chart that holds a Binary of this id, None where there is none."""
    stored = resources.by_id(tx, resource_id=binary_id.partition(_BETWEEN)[0])
    return stored if stored is not None and stored.source == HOME and stored.type in HOLDERS else None


def binary_in(shown: StoredResource, binary_id: str) -> BinaryFile | None:
    """Return the file of this id among those of a resource, as the caller sees it."""
    for own_id, attachment in _attachments(shown):
        if own_id == binary_id:
            content_type = attachment.get("contentType")
            kind = content_type if isinstance(content_type, str) and content_type else _UNKNOWN_KIND
            return BinaryFile(own_id, kind, attachment["data"], shown)
    return None


def by_address(shown: StoredResource, base: str) -> Mapping[str, Any]:
    """Return the body of a resource with the addresses of its large attachments in place of their data."""
    if shown.type not in HOLDERS:
        return shown.body
    large = {
        id(attachment): f"{base}/{KIND}/{own_id}"
        for own_id, attachment in _attachments(shown)
        if len(attachment["data"]) > LARGE
    }
    return _replaced(shown.body, HOLDERS[shown.type], large) if large else shown.body


def _attachments(stored: StoredResource) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the attachments that have data, with their ids: the number is that among all attachments."""
    parts: list[Mapping[str, Any]] = [stored.body]
    for step in HOLDERS[stored.type]:
        parts = [inner for part in parts for inner in items(part.get(step))]
    for number, attachment in enumerate(parts):
        if isinstance(attachment.get("data"), str) and attachment["data"]:
            yield f"{stored.id}{_BETWEEN}{number}", attachment


def _replaced(part: Any, path: tuple[str, ...], addresses: Mapping[int, str]) -> Any:
    if isinstance(part, list):
        return [_replaced(inner, path, addresses) for inner in part]
    if not isinstance(part, Mapping):
        return part
    if path:
        return {**part, path[0]: _replaced(part[path[0]], path[1:], addresses)} if path[0] in part else part
    if id(part) not in addresses:
        return part
    rest = {name: value for name, value in part.items() if name not in ("data", "_data")}
    return rest | {"url": addresses[id(part)]}
