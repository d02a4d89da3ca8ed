"""What grouping is told of a section: its entries with their facts and keys, as they are stored.

What a delivery has just written is at hand as it was before it was sealed: it is recognised by the sealed facts, which
are never the same twice, and is neither opened nor are its keys read again.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import BindParameter, bindparam, select

from portal.domain.entry import Status
from portal.domain.sections import Section
from portal.merge import Bond, Facts, Member
from portal.store.engine import compression
from portal.store.engine.database import Tx
from portal.store.schema.records import entry, entry_key

Keys = tuple[tuple[Bond, str], ...]
AtHand = Mapping[bytes, tuple[Keys, Facts]]
"""Keys, hashed, and facts of entries by ``entry.facts``: keys are written with the facts, and never without them."""
NOTHING: AtHand = {}
Place = tuple[str | None, bool]
"""The row that an entry is in, and whether it is alone there."""

_BATCH = 500
_PERSON: BindParameter[str] = bindparam("person_id")
_SECTION: BindParameter[str] = bindparam("section")
_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_OF_SECTION = (entry.c.person_id == _PERSON, entry.c.section == _SECTION)
_ENTRIES = select(
    *(entry.c[name] for name in ("id", "source", "status", "sort_at", "facts", "row_id", "grouped")),
    *(entry.c[name] for name in ("confidential", "private", "held", "author", "alone")),
)
_ALL_ENTRIES = _ENTRIES.where(*_OF_SECTION)
_SOME_ENTRIES = _ENTRIES.where(entry.c.id.in_(_IDS), *_OF_SECTION)
_KEYS = select(entry_key.c.entry_id, entry_key.c.bond, entry_key.c.hash)
_ALL_KEYS = _KEYS.join(entry, entry.c.id == entry_key.c.entry_id).where(*_OF_SECTION)
_SOME_KEYS = _KEYS.where(entry_key.c.entry_id.in_(_IDS))
_FACTS = msgspec.json.Decoder(Facts)
_BONDS = {bond.value: bond for bond in Bond}
_STATUSES = {status.value: status for status in Status}


@dataclass(frozen=True, slots=True)
class Loaded:
    """What there is to group: by entry where it is; ids of what is new here, and of what has a label."""

    members: list[Member]
    place_of: dict[str, Place]
    ungrouped: set[str]
    secret: set[str]
    private: set[str]
    held: set[str]
    authors: dict[str, str]  # of messages that are somebody's: portal.access.authors


def load(tx: Tx, *, person_id: str, section: Section, ids: set[str] | None = None, at_hand: AtHand = NOTHING) -> Loaded:
    """Return these entries of a section (None: all of it)."""
    of_section = {"person_id": person_id, "section": section.value}
    if ids is None:
        listed: list[Any] = list(tx.conn.execute(_ALL_ENTRIES, of_section).all())
    else:
        parts = [of_section | {"ids": batch} for batch in _batches(sorted(ids))]
        listed = [row for values in parts for row in tx.conn.execute(_SOME_ENTRIES, values).all()]
    rest = [row for row in listed if row[4] not in at_hand]
    stored = dict(zip((row[0] for row in rest), _facts(tx, rest), strict=True))
    keys = _keys(tx, of_section, [row[0] for row in rest], whole=ids is None and 2 * len(rest) > len(listed))
    contents = [at_hand.get(row[4]) or (keys.get(row[0], ()), stored[row[0]]) for row in listed]
    return Loaded(
        [Member(row[0], row[1], _STATUSES[row[2]], row[3], *each) for row, each in zip(listed, contents, strict=True)],
        place_of={row[0]: (row[5], bool(row[11])) for row in listed},
        ungrouped={row[0] for row in listed if not row[6]},
        secret={row[0] for row in listed if row[7]},
        private={row[0] for row in listed if row[8]},
        held={row[0] for row in listed if row[9]},
        authors={row[0]: row[10] for row in listed if row[10]},
    )


def _keys(tx: Tx, of_section: Mapping[str, str], ids: Sequence[str], *, whole: bool) -> dict[str, Keys]:
    """Return the keys of entries, of those that have any. ``whole``: they are most of the section, so ask for all."""
    pairs: list[Any] = []
    if whole:
        pairs += tx.conn.execute(_ALL_KEYS, of_section).all()  # at once: row by row takes twice as long
    else:
        for batch in _batches(ids):
            pairs += tx.conn.execute(_SOME_KEYS, {"ids": batch}).all()
    keys: dict[str, list[tuple[Bond, str]]] = defaultdict(list)
    for entry_id, bond, digest in pairs:
        keys[entry_id].append((_BONDS[bond], digest))
    return {entry_id: tuple(listed) for entry_id, listed in keys.items()}


def _facts(tx: Tx, listed: Sequence[Any]) -> list[Facts | None]:
    """Return the facts of rows of ``_ENTRIES``; all are opened before any is unpacked and decoded."""
    opened = [row[4] and tx.open(row[4], row=f"entry.facts:{row[0]}") for row in listed]
    return [_FACTS.decode(compression.plain(each)) if each else None for each in opened]


def _batches(values: Sequence[str]) -> list[Sequence[str]]:
    return [values[start : start + _BATCH] for start in range(0, len(values), _BATCH)]
