"""A person's appointments in their own calendar: a secret address that it reads, ended at will."""

from portal.web.calendar.views import blueprint

__all__ = ["blueprint"]
