"""Every night: delete what is older than ``portal.store.retention`` lets it be, of the audit trail whole segments."""

import structlog

from jobs import context
from portal.audit import chain
from portal.store import retention

_log = structlog.get_logger()


def run(*, instance: str) -> int:
    """Return the number of rows that were deleted."""
    database = context.services(instance).db
    deleted = retention.apply(database) | {"audit_event": chain.remove_old(database)}
    _log.info("retention.applied", **deleted)
    return sum(deleted.values())
