"""Every day: read the configured lists of organizations again."""

from jobs import context
from portal.directory.sources import reread


def run(*, instance: str) -> int:
    """Gives the number of lists that brought something new."""
    return sum(outcome == "imported" for outcome in reread(context.services(instance)).values())
