"""SMART Health Links: a link whose key is in the link alone, and what answers at its address.

Source: HL7 SMART Health Cards and Links IG, STU 1 (https://hl7.org/fhir/uv/smart-health-cards-and-links/STU1/): the
payload, the flags ``U`` (the address is the encrypted file) and ``P`` (a passcode opens a manifest), files as compact
JWE with ``dir`` and ``A256GCM``. The key is made for the link, shown with it, and stored nowhere.
"""

import json
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import uuid4

from joserfc import jwe
from joserfc.jwk import OctKey

from portal import audit
from portal.access import Actor, Permission, Sight, can
from portal.access.passwords import hash_password, verify_password
from portal.config import Settings
from portal.domain.ids import new_secret
from portal.domain.sections import Section
from portal.sharing import ips
from portal.sharing.gathering import SummaryScope, gather
from portal.store import Database, Tx
from portal.store.people import accounts, proxies
from portal.store.records import packing
from portal.store.shares import shares
from portal.store.shares.shares import Share, ShareEventKind, ShareTerms

FHIR_JSON = "application/fhir+json"
PATH = "/shl"
_LOCATION = timedelta(hours=1)
_PASSCODE_DIGITS = 6
_LABEL = 80


class Opening(StrEnum):
    """How long a link opens, and whether it asks for a passcode."""

    DESK = "desk"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"

    @property
    def lasting(self) -> timedelta:
        return _LASTING[self]

    @property
    def flags(self) -> str:
        return "U" if self is Opening.DESK else "P"


_LASTING = {
    Opening.DESK: timedelta(minutes=30),
    Opening.DAY: timedelta(days=1),
    Opening.WEEK: timedelta(days=7),
    Opening.MONTH: timedelta(days=30),
}


@dataclass(frozen=True, slots=True)
class NewLink:
    """What the person sees once: the link, and the passcode where it asks for one."""

    link: str
    passcode: str


class LinkGoneError(Exception):
    """Nothing is at this address: never was, paused, ended, used up. From outside these are the same."""


class WrongPasscodeError(Exception):
    """``remaining``: how many more wrong ones it takes until the link has ended."""

    def __init__(self, remaining: int) -> None:
        super().__init__("wrong passcode")
        self.remaining = remaining


def sight_of(terms: ShareTerms) -> Sight:
    """Return what a link may show of its sections: never what the person keeps private."""
    return Sight(confidential=terms.confidential, private=False, sections=frozenset(Section))


def scope_of(terms: ShareTerms) -> SummaryScope:
    return SummaryScope(sight=sight_of(terms), shared=frozenset(terms.sections))


def create(
    database: Database,
    *,
    settings: Settings,
    share_id: str,
    person_id: str,
    account_id: str,
    terms: ShareTerms,
    opening: Opening,
) -> NewLink | None:
    """Make a link to a summary of now. None when ``share_id`` was made already: sent twice, it has one effect."""
    with database.reading() as tx:
        content = gather(
            tx,
            person_id=person_id,
            organization=settings.organization,
            chart_base=settings.chart_base,
            scope=scope_of(terms),
        )
    key, token = secrets.token_bytes(32), new_secret()
    encrypted = _encrypted(packing.encode(ips.document(content, document_id=uuid4())), key)
    passcode = (
        "".join(secrets.choice("0123456789") for _digit in range(_PASSCODE_DIGITS)) if "P" in opening.flags else ""
    )
    passcode_hash = hash_password(passcode) if passcode else None
    with database.transaction() as tx:
        if shares.by_id(tx, share_id=share_id) is not None:
            return None
        ends_at = tx.now + opening.lasting
        shares.add(
            tx,
            share_id=share_id,
            token=token,
            person_id=person_id,
            account_id=account_id,
            flags=opening.flags,
            terms=terms,
            passcode_hash=passcode_hash,
            ends_at=ends_at,
            content=encrypted,
        )
        audit.record(
            tx,
            action=audit.Action.SHARE,
            actor=audit.Actor("account", account_id),
            person_id=person_id,
            share=share_id,
        )
    url = f"{settings.base_url}{PATH}/{token}"
    return NewLink(_link(url, key, ends_at, opening.flags, terms.label), passcode)


