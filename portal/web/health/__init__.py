"""The record: sections, one organization's part, single items."""

from portal.web.health.views import blueprint

__all__ = ["blueprint"]
