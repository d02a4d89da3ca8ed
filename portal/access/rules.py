"""The rules. Default deny: a permission that no rule grants is refused.

A proxy may do what the patient's choices say (``portal.access.proxies``). Staff and administrators have no clinical
permission at all; what they may do beside a patient is an assist with a consent of its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from portal.access import proxies
from portal.access.visibility import Sight
from portal.domain.people import ProxyChoice, Role
from portal.domain.sections import Section


class Permission(StrEnum):
    VIEW_RECORD = "view-record"
    VIEW_CONFIDENTIAL = "view-confidential"
    VIEW_MESSAGES = "view-messages"
    WRITE_MESSAGES = "write-messages"
    ADD_READINGS = "add-readings"
    VIEW_LINKS = "view-links"
    MANAGE_LINKS = "manage-links"
    VIEW_ACTIVITY = "view-activity"
    SHARE_RECORD = "share-record"
    MANAGE_FAMILY = "manage-family"
    AUTHORIZE_APPS = "authorize-apps"


@dataclass(frozen=True, slots=True)
class ProxyGrant:
    """A grant that is in force now: the store leaves out what is ended, expired or not yet begun."""

    person_id: str
    choices: frozenset[ProxyChoice]


@dataclass(frozen=True, slots=True)
class Actor:
    """Who is acting: an account with its own record (or none) and the people it acts for."""

    account_id: str
    role: Role
    own_person_id: str | None = None
    grants: tuple[ProxyGrant, ...] = ()


_EVERYTHING = frozenset(Section)
_BY_CHOICE: Mapping[ProxyChoice, frozenset[Permission]] = {
    ProxyChoice.RECORD: frozenset({Permission.VIEW_RECORD, Permission.VIEW_LINKS, Permission.VIEW_ACTIVITY}),
    ProxyChoice.VISITS: frozenset({Permission.VIEW_RECORD}),
    ProxyChoice.INSURANCE: frozenset({Permission.VIEW_RECORD}),
    ProxyChoice.MESSAGES: frozenset({Permission.VIEW_MESSAGES}),
    ProxyChoice.CONFIDENTIAL: frozenset({Permission.VIEW_CONFIDENTIAL}),
    ProxyChoice.WRITE: frozenset({Permission.WRITE_MESSAGES}),
    ProxyChoice.LINK: frozenset({Permission.MANAGE_LINKS, Permission.AUTHORIZE_APPS, Permission.ADD_READINGS}),
    ProxyChoice.SHARE: frozenset({Permission.SHARE_RECORD}),
}


def can(actor: Actor, permission: Permission, person_id: str) -> bool:
    """Tell whether ``actor`` may use ``permission`` on the record of ``person_id``."""
    if actor.role is not Role.PATIENT:
        return False
    if actor.own_person_id == person_id:
        return True
    return any(permission in _BY_CHOICE[choice] for choice in _choices(actor, person_id))


def sight(actor: Actor, person_id: str) -> Sight:
    """Return which items of a person's record ``actor`` may see.

    The person alone sees what they keep private; everybody else sees the record as if that were not in it.
    """
    if actor.role is Role.PATIENT and actor.own_person_id == person_id:
        return Sight(confidential=True, private=True, held=False, sections=_EVERYTHING, account=None)
    choices = _choices(actor, person_id) if actor.role is Role.PATIENT else frozenset()
    confidential = ProxyChoice.CONFIDENTIAL in choices
    return Sight(
        confidential=confidential,
        private=False,
        held=False,
        sections=proxies.sections(choices),
        account=actor.account_id,
    )


def _choices(actor: Actor, person_id: str) -> frozenset[ProxyChoice]:
    """Return what all grants of ``actor`` for this person allow together."""
    granted = (grant.choices for grant in actor.grants if grant.person_id == person_id)
    return proxies.effective(frozenset().union(*granted))


def may_see_choice(actor: Actor, person_id: str, *, account_id: str | None) -> bool:
    """Tell whether ``actor`` may see what ``account_id`` chose in a record: apps let in, corrections asked for.

    Each tells where somebody goes, so that who may not see what is confidential sees only what they chose themselves.
    """
    return account_id == actor.account_id or can(actor, Permission.VIEW_CONFIDENTIAL, person_id)
