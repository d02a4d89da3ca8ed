"""Pages for administrators and for the front desk. Neither shows clinical content."""

from portal.web.admin.views import blueprint

__all__ = ["blueprint"]
