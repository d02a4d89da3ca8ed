"""When somebody's access to another person's record ends: what was reached through their own sign-ins ends with it.

A link that a proxy made stays the patient's, with its data. The tokens were given to the proxy, who signed in there
with an account of their own: they are ended there, and the link asks to be verified again by whoever may now.
"""

from datetime import date, timedelta

from portal import audit, mail
from portal.access import Actor, Permission, can, sight
from portal.access.ages import boundary
from portal.domain.phrases import N_
from portal.linking import enqueue, transitions
from portal.linking.states import Move
from portal.linking.transitions import Work
from portal.services import Services
from portal.store import Tx
from portal.store.links import links
from portal.store.links.links import Link
from portal.store.people import accounts, people, proxies
from portal.store.people.proxies import StoredGrant
from portal.store.records import privacy
from portal.store.records.grouping import lock_person

_JOB = audit.Actor("job")
_SIGNED_IN = frozenset({Move.AUTHORIZED.value, Move.RENEWED.value})


def end(
    services: Services, *, grant_id: str, actor: audit.Actor, person_id: str | None = None, reason: str = "ended"
) -> StoredGrant | None:
    """End a grant now, for open pages too; return what it was. None: there is none (of this person) in force."""
    with services.db.transaction() as tx:
        ended, work = end_in(
            tx,
            teen_age=services.settings.teen_age,
            grant_id=grant_id,
            actor=actor,
            person_id=person_id,
            reason=reason,
        )
    enqueue.enqueue(services, work)
    return ended


def end_in(
    tx: Tx, *, teen_age: int, grant_id: str, actor: audit.Actor, person_id: str | None = None, reason: str = "ended"
) -> tuple[StoredGrant | None, list[Work]]:
    """Do the same in the caller's transaction; what is to be done afterwards is found by the sweep in any case."""
    ended = proxies.end(tx, grant_id=grant_id, person_id=person_id)
    if ended is None:
        return None, []
    lock_person(tx, person_id=ended.person_id)  # a link that is being made either is found below, or finds no right
    return ended, _let_go(tx, teen_age, ended, actor, reason)


def may_link(tx: Tx, *, account_id: str, person_id: str, teen_age: int) -> bool:
    """Tell whether an account may make links for a person now, and let nobody end that until they are stored."""
    lock_person(tx, person_id=person_id)
    account = accounts.by_id(tx, account_id=account_id)
    if account is None:
        return False
    grants = proxies.proxy_grants(accounts.grants_of(tx, account_id=account_id, teen_age=teen_age))
    return can(Actor(account.id, account.role, account.person_id, grants), Permission.MANAGE_LINKS, person_id)


def link_seen_by(tx: Tx, *, account_id: str, person_id: str, organization_id: str) -> Link | None:
    """Return a person's live link at an organization; None for an account that may not know of it.

    The person alone sees a link that they keep private (``portal.access.rules.sight``).
    """
    link = links.live_link(tx, person_id=person_id, organization_id=organization_id)
    if link is None or link.id not in privacy.places(tx, person_id=person_id):
        return link
    account = accounts.by_id(tx, account_id=account_id)
    if account is None or not sight(Actor(account.id, account.role, account.person_id, ()), person_id).private:
        return None
    return link


def end_due(services: Services) -> int:
    """End what ran out, by its date or by the child's age; return how many. Access itself ended at that moment."""
    with services.db.reading() as tx:
        due = proxies.run_out(tx, teen_age=services.settings.teen_age)
    for grant_id, reason in due:
        end(services, grant_id=grant_id, actor=_JOB, reason=reason)
    return len(due)


NOTICE = timedelta(days=90)
"""How long before a birthday that narrows or ends a parent's access both are told."""
_SUBJECT = N_("%(portal)s: access changes on %(day)s")
_TO_PARENT = N_(
    "%(name)s turns %(age)s on %(day)s. From then on you see less of %(name)s’s record, or nothing at 18. "
    "%(name)s can have a sign-in of their own: our front desk gives the code. %(support)s"
)
_TO_CHILD = N_(
    "You turn %(age)s on %(day)s. From then on those who act for you as parents see less of your record, or nothing at "
    "18. See who acts for you: %(address)s"
)


def tell_of_boundaries(services: Services) -> int:
    """Write to parents and children, once, before a birthday that changes the access; return to how many grants."""
    settings, told = services.settings, 0
    with services.db.reading() as tx:
        grants = [grant for grant in proxies.in_force(tx, teen_age=settings.teen_age) if not grant.owner_is]
    for grant in grants:
        with services.db.transaction() as tx:
            ahead = boundary_of(tx, grant, teen_age=settings.teen_age)
            due = ahead and date.fromisoformat(ahead[0]) - NOTICE
            if ahead is None or due is None or due > tx.now.date() or (grant.told_at and grant.told_at.date() >= due):
                continue
            _tell(tx, services, grant, ahead)
            proxies.set_told(tx, grant_id=grant.id)
            told += 1
    if told:
        mail.ask(services)
    return told


def _tell(tx: Tx, services: Services, grant: StoredGrant, ahead: tuple[str, int]) -> None:
    settings, person = services.settings, people.by_id(tx, person_id=grant.person_id)
    named = {
        "name": person.demographics.display if person else "",
        "age": ahead[1],
        "day": ahead[0],
        "portal": settings.name,
        "support": settings.support,
        "address": f"{settings.base_url}/family",
    }
    parent = accounts.by_id(tx, account_id=grant.account_id)
    readers = [(parent, _TO_PARENT)] if parent else []
    readers += [(own, _TO_CHILD) for own in accounts.of_person(tx, person_id=grant.person_id)]
    for account, text in readers:
        if account.email:
            subject, body = (mail.in_language(account.locale, each) % named for each in (_SUBJECT, text))
            mail.post(tx, recipient=account.email, subject=subject, text=f"{body.strip()}\n")


def boundary_of(tx: Tx, grant: StoredGrant, *, teen_age: int) -> tuple[str, int] | None:
    """Return the next birthday (ISO 8601) that narrows or ends a grant over a child, and the age then."""
    person = people.by_id(tx, person_id=grant.person_id)
    ahead = boundary(
        birth_date=person.demographics.birth_date if person else "",
        granted_on=grant.starts_at.date(),
        today=tx.now.date(),
        teen_age=teen_age,
    )
    return (ahead[0].isoformat(), ahead[1]) if ahead else None


def _let_go(tx: Tx, teen_age: int, grant: StoredGrant, actor: audit.Actor, reason: str) -> list[Work]:
    audit.record(
        tx,
        action=audit.Action.PROXY_END,
        actor=actor,
        person_id=grant.person_id,
        account=grant.account_id,
        reason=reason,
    )
    left = proxies.in_force(tx, teen_age=teen_age, account_id=grant.account_id)
    if any(other.person_id == grant.person_id for other in left):
        return []
    theirs = [
        link for link in links.of_person(tx, person_id=grant.person_id) if signed_in_by(tx, link) == grant.account_id
    ]
    return [step for link in theirs for step in transitions.proxy_ended(tx, link)]


def signed_in_by(tx: Tx, link: Link) -> str | None:
    """Return the account whose sign-in at the other organization a link's tokens came of."""
    steps = [event.account_id for event in links.history(tx, link_id=link.id) if event.move in _SIGNED_IN]
    return steps[-1] if steps else None
