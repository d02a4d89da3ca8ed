"""The record: sections, one organization's part, single items."""

from portal.web.health import readings  # noqa: F401 - it adds its routes
from portal.web.health.views import blueprint

__all__ = ["blueprint"]
