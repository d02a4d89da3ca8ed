"""Two persons who are one: what is proposed, and moving everything of one under the other."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, delete, func, insert, select, update

from portal.domain.ids import HOME, new_id
from portal.domain.sections import Section
from portal.store.engine import key_rotation
from portal.store.engine.database import Tx
from portal.store.people import accounts, people, proxies
from portal.store.records import counting, grouping, holding, renewals
from portal.store.records.resources import resource_id
from portal.store.schema import metadata
from portal.store.schema.access import account, notice, person, person_merge, proxy_grant
from portal.store.schema.directory import suggestion
from portal.store.schema.links import link
from portal.store.schema.provider import oauth_match
from portal.store.schema.records import (
    entry,
    message_thread,
    private_choice,
    record_count,
    record_row,
    release_choice,
    resource,
)

_COUNTED = ("resource", "link", "outgoing_message", "conversation", "share", "proxy_grant", "received", "correction")
_BY_ITSELF = frozenset(
    {
        "account",  # there is one own account
        "audit_event",  # never rewritten: ``events.about``
        "former_person",
        "message_thread",
        "notice",
        "oauth_match",
        "pending_change",  # of this record alone: it goes with it
        "person_key",
        "person_merge",
        "person_token",
        "private_choice",
        "record_count",
        "record_row",
        "record_row_source",
        "release_choice",
        "renewal",
        "suggestion",
    }
)
"""Tables of persons whose rows are not simply moved: made anew, joined, or of the old row alone."""
_OF_ACCOUNT = frozenset(
    {"audit_event", "challenge", "factor", "factor_reset", "known_browser", "notice", "notice_choice"}
    | {"openid_identity", "pending_change", "person_merge", "sign_in", "single_use_code"}
)
"""What goes with an account that is closed; what else an account did is said to be by the one that stays."""


@dataclass(frozen=True, slots=True)
class MergeProposal:
    """``other_id`` is to be merged into ``person_id``, as this account says."""

    id: str
    person_id: str
    other_id: str
    account_id: str
    created_at: datetime


def add(tx: Tx, *, person_id: str, other_id: str, account_id: str) -> str:
    """Note that two persons are said to be one; return its id."""
    merge_id = new_id()
    values = {"id": merge_id, "person_id": person_id, "other_id": other_id, "account_id": account_id}
    tx.conn.execute(insert(person_merge).values(**values, created_at=tx.now))
    return merge_id


def everything(tx: Tx) -> tuple[MergeProposal, ...]:
    """Return what waits, the longest first."""
    query = select(person_merge).order_by(person_merge.c.created_at, person_merge.c.id)
    return tuple(map(_proposal, tx.conn.execute(query)))


def by_id(tx: Tx, *, merge_id: str) -> MergeProposal | None:
    row = tx.conn.execute(select(person_merge).where(person_merge.c.id == merge_id)).first()
    return _proposal(row) if row else None


def remove(tx: Tx, *, merge_id: str) -> bool:
    """Take a proposal away. False: somebody else did, who decided it; whoever is about to is waited for."""
    return bool(tx.conn.execute(delete(person_merge).where(person_merge.c.id == merge_id)).rowcount)


def _proposal(row: Row[Any]) -> MergeProposal:
    return MergeProposal(row.id, row.person_id, row.other_id, row.account_id, row.created_at)


def counts(tx: Tx, *, person_id: str) -> Mapping[str, int]:
    """Return how many rows of a few tables are about a person, by table."""
    numbers = {}
    for name in _COUNTED:
        table = metadata.tables[name]
        query = select(func.count()).select_from(table).where(table.c.person_id == person_id)
        numbers[name] = tx.conn.execute(query).scalar_one()
    return numbers


def unended_grants(tx: Tx, *, person_id: str) -> Mapping[str, str]:
    """Return the accounts of all grants for a person that are not over, by grant: begun or not, at whatever age."""
    c = proxy_grant.c
    query = (
        select(c.id, c.account_id).where(c.person_id == person_id, proxies.not_over(tx.now)).order_by(c.starts_at, c.id)
    )
    return {row.id: row.account_id for row in tx.conn.execute(query)}


def move(tx: Tx, *, person_id: str, other_id: str) -> None:
    """Put everything of ``other_id`` under ``person_id``, sealed with their key, and remove the other.

    Links of both to one organization are ended by the caller before. Afterwards the sections are grouped; what is
    derived by person's keys waits to be made anew (``renewals.add_person``).

    Raises:
        ValueError: there is no such other.
    """
    other = people.by_id(tx, person_id=other_id)
    if other is None:
        raise ValueError("nobody to merge")
    grouping.lock_person(tx, person_id=person_id)
    grouping.lock_person(tx, person_id=other_id)
    _let_go_of_rows(tx, other_id)
    tx.conn.execute(update(link).where(_live_home(other_id)).values(live=False, updated_at=tx.now))
    key_rotation.reseal(tx, person_id=person_id, other_id=other_id)
    for table in metadata.sorted_tables:
        if "person_id" in table.c and table.name not in _BY_ITSELF:
            tx.conn.execute(update(table).where(table.c.person_id == other_id).values(person_id=person_id))
    tx.conn.execute(
        update(metadata.tables["former_person"])
        .where(metadata.tables["former_person"].c.person_id == other_id)
        .values(person_id=person_id)
    )
    _join_choices(tx, person_id, other_id)
    _join_accounts(tx, person_id, other_id)
    _end_patient(tx, person_id, other.fhir_id)
    tx.conn.execute(delete(oauth_match).where(oauth_match.c.person_id == other_id))
    tx.conn.execute(delete(notice).where(notice.c.person_id == other_id))
    tx.conn.execute(delete(person).where(person.c.id == other_id))
    people.absorb(tx, person_id=person_id, other=other)
    renewals.add_person(tx, person_id=person_id)
    for section in Section:
        grouping.regroup_all(tx, person_id=person_id, section=section)


def _let_go_of_rows(tx: Tx, other_id: str) -> None:
    tx.conn.execute(update(entry).where(entry.c.person_id == other_id).values(grouping.NOWHERE))
    tx.conn.execute(delete(record_row).where(record_row.c.person_id == other_id))
    for table in (record_count, message_thread):
        tx.conn.execute(delete(table).where(table.c.person_id == other_id))


def _live_home(person_id: str) -> Any:
    return and_(link.c.person_id == person_id, link.c.organization_id == HOME, link.c.live)


def _join_choices(tx: Tx, person_id: str, other_id: str) -> None:
    """Keep private what either kept private; of when results are shown the stricter choice, of suggestions those that
    are new."""
    for table, same in (
        (private_choice, ("section", "source", "entry_id")),
        (suggestion, ("organization_id",)),
    ):
        own = table.alias()
        twice = select(own.c[same[0]]).where(own.c.person_id == person_id, *(own.c[n] == table.c[n] for n in same))
        tx.conn.execute(delete(table).where(table.c.person_id == other_id, twice.exists()))
        tx.conn.execute(update(table).where(table.c.person_id == other_id).values(person_id=person_id))
    theirs = holding.choices(tx, person_id=other_id)
    if theirs.hold and not holding.choices(tx, person_id=person_id).hold:
        holding.choose(tx, person_id=person_id, chosen=theirs)
    tx.conn.execute(delete(release_choice).where(release_choice.c.person_id == other_id))


def _join_accounts(tx: Tx, person_id: str, other_id: str) -> None:
    """Leave one own account: that of who stays, unless only the other one can be used. Nobody acts for themselves.

    An account that is switched off is not replaced by the other one: whoever switched it off decides about it.
    """
    stays, goes = (accounts.own_account(tx, person_id=each) for each in (person_id, other_id))
    may_give_way = stays is None or not (stays.disabled or _is_used(tx, stays))
    if goes is not None and may_give_way and (stays is None or _is_used(tx, goes)):
        stays, goes = goes, stays
    tx.conn.execute(update(account).where(account.c.person_id == other_id).values(person_id=person_id))
    accounts.set_as_patient(tx, before=other_id, person_id=person_id)
    if stays is not None and goes is not None:
        for table in metadata.sorted_tables:
            if "account_id" in table.c and table.name not in _OF_ACCOUNT:
                tx.conn.execute(update(table).where(table.c.account_id == goes.id).values(account_id=stays.id))
        tx.conn.execute(update(link).where(link.c.created_by == goes.id).values(created_by=stays.id))
        _keep_authors(tx, goes.id, stays.id)
        tx.conn.execute(delete(account).where(account.c.id == goes.id))
    if stays is not None:
        themselves = (proxy_grant.c.account_id == stays.id, proxy_grant.c.person_id == person_id)
        ended = update(proxy_grant).where(*themselves, proxy_grant.c.ended_at.is_(None)).values(ended_at=tx.now)
        tx.conn.execute(ended)


def _keep_authors(tx: Tx, account_id: str, stays: str) -> None:
    """Let messages that an account wrote for others be those of the one that stays."""
    written = select(resource.c.person_id).where(resource.c.author == account_id).distinct()
    person_ids = list(tx.conn.execute(written).scalars())
    for table in metadata.sorted_tables:
        if "author" in table.c and table not in (record_count, message_thread):  # those are written anew below
            tx.conn.execute(update(table).where(table.c.author == account_id).values(author=stays))
    for person_id in person_ids:
        counting.count_rows(tx, person_id, Section.MESSAGES)


def _is_used(tx: Tx, own: accounts.Account) -> bool:
    return not own.disabled and accounts.has_password(tx, account_id=own.id)


def _end_patient(tx: Tx, person_id: str, fhir_id: str | None) -> None:
    """Leave a tombstone of the Patient that the chart had of the other: a record is of one Patient."""
    own_id = resource_id(tx.vault, source=HOME, type="Patient", fhir_id=fhir_id or "")
    tombstone = {"deleted_at": tx.now, "updated_at": tx.now, "body": b"", "content_hash": ""}
    tx.conn.execute(
        update(resource).where(resource.c.person_id == person_id, resource.c.id == own_id).values(tombstone)
    )
