"""Who may do what. Pure: one question, ``can(actor, permission, person_id)``."""

from portal.access.duties import Duty, has_duty, may_assist
from portal.access.rules import Actor, Permission, ProxyGrant, can, may_see_choice

__all__ = ["Actor", "Duty", "Permission", "ProxyGrant", "can", "has_duty", "may_assist", "may_see_choice"]
