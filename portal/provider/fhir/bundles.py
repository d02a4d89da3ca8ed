"""Resources and bundles as JSON: our version and date in ``meta``, absolute ``fullUrl``s, opaque ``next`` links."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

import msgspec
from msgspec import UNSET, UnsetType

from portal.domain.errors import DecryptionError
from portal.provider.fhir.binaries import HOLDERS, LARGE, by_address
from portal.provider.fhir.outcomes import invalid
from portal.provider.fhir.query import Query
from portal.provider.fhir.search import SearchPage
from portal.store import Tx
from portal.store.records import packing
from portal.store.records.resources import StoredResource

_ROW = "fhir.page"
_CONTACTS = frozenset({"telecom", "endpoint"})
_ABSENT = {"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "unknown"}
_UNREACHABLE = {"telecom": [{"extension": [_ABSENT]}]}
"""What US Core 6.1.0 wants of a PractitionerRole that says nothing of how to reach it (us-core-practitionerrole, pd-1;
"Missing Data")."""


class PageLink(msgspec.Struct, frozen=True, array_like=True):
    """What a ``next`` link carries, sealed: the search, where it goes on, and whose it is."""

    kind: str
    person_id: str
    pairs: tuple[tuple[str, str], ...]
    after: str


@lru_cache(maxsize=4096)  # what was imported together was stored at the same moment
def _instant(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def resource_json(stored: StoredResource, *, base: str = "") -> dict[str, Any]:
    """Return the resource as it is served; with our FHIR ``base``, large files in it are left to their addresses."""
    return {
        "resourceType": stored.type,
        "id": stored.fhir_id,
        **(by_address(stored, base) if base else stored.body),
        **(_UNREACHABLE if stored.type == "PractitionerRole" and not stored.body.keys() & _CONTACTS else {}),
        "meta": _stamped(stored.body.get("meta"), stored),
    }


def resource_text(stored: StoredResource, *, base: str) -> bytes:
    """Return the JSON of ``resource_json``; what is stored as it is served, but for ``meta``, is not decoded."""
    pieces: list[bytes] = []
    _write(pieces, stored, base=base)
    return b"".join(pieces)


def _write(pieces: list[bytes], stored: StoredResource, *, base: str) -> None:
    """Add the same in pieces: a page is joined once."""
    kind, text = stored.type, stored.text
    head = text[: stored.head] or f'{{"resourceType":"{kind}","id":"{stored.fhir_id}"'.encode()
    remade = kind == "PractitionerRole" or (kind in HOLDERS and len(text) > LARGE)
    if remade or not text.startswith(head):
        pieces.append(encoded(resource_json(stored, base=base)))
        return
    rest = text[len(head) :]
    meta = _META.decode(text).meta if stored.may_have_meta and rest.find(b'"meta"') >= 0 else UNSET
    if meta is UNSET:
        pieces += (head, b',"meta":', _stamps(stored.version, stored.updated_at), rest)
        return
    written = b',"meta":' + bytes(meta)
    if not rest.startswith(written):
        pieces.append(encoded(resource_json(stored, base=base)))
        return
    ours = encoded(_stamped(packing.decode(meta), stored))
    pieces += (head, b',"meta":', ours, rest[len(written) :])


class _WithMeta(msgspec.Struct):
    meta: msgspec.Raw | UnsetType = UNSET


_META = msgspec.json.Decoder(_WithMeta)


def _stamped(meta: Any, stored: StoredResource) -> dict[str, Any]:
    stamps = {"versionId": str(stored.version), "lastUpdated": _instant(stored.updated_at)}
    return {**meta, **stamps} if isinstance(meta, dict) else stamps


@lru_cache(maxsize=4096)
def _stamps(version: int, moment: datetime) -> bytes:
    return encoded({"versionId": str(version), "lastUpdated": _instant(moment)})


def searchset(tx: Tx, *, base: str, query: Query, page: SearchPage, person_id: str) -> dict[str, Any]:
    """Return a searchset Bundle (FHIR R4, http.html#search)."""
    used = urlencode(query.used)
    links = [{"relation": "self", "url": f"{base}/{query.kind}{'?' if used else ''}{used}"}]
    if page.next is not None:
        links.append(next_link(tx, PageLink(query.kind, person_id, tuple(query.used), page.next), base=base))
    bundle: dict[str, Any] = {"resourceType": "Bundle", "type": "searchset", "link": links}
    if page.total is not None:
        bundle["total"] = page.total
    if page.matches or page.included:
        bundle["entry"] = _entries(base, page)
    return bundle


def next_link(tx: Tx, link: PageLink, *, base: str) -> dict[str, str]:
    """Return the link of a Bundle to its next page."""
    sealed = urlsafe_b64encode(tx.vault.seal(msgspec.json.encode(link), row=_ROW)).decode().rstrip("=")
    return {"relation": "next", "url": f"{base}/{link.kind}?_page={sealed}"}


def open_page_link(tx: Tx, text: str) -> PageLink:
    """Return what ``next_link`` sealed.

    Raises:
        FhirError: 400 when it is not ours, or was changed.
    """
    try:
        sealed = urlsafe_b64decode(text + "=" * (-len(text) % 4))
        return msgspec.json.decode(tx.vault.open(sealed, row=_ROW), type=PageLink)
    except (ValueError, IndexError, DecryptionError, msgspec.MsgspecError):
        raise invalid("The page link is not one of this server") from None


def encoded(value: Any) -> bytes:
    """Encode as JSON with decimals as they were written."""
    return packing.encode(value)


def _entries(base: str, page: SearchPage) -> msgspec.Raw:
    """Return the entries of a page, of which there is at least one, as a JSON array."""
    start = b'{"fullUrl":' + encoded(f"{base}/")[:-1]
    pieces = [b"["]
    for mode, resources in ((b"match", page.matches), (b"include", page.included)):
        end = b',"search":{"mode":"%b"}},' % mode
        for stored in resources:
            pieces += (start, f'{stored.type}/{stored.fhir_id}","resource":'.encode())
            _write(pieces, stored, base=base)
            pieces.append(end)
    pieces[-1] = pieces[-1][:-1] + b"]"
    return msgspec.Raw(b"".join(pieces))
