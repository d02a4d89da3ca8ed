"""Copies of shared summaries for readers without software, and the notes that readers leave."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import func, insert, select, update

from portal.domain.ids import new_id
from portal.store.engine.database import Tx
from portal.store.schema.shares import share_copy, share_note

OPEN_FOR = timedelta(hours=1)
"""How long a copy opens, from its first opening."""
_TRIES = 5
_MOST_NOTES = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareCopy:
    """One copy. ``content`` is still wrapped with the code."""

    share_id: str
    salt: bytes
    content: bytes
    tries_left: int
    opened_at: datetime | None

    def opens(self, now: datetime) -> bool:
        return self.tries_left > 0 and (self.opened_at is None or now < self.opened_at + OPEN_FOR)


class ShareNote(msgspec.Struct, frozen=True):
    """What a reader wrote. ``name`` is who they said to be; nobody checked it."""

    name: str
    text: str


def add(tx: Tx, *, share_id: str, person_id: str, code: str, salt: bytes, content: bytes) -> None:
    """Store what was wrapped with a code; of the code only a keyed hash."""
    tx.conn.execute(
        insert(share_copy).values(
            share_id=share_id,
            code_hash=_hash(tx, code),
            salt=salt,
            content=tx.sealer(person_id).seal(content, row=f"share_copy.content:{share_id}"),
            tries_left=_TRIES,
        )
    )


def by_code(tx: Tx, *, code: str) -> ShareCopy | None:
    row = tx.conn.execute(select(share_copy).where(share_copy.c.code_hash == _hash(tx, code))).one_or_none()
    if row is None:
        return None
    return ShareCopy(
        share_id=row.share_id,
        salt=row.salt,
        content=tx.open(row.content, row=f"share_copy.content:{row.share_id}"),
        tries_left=row.tries_left,
        opened_at=row.opened_at,
    )


def count_wrong(tx: Tx, *, share_id: str) -> None:
    """Count a wrong birth date."""
    query = update(share_copy).where(share_copy.c.share_id == share_id, share_copy.c.tries_left > 0)
    tx.conn.execute(query.values(tries_left=share_copy.c.tries_left - 1))


def mark_opened(tx: Tx, *, share_id: str) -> bool:
    """Note the first opening. False where it was opened before, or wrong birth dates ended it meanwhile."""
    first = (share_copy.c.opened_at.is_(None), share_copy.c.tries_left > 0)
    query = update(share_copy).where(share_copy.c.share_id == share_id, *first)
    return bool(tx.conn.execute(query.values(opened_at=tx.now)).rowcount)


def add_note(tx: Tx, *, share_id: str, person_id: str, note: ShareNote) -> bool:
    """Store a reader's note. False where there are enough of them."""
    query = select(func.count()).where(share_note.c.share_id == share_id)
    if tx.conn.execute(query).scalar_one() >= _MOST_NOTES:
        return False
    note_id = new_id()
    sealed = tx.seal(note, row=f"share_note.data:{note_id}", person_id=person_id)
    tx.conn.execute(insert(share_note).values(id=note_id, share_id=share_id, at=tx.now, data=sealed))
    return True


def notes(tx: Tx, *, share_id: str) -> tuple[tuple[datetime, ShareNote], ...]:
    """Return the notes of a link's readers with their moments, the newest first."""
    query = select(share_note).where(share_note.c.share_id == share_id).order_by(share_note.c.at.desc())
    return tuple(
        (row.at, tx.unseal(row.data, ShareNote, row=f"share_note.data:{row.id}")) for row in tx.conn.execute(query)
    )


def _hash(tx: Tx, code: str) -> str:
    return tx.vault.hash("share-code", code)
