"""Signing in and out."""

from portal.web.account.views import blueprint

__all__ = ["blueprint"]
