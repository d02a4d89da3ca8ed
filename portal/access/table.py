"""Actor × permission × person at a glance. The cells are what the rules answer, so that table and rules agree. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from portal.access.duties import Duty, has_duty
from portal.access.proxies import LEVELS
from portal.access.rules import Actor, Permission, ProxyGrant, can
from portal.domain.people import GrantLevel, Role

OWN, OTHER = "own", "other"


@dataclass(frozen=True, slots=True)
class ActorKind:
    """Somebody who comes, and whom they meet: ``person_id`` is whose record it is about."""

    name: str
    actor: Actor
    person_id: str


def actor_kinds() -> Iterator[ActorKind]:
    """Yield everybody with a sign-in, once for each person they may meet."""
    patient = Actor("account", Role.PATIENT, OWN)
    yield ActorKind("patient, own record", patient, OWN)
    for level in GrantLevel:
        proxy = Actor("account", Role.PATIENT, OWN, (ProxyGrant(OTHER, LEVELS[level]),))
        yield ActorKind(f"proxy, {level.value}", proxy, OTHER)
    yield ActorKind("patient, anybody else", patient, OTHER)
    for role, name in ROLE_NAMES.items():
        if role is not Role.PATIENT:
            yield ActorKind(name, Actor("account", role), OTHER)


ROLE_NAMES = {
    Role.PATIENT: "patient",
    Role.STAFF: "front desk",
    Role.CARE_TEAM: "care team",
    Role.RECORDS: "records",
    Role.PRIVACY: "privacy",
    Role.ADMIN: "administrator",
}

CLIENTS: dict[str, dict[Permission, str]] = {
    "app": {
        Permission.VIEW_RECORD: "granted scopes",
        Permission.VIEW_CONFIDENTIAL: "if who granted it may",
        Permission.VIEW_MESSAGES: "granted scopes",
    },
    "partner": {Permission.VIEW_RECORD: "basic sections of who matched"},
}
"""Who comes with a token and no sign-in; scopes, release policy and tier decide (``Visibility``)."""


def may(kind: ActorKind, permission: Permission | Duty) -> bool:
    """Return one cell of the table."""
    if isinstance(permission, Duty):
        return has_duty(kind.actor.role, permission)
    return can(kind.actor, permission, kind.person_id)


def rows() -> Iterator[tuple[Permission | Duty, tuple[str, ...]]]:
    """Yield each permission with its cells: "yes", "" or what limits it; the columns are ``columns()``."""
    kinds = tuple(actor_kinds())
    for permission in (*Permission, *Duty):
        cells = ["yes" if may(kind, permission) else "" for kind in kinds]
        cells += [
            limits.get(permission, "") if isinstance(permission, Permission) else "" for limits in CLIENTS.values()
        ]
        yield permission, tuple(cells)


def columns() -> tuple[str, ...]:
    return (*(kind.name for kind in actor_kinds()), *CLIENTS)
