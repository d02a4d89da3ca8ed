"""Share with a doctor: links to a part of the record, who opened them, and their end."""

from portal.web.share.views import blueprint

__all__ = ["blueprint"]
