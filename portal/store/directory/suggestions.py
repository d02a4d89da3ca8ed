"""Organizations suggested to a person: each with its reason, until the person says later, not me, or links it."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import RowMapping, bindparam, delete, func, insert, or_, select, update

from portal.domain.entry import Entry
from portal.domain.ids import HOME
from portal.domain.links import LinkPolicy
from portal.domain.sections import SECTIONS
from portal.store.directory.values import SELECT, Organization, from_rows
from portal.store.engine.constants import with_constants
from portal.store.engine.database import Tx
from portal.store.schema.directory import organization, organization_client, suggestion, vendor_client
from portal.store.schema.links import link
from portal.store.schema.records import entry

LATER = timedelta(days=30)
"""How long "Ask me later" hides a suggestion (product.md §3.1)."""

_NAMING = tuple(section for section, facts in SECTIONS.items() if facts.names_places)

REASONS = ("told", "match", "chart", "reverse", "near")
"""Strongest first: missed by the person themselves and now there, found by a certain match there, named in our chart,
linked to us, near the person's home."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """``last_visit`` is a FHIR date or empty. It says nothing about health beyond having been there.

    ``put_away``: the person said later, or that they never were there.
    """

    organization: Organization
    reason: str
    last_visit: str = ""
    sensitive: bool = False
    put_away: bool = False


def suggest(
    tx: Tx,
    *,
    person_id: str,
    organization_id: str,
    reason: str,
    last_visit: str | None = None,
    sensitive: bool = False,
) -> None:
    """Keep a suggestion; one that is there already keeps the person's answer, the stronger reason, the later visit.

    What the chart says of a visit, and whether that is sensitive, holds as it says it now; no other reason opens it.
    """
    row = tx.conn.execute(
        select(suggestion).where(
            suggestion.c.person_id == person_id,
            suggestion.c.organization_id == organization_id,
        )
    ).first()
    if row is None:
        tx.conn.execute(
            insert(suggestion).values(
                person_id=person_id,
                organization_id=organization_id,
                reason=reason,
                last_visit=last_visit,
                sensitive=sensitive,
                created_at=tx.now,
            )
        )
        return
    stronger = min(reason, row.reason, key=REASONS.index)
    visit = last_visit if reason == "chart" else max(last_visit or "", row.last_visit or "") or None
    sensitive |= row.sensitive and reason != "chart"
    if (stronger, visit, sensitive) != (row.reason, row.last_visit, row.sensitive):
        tx.conn.execute(
            update(suggestion)
            .where(
                suggestion.c.person_id == person_id,
                suggestion.c.organization_id == organization_id,
            )
            .values(reason=stronger, last_visit=visit, sensitive=sensitive)
        )


_OFFERED = with_constants(
    SELECT.add_columns(
        suggestion.c.reason,
        suggestion.c.last_visit,
        suggestion.c.sensitive,
        suggestion.c.dismissed_at,
        suggestion.c.later_until,
    )
    .join(suggestion, suggestion.c.organization_id == organization.c.id)
    .where(
        suggestion.c.person_id == bindparam("person_id"),
        ~select(link.c.id)
        .where(
            link.c.person_id == suggestion.c.person_id,
            link.c.organization_id == suggestion.c.organization_id,
            or_(link.c.live, link.c.updated_at > bindparam("unlinked_since")),
        )
        .exists(),
    )
    .order_by(suggestion.c.organization_id)
)


def suggestions(tx: Tx, *, person_id: str, may_see_confidential: bool) -> list[Suggestion]:
    """Return what to show now, strongest reason and latest visit first.

    Not what was answered, is linked or was unlinked within the last 30 days, nor what cannot be linked.
    """
    offered = with_put_away(tx, person_id=person_id, may_see_confidential=may_see_confidential)
    return [each for each in offered if not each.put_away]


def with_put_away(tx: Tx, *, person_id: str, may_see_confidential: bool) -> list[Suggestion]:
    """Return the same with what the person put away, so that they can take that back."""
    rows = tx.conn.execute(_OFFERED, {"person_id": person_id, "unlinked_since": tx.now - LATER}).mappings().all()
    organizations = from_rows(rows)
    if not may_see_confidential:
        rows = [row for row in rows if _is_open(row, organizations[row["id"]])]
    shown = [
        Suggestion(
            organization=organizations[row["id"]],
            reason=row["reason"],
            last_visit=row["last_visit"] or "",
            sensitive=row["sensitive"],
            put_away=row["dismissed_at"] is not None
            or (row["later_until"] is not None and row["later_until"] > tx.now),
        )
        for row in rows
        if _may_be_offered(organizations[row["id"]].policy, row["reason"])
    ]
    shown.sort(key=lambda value: value.last_visit, reverse=True)
    return sorted(shown, key=lambda value: REASONS.index(value.reason))


def _is_open(row: RowMapping, place: Organization) -> bool:
    """Tell whether somebody may know of a suggestion who may not see what is confidential.

    Which portals a person let in is for who may see all. Nor are places near by for others: neighbours have the same,
    and the one that is not among them would be one that is confidential.
    """
    return not row["sensitive"] and not place.sensitive and row["reason"] not in ("reverse", "near")


def _may_be_offered(policy: LinkPolicy, reason: str) -> bool:
    """Tell whether what was found once is still worth a suggestion: the organization may have changed its mind."""
    if policy is LinkPolicy.EXCHANGE_REQUIRED:
        return reason != "near"  # living near is no exchange
    return policy is not LinkPolicy.OFF


def later(tx: Tx, *, person_id: str, organization_id: str) -> None:
    """Hide a suggestion for 30 days ("Ask me later")."""
    _answer(tx, person_id, organization_id, later_until=tx.now + LATER)


def dismiss(tx: Tx, *, person_id: str, organization_id: str) -> None:
    """Hide a suggestion for good ("Not me")."""
    _answer(tx, person_id, organization_id, dismissed_at=tx.now)


def offer_again(tx: Tx, *, person_id: str, organization_id: str) -> None:
    """Take "later" and "never been there" back."""
    _answer(tx, person_id, organization_id, later_until=None, dismissed_at=None)


def forget_matches(tx: Tx, *, person_id: str) -> None:
    """Delete what partners reported, but for what the person said is not them."""
    tx.conn.execute(
        delete(suggestion).where(
            suggestion.c.person_id == person_id, suggestion.c.reason == "match", suggestion.c.dismissed_at.is_(None)
        )
    )


def chart(tx: Tx, *, person_id: str, private: bool = False) -> Iterator[tuple[Entry, bool]]:
    """Return the home chart's entries in the sections that name other organizations, and whether each is confidential.

    What is kept private is not among them, or they alone where it is asked for; nor a file of somebody's message.
    """
    query = select(entry.c.id, entry.c.body, entry.c.confidential).where(
        entry.c.person_id == person_id,
        entry.c.source == HOME,
        entry.c.section.in_(_NAMING),
        entry.c.private.is_(private),
        entry.c.author == "",
    )
    for row in tx.conn.execute(query):
        yield tx.unseal(row.body, Entry, row=f"entry.body:{row.id}"), row.confidential


def forget_chart(tx: Tx, *, person_id: str) -> None:
    """Take back what the chart suggested and nobody has answered, and the days of its visits, before it is looked at
    again."""
    c = suggestion.c
    unanswered = (c.dismissed_at.is_(None), c.later_until.is_(None))
    tx.conn.execute(delete(suggestion).where(c.person_id == person_id, c.reason == "chart", *unanswered))
    tx.conn.execute(update(suggestion).where(c.person_id == person_id).values(last_visit=None))


def withdraw(tx: Tx, *, person_id: str, organization_ids: Collection[str]) -> None:
    """Take back every suggestion of these organizations that nobody has answered."""
    c = suggestion.c
    unanswered = (c.dismissed_at.is_(None), c.later_until.is_(None))
    tx.conn.execute(
        delete(suggestion).where(c.person_id == person_id, c.organization_id.in_(organization_ids), *unanswered)
    )


def linkable_around(tx: Tx, *, latitude: float, longitude: float, degrees: float) -> list[tuple[str, float, float]]:
    """Return organizations that we are registered with, within so many degrees: id, latitude, longitude."""
    o = organization.c
    query = (
        select(o.id, o.latitude, o.longitude)
        .join(organization_client, organization_client.c.organization_id == o.id, isouter=True)
        .join(vendor_client, vendor_client.c.vendor == func.lower(func.trim(o.vendor)), isouter=True)
        .where(
            or_(organization_client.c.client_id.is_not(None), vendor_client.c.client_id.is_not(None)),
            o.latitude.between(latitude - degrees, latitude + degrees),
            o.longitude.between(longitude - degrees, longitude + degrees),
            o.policy == LinkPolicy.OPEN,
            o.retired_at.is_(None),
        )
        .order_by(o.id)
    )
    return [(row.id, row.latitude, row.longitude) for row in tx.conn.execute(query)]


def _answer(tx: Tx, person_id: str, organization_id: str, **values: object) -> None:
    tx.conn.execute(
        update(suggestion)
        .where(
            suggestion.c.person_id == person_id,
            suggestion.c.organization_id == organization_id,
        )
        .values(**values)
    )
