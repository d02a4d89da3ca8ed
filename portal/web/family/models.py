"""What the family's pages show: who acts for me, who waits for an answer, and for whom I act."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flask_login import current_user

from portal.domain.people import ProxyChoice
from portal.extensions import current_services
from portal.linking.proxies import NOTICE, boundary_of
from portal.store import Tx
from portal.store.audit import events
from portal.store.audit.events import Filter
from portal.store.directory.values import Mark
from portal.store.people import accounts, people, proxies
from portal.store.people.proxies import Invitation, StoredGrant
from portal.web.activity import words as activity_words
from portal.web.activity.names import EventNames
from portal.web.family import words
from portal.web.words import relationship

_NAMELESS = EventNames({}, frozenset(), {}, {}, {}, {})  # sections are enough
_REMEMBERED = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Boundary:
    """A birthday (ISO 8601) from which a parent sees less, or nothing; ``near``: so soon that it is said first."""

    on: str
    age: int
    near: bool


@dataclass(frozen=True, slots=True)
class ProxyCard:
    """Somebody who acts for me. ``fixed``: a parent's access, which the law gives and not I."""

    id: str
    name: str
    mark: Mark
    relation: str
    sees: str
    does: str
    not_seen: str
    since: datetime
    ends_on: str
    looked_at: datetime | None
    looked: str
    boundary: Boundary | None
    fixed: bool


@dataclass(frozen=True, slots=True)
class InvitationCard:
    """``answered_by``: the name of the account that said yes, for me to confirm."""

    id: str
    name: str
    relation: str
    sees: tuple[str, ...]
    code: str
    created_at: datetime
    expires_at: datetime
    answered_by: str


@dataclass(frozen=True, slots=True)
class Relative:
    """Somebody whose record I may open."""

    person_id: str
    name: str
    mark: Mark
    relationship: str
    sees: str
    does: str
    messages_only: bool
    ends_on: str
    boundary: Boundary | None


@dataclass(frozen=True, slots=True)
class PastRelative:
    name: str
    ended_at: datetime


def proxy_cards(tx: Tx, *, person_id: str) -> tuple[ProxyCard, ...]:
    teen_age = current_services().settings.teen_age
    return tuple(_proxy_card(tx, grant) for grant in proxies.in_force(tx, teen_age=teen_age, person_id=person_id))


def _proxy_card(tx: Tx, grant: StoredGrant) -> ProxyCard:
    account = accounts.by_id(tx, account_id=grant.account_id, disabled=True)
    name = (account.display or account.username) if account else ""
    looked = Filter(actions=tuple(activity_words.LOOKS), account=grant.account_id)
    last = events.of_person(tx, person_id=grant.person_id, limit=1, only=looked)
    ahead = boundary(tx, grant)
    every = (*words.SEES, *words.DOES)
    return ProxyCard(
        id=grant.id,
        name=name,
        mark=Mark.of(name),
        relation=relationship(grant.owner_is),
        sees=words.things(grant.choices, words.SEES),
        does=words.things(grant.choices, words.DOES),
        not_seen=words.things(frozenset(every) - grant.choices, every),
        since=grant.starts_at,
        ends_on=last_day(grant.ends_at),
        looked_at=last[0].at if last else None,
        looked=activity_words.thing(last[0], _NAMELESS) if last else "",
        boundary=ahead,
        fixed=is_fixed(tx, grant),
    )


def last_day(ends_at: datetime | None) -> str:
    """Return the last day (ISO 8601) on which something still holds; empty where it has no end."""
    zone = ZoneInfo(current_services().settings.time_zone)
    return (ends_at - timedelta(seconds=1)).astimezone(zone).date().isoformat() if ends_at else ""


def is_fixed(tx: Tx, grant: StoredGrant) -> bool:
    """Tell whether a grant is a parent's over a child, which the child cannot change."""
    teen_age = current_services().settings.teen_age
    return not grant.owner_is and boundary_of(tx, grant, teen_age=teen_age) is not None


def boundary(tx: Tx, grant: StoredGrant) -> Boundary | None:
    ahead = boundary_of(tx, grant, teen_age=current_services().settings.teen_age)
    if ahead is None:
        return None
    return Boundary(*ahead, near=ahead[0] <= (tx.now + NOTICE).date().isoformat())


def notice(tx: Tx, *, person_id: str, acting: bool) -> Boundary | None:
    """Return the birthday, if one is near, that changes what parents see of this record.

    ``acting``: somebody acts for the person now (``proxies.ACTING``).
    """
    if not acting:
        return None
    if person_id == current_user.account.person_id:
        teen_age = current_services().settings.teen_age
        grants = proxies.in_force(tx, teen_age=teen_age, person_id=person_id)
    else:
        grants = tuple(grant for grant in current_user.grants if grant.person_id == person_id)
    ahead = (boundary(tx, grant) for grant in grants if not grant.owner_is)
    return next((each for each in ahead if each is not None and each.near), None)


def invitation_cards(tx: Tx, *, person_id: str) -> tuple[InvitationCard, ...]:
    return tuple(_invitation_card(tx, each) for each in proxies.invitations(tx, person_id=person_id))


def _invitation_card(tx: Tx, invitation: Invitation) -> InvitationCard:
    account = accounts.by_id(tx, account_id=invitation.account_id) if invitation.account_id else None
    return InvitationCard(
        id=invitation.id,
        name=invitation.invited.name,
        relation=relationship(invitation.invited.owner_is),
        sees=tuple(words.label(choice) for choice in (*words.SEES, *words.DOES) if choice in invitation.choices),
        code=invitation.invited.code,
        created_at=invitation.created_at,
        expires_at=invitation.expires_at,
        answered_by=(account.display or account.username) if account else "",
    )


def relatives(tx: Tx) -> tuple[Relative, ...]:
    """Return the people whom the account that is signed in acts for, in the order the grants were given."""
    by_person: dict[str, Relative] = {}
    for grant in current_user.grants:
        person = people.by_id(tx, person_id=grant.person_id)
        if person is not None and grant.person_id not in by_person:
            by_person[grant.person_id] = _relative(tx, grant, person.demographics.display)
    return tuple(by_person.values())


def _relative(tx: Tx, grant: StoredGrant, name: str) -> Relative:
    seen = grant.choices & {ProxyChoice.RECORD, ProxyChoice.VISITS, ProxyChoice.INSURANCE}
    return Relative(
        grant.person_id,
        name,
        Mark.of(name),
        relationship(grant.relationship),
        words.things(grant.choices, words.SEES),
        words.things(grant.choices, words.DOES),
        messages_only=not seen,
        ends_on=last_day(grant.ends_at),
        boundary=boundary(tx, grant),
    )


def past_relatives(tx: Tx) -> tuple[PastRelative, ...]:
    """Return whose record could be opened until lately."""
    account = current_user.account
    current = {grant.person_id for grant in current_user.grants}
    past: dict[str, PastRelative] = {}
    for grant in proxies.ended_lately(tx, account_id=account.id, since=tx.now - _REMEMBERED):
        person = people.by_id(tx, person_id=grant.person_id)
        over = grant.ended_at or grant.ends_at
        if person is not None and over is not None and grant.person_id not in current:
            past.setdefault(grant.person_id, PastRelative(person.demographics.display, over))
    return tuple(past.values())
