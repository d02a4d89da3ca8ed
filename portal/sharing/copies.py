"""A shared summary for who has no software for Health Links: a copy that a code unwraps, with the server's help.

The copy is wrapped with a key that Argon2id (RFC 9106) makes of the code, which is shown once and is nowhere here. So
the server can read the copy only while somebody who has the code asks it to. With the birth date it opens for an hour.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime

import msgspec
from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from portal.access.passwords import one_at_a_time
from portal.authentication.codes import new_code, read_code
from portal.config import Settings
from portal.domain.entry import Entry
from portal.sharing import narrative
from portal.sharing.opening import note_opening, opens_now, require_calm
from portal.sharing.summary import FilledSection, SummaryContent
from portal.store import Database, Tx
from portal.store.people import people
from portal.store.shares import copies, shares
from portal.store.shares.copies import ShareCopy
from portal.store.shares.shares import Share, ShareEventKind

_GROUPS = 3  # 59 bits
_SALT, _NONCE = 16, 12


class CopiedSection(msgspec.Struct, frozen=True):
    """What a section holds, to be told in another language than English.

    ``rows``: of each its statements, each with the names of who says it; the numbers are those of ``FilledSection``.
    """

    code: str
    rows: tuple[tuple[tuple[Entry, str], ...], ...]
    shared: bool
    complete: bool
    more: int
    past: int
    own: int


class CopiedSummary(msgspec.Struct, frozen=True):
    """What a reader sees: sections by title, each as XHTML in which every word is escaped, in English.

    ``contents`` are the same sections in their order; copies that are older have none.
    """

    name: str
    born: str
    made_at: datetime
    sections: tuple[tuple[str, str], ...]
    contents: tuple[CopiedSection, ...] = ()


@dataclass(frozen=True, slots=True)
class NewCopy:
    """``content`` is wrapped; ``code`` unwraps it and is to be shown once."""

    code: str
    salt: bytes
    content: bytes


@dataclass(frozen=True, slots=True)
class OpenedCopy:
    """``until``: how long the code opens it from now on."""

    share_id: str
    summary: CopiedSummary
    until: datetime


class CopyRefusedError(Exception):
    """The code and the birth date open nothing; from outside it is the same whatever the reason."""


def wrapped(content: SummaryContent, *, share_id: str) -> NewCopy:
    """Return a copy of a summary, wrapped with a new code; it takes long, so no writer may wait for it."""
    code, salt, nonce = new_code(_GROUPS), secrets.token_bytes(_SALT), secrets.token_bytes(_NONCE)
    plain = msgspec.msgpack.encode(_copied(content))
    return NewCopy(code, salt, nonce + AESGCM(_key(code, salt)).encrypt(nonce, plain, share_id.encode()))


def open_copy(database: Database, *, settings: Settings, code: str, birth_date: str, recipient: str) -> OpenedCopy:
    """Open a copy with its code and the person's birth date (ISO 8601), for who says to be ``recipient``.

    Raises:
        CopyRefusedError: they open nothing, or not any more.
        LinkBusyError: it was opened too often within an hour.
    """
    typed = read_code(code)
    with database.reading() as tx:
        copy = copies.by_code(tx, code=typed)
        stored = shares.by_id(tx, share_id=copy.share_id) if copy else None
        if copy is None or stored is None:
            raise CopyRefusedError
        require_calm(tx, stored)
        is_open = copy.opens(tx.now) and opens_now(tx, stored, settings)
        person = people.by_id(tx, person_id=stored.person_id)
        fits = person is not None and person.demographics.birth_date == birth_date
    # It takes long and much memory: not for what opens nothing whatever is typed.
    summary = _unwrapped(copy, typed) if is_open and fits and birth_date else None
    until = None
    with database.transaction() as tx:
        require_calm(tx, stored)
        if summary is not None:
            until = _opened(tx, stored, typed, settings)
        elif is_open:
            copies.count_wrong(tx, share_id=copy.share_id)
        refused = ShareEventKind.REFUSED if summary or not is_open else ShareEventKind.WRONG_PASSCODE
        note_opening(tx, stored, ShareEventKind.OPENED if until else refused, recipient)
    if summary is None or until is None:
        raise CopyRefusedError
    return OpenedCopy(stored.id, summary, until)


def _opened(tx: Tx, stored: Share, code: str, settings: Settings) -> datetime | None:
    """Return until when the copy is open; None where it does not open now. The first time counts as a use."""
    copy, now_stored = copies.by_code(tx, code=code), shares.by_id(tx, share_id=stored.id)
    if copy is None or now_stored is None or not copy.opens(tx.now) or not opens_now(tx, now_stored, settings):
        return None
    if copies.mark_opened(tx, share_id=stored.id):
        return tx.now + copies.OPEN_FOR if shares.count_use(tx, share_id=stored.id) else None
    now = copies.by_code(tx, code=code)  # what was written since it was read counts
    return now.opened_at + copies.OPEN_FOR if now and now.opened_at and now.opens(tx.now) else None


def _copied(content: SummaryContent) -> CopiedSummary:
    return CopiedSummary(
        name=content.person.display,
        born=content.person.birth_date,
        made_at=content.moment,
        sections=tuple(
            (section.title, narrative.section_div(section, content.sections[section.code], content))
            for section in content.told
        ),
        contents=tuple(_contents(section.code, content.sections[section.code], content) for section in content.told),
    )


def _contents(code: str, section: FilledSection, summary: SummaryContent) -> CopiedSection:
    return CopiedSection(
        code=code,
        rows=tuple(narrative.spoken(section, summary)),
        shared=section.shared,
        complete=section.complete,
        more=section.more,
        past=section.past,
        own=section.own,
    )


def _unwrapped(copy: ShareCopy, code: str) -> CopiedSummary | None:
    nonce, wrapped = copy.content[:_NONCE], copy.content[_NONCE:]
    try:
        plain = AESGCM(_key(code, copy.salt)).decrypt(nonce, wrapped, copy.share_id.encode())
    except InvalidTag:
        return None
    return msgspec.msgpack.decode(plain, type=CopiedSummary)


def _key(code: str, salt: bytes) -> bytes:
    """Return the key that a code makes: Argon2id with the second recommended parameters of RFC 9106, 4."""
    return one_at_a_time(
        hash_secret_raw,
        code.encode(),
        salt,
        time_cost=3,
        memory_cost=64 * 1024,
        parallelism=4,
        hash_len=32,
        type=Type.ID,
    )
