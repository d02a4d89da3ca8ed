"""SMART Health Links: what answers at the address of a link, and its end.

Source: HL7 SMART Health Cards and Links IG, STU 1 (https://hl7.org/fhir/uv/smart-health-cards-and-links/STU1/): the
flags ``U`` (the address is the encrypted file), ``P`` (a passcode opens a manifest) and ``L`` (it changes over time).
"""

from datetime import timedelta

from portal import audit
from portal.access.passwords import verify_password
from portal.config import Settings
from portal.sharing import making
from portal.sharing.opening import note_opening, opens_now, require_calm
from portal.store import Database, Tx
from portal.store.shares import shares
from portal.store.shares.shares import Share, ShareEventKind

_LOCATION = timedelta(hours=1)


class LinkGoneError(Exception):
    """Nothing is at this address: never was, paused, ended, used up. From outside these are the same."""


class WrongPasscodeError(Exception):
    """``remaining``: how many more wrong ones it takes until the link has ended."""

    def __init__(self, remaining: int) -> None:
        super().__init__("wrong passcode")
        self.remaining = remaining


def manifest(database: Database, *, settings: Settings, token: str, recipient: str, passcode: str) -> tuple[Share, str]:
    """Open a link with its passcode; return it with the secret of an address of its file, valid for an hour.

    Raises:
        LinkGoneError: nothing is to be had at this address.
        LinkBusyError: it was opened too often within an hour.
        WrongPasscodeError: each number of remaining attempts is told once, however many ask at the same time.
    """
    with database.reading() as tx:
        stored = shares.by_token(tx, token=token)
        if stored is None or "P" not in stored.flags:
            raise LinkGoneError
        require_calm(tx, stored)
        opens = opens_now(tx, stored, settings) and stored.uses_left != 0
    # It takes long: no writer may wait for it, and nobody for an empty passcode.
    fits = opens and bool(passcode) and verify_password(stored.passcode_hash, passcode)
    remaining: int | None = None
    with database.transaction() as tx:
        require_calm(tx, stored)
        now_stored = shares.by_id(tx, share_id=stored.id) or stored
        opens = opens_now(tx, now_stored, settings) and now_stored.uses_left != 0
        location = ""
        if opens and fits:
            if shares.count_use(tx, share_id=stored.id):
                location = shares.add_location(tx, share_id=stored.id, lasting=_LOCATION)
        elif opens:
            remaining = shares.count_wrong(tx, share_id=stored.id) if passcode else now_stored.tries_left
        refused = ShareEventKind.REFUSED if remaining is None else ShareEventKind.WRONG_PASSCODE
        note_opening(tx, stored, ShareEventKind.OPENED if location else refused, recipient)
    if remaining is not None:
        raise WrongPasscodeError(remaining)
    if not location:
        raise LinkGoneError
    if "L" in stored.flags:
        making.renew(database, settings=settings, stored=stored)
    return stored, location


def file_at(database: Database, *, settings: Settings, location: str) -> bytes:
    """Return the encrypted file that a manifest named.

    Raises:
        LinkGoneError: the address ran out, or the link ended meanwhile.
    """
    with database.reading() as tx:
        stored = shares.at_location(tx, token=location)
        content = shares.content(tx, share_id=stored.id) if stored and opens_now(tx, stored, settings) else None
    if content is None:
        raise LinkGoneError
    return content


def direct_file(database: Database, *, settings: Settings, token: str, recipient: str) -> bytes:
    """Return the encrypted file of a link with the flag ``U``, and write down who asked for it.

    Raises:
        LinkGoneError: nothing is to be had at this address.
        LinkBusyError: it was opened too often within an hour.
    """
    with database.transaction() as tx:
        stored = shares.by_token(tx, token=token)
        content = None
        if stored is not None and "U" in stored.flags:
            require_calm(tx, stored)
            opens = opens_now(tx, stored, settings) and shares.count_use(tx, share_id=stored.id)
            content = shares.content(tx, share_id=stored.id) if opens else None
            note_opening(tx, stored, ShareEventKind.OPENED if content else ShareEventKind.REFUSED, recipient)
    if content is None:
        raise LinkGoneError
    return content


def change(tx: Tx, *, stored: Share, kind: ShareEventKind, account_id: str) -> bool:
    """Pause a link, let it go on, or end it. False where that changes nothing."""
    if kind is ShareEventKind.ENDED:
        changed = shares.end(tx, share_id=stored.id)
    else:
        changed = shares.pause(tx, share_id=stored.id, paused=kind is ShareEventKind.PAUSED)
    if changed:
        shares.log(tx, share_id=stored.id, kind=kind)
        audit.record(
            tx,
            action=audit.Action.SHARE_CHANGE,
            actor=audit.Actor("account", account_id),
            person_id=stored.person_id,
            share=stored.id,
            change=kind.value,
        )
    return changed
