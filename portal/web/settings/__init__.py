"""Language and data use."""

from portal.web.settings.views import blueprint

__all__ = ["blueprint"]
