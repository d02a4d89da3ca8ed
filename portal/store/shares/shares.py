"""Links that a person handed on: found by their address, counted down by wrong passcodes, ended at once."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, delete, func, insert, select, update

from portal.domain.ids import new_id, new_secret
from portal.domain.sections import Section
from portal.store.engine.database import Tx
from portal.store.schema.shares import share, share_copy, share_event, share_file, share_key, share_location

WRONG_PASSCODES = 5
MOST_EVENTS = 200
"""Events of one link that are written down: whoever has the link could fill the database with them."""
MOST_OPENINGS = 60
"""How often one link opens within an hour; each opening is an event, also in the audit trail."""


class ShareEventKind(StrEnum):
    MADE = "made"
    OPENED = "opened"
    WRONG_PASSCODE = "wrong-passcode"
    REFUSED = "refused"  # it was paused or had ended
    PAUSED = "paused"
    RESUMED = "resumed"
    ENDED = "ended"


class ShareTerms(msgspec.Struct, frozen=True, omit_defaults=True):
    """For whom it is, the LOINC codes of the sections in it, and whether confidential items are.

    ``without`` are ids of entries whose rows are left out, ``since`` the day (ISO 8601) before which nothing of what
    has happened goes along; empty for no such day. ``more``: sections that are no part of a summary and are in it, too.
    ``assist``: at the front desk, which assist it was made in.
    """

    label: str
    sections: tuple[str, ...]
    confidential: bool = False
    without: tuple[str, ...] = ()
    since: str = ""
    more: tuple[Section, ...] = ()
    assist: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """One link. ``flags`` are those of SMART Health Links; ``uses_left`` is None where it opens without a limit."""

    id: str
    person_id: str
    account_id: str
    flags: str
    terms: ShareTerms
    passcode_hash: str | None
    tries_left: int
    uses_left: int | None
    created_at: datetime
    ends_at: datetime
    paused_at: datetime | None
    ended_at: datetime | None

    def is_over(self, now: datetime) -> bool:
        """Tell whether it has ended for good: by the person, by time, or by wrong passcodes."""
        return self.ended_at is not None or self.ends_at <= now or self.tries_left <= 0

    def opens(self, now: datetime) -> bool:
        return not self.is_over(now) and self.paused_at is None


@dataclass(frozen=True, slots=True)
class ShareEvent:
    """``recipient`` is who asked said to be; nobody checked it."""

    at: datetime
    kind: str
    recipient: str


def add(
    tx: Tx,
    *,
    share_id: str,
    token: str,
    person_id: str,
    account_id: str,
    flags: str,
    terms: ShareTerms,
    passcode_hash: str | None,
    ends_at: datetime,
    content: bytes,
    uses: int | None = None,
    key: bytes | None = None,
) -> None:
    """Store a link with its encrypted file. Its ``token`` is kept as a keyed hash only.

    ``key`` is stored, sealed for the person, where the file is to be encrypted anew (flag ``L``); else it is nowhere.
    """
    encoded = passcode_hash.encode() if passcode_hash else None
    tx.conn.execute(
        insert(share).values(
            id=share_id,
            token_hash=_hash(tx, token),
            person_id=person_id,
            account_id=account_id,
            flags=flags,
            data=tx.seal(terms, row=f"share.data:{share_id}", person_id=person_id),
            passcode_hash=tx.vault.seal(encoded, row=f"share.passcode_hash:{share_id}") if encoded else None,
            tries_left=WRONG_PASSCODES,
            uses_left=uses,
            created_at=tx.now,
            ends_at=ends_at,
        )
    )
    sealer = tx.sealer(person_id)
    sealed = sealer.seal(content, row=f"share_file.content:{share_id}")
    tx.conn.execute(insert(share_file).values(share_id=share_id, content=sealed))
    if key is not None:
        sealed_key = sealer.seal(key, row=f"share_key.data:{share_id}")
        tx.conn.execute(insert(share_key).values(share_id=share_id, data=sealed_key))
    log(tx, share_id=share_id, kind=ShareEventKind.MADE)


def by_token(tx: Tx, *, token: str) -> Share | None:
    return _where(tx, share.c.token_hash == _hash(tx, token))


def by_id(tx: Tx, *, share_id: str) -> Share | None:
    return _where(tx, share.c.id == share_id)


def of_person(tx: Tx, *, person_id: str) -> tuple[Share, ...]:
    """Return the links of a person, the newest first."""
    query = select(share).where(share.c.person_id == person_id).order_by(share.c.created_at.desc(), share.c.id)
    return tuple(_share(tx, row) for row in tx.conn.execute(query))


def count_wrong(tx: Tx, *, share_id: str) -> int | None:
    """Count a wrong passcode; return how many are left, each number once. None where there was none left before."""
    row = tx.conn.execute(
        update(share)
        .where(share.c.id == share_id, share.c.tries_left > 0)
        .values(tries_left=share.c.tries_left - 1)
        .returning(share.c.tries_left)
    ).one_or_none()
    return int(row.tries_left) if row is not None else None


def count_use(tx: Tx, *, share_id: str) -> bool:
    """Count an opening. False where the link is used up, ended or paused: also by what was written meanwhile."""
    left = share.c.uses_left.is_(None) | (share.c.uses_left > 0)
    opens = (share.c.tries_left > 0, share.c.ended_at.is_(None), share.c.paused_at.is_(None))
    query = update(share).where(share.c.id == share_id, left, *opens).values(uses_left=share.c.uses_left - 1)
    return bool(tx.conn.execute(query).rowcount)


def pause(tx: Tx, *, share_id: str, paused: bool) -> bool:
    """Pause a link, or let it go on. False where that changes nothing."""
    is_paused = share.c.paused_at.is_not(None)
    query = update(share).where(share.c.id == share_id, share.c.ended_at.is_(None), ~is_paused if paused else is_paused)
    return bool(tx.conn.execute(query.values(paused_at=tx.now if paused else None)).rowcount)


def end(tx: Tx, *, share_id: str) -> bool:
    """End a link and delete what it led to. False where it had been ended before."""
    query = update(share).where(share.c.id == share_id, share.c.ended_at.is_(None)).values(ended_at=tx.now)
    ended = bool(tx.conn.execute(query).rowcount)
    for table in (share_file, share_key, share_copy, share_location):
        tx.conn.execute(delete(table).where(table.c.share_id == share_id))
    return ended


def add_location(tx: Tx, *, share_id: str, lasting: timedelta) -> str:
    """Return the secret of a new address of the file."""
    token = new_secret()
    over = delete(share_location).where(share_location.c.share_id == share_id, share_location.c.expires_at <= tx.now)
    tx.conn.execute(over)
    tx.conn.execute(
        insert(share_location).values(token_hash=_hash(tx, token), share_id=share_id, expires_at=tx.now + lasting)
    )
    return token


def at_location(tx: Tx, *, token: str) -> Share | None:
    """Return the link whose file has this address now."""
    query = select(share_location.c.share_id).where(
        share_location.c.token_hash == _hash(tx, token), share_location.c.expires_at > tx.now
    )
    share_id = tx.conn.execute(query).scalar_one_or_none()
    return by_id(tx, share_id=share_id) if share_id is not None else None


def content(tx: Tx, *, share_id: str) -> bytes | None:
    """Return the encrypted file."""
    sealed = tx.conn.execute(select(share_file.c.content).where(share_file.c.share_id == share_id)).scalar_one_or_none()
    return tx.open(sealed, row=f"share_file.content:{share_id}") if sealed is not None else None


def key(tx: Tx, *, share_id: str) -> bytes | None:
    """Return the key of a long-lived link; None of any other."""
    sealed = tx.conn.execute(select(share_key.c.data).where(share_key.c.share_id == share_id)).scalar_one_or_none()
    return tx.open(sealed, row=f"share_key.data:{share_id}") if sealed is not None else None


def put_content(tx: Tx, *, stored: Share, content: bytes) -> None:
    """Put a newer file in the place of the encrypted one."""
    sealed = tx.sealer(stored.person_id).seal(content, row=f"share_file.content:{stored.id}")
    tx.conn.execute(update(share_file).where(share_file.c.share_id == stored.id).values(content=sealed))


def log(tx: Tx, *, share_id: str, kind: ShareEventKind, recipient: str = "") -> None:
    """Write down what happened with a link: of so many events the newest, and no refusal in the place of another."""
    query = select(func.count()).where(share_event.c.share_id == share_id)
    if tx.conn.execute(query).scalar_one() >= MOST_EVENTS:
        if kind in {ShareEventKind.REFUSED, ShareEventKind.WRONG_PASSCODE}:
            return
        c = share_event.c
        replaced = select(c.id).where(c.share_id == share_id, c.kind != ShareEventKind.MADE.value)
        oldest = replaced.order_by(c.at, c.id).limit(1).scalar_subquery()
        tx.conn.execute(delete(share_event).where(c.id == oldest))
    event_id = new_id()
    tx.conn.execute(
        insert(share_event).values(
            id=event_id,
            share_id=share_id,
            at=tx.now,
            kind=kind.value,
            recipient=tx.seal(recipient, row=f"share_event.recipient:{event_id}") if recipient else None,
        )
    )


def openings_since(tx: Tx, *, share_id: str, since: datetime) -> int:
    c = share_event.c
    query = select(func.count()).where(c.share_id == share_id, c.at > since, c.kind == ShareEventKind.OPENED.value)
    return tx.conn.execute(query).scalar_one()


def events(tx: Tx, *, share_id: str) -> tuple[ShareEvent, ...]:
    """Return what happened with a link, the newest first."""
    query = select(share_event).where(share_event.c.share_id == share_id).order_by(share_event.c.at.desc())
    return tuple(
        ShareEvent(
            row.at,
            row.kind,
            tx.unseal(row.recipient, str, row=f"share_event.recipient:{row.id}") if row.recipient else "",
        )
        for row in tx.conn.execute(query)
    )


def _where(tx: Tx, condition: ColumnElement[bool]) -> Share | None:
    row = tx.conn.execute(select(share).where(condition)).one_or_none()
    return _share(tx, row) if row is not None else None


def _share(tx: Tx, row: Any) -> Share:
    sealed = row.passcode_hash
    return Share(
        id=row.id,
        person_id=row.person_id,
        account_id=row.account_id,
        flags=row.flags,
        terms=tx.unseal(row.data, ShareTerms, row=f"share.data:{row.id}"),
        passcode_hash=tx.vault.open(sealed, row=f"share.passcode_hash:{row.id}").decode() if sealed else None,
        tries_left=row.tries_left,
        uses_left=row.uses_left,
        created_at=row.created_at,
        ends_at=row.ends_at,
        paused_at=row.paused_at,
        ended_at=row.ended_at,
    )


def _hash(tx: Tx, token: str) -> str:
    return tx.vault.hash("share", token)
