"""What home staff has to do."""

from portal.web.staff.views import blueprint

__all__ = ["blueprint"]
