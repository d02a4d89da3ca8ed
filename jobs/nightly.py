"""Every night, part by part: refresh what can be in the background."""

from jobs.of_the_day import once
from portal.linking.nightly import nightly


def run(*, instance: str, part: str = "", day: str = "") -> int:
    """Run one part of the night, or all of it with the housekeeping; return the number of refreshes asked for."""
    return once(instance, f"nightly-{part}", day, lambda services: nightly(services, int(part) if part else None))
