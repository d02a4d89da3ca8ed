"""How somebody comes to act for a patient: invited with a code, they say yes, and the patient confirms that it is them.

Nothing of the record opens before both have said yes. The code alone shows who invites and to what.
"""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from portal import audit, mail
from portal.access.passwords import hash_password
from portal.authentication import desk_proxies, password_rules
from portal.authentication.codes import new_code, read_code
from portal.authentication.password_rules import PasswordProblem
from portal.authentication.passwords import shortest
from portal.domain.people import ProxyChoice, Role
from portal.services import Services
from portal.store import Tx
from portal.store.people import accounts, people, proxies
from portal.store.people.accounts import Account
from portal.store.people.proxies import DeskSetUp, Invitation, Invited

_GROUPS = 3  # 59 bits
MOST = 10
"""Invitations of one person that wait at a time."""


class InvitationAnswer(StrEnum):
    """What became of somebody's yes."""

    REFUSED = "refused"  # answered already, or to oneself
    WAITS = "waits"  # until the patient confirms that it is them
    PAPERS = "papers"  # wait for a second member of staff
    BEGUN = "begun"  # the front desk saw who they are


def invite(
    services: Services,
    *,
    person_id: str,
    actor: audit.Actor,
    choices: Iterable[ProxyChoice],
    name: str,
    owner_is: str,
    ends_at: datetime | None,
    desk: DeskSetUp | None = None,
) -> str | None:
    """Make an invitation; return its id. None when too many wait already.

    What the front desk made (``desk``) with a document begins at their yes.
    """
    with services.db.transaction() as tx:
        if len(proxies.invitations(tx, person_id=person_id)) >= MOST:
            return None
        invited = Invited(name, owner_is, new_code(_GROUPS), desk=desk)
        invitation_id = proxies.invite(tx, person_id=person_id, choices=choices, invited=invited, grant_ends_at=ends_at)
        _record(tx, audit.Action.PROXY_INVITE, actor, person_id, invitation=invitation_id)
        for invitation in proxies.invitations(tx, person_id=person_id) if desk else ():
            if invitation.id == invitation_id:
                desk_proxies.tell(tx, services, invitation)
    mail.ask(services)
    return invitation_id


def of_code(services: Services, code: str) -> Invitation | None:
    """Return the invitation of a code as it was typed, while it may be answered."""
    with services.db.reading() as tx:
        return proxies.invitation_by_code(tx, code=read_code(code))


def accept(services: Services, invitation: Invitation, *, account: Account, relationship: str) -> InvitationAnswer:
    """Say yes for an account."""
    if account.role is not Role.PATIENT or account.person_id == invitation.person_id:
        return InvitationAnswer.REFUSED
    desk, teen_age = invitation.invited.desk, services.settings.teen_age
    with services.db.transaction() as tx:
        own = desk is not None and desk_proxies.clerks_own(tx, desk, account, teen_age=teen_age)
        if own and desk and (desk.awaits_second or desk.second):
            _record(tx, audit.Action.PROXY_ANSWER, audit.Actor("account", account.id), invitation.person_id, "denied")
            return InvitationAnswer.REFUSED
        if not proxies.accept(tx, invitation, account_id=account.id, relationship=relationship):
            return InvitationAnswer.REFUSED
        actor = audit.Actor("account", account.id)
        _record(tx, audit.Action.PROXY_ANSWER, actor, invitation.person_id, invitation=invitation.id)
        if desk is None or not desk.document or own or accounts.by_id(tx, account_id=desk.account_id) is None:
            return InvitationAnswer.WAITS
        if desk.awaits_second:
            return InvitationAnswer.PAPERS
        begun = begin(tx, services, invitation, account.id, actor)
    mail.ask(services)
    return InvitationAnswer.BEGUN if begun else InvitationAnswer.REFUSED


