"""Every day: read the configured lists of organizations again, then ask for the logos they name."""

from jobs import context
from portal.directory import logos
from portal.directory.sources import reread


def run(*, instance: str) -> int:
    """Return the number of lists that brought something new."""
    services = context.services(instance)
    imported = sum(outcome == "imported" for outcome in reread(services).values())
    logos.fetch(services)
    return imported
