"""The inbox across organizations, and writing."""

from portal.web.messages import writing
from portal.web.messages.views import blueprint

__all__ = ["blueprint", "writing"]
