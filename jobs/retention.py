"""Every night: delete what is older than ``portal.store.retention`` lets it be, of the audit trail whole segments."""

import structlog

from jobs.of_the_day import once
from portal.audit import chain
from portal.services import Services
from portal.store import retention

_log = structlog.get_logger()


def run(*, instance: str, day: str = "") -> int:
    """Return the number of rows that were deleted."""
    return once(instance, "retention", day, _work)


def _work(services: Services) -> int:
    deleted = retention.apply(services.db) | {"audit_event": chain.remove_old(services.db)}
    _log.info("retention.applied", **deleted)
    return sum(deleted.values())
