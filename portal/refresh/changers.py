"""Who changed an appointment last, as a Provenance of the same delivery says.

Source: https://hl7.org/fhir/R4/provenance.html (target, recorded, agent.who).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from portal.domain.entry import Entry, Visit
from portal.normalise.context import Context, nothing, target_of
from portal.normalise.elements import first, items, when
from portal.normalise.names import party
from portal.store.records import packing


class Changers:
    def __init__(self, packed: Sequence[bytes]) -> None:
        told: list[tuple[str, str, str]] = []
        for each in packed:
            provenance: Mapping[str, Any] = packing.decode(packing.unpack(each))
            by = party(first(provenance.get("agent")).get("who"), Context(provenance, nothing))
            told += [
                (when(provenance.get("recorded")) or "", "/".join(target_of(target).split("/")[-2:]), by)
                for target in items(provenance.get("target"))
                if by
            ]
        self._by_target = {target: by for _recorded, target, by in sorted(told)}

    def named(self, entry: Entry) -> Entry:
        """Return an appointment with who changed it, where that is said; any other entry as it is."""
        by = self._by_target.get(entry.reference)
        if by is None or not isinstance(entry.detail, Visit):
            return entry
        return replace(entry, detail=replace(entry.detail, changed_by=by))
