"""The rules. Default deny: a permission that no rule grants is refused.

Proxy levels are product.md §4: full, no confidential items, messages only. Staff and administrators have no clinical
permission at all; what they may do beside a patient is an assist with a consent of its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from portal.domain.people import GrantLevel, Role


class Permission(StrEnum):
    VIEW_RECORD = "view-record"
    VIEW_CONFIDENTIAL = "view-confidential"
    VIEW_MESSAGES = "view-messages"
    WRITE_MESSAGES = "write-messages"
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
    level: GrantLevel


@dataclass(frozen=True, slots=True)
class Actor:
    """Who is acting: an account with its own record (or none) and the people it acts for."""

    account_id: str
    role: Role
    own_person_id: str | None = None
    grants: tuple[ProxyGrant, ...] = ()


_EVERYTHING = frozenset(Permission)
_BY_LEVEL: Mapping[GrantLevel, frozenset[Permission]] = {
    GrantLevel.FULL: _EVERYTHING - {Permission.MANAGE_FAMILY},
    GrantLevel.NO_CONFIDENTIAL: _EVERYTHING
    - {Permission.VIEW_CONFIDENTIAL, Permission.MANAGE_FAMILY, Permission.SHARE_RECORD},
    GrantLevel.MESSAGES_ONLY: frozenset({Permission.VIEW_MESSAGES, Permission.WRITE_MESSAGES}),
}


def can(actor: Actor, permission: Permission, person_id: str) -> bool:
    """Tell whether ``actor`` may use ``permission`` on the record of ``person_id``."""
    if actor.role is not Role.PATIENT:
        return False
    if actor.own_person_id == person_id:
        return True
    return any(grant.person_id == person_id and permission in _BY_LEVEL[grant.level] for grant in actor.grants)


def may_see_choice(actor: Actor, person_id: str, *, account_id: str | None) -> bool:
    """Tell whether ``actor`` may see what ``account_id`` chose in a record: apps let in, corrections asked for.

    Each tells where somebody goes, so that who may not see what is confidential sees only what they chose themselves.
    """
    return account_id == actor.account_id or can(actor, Permission.VIEW_CONFIDENTIAL, person_id)
