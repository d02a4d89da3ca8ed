"""What the statements of one source say of the use of its devices, which do not refer to them."""

from collections.abc import Container, Mapping, Sequence
from typing import Any

from portal.domain.sections import Section
from portal.normalise.device_uses import USE, device_of
from portal.refresh.own_references import SourceAddress
from portal.refresh.recognition import Item
from portal.store import Database, Tx
from portal.store.records import batches, packing, writing

_DEVICE = "Device"


class DeviceUses:
    """Finds the statements about a Device: among a delivery first, then in the store, but for those ``without``."""

    def __init__(
        self,
        person_id: str | None,
        source: str,
        items: Mapping[str, Item],
        server: SourceAddress,
        *,
        without: Container[str] = (),
    ) -> None:
        self._person_id, self._source, self._items, self._server = person_id, source, items, server
        self._without = without
        self._by_device: dict[str, list[Mapping[str, Any]]] | None = None

    def of(self, tx: Tx, resource: Mapping[str, Any]) -> list[Mapping[str, Any]]:
        """Return the statements about a Device; none for any other resource."""
        if resource.get("resourceType") != _DEVICE or self._person_id is None:
            return []
        if self._by_device is None:
            self._by_device = self._read(tx, self._person_id)
        return self._by_device.get(str(resource.get("id")), [])

    def _read(self, tx: Tx, person_id: str) -> dict[str, list[Mapping[str, Any]]]:
        packed = {
            each.id: each.packed
            for each in batches.of_type(tx, person_id=person_id, source=self._source, kind=USE)
            if each.id not in self._without
        }
        packed |= {item.id: item.packed for item in self._items.values() if item.type == USE and item.packed}
        by_device: dict[str, list[Mapping[str, Any]]] = {}
        for own_id in sorted(packed):
            use: Mapping[str, Any] = packing.decode(packing.unpack(packed[own_id]))
            kind, fhir_id = self._server.local(device_of(use), use) or ("", "")
            if kind == _DEVICE:
                by_device.setdefault(fhir_id, []).append(use)
        return by_device


def to_read_again(
    database: Database, *, person_id: str | None, source: str, changed: Sequence[Item], retracted: frozenset[str]
) -> list[Item]:
    """Return the stored devices that did not change, where a statement of use did: they may say something else now."""
    if person_id is None or not (retracted or any(item.type == USE for item in changed)):
        return []
    but = {item.id for item in changed}
    with database.reading() as tx:
        stored = batches.of_type(tx, person_id=person_id, source=source, kind=_DEVICE)
    return [Item(r.id, r.type, r.fhir_id, r.content_hash, r.packed) for r in stored if r.id not in but]


def retracted(
    database: Database, *, person_id: str | None, source: str, described: Container[str], items: Container[str]
) -> frozenset[str]:
    """Return the ids of stored statements that are not among ``items``, a delivery that is the whole list of them."""
    if person_id is None or USE not in described:
        return frozenset()
    with database.reading() as tx:
        stored = batches.of_type(tx, person_id=person_id, source=source, kind=USE)
    return frozenset(each.id for each in stored if each.id not in items)


def remove(database: Database, *, person_id: str, source: str, retracted: frozenset[str]) -> None:
    """Remove statements that were taken back; after the devices were read again, so that a stopped process begins anew.

    A statement is no item of the section and is removed as one: what the home chart no longer has is answered 410.
    """
    if retracted:
        with database.transaction() as tx:
            writing.settle(tx, person_id=person_id, source=source, section=Section.IMPLANTS, removed=sorted(retracted))
