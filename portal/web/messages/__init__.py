"""The inbox across organizations."""

from portal.web.messages.views import blueprint

__all__ = ["blueprint"]
