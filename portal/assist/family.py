"""Letting somebody act for a patient, at the desk: the patient says so, or documents do; and ending it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from portal import audit, mail
from portal.access.ages import ADULT, is_younger
from portal.assist.assists import note, require
from portal.authentication import desk_proxies, invitations
from portal.domain.assists import Consent, ProxyDocument, Purpose
from portal.domain.errors import ConflictError, NotFoundError
from portal.domain.ids import new_secret
from portal.domain.people import ProxyChoice
from portal.linking import proxies as linking_proxies
from portal.services import Services
from portal.store import Tx
from portal.store.desk.assists import Assist
from portal.store.people import accounts, people, proxies
from portal.store.people.accounts import Account
from portal.store.people.proxies import DeskSetUp, Invitation


def invite(
    services: Services,
    assist: Assist,
    *,
    document: ProxyDocument | None,
    choices: Iterable[ProxyChoice],
    name: str,
    owner_is: str,
    ends_at: datetime | None,
) -> Invitation:
    """Return an invitation whose code the desk hands out.

    With the patient's own yes and a photo ID that the clerk saw it begins when they who get the code say yes; with
    papers, when a second member of staff saw them, too; else when the patient confirms it.
    A parent's access is the law's and not the child's choice: the child neither changes nor ends it.

    Raises:
        ConflictError: ``assist-consent``; ``proxy-purpose``: the patient agreed to something else; ``proxy-document``:
            without the patient's own yes papers are needed; ``proxy-parent``: no parent acts for an adult as such;
            ``proxy-many``: too many invitations wait.
    """
    require_agreed(assist)
    if assist.consent is Consent.DOCUMENT and document in {None, ProxyDocument.OWN_YES}:
        raise ConflictError("proxy-document")
    is_parent = document is ProxyDocument.PARENT
    if is_parent and not is_child(services, assist):
        raise ConflictError("proxy-parent")
    clerk = audit.Actor("account", assist.account_id)
    invitation_id = invitations.invite(
        services,
        person_id=assist.person_id,
        actor=clerk,
        choices=choices,
        name=name,
        owner_is="" if is_parent else owner_is,
        ends_at=ends_at,
        desk=DeskSetUp(assist.account_id, document.value if document else "", stop=new_secret()),
    )
    with services.db.transaction() as tx:
        waiting = {each.id: each for each in proxies.invitations(tx, person_id=assist.person_id)}
        if invitation_id is None or invitation_id not in waiting:
            raise ConflictError("proxy-many")
        note(tx, assist.account_id, assist.person_id, f"proxy-{document.value}" if document else "proxy-invited")
    return waiting[invitation_id]


def require_agreed(assist: Assist, *, document: bool = False) -> Assist:
    """Return an assist in which the patient agreed to this very purpose, or papers were shown for it.

    Raises:
        ConflictError: ``assist-consent``, ``assist-document``, ``proxy-purpose``.
    """
    require(assist, document=document, purpose=Purpose.FAMILY)
    if assist.purpose is not Purpose.FAMILY:
        raise ConflictError("proxy-purpose")
    return assist


def is_child(services: Services, assist: Assist) -> bool:
    """Tell whether the patient is under 18."""
    with services.db.reading() as tx:
        person = people.by_id(tx, person_id=assist.person_id)
        birth_date = person.demographics.birth_date if person else ""
        return is_younger(birth_date=birth_date, age=ADULT, today=tx.now.date())


def end(services: Services, assist: Assist, grant_id: str) -> None:
    """End somebody's access, with a document that the clerk compared: also a parent's, whom a child cannot shut out.

    Raises:
        ConflictError: ``assist-consent``, ``assist-document``, ``proxy-purpose``.
        NotFoundError: the patient has no such grant.
    """
    require_agreed(assist, document=True)
    actor = audit.Actor("account", assist.account_id)
    if linking_proxies.end(services, grant_id=grant_id, person_id=assist.person_id, actor=actor, reason="desk") is None:
        raise NotFoundError


@dataclass(frozen=True, slots=True)
class WaitingPapers:
    """Papers that a second member of staff has to see. ``may_confirm``: who reads this may."""

    id: str
    patient: str
    birth_date: str
    name: str
    document: ProxyDocument
    clerk: str
    created_at: datetime
    may_confirm: bool


def waiting_papers(services: Services, clerk: Account) -> tuple[WaitingPapers, ...]:
    """Return the papers that wait for a second member of staff, the oldest first."""
    with services.db.reading() as tx:
        waiting = [(each, each.invited.desk) for each in proxies.awaiting_second(tx)]
        return tuple(_papers(tx, services, each, desk, clerk) for each, desk in waiting if desk)


def _papers(tx: Tx, services: Services, invitation: Invitation, desk: DeskSetUp, clerk: Account) -> WaitingPapers:
    person = people.by_id(tx, person_id=invitation.person_id)
    first = accounts.by_id(tx, account_id=desk.account_id, disabled=True)
    return WaitingPapers(
        invitation.id,
        person.demographics.display if person else "",
        person.demographics.birth_date if person else "",
        invitation.invited.name,
        ProxyDocument(desk.document),
        (first.display or first.username) if first else "",
        invitation.created_at,
        desk_proxies.may_second(tx, invitation, clerk, teen_age=services.settings.teen_age),
    )


def check_papers(services: Services, clerk: Account, invitation_id: str, *, fit: bool) -> bool:
    """Say, as the second member of staff, whether papers fit: then access begins with, or at once after, the code.

    Returns:
        False: they do not wait any more, or somebody else has to see them.
    """
    with services.db.transaction() as tx:
        waiting = {each.id: each for each in proxies.awaiting_second(tx)}.get(invitation_id)
        if waiting is None or not desk_proxies.may_second(tx, waiting, clerk, teen_age=services.settings.teen_age):
            return False
        note(tx, clerk.id, waiting.person_id, "papers-checked" if fit else "papers-refused")
        if not fit:
            proxies.take(tx, invitation_id=waiting.id, person_id=waiting.person_id)
        elif proxies.second(tx, waiting, account_id=clerk.id) and waiting.account_id is not None:
            actor = audit.Actor("account", clerk.id)
            invitations.begin(tx, services, waiting, waiting.account_id, actor)
    mail.ask(services)
    return True


def stops(services: Services, secret: str) -> bool:
    """Tell whether the link of a notice still ends something."""
    with services.db.reading() as tx:
        return proxies.of_stop(tx, secret=secret, since=tx.now - desk_proxies.STOPS) is not None


def stop(services: Services, secret: str) -> bool:
    """End what the desk set up, by the link in the notice. False: there is nothing to end."""
    actor = audit.Actor("link")
    with services.db.transaction() as tx:
        ends = proxies.of_stop(tx, secret=secret, since=tx.now - desk_proxies.STOPS)
        if ends is None:
            return False
        person_id, ends_id, has_begun = ends
        audit.record(tx, action=audit.Action.ASSIST, actor=actor, person_id=person_id, step="proxy-stopped")
        if not has_begun:
            proxies.take(tx, invitation_id=ends_id, person_id=person_id)
    if has_begun:
        linking_proxies.end(services, grant_id=ends_id, person_id=person_id, actor=actor, reason="stopped")
    return True
