"""The directory of organizations: import of published lists, search, suggestions."""

from portal.directory.search import Match, Matched, search

__all__ = ["Match", "Matched", "search"]
