"""Who acts for whom: the grants, and the invitations that become grants once both sides have said yes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import msgspec
from sqlalchemy import BindParameter, ColumnElement, Row, Select, and_, bindparam, delete, insert, or_, select, update

from portal.access import ProxyGrant
from portal.access.ages import choices_at
from portal.access.proxies import effective
from portal.domain.assists import ProxyDocument
from portal.domain.ids import new_id
from portal.domain.people import ProxyChoice
from portal.store.engine.database import Tx
from portal.store.people import people
from portal.store.people.people import StoredPerson
from portal.store.schema.access import proxy_grant, proxy_invitation

LASTING = timedelta(days=7)
"""How long an invitation may be answered."""
TRIES = 5


@dataclass(frozen=True, slots=True)
class StoredGrant:
    """One account's access to one person's record.

    ``relationship`` is what the person is to the account's owner ("mother"), ``owner_is`` the other way round
    ("daughter"): empty where the patient did not invite them.
    """

    id: str
    account_id: str
    person_id: str
    choices: frozenset[ProxyChoice]
    relationship: str
    owner_is: str
    starts_at: datetime
    ends_at: datetime | None
    told_at: datetime | None
    ended_at: datetime | None
    document: str  # domain.assists.ProxyDocument; "" where the desk had no part in it


def begin(
    tx: Tx,
    *,
    account_id: str,
    person_id: str,
    choices: Iterable[ProxyChoice],
    relationship: str,
    owner_is: str = "",
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    desk: "DeskSetUp | None" = None,
) -> str:
    """Let an account act for a person, now unless ``starts_at`` says otherwise; return the grant's id."""
    grant_id = new_id()
    tx.conn.execute(
        insert(proxy_grant).values(
            id=grant_id,
            account_id=account_id,
            person_id=person_id,
            choices=sorted(effective(choices)),
            relationship=tx.seal(relationship, row=f"proxy_grant.relationship:{grant_id}"),
            owner_is=tx.seal(owner_is, row=f"proxy_grant.owner_is:{grant_id}") if owner_is else None,
            starts_at=starts_at or tx.now,
            ends_at=ends_at,
            desk_account_id=desk.account_id if desk else None,
            document=desk.document if desk else None,
            stop_hash=_stop_hash(tx, desk),
        )
    )
    return grant_id


def change(tx: Tx, *, grant_id: str, person_id: str, choices: Iterable[ProxyChoice], ends_at: datetime | None) -> bool:
    """Change what a proxy may, at once for open sessions too; False when the person has no such grant in force."""
    changed = tx.conn.execute(
        update(proxy_grant)
        .where(proxy_grant.c.id == grant_id, proxy_grant.c.person_id == person_id, not_over(tx.now))
        .values(choices=sorted(effective(choices)), ends_at=ends_at)
    )
    return bool(changed.rowcount)


def end(tx: Tx, *, grant_id: str, person_id: str | None = None) -> StoredGrant | None:
    """End a grant at once, for open sessions too; return what it was. None: there is none (of this person) in force."""
    c = proxy_grant.c
    running = update(proxy_grant).where(c.id == grant_id, c.ended_at.is_(None))
    if person_id is not None:
        running = running.where(c.person_id == person_id)
    row = tx.conn.execute(running.values(ended_at=tx.now).returning(proxy_grant)).one_or_none()
    return _grant(tx, row, frozenset(map(ProxyChoice, row.choices))) if row else None


