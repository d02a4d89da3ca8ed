"""Making a link to a part of the record: what it leads to, encrypted with a key that is made for it.

The key is in the link and stored nowhere, but for a long-lived link (flag ``L``): its key is sealed for the person in a
table of its own, so that the link leads to the record as it is when it is opened.
"""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from uuid import uuid4

from portal import audit
from portal.access import Sight
from portal.access.passwords import hash_password
from portal.config import Settings
from portal.domain.errors import NotFoundError
from portal.domain.ids import new_secret
from portal.domain.sections import Section
from portal.sharing import attestation, copies, files, ips, issuer_keys, patient_shared, rendered, shlink
from portal.sharing.gathering import SummaryScope, gather
from portal.sharing.patient_shared import DocumentKind, SharedDocument
from portal.sharing.summary import SummaryContent
from portal.store import Database, Tx
from portal.store.people import people
from portal.store.records import packing, privacy
from portal.store.records.grouping import lock_person
from portal.store.shares import copies as stored_copies
from portal.store.shares import shares
from portal.store.shares.shares import Share, ShareTerms

PATH = "/shl"
PASSCODE_DIGITS = 6


class Opening(StrEnum):
    """How long a link opens, and what it asks for."""

    DESK = "desk"
    PRINTED = "printed"
    HALF_HOUR = "half-hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    CARD = "card"

    @property
    def lasting(self) -> timedelta:
        return _LASTING[self]

    @property
    def flags(self) -> str:
        """Return the flags of SMART Health Links, in alphabetical order."""
        return {Opening.DESK: "U", Opening.PRINTED: "U", Opening.CARD: "LP"}.get(self, "P")


_LASTING = {
    Opening.DESK: timedelta(minutes=15),
    Opening.PRINTED: timedelta(hours=48),
    Opening.HALF_HOUR: timedelta(minutes=30),
    Opening.DAY: timedelta(days=1),
    Opening.WEEK: timedelta(days=7),
    Opening.MONTH: timedelta(days=30),
    Opening.CARD: timedelta(days=365),
}


@dataclass(frozen=True, slots=True)
class NewLink:
    """What the person sees once: the link, the passcode where it asks for one, the code for who has no software."""

    link: str
    passcode: str
    code: str = ""


class NothingToShareError(Exception):
    """There is nothing in what was chosen."""


def sight_of(terms: ShareTerms) -> Sight:
    """Return what a link may show of its sections: never what the person keeps private."""
    return Sight(confidential=terms.confidential, private=False, held=False, sections=frozenset(Section), account="")


def scope_of(terms: ShareTerms, *, merged: bool = True) -> SummaryScope:
    """Return what goes along; where not ``merged`` of our own record alone."""
    return SummaryScope(
        sight=sight_of(terms),
        merged=merged,
        shared=frozenset(terms.sections),
        without=frozenset(terms.without),
        since=terms.since,
    )


def create(
    database: Database,
    *,
    settings: Settings,
    share_id: str,
    person_id: str,
    account_id: str,
    terms: ShareTerms,
    opening: Opening,
    uses: int | None = None,
    story: str = "",
    with_code: bool = False,
) -> NewLink | None:
    """Make a link. None when ``share_id`` was made already: sent twice, it has one effect.

    ``uses``: how often it opens, None without a limit. ``story``: what the person adds in their own words, for a desk.
    ``with_code``: a code and the birth date open a copy, too; for a link with a passcode that is not long-lived.

    Raises:
        NothingToShareError: there is nothing in what was chosen.
        NotFoundError: there is no such person, or not any more.
    """
    key, token = secrets.token_bytes(shlink.KEY_BYTES), new_secret()
    passcode = (
        "".join(secrets.choice("0123456789") for _digit in range(PASSCODE_DIGITS)) if "P" in opening.flags else ""
    )
    passcode_hash = hash_password(passcode) if passcode else None
    withheld: frozenset[str] = frozenset()
    while True:
        with database.reading() as tx:
            private = privacy.choices(tx, person_id=person_id)
            content = _content(tx, person_id=person_id, terms=terms, settings=settings, without=withheld)
        is_desk = "U" in opening.flags
        encrypted = _desk_file(database, settings, content, key, story) if is_desk else _document(content, key)
        copy = copies.wrapped(content, share_id=share_id) if with_code and opening.flags == "P" else None
        with database.transaction() as tx:
            if shares.by_id(tx, share_id=share_id) is not None:
                return None
            if seen_no_more := _seen_no_more(tx, content, person_id=person_id, terms=terms):
                withheld |= seen_no_more
                continue
            if private != privacy.choices(tx, person_id=person_id):  # something else may name what is private now
                continue
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
                uses=uses,
                key=key if "L" in opening.flags else None,
            )
            if copy is not None:
                stored_copies.add(
                    tx, share_id=share_id, person_id=person_id, code=copy.code, salt=copy.salt, content=copy.content
                )
            actor = audit.Actor("account", account_id)
            audit.record(tx, action=audit.Action.SHARE, actor=actor, person_id=person_id, share=share_id)
        url = f"{settings.base_url}{PATH}/{token}"
        link = shlink.write(url=url, key=key, expires=ends_at, flag=opening.flags, label=terms.label)
        return NewLink(link, passcode, copy.code if copy else "")