def manifest(database: Database, *, settings: Settings, token: str, recipient: str, passcode: str) -> str:
    """Open a link with its passcode; return the secret of an address of its file, valid for an hour.

    Raises:
        LinkGoneError: nothing is to be had at this address.
        WrongPasscodeError: each number of remaining attempts is told once, however many ask at the same time.
    """
    with database.reading() as tx:
        stored = shares.by_token(tx, token=token)
        if stored is None or "P" not in stored.flags:
            raise LinkGoneError
        opens = _opens(tx, stored, settings)
    fits = opens and verify_password(stored.passcode_hash, passcode)  # it takes long: no writer may wait for it
    remaining: int | None = None
    with database.transaction() as tx:
        now_stored = shares.by_id(tx, share_id=stored.id) or stored
        opens = _opens(tx, now_stored, settings)
        if opens and fits:
            _log(tx, stored, ShareEventKind.OPENED, recipient)
            return shares.add_location(tx, share_id=stored.id, lasting=_LOCATION)
        if opens and passcode:
            remaining = shares.count_wrong(tx, share_id=stored.id)
        elif opens:
            remaining = now_stored.tries_left
        kind = ShareEventKind.WRONG_PASSCODE if remaining is not None else ShareEventKind.REFUSED
        _log(tx, stored, kind, recipient)
    if remaining is None:
        raise LinkGoneError
    raise WrongPasscodeError(remaining)


def file_at(database: Database, *, settings: Settings, location: str) -> bytes:
    """Return the encrypted file that a manifest named.

    Raises:
        LinkGoneError: the address ran out, or the link ended meanwhile.
    """
    with database.reading() as tx:
        stored = shares.at_location(tx, token=location)
        content = shares.content(tx, share_id=stored.id) if stored and _opens(tx, stored, settings) else None
    if content is None:
        raise LinkGoneError
    return content


def direct_file(database: Database, *, settings: Settings, token: str, recipient: str) -> bytes:
    """Return the encrypted file of a link with the flag ``U``, and write down who asked for it.

    Raises:
        LinkGoneError: nothing is to be had at this address.
    """
    with database.transaction() as tx:
        stored = shares.by_token(tx, token=token)
        content = None
        if stored is not None and "U" in stored.flags:
            content = shares.content(tx, share_id=stored.id) if _opens(tx, stored, settings) else None
            _log(tx, stored, ShareEventKind.OPENED if content else ShareEventKind.REFUSED, recipient)
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


def _opens(tx: Tx, stored: Share | None, settings: Settings) -> bool:
    """Tell whether a link opens now: also whether who made it may still share this record."""
    if stored is None or not stored.opens(tx.now):
        return False
    account = accounts.by_id(tx, account_id=stored.account_id)
    if account is None:
        return False
    grants = accounts.grants_of(tx, account_id=account.id, teen_age=settings.teen_age)
    actor = Actor(account.id, account.role, account.person_id, proxies.proxy_grants(grants))
    if not can(actor, Permission.SHARE_RECORD, stored.person_id):
        return False
    return not stored.terms.confidential or can(actor, Permission.VIEW_CONFIDENTIAL, stored.person_id)


def _log(tx: Tx, stored: Share, kind: ShareEventKind, recipient: str) -> None:
    shares.log(tx, share_id=stored.id, kind=kind, recipient=recipient[:_LABEL])
    audit.record(
        tx,
        action=audit.Action.SHARE_OPEN,
        actor=audit.Actor("link", stored.id),
        person_id=stored.person_id,
        outcome="success" if kind is ShareEventKind.OPENED else "denied",
        share=stored.id,
    )


def _encrypted(plain: bytes, key: bytes) -> bytes:
    header = {"alg": "dir", "enc": "A256GCM", "zip": "DEF", "cty": FHIR_JSON}
    return jwe.encrypt_compact(header, plain, OctKey.import_key(key)).encode()


def _link(url: str, key: bytes, ends_at: datetime, flags: str, label: str) -> str:
    payload = {"url": url, "key": _base64url(key), "exp": int(ends_at.timestamp()), "flag": flags, "v": 1}
    if label:
        payload["label"] = label
    return "shlink:/" + _base64url(json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode())


def _base64url(content: bytes) -> str:
    return urlsafe_b64encode(content).decode().rstrip("=")