def not_over(now: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    """Return the condition under which a grant is neither ended nor run out."""
    c = proxy_grant.c
    return and_(c.ended_at.is_(None), or_(c.ends_at.is_(None), c.ends_at > now))


def in_force_at(now: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    """Return the condition under which a grant is in force: at whatever age of the person."""
    return and_(proxy_grant.c.starts_at <= now, not_over(now))


_IN_FORCE = in_force_at(bindparam("now"))
ACTING = select(proxy_grant.c.id).where(proxy_grant.c.person_id == bindparam("person_id"), _IN_FORCE)
"""Grants in force for a person, at whatever age."""
_BY_OTHERS = ACTING.where(proxy_grant.c.account_id != bindparam("account_id")).limit(1)


def of_desk(tx: Tx, *, person_id: str, account_id: str, since: datetime) -> tuple[str, ...]:
    """Return the ids of the grants in force that a clerk set up for a person since then."""
    c = proxy_grant.c
    by_clerk = and_(c.person_id == person_id, c.desk_account_id == account_id, c.starts_at >= since)
    return tuple(tx.conn.execute(select(c.id).where(by_clerk, not_over(tx.now))).scalars())


def in_force(
    tx: Tx, *, teen_age: int, account_id: str | None = None, person_id: str | None = None
) -> tuple[StoredGrant, ...]:
    """Return the grants of an account, or for a person, each as far as it reaches at the person's age; oldest first."""
    values = {"now": tx.now, "account_id": account_id, "person_id": person_id}
    rows = tx.conn.execute(_granted(of_account=account_id is not None, of_person=person_id is not None), values).all()
    stored = {each: people.by_id(tx, person_id=each) for each in {row.person_id for row in rows}}
    return from_rows(tx, [(row, stored[row.person_id]) for row in rows], teen_age=teen_age)


@cache
def _granted(*, of_account: bool, of_person: bool) -> Select[Any]:
    """Return what selects grants in force: made once, as each call of an app that a person allowed asks for them."""
    c = proxy_grant.c
    query = select(proxy_grant).where(_IN_FORCE).order_by(c.starts_at, c.id)
    if of_account:
        query = query.where(c.account_id == bindparam("account_id"))
    return query.where(c.person_id == bindparam("person_id")) if of_person else query


def from_rows(tx: Tx, rows: Iterable[tuple[Any, StoredPerson | None]], *, teen_age: int) -> tuple[StoredGrant, ...]:
    """Return rows of ``proxy_grant`` that are in force, and their persons, as ``in_force`` does."""
    grants = []
    for row, person in rows:
        choices = choices_at(
            frozenset(map(ProxyChoice, row.choices)),
            birth_date=person.demographics.birth_date if person else "",
            granted_on=row.starts_at.date(),
            today=tx.now.date(),
            teen_age=teen_age,
        )
        if choices is not None:
            grants.append(_grant(tx, row, choices))
    return tuple(grants)


def run_out(tx: Tx, *, teen_age: int) -> tuple[tuple[str, str], ...]:
    """Return the grants that ran out and were not ended yet, each with "date" or "age"."""
    c = proxy_grant.c
    dated = tx.conn.execute(select(c.id).where(c.ended_at.is_(None), c.ends_at <= tx.now)).scalars().all()
    acting = tx.conn.execute(select(c.id).where(in_force_at(tx.now))).scalars().all()
    current = {grant.id for grant in in_force(tx, teen_age=teen_age)}
    return (*((grant_id, "date") for grant_id in dated), *((each, "age") for each in acting if each not in current))


def ended_lately(tx: Tx, *, account_id: str, since: datetime) -> tuple[StoredGrant, ...]:
    """Return the grants of an account that ended or ran out since then, newest first."""
    c = proxy_grant.c
    over = or_(c.ended_at >= since, and_(c.ended_at.is_(None), c.ends_at >= since, c.ends_at <= tx.now))
    rows = tx.conn.execute(select(proxy_grant).where(c.account_id == account_id, over).order_by(c.starts_at.desc()))
    return tuple(_grant(tx, row, frozenset()) for row in rows)


def by_id(tx: Tx, *, grant_id: str, person_id: str, teen_age: int) -> StoredGrant | None:
    """Return a grant in force for this person."""
    grants = in_force(tx, teen_age=teen_age, person_id=person_id)
    return next((grant for grant in grants if grant.id == grant_id), None)


def shares_person(tx: Tx, *, account_id: str, person_id: str) -> bool:
    """Tell whether others act for the person, too: parents who live apart, perhaps."""
    values = {"person_id": person_id, "account_id": account_id, "now": tx.now}
    return tx.conn.execute(_BY_OTHERS, values).first() is not None


def proxy_grants(grants: Iterable[StoredGrant]) -> tuple[ProxyGrant, ...]:
    return tuple(ProxyGrant(grant.person_id, grant.choices) for grant in grants)


def set_told(tx: Tx, *, grant_id: str) -> None:
    """Note that both were told of the next age boundary."""
    tx.conn.execute(update(proxy_grant).where(proxy_grant.c.id == grant_id).values(told_at=tx.now))


def _grant(tx: Tx, row: Row[Any], choices: frozenset[ProxyChoice]) -> StoredGrant:
    words = {
        name: tx.unseal(sealed, str, row=f"proxy_grant.{name}:{row.id}") if sealed else ""
        for name, sealed in (("relationship", row.relationship), ("owner_is", row.owner_is))
    }
    return StoredGrant(
        row.id,
        row.account_id,
        row.person_id,
        choices,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        told_at=row.told_at,
        ended_at=row.ended_at,
        document=row.document or "",
        **words,
    )


class DeskSetUp(msgspec.Struct, frozen=True):
    """Which clerk set it up, and the ``domain.assists.ProxyDocument`` that they saw; "": the patient confirms it.

    ``second``: the other member of staff who saw the papers. ``stop``: the secret of the link, in the notices, that
    ends it.
    """

    account_id: str
    document: str
    second: str = ""
    stop: str = ""

    @property
    def awaits_second(self) -> bool:
        """Whether papers stand for the patient's own yes, and one member of staff alone saw them."""
        return self.document in {ProxyDocument.PARENT, ProxyDocument.COURT} and not self.second


class Invited(msgspec.Struct, frozen=True):
    """Whom a patient invites: a name and what they are to the patient, as the patient writes it, and the code.

    ``relationship``: what the patient is to them, as they answer. ``desk``: where the front desk made it.
    """

    name: str
    owner_is: str
    code: str
    relationship: str = ""
    desk: DeskSetUp | None = None


@dataclass(frozen=True, slots=True)
class Invitation:
    """``account_id``: who answered with yes, until the patient confirms that it is whom they meant."""

    id: str
    person_id: str
    choices: frozenset[ProxyChoice]
    invited: Invited
    grant_ends_at: datetime | None
    account_id: str | None
    created_at: datetime
    expires_at: datetime
    tries: int


def invite(
    tx: Tx,
    *,
    person_id: str,
    choices: Iterable[ProxyChoice],
    invited: Invited,
    grant_ends_at: datetime | None,
) -> str:
    """Keep an invitation; return its id. Nothing is opened by it."""
    invitation_id = new_id()
    tx.conn.execute(
        insert(proxy_invitation).values(
            id=invitation_id,
            code_hash=_code_hash(tx, invited.code),
            person_id=person_id,
            choices=sorted(effective(choices)),
            data=tx.seal(invited, row=f"proxy_invitation.data:{invitation_id}"),
            grant_ends_at=grant_ends_at,
            created_at=tx.now,
            expires_at=tx.now + LASTING,
            awaits_second=bool(invited.desk and invited.desk.awaits_second),
            stop_hash=_stop_hash(tx, invited.desk),
        )
    )
    return invitation_id


def invitations(tx: Tx, *, person_id: str) -> tuple[Invitation, ...]:
    """Return the invitations of a person that are not over, oldest first."""
    c = proxy_invitation.c
    query = select(proxy_invitation).where(c.person_id == person_id, c.expires_at > tx.now)
    return tuple(_invitation(tx, row) for row in tx.conn.execute(query.order_by(c.created_at, c.id)))


def invitation_by_code(tx: Tx, *, code: str, lock: bool = False) -> Invitation | None:
    """Return the invitation of this code, unless it is over or too often tried; ``lock``: others wait for this try."""
    c = proxy_invitation.c
    query = select(proxy_invitation).where(c.code_hash == _code_hash(tx, code), c.expires_at > tx.now, c.tries < TRIES)
    row = tx.conn.execute(query.with_for_update() if lock else query).one_or_none()
    return _invitation(tx, row) if row else None


def awaiting_second(tx: Tx) -> tuple[Invitation, ...]:
    """Return the invitations with papers that a second member of staff has to see, oldest first."""
    c = proxy_invitation.c
    query = select(proxy_invitation).where(c.awaits_second, c.expires_at > tx.now).order_by(c.created_at, c.id)
    return tuple(_invitation(tx, row) for row in tx.conn.execute(query))


def second(tx: Tx, invitation: Invitation, *, account_id: str) -> bool:
    """Note who of the staff saw the papers, too; False when somebody has already, or it is over."""
    c = proxy_invitation.c
    if invitation.invited.desk is None:
        return False
    desk = msgspec.structs.replace(invitation.invited.desk, second=account_id)
    invited = msgspec.structs.replace(invitation.invited, desk=desk)
    seconded = tx.conn.execute(
        update(proxy_invitation)
        .where(c.id == invitation.id, c.awaits_second, c.expires_at > tx.now)
        .values(awaits_second=False, data=tx.seal(invited, row=f"proxy_invitation.data:{invitation.id}"))
    )
    return bool(seconded.rowcount)


def of_stop(tx: Tx, *, secret: str, since: datetime) -> tuple[str, str, bool] | None:
    """Return what the link of a notice ends: the person's id, the id of the grant (begun since then) or of the
    invitation, and whether it has begun. None: nothing any more."""
    stop_hash = tx.vault.hash("proxy.stop", secret)
    grant, waiting = proxy_grant.c, proxy_invitation.c
    latest = (grant.starts_at >= since, not_over(tx.now))
    begun = select(grant.person_id, grant.id).where(grant.stop_hash == stop_hash, *latest)
    row = tx.conn.execute(begun).first()
    if row is not None:
        return row.person_id, row.id, True
    invited = select(waiting.person_id, waiting.id).where(waiting.stop_hash == stop_hash, waiting.expires_at > tx.now)
    row = tx.conn.execute(invited).first()
    return (row.person_id, row.id, False) if row else None


def accept(tx: Tx, invitation: Invitation, *, account_id: str, relationship: str) -> bool:
    """Note who says yes to an invitation; False when somebody has already, or it is over. Nothing is opened by it."""
    c = proxy_invitation.c
    answered = msgspec.structs.replace(invitation.invited, relationship=relationship)
    accepted = tx.conn.execute(
        update(proxy_invitation)
        .where(c.id == invitation.id, c.account_id.is_(None), c.expires_at > tx.now)
        .values(
            account_id=account_id,
            data=tx.seal(answered, row=f"proxy_invitation.data:{invitation.id}"),
            expires_at=tx.now + LASTING,
            awaits_second=bool(answered.desk and answered.desk.awaits_second),
        )
    )
    return bool(accepted.rowcount)


def count_try(tx: Tx, *, invitation_id: str) -> None:
    """Count a wrong answer; the fifth ends the code."""
    c = proxy_invitation.c
    tx.conn.execute(update(proxy_invitation).where(c.id == invitation_id).values(tries=c.tries + 1))


def take(tx: Tx, *, invitation_id: str, person_id: str) -> Invitation | None:
    """Return an invitation of a person and delete it, so that it is answered once."""
    c = proxy_invitation.c
    row = tx.conn.execute(
        delete(proxy_invitation)
        .where(c.id == invitation_id, c.person_id == person_id, c.expires_at > tx.now)
        .returning(proxy_invitation)
    ).one_or_none()
    return _invitation(tx, row) if row else None


def _invitation(tx: Tx, row: Row[Any]) -> Invitation:
    return Invitation(
        id=row.id,
        person_id=row.person_id,
        choices=frozenset(map(ProxyChoice, row.choices)),
        invited=tx.unseal(row.data, Invited, row=f"proxy_invitation.data:{row.id}"),
        grant_ends_at=row.grant_ends_at,
        account_id=row.account_id,
        created_at=row.created_at,
        expires_at=row.expires_at,
        tries=row.tries,
    )


def _stop_hash(tx: Tx, desk: DeskSetUp | None) -> str | None:
    return tx.vault.hash("proxy.stop", desk.stop) if desk and desk.stop else None


def _code_hash(tx: Tx, code: str) -> str:
    return tx.vault.hash("proxy_invitation", code)
