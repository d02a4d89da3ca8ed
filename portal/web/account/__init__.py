"""Signing in and out, and how one signs in."""

from portal.web.account import (
    confirm,
    factor_pages,
    first_time,
    mailbox,
    openid_pages,
    passkey_pages,
    security,
    time_outs,
    views,
)
from portal.web.account.blueprint import blueprint

__all__ = [
    "blueprint",
    "confirm",
    "factor_pages",
    "first_time",
    "mailbox",
    "openid_pages",
    "passkey_pages",
    "security",
    "time_outs",
    "views",
]
