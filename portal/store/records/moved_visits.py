"""What was changed of an appointment: its time and place before, kept in its entry when a new version comes."""

from collections.abc import Mapping

import msgspec
from msgspec import DecodeError
from msgspec.structs import replace
from sqlalchemy import select

from portal.domain.dates import as_instant
from portal.domain.entry import Entry, Visit
from portal.store.engine import compression
from portal.store.engine.database import Tx
from portal.store.records.resources import chunks
from portal.store.schema.records import entry


def moved(tx: Tx, *, person_id: str, bodies: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the sealed entries (by id) that say what they were before, of those that are about to be stored.

    What an earlier version said of its change stays until the next change.
    """
    changed: dict[str, bytes] = {}
    for batch in chunks(sorted(bodies)):
        query = select(entry.c.id, entry.c.body).where(entry.c.id.in_(batch))
        for entry_id, body in tx.conn.execute(query):
            place = f"entry.body:{entry_id}"
            after = tx.unseal(bodies[entry_id], Entry, row=place)
            try:
                before = tx.unseal(body, Entry, row=place)
            except DecodeError:
                continue
            told = change(before, after, at=tx.now.isoformat(timespec="seconds"))
            if told is not after:
                told_bytes = compression.pack(msgspec.json.encode(told))
                changed[entry_id] = tx.sealer(person_id).seal(told_bytes, row=place)
    return changed


def change(before: Entry, after: Entry, *, at: str) -> Entry:
    """Return the later of two versions with what it was moved from; itself where there is nothing to say."""
    old, new = before.detail, after.detail
    if not isinstance(old, Visit) or not isinstance(new, Visit) or not new.appointment:
        return after
    start = before.start if before.start and after.start and not _same(before.start, after.start) else None
    place = old.place if old.place and new.place and old.place != new.place else ""
    cancelled = new.fhir_status == "cancelled" != old.fhir_status
    if start or place or cancelled:
        told = replace(new, changed_at=at, start_before=start, place_before=place)
    else:
        told = replace(
            new,
            changed_at=old.changed_at,
            start_before=old.start_before,
            place_before=old.place_before,
            changed_by=new.changed_by or old.changed_by,
        )
    return after if told == new else replace(after, detail=told)


def _same(one: str, other: str) -> bool:
    return one == other or ("T" in one and "T" in other and as_instant(one) == as_instant(other))
