"""The front desk's pages: one patient at a time, from the keyboard, without clinical content."""

from portal.web.desk.views import blueprint

__all__ = ["blueprint"]
