"""Every night: delete what is older than ``portal.store.retention`` lets it be."""

import structlog

from jobs import context
from portal.store import retention

_log = structlog.get_logger()


def run(*, instance: str) -> int:
    """Return the number of rows that were deleted."""
    deleted = retention.apply(context.services(instance).db)
    _log.info("retention.applied", **deleted)
    return sum(deleted.values())
