"""Which stored resources name others: those whose entries may have words of them."""

from collections.abc import Collection, Iterator, Sequence

from portal.normalise import carries_entry
from portal.store import Database
from portal.store.records import batches, packing
from portal.store.records.batches import PackedResource

_BATCH = 400


def owners(database: Database, *, source: str) -> list[str]:
    """Return everybody who has anything of this source."""
    with database.reading() as tx:
        return sorted({person_id for person_id, of in batches.owners(tx) if of == source and person_id is not None})


def naming(
    database: Database, *, person_id: str, source: str, references: Sequence[str], but: Collection[str]
) -> Iterator[list[PackedResource]]:
    """Yield, batch by batch, the resources with an entry that name any of "Type/id", but not those with ids ``but``."""
    names, after = [reference.encode() for reference in references], ""
    while True:
        with database.reading() as tx:
            packed = batches.resources(tx, person_id=person_id, source=source, after=after, limit=_BATCH)
        if not packed:
            return
        after = packed[-1].id
        others = (each for each in packed if each.id not in but and carries_entry(each.type))
        yield [each for each in others if any(name in packing.unpack(each.packed) for name in names)]
