"""Every night, beside the refreshes: read again what organizations' servers can do."""

from jobs.of_the_day import once
from portal.linking.nightly import read_capabilities


def run(*, instance: str, day: str = "") -> int:
    """Return how many organizations were asked."""
    return once(instance, "capabilities", day, read_capabilities)
