"""Every few seconds: seal the audit events that came since, so that nothing of them can be changed unseen."""

from jobs import context
from portal.audit import chain
from portal.audit.checkpoints import checkpoint_file


def run(*, instance: str) -> int:
    """Return the number of events that were sealed."""
    services = context.services(instance)
    return chain.seal(services.db, checkpoint_file(services.settings))
