"""Letting somebody act for a patient, at the desk: the patient says so, or documents do; and ending it."""

from collections.abc import Iterable
from datetime import datetime

from portal import audit
from portal.access.ages import ADULT, is_younger
from portal.assist.assists import note, require
from portal.authentication import invitations
from portal.domain.assists import Consent, ProxyDocument, Purpose
from portal.domain.errors import ConflictError, NotFoundError
from portal.domain.people import ProxyChoice
from portal.linking import proxies as linking_proxies
from portal.services import Services
from portal.store.desk.assists import Assist
from portal.store.people import people, proxies
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

    With a document that the clerk saw it begins when they who get the code say yes, else when the patient confirms it.
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
        desk=DeskSetUp(assist.account_id, document.value if document else ""),
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
