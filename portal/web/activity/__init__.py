"""Who has looked at my record."""

from portal.web.activity.views import blueprint

__all__ = ["blueprint"]
