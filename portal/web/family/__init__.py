"""The people one acts for."""

from portal.web.family.views import blueprint

__all__ = ["blueprint"]
