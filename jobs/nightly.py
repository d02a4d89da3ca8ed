"""Every night, part by part: refresh what can be in the background, end what is too old, read capabilities again."""

from jobs import context
from portal.linking.nightly import nightly


def run(*, instance: str, part: str = "") -> int:
    """Run one part of the night, or all of it; return the number of refreshes that were asked for."""
    return nightly(context.services(instance), int(part) if part else None)
