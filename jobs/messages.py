"""Send the messages that wait, and tell organizations which of theirs were read."""

from jobs import context
from portal.messaging import outbox


def run(*, instance: str) -> int:
    """Return the number of messages that their organizations have now."""
    return outbox.send_due(context.services(instance))
