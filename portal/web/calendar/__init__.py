"""A person's appointments in their own calendar, at a secret address; and from their own calendar, by a file."""

from portal.web.calendar import own  # noqa: F401 - it adds its routes
from portal.web.calendar.views import blueprint

__all__ = ["blueprint"]
