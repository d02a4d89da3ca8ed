"""Which stored resources name others: those whose entries may have words of them."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from portal.domain.resource_types import DESCRIBING
from portal.normalise import carries_entry
from portal.normalise.confidential import is_confidential_here
from portal.normalise.context import Lookup, target_of
from portal.normalise.elements import items, word
from portal.store import Database
from portal.store.records import batches, packing
from portal.store.records.batches import PackedResource

_BATCH = 400


def _takes_words(kind: str) -> bool:
    """Tell whether what it names may be confidential, and then it is."""
    return carries_entry(kind) or kind in DESCRIBING


def is_hidden(resource: Mapping[str, Any], lookup: Lookup, kinds: Collection[str]) -> bool:
    """Tell whether a resource is confidential, or says something of nothing but what is.

    ``kinds`` are what the organization keeps confidential whatever its label.
    """
    named_in = DESCRIBING.get(word(resource.get("resourceType")))
    if named_in is None or is_confidential_here(resource, kinds):
        return is_confidential_here(resource, kinds)
    targets = [lookup(target_of(target)) for target in items(resource.get(named_in))]
    return bool(targets) and all(target is not None and is_confidential_here(target, kinds) for target in targets)


class Referred:
    """A ``Lookup`` that notes whether the words of an entry come from something confidential: then it is so, too."""

    def __init__(self, lookup: Lookup, kinds: Collection[str]) -> None:
        self._lookup, self._kinds = lookup, kinds
        self.confidential = False

    def __call__(self, reference: str, /) -> Mapping[str, Any] | None:
        resource = self._lookup(reference)
        if resource is not None:
            self.confidential |= is_confidential_here(resource, self._kinds)
        return resource


def owners(database: Database, *, source: str) -> list[str]:
    """Return everybody who has anything of this source."""
    with database.reading() as tx:
        return sorted({person_id for person_id, of in batches.owners(tx) if of == source and person_id is not None})


def naming(
    database: Database, *, person_id: str, source: str, references: Sequence[str], but: Collection[str]
) -> Iterator[list[PackedResource]]:
    """Yield, batch by batch, the resources that name any of "Type/id", but not those with ids ``but``."""
    names, after = [reference.encode() for reference in references], ""
    while True:
        with database.reading() as tx:
            packed = batches.resources(tx, person_id=person_id, source=source, after=after, limit=_BATCH)
        if not packed:
            return
        after = packed[-1].id
        others = (each for each in packed if each.id not in but and _takes_words(each.type))
        yield [each for each in others if any(name in packing.unpack(each.packed) for name in names)]
