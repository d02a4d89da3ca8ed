"""Who may do what. Pure: one question, ``can(actor, permission, person_id)``."""

from portal.access.rules import Actor, Permission, ProxyGrant, can, may_see_choice

__all__ = ["Actor", "Permission", "ProxyGrant", "can", "may_see_choice"]
