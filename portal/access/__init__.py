"""Who may do what. Pure: ``can(actor, permission, person_id)``, and which items: ``sight(actor, person_id)``."""

from portal.access.duties import Duty, has_duty, may_assist
from portal.access.rules import Actor, Permission, ProxyGrant, can, may_see_choice, sight
from portal.access.visibility import Sight

__all__ = [
    "Actor",
    "Duty",
    "Permission",
    "ProxyGrant",
    "Sight",
    "can",
    "has_duty",
    "may_assist",
    "may_see_choice",
    "sight",
]