def renew(database: Database, *, settings: Settings, stored: Share) -> None:
    """Let a long-lived link lead to the record of now, under the same key; one that has ended stays so."""
    withheld: frozenset[str] = frozenset()
    is_put = False
    while not is_put:
        with database.reading() as tx:
            key = shares.key(tx, share_id=stored.id)
            content = _content(tx, person_id=stored.person_id, terms=stored.terms, settings=settings, without=withheld)
        if key is None:
            return
        encrypted = _document(content, key)
        with database.transaction() as tx:
            seen_no_more = _seen_no_more(tx, content, person_id=stored.person_id, terms=stored.terms)
            withheld, is_put = withheld | seen_no_more, not seen_no_more
            if is_put:
                shares.put_content(tx, stored=stored, content=encrypted)


def _seen_no_more(tx: Tx, content: SummaryContent, *, person_id: str, terms: ShareTerms) -> frozenset[str]:
    """Return what was read before and may not be handed on now, and hold the person's record until the rest is stored.

    Making a file takes long, so nobody's writing waits for it. What is kept private meanwhile either is noticed here,
    or finds the link and ends it. What is noticed stays out of the next reading: it may be labelled and not yet
    grouped, so that a row still shows it.

    Raises:
        NotFoundError: the person is gone.
    """
    lock_person(tx, person_id=person_id)
    if people.by_id(tx, person_id=person_id) is None:
        raise NotFoundError
    ids = content.entry_ids
    return ids - privacy.still_seen(tx, person_id=person_id, ids=ids, sight=sight_of(terms))


def _content(
    tx: Tx, *, person_id: str, terms: ShareTerms, settings: Settings, without: frozenset[str] = frozenset()
) -> SummaryContent:
    scope = scope_of(terms)
    return gather(
        tx,
        person_id=person_id,
        organization=settings.organization,
        chart_base=settings.chart_base,
        scope=replace(scope, without=without.union(scope.without)),
    )


def _document(content: SummaryContent, key: bytes) -> bytes:
    """Return the encrypted International Patient Summary."""
    return files.encrypt(packing.encode(ips.document(content, document_id=uuid4())), key, deflate=True)


def _desk_file(database: Database, settings: Settings, content: SummaryContent, key: bytes, story: str) -> bytes:
    """Return the encrypted Bundle of the desk profile, attested; not deflated, which not every scanner can read."""
    if not patient_shared.holds_anything(content):
        raise NothingToShareError
    bundle = patient_shared.bundle(content, bundle_id=uuid4(), documents=_documents(content, story))
    attested = attestation.attest(bundle, issuer_keys.current(database), issuer=settings.base_url, now=content.moment)
    return files.encrypt(packing.encode(attested), key, deflate=False)


def _documents(content: SummaryContent, story: str) -> Iterator[SharedDocument]:
    if rendered.can_make_pdf_of(content):
        yield SharedDocument(DocumentKind.RENDERED, rendered.pdf(rendered.page(content)))
    if story and rendered.can_make_pdf():
        yield SharedDocument(DocumentKind.STORY, rendered.pdf(rendered.story_page(content, story)))
