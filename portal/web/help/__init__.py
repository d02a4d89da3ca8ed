"""The help page."""

from portal.web.help.views import blueprint

__all__ = ["blueprint"]
