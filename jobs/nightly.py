"""Every night: refresh what can be refreshed in the background, end what is too old, read capabilities again."""

from jobs import context
from portal.linking.nightly import nightly


def run(*, instance: str) -> int:
    """Gives the number of refreshes that were asked for."""
    return nightly(context.services(instance))
