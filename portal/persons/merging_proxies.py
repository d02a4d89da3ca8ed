"""Who acts for somebody whose two records become one: nobody sees more by it than they were given.

Who acts for both goes on, with what both let them see; who acts for one alone was never let into the other, and ends.
They are told, and can be given it again. Invitations to one of the two are taken back.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from portal import audit, mail
from portal.config import Settings
from portal.domain.people import ProxyChoice
from portal.domain.phrases import N_
from portal.linking import proxies as linking_proxies
from portal.linking.transitions import Work
from portal.store import Tx
from portal.store.people import accounts, merging, people, proxies
from portal.store.people.merging import MergeProposal

_REASON = "merged"
_SUBJECT = N_("%(portal)s: you no longer act for %(name)s")
_TEXT = N_(
    "Two records of %(name)s are one record now. You could see only one of them, so your access has ended. If you "
    "still act for %(name)s, ask them or our front desk to give it again. %(support)s"
)


@dataclass(frozen=True, slots=True)
class ActingFor:
    """Accounts that act for both records, with what both let them see and until when; and those for one alone."""

    both: Mapping[str, tuple[frozenset[ProxyChoice], datetime | None]]
    one: frozenset[str]


def acting(tx: Tx, proposal: MergeProposal, *, teen_age: int) -> ActingFor:
    """Return who acts for the two of a proposal."""
    sides = (proposal.person_id, proposal.other_id)
    own = {account.id for side in sides for account in accounts.of_person(tx, person_id=side)}
    shared: dict[str, tuple[frozenset[ProxyChoice], datetime | None]] = {}
    first, second = ({*merging.unended_grants(tx, person_id=side).values()} - own for side in sides)
    for account_id in sorted(first & second):
        choices = [frozenset[ProxyChoice](), frozenset[ProxyChoice]()]
        ends: list[datetime] = []
        for place, side in enumerate(sides):
            grants = proxies.in_force(tx, teen_age=teen_age, account_id=account_id, person_id=side)
            choices[place] = frozenset().union(*(grant.choices for grant in grants))
            ends += [each.ends_at for each in grants if each.ends_at]  # one grant is left, with all that they let see
        if common := choices[0] & choices[1]:
            shared[account_id] = common, min(ends, default=None)
    return ActingFor(shared, frozenset((first | second) - shared.keys()))


def end_one_sided(
    tx: Tx, settings: Settings, proposal: MergeProposal, acting_for: ActingFor, *, actor: audit.Actor
) -> list[Work]:
    """End what was given for one of the two alone, and tell whose it was; return what is to be done afterwards."""
    work: list[Work] = []
    for side in (proposal.person_id, proposal.other_id):
        for grant_id, account_id in merging.unended_grants(tx, person_id=side).items():
            if account_id not in acting_for.both:
                work += _end(tx, settings, grant_id, actor)
        for invitation in proxies.invitations(tx, person_id=side):
            proxies.take(tx, invitation_id=invitation.id, person_id=side)
            detail = {"invitation": invitation.id, "change": "taken-back"}
            audit.record(tx, action=audit.Action.PROXY_INVITE, actor=actor, person_id=side, **detail)
    person = people.by_id(tx, person_id=proposal.person_id)
    named = {
        "portal": settings.name,
        "name": person.demographics.display if person else "",
        "support": settings.support,
    }
    for account_id in sorted(acting_for.one):
        account = accounts.by_id(tx, account_id=account_id)
        if account is not None and account.email:
            subject, text = (mail.in_language(account.locale, each) % named for each in (_SUBJECT, _TEXT))
            mail.post(tx, recipient=account.email, subject=subject, text=f"{text.strip()}\n")
    return work


def narrow(tx: Tx, settings: Settings, *, person_id: str, acting_for: ActingFor, actor: audit.Actor) -> list[Work]:
    """Leave, of the grants of who acts for both, one with what both let them see. After the two are one."""
    work: list[Work] = []
    for account_id, (choices, ends_at) in acting_for.both.items():
        grants = proxies.in_force(tx, teen_age=settings.teen_age, account_id=account_id, person_id=person_id)
        stays = grants[0].id if grants else ""
        for grant_id, owner in merging.unended_grants(tx, person_id=person_id).items():
            if owner == account_id and grant_id != stays:
                work += _end(tx, settings, grant_id, actor)
        proxies.change(tx, grant_id=stays, person_id=person_id, choices=choices, ends_at=ends_at)
    return work


def _end(tx: Tx, settings: Settings, grant_id: str, actor: audit.Actor) -> list[Work]:
    return linking_proxies.end_in(tx, teen_age=settings.teen_age, grant_id=grant_id, actor=actor, reason=_REASON)[1]