def join(
    services: Services, invitation: Invitation, *, birth_date: str, username: str, display: str, password: str
) -> Account | None:
    """Return a new account for who was invited and has none; None when the patient's birth date is another.

    Raises:
        ConflictError: "username-taken".
    """
    encoded = hash_password(password)
    with services.db.transaction() as tx:
        # Others may have tried while it was hashed.
        if proxies.invitation_by_code(tx, code=invitation.invited.code, lock=True) is None:
            return None
        person = people.by_id(tx, person_id=invitation.person_id)
        if person is None or person.demographics.birth_date != birth_date:
            proxies.count_try(tx, invitation_id=invitation.id)
            return None
        account_id = accounts.add(tx, username=username, display=display, password_hash=encoded, role=Role.PATIENT)
        actor = audit.Actor("account", account_id)
        audit.record(tx, action=audit.Action.SETTINGS_CHANGE, actor=actor, change="activated")
        return accounts.by_id(tx, account_id=account_id)


def password_refusal(services: Services, *, username: str, display: str, password: str) -> PasswordProblem | None:
    """Return why a password for such a new account is refused; None when it is good."""
    settings = services.settings
    context = (username, display, settings.name, settings.organization)
    return password_rules.refusal(password, shortest=shortest(services), context=context)


def confirm(services: Services, *, invitation_id: str, person_id: str, actor: audit.Actor) -> str | None:
    """Let who said yes act for the person, from now on; return the grant's id. None when nobody has, or it is over."""
    with services.db.transaction() as tx:
        waiting = {each.id: each for each in proxies.invitations(tx, person_id=person_id)}.get(invitation_id)
        if waiting is None or waiting.account_id is None:
            return None
        grant_id = begin(tx, services, waiting, waiting.account_id, actor)
    mail.ask(services)
    return grant_id


def begin(tx: Tx, services: Services, waiting: Invitation, account_id: str, actor: audit.Actor) -> str | None:
    """Turn an invitation that an account said yes to into a grant; return its id. None: it is over."""
    person_id = waiting.person_id
    invitation = proxies.take(tx, invitation_id=waiting.id, person_id=person_id)
    if invitation is None or accounts.by_id(tx, account_id=account_id) is None:
        return None
    grant_id = proxies.begin(
        tx,
        account_id=account_id,
        person_id=person_id,
        choices=invitation.choices,
        relationship=invitation.invited.relationship,
        owner_is=invitation.invited.owner_is,
        ends_at=invitation.grant_ends_at,
        desk=invitation.invited.desk,
    )
    _record(tx, audit.Action.PROXY_BEGIN, actor, person_id, account=account_id)
    desk_proxies.tell(tx, services, invitation, begun=True)
    return grant_id


def take_back(services: Services, *, invitation_id: str, person_id: str, actor: audit.Actor) -> bool:
    """End an invitation before it is anything; False when there is none."""
    with services.db.transaction() as tx:
        taken = proxies.take(tx, invitation_id=invitation_id, person_id=person_id) is not None
        if taken:
            _record(tx, audit.Action.PROXY_INVITE, actor, person_id, invitation=invitation_id, change="taken-back")
    return taken


def change(
    services: Services,
    *,
    grant_id: str,
    person_id: str,
    actor: audit.Actor,
    choices: Iterable[ProxyChoice],
    ends_at: datetime | None,
) -> bool:
    """Change what a proxy may, at once; False when the person has no such grant in force."""
    with services.db.transaction() as tx:
        changed = proxies.change(tx, grant_id=grant_id, person_id=person_id, choices=choices, ends_at=ends_at)
        if changed:
            _record(tx, audit.Action.PROXY_CHANGE, actor, person_id, grant=grant_id)
    return changed


def _record(
    tx: Tx, action: audit.Action, actor: audit.Actor, person_id: str, outcome: str = "success", **detail: str
) -> None:
    audit.record(tx, action=action, actor=actor, person_id=person_id, outcome=outcome, **detail)
