"""What one instance works with: the same for its pages, its jobs and its commands, and nothing of the web."""

from dataclasses import dataclass

from portal.config import Settings
from portal.queue import JobQueue, queue_url
from portal.store import Database, open_database


@dataclass(frozen=True, slots=True)
class Services:
    """Requests get it from ``portal.extensions.current_services``, jobs and commands from ``open_services``."""

    settings: Settings
    db: Database
    queue: JobQueue


def open_services(settings: Settings) -> Services:
    """Return all services of one instance but its pages; nothing is called or created.

    The database must be at the current schema (``portal db upgrade``).
    """
    return Services(settings, open_database(settings), JobQueue(queue_url(settings), settings.slug))
