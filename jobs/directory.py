"""Every day: read the configured lists of organizations again, then ask for the logos they name."""

from jobs.of_the_day import once
from portal.directory import logos
from portal.directory.sources import reread
from portal.services import Services


def run(*, instance: str, day: str = "") -> int:
    """Return the number of lists that brought something new."""
    return once(instance, "directory", day, _work)


def _work(services: Services) -> int:
    imported = sum(outcome == "imported" for outcome in reread(services).values())
    logos.fetch(services)
    return imported
