"""What of a delivery is stored already as it came, and what is new: compared, and not yet read."""

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from itertools import islice
from typing import Any

import msgspec

from portal.domain.fhir_ids import is_fhir_id
from portal.domain.links import Tier
from portal.domain.sections import KEPT_TYPES
from portal.fhir.delivered import Delivered, Digests
from portal.fhir.vendors import Quirks
from portal.normalise import carries_entry
from portal.normalise.elements import obj
from portal.refresh.ingest_report import IngestReport
from portal.store import Database, Tx
from portal.store.engine.crypto import Vault
from portal.store.links.links import Link
from portal.store.records import packing, writing
from portal.store.records import resources as stored_resources

BATCH = 400
"""Resources per transaction: to write them takes well below 300 ms on either database."""


class Item(msgspec.Struct):
    """A resource on its way: compressed, so that a large delivery is held once and small.

    ``packed`` is empty for what is stored already as it came. ``delivered`` is the digest of its bytes, if it has one;
    what is told by it has no ``content_hash``. ``opened``: of the first ones, what is packed, and that decoded.
    """

    id: str
    type: str
    fhir_id: str
    content_hash: str
    packed: bytes
    delivered: str | None = None
    opened: tuple[bytes, Mapping[str, Any]] | None = None

    def read(self) -> tuple[bytes, Mapping[str, Any]]:
        """Return what is packed: its JSON, and that decoded."""
        if self.opened is not None:
            return self.opened
        data = packing.unpack(self.packed)
        return data, packing.decode(data)


def digests_of(tx: Tx, link: Link, quirks: Quirks) -> Digests | None:
    """Return what tells the resources that a link delivers again just so; None where they are not stored as they come.

    What is repaired is not, and the home chart is repaired.
    """
    if quirks.repairs or link.tier is Tier.HOME:
        return None
    return Digests(
        partial(tx.vault.hash, "delivered"), writing.delivered(tx, person_id=link.person_id, source=link.source)
    )


def collect(
    database: Database,
    person_id: str | None,
    source: str,
    resources: Iterable[Mapping[str, Any]],
    report: IngestReport,
    *,
    keep: int = 0,
) -> tuple[dict[str, Item], dict[str, writing.StoredState]]:
    """Return the delivered resources and what is stored of them, by id; of several with one identity the last counts.

    What is stored as it came is not packed: a delivery in which nothing is new costs little more than its hashes.
    ``keep``: so many bytes of JSON stay as they are beside being packed, decoded, too; for resources that are just what
    decoding JSON gave.
    """
    items: dict[str, Item] = {}
    states: dict[str, writing.StoredState] = {}
    renewed: dict[str, str] = {}
    readable = _readable(database.vault, person_id, source, resources, report)
    while batch := list(islice(readable, BATCH)):
        with database.reading() as tx:
            states |= writing.stored_states(tx, ids=[item.id for item, _, _ in batch if item.id not in states])
        for item, resource, written in batch:
            report.repeated += item.id in items
            stored = states.get(item.id)
            same = stored if stored is not None and stored.person_id == person_id and not stored.deleted else None
            items[item.id] = item
            if same is not None and item.delivered is not None and item.delivered == same.delivered:
                continue
            text = written
            if isinstance(resource, Delivered):
                whole = packing.decode(resource.data)
                text = packing.encode(whole)
                item.content_hash = _content_hash(database.vault, whole, text)
            if same is None or same.content_hash != item.content_hash:
                item.packed = packing.pack(text)
                keep -= len(text)
                item.opened = (text, resource) if keep >= 0 and not isinstance(resource, Delivered) else None
            elif item.delivered is not None:
                renewed[item.id] = item.delivered
    if renewed:
        with database.transaction() as tx:
            writing.note_delivered(tx, digests=renewed)
    return items, states


def _readable(
    vault: Vault, person_id: str | None, source: str, resources: Iterable[Mapping[str, Any]], report: IngestReport
) -> Iterator[tuple[Item, Mapping[str, Any], bytes]]:
    """Yield what can be told apart, each beside its item and, if it is decoded, as JSON; the rest is counted."""
    for resource in resources:
        body = obj(resource)
        kind, fhir_id = body.get("resourceType"), body.get("id")
        if not isinstance(kind, str) or not is_fhir_id(fhir_id) or len(kind) > _LONGEST_TYPE:
            report.refused["malformed"] += 1
            report.lost["malformed"] += 1
            continue
        if person_id is None and not is_shown_or_serves(kind):
            report.refused["unsupported-type"] += 1
            continue
        resource_id = stored_resources.resource_id(vault, source=source, type=kind, fhir_id=fhir_id)
        if isinstance(resource, Delivered):
            yield Item(resource_id, kind, fhir_id, "", b"", resource.digest), resource, b""
        else:
            text = packing.encode(body)
            yield Item(resource_id, kind, fhir_id, _content_hash(vault, body, text), b""), body, text


_LONGEST_TYPE = 40  # letters; FHIR's longest is MedicinalProductUndesirableEffect


def is_shown_or_serves(kind: str) -> bool:
    return carries_entry(kind) or kind in KEPT_TYPES or kind == "Patient"


def _content_hash(vault: Vault, resource: Mapping[str, Any], text: bytes) -> str:
    """Return what a resource says, without the stamps that a server renews although nothing changed.

    ``text`` is its JSON.
    """
    meta = resource.get("meta")
    if isinstance(meta, Mapping) and ("lastUpdated" in meta or "versionId" in meta):
        lasting = {key: value for key, value in meta.items() if key not in ("lastUpdated", "versionId")}
        text = packing.encode({**resource, "meta": lasting})
    return vault.hash("content", text)
