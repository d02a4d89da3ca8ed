"""Which instance a job works for: what it works with, opened once per process and by the instance's name."""

import threading

from portal.instances import served, settings_of
from portal.services import Services, open_services

_served: dict[str, Services] = {}
_lock = threading.Lock()


def register(services: Services) -> None:
    """Serve the jobs of an instance that is open already (tests, several instances in one process)."""
    _served[services.settings.slug] = services


def forget() -> None:
    """Serve nobody any more (tests)."""
    _served.clear()


def services(instance: str) -> Services:
    """Return what the instance of this name works with.

    Raises:
        ConfigurationError: this worker does not serve it.
    """
    with _lock:
        services = _served.get(instance)
        if services is None:
            services = _served[instance] = open_services(settings_of(instance))
    return services


def load() -> tuple[str, ...]:
    """Open all instances that this process serves, before it forks; return their names.

    Raises:
        ConfigurationError: the keys of one are not those its database is filled with.
    """
    names = served()
    for name in names:
        services(name).db.check_keys()
    return names


def after_fork() -> None:
    """Forget the parent's database connections in a child process."""
    for services_ in _served.values():
        services_.db.after_fork()
