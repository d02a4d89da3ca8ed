"""Which instance a job works for: its application, made once per process and by the instance's name."""

import threading

from flask import Flask

from portal.app import create_app
from portal.extensions import Services
from portal.instances import served, settings_of

_apps: dict[str, Flask] = {}
_lock = threading.Lock()


def register(app: Flask) -> None:
    """Serve the jobs of an application that exists already (tests, several instances in one process)."""
    here: Services = app.extensions["tributary"]
    _apps[here.settings.slug] = app


def forget() -> None:
    """Serve nobody any more (tests)."""
    _apps.clear()


def services(instance: str) -> Services:
    """What the instance of this name works with.

    Raises:
        ConfigurationError: this worker does not serve it.
    """
    with _lock:
        app = _apps.get(instance)
        if app is None:
            app = _apps[instance] = create_app(settings_of(instance))
    here: Services = app.extensions["tributary"]
    return here


def load() -> tuple[str, ...]:
    """Make the applications of all instances that this process serves, before it forks; gives their names."""
    names = served()
    for name in names:
        services(name)
    return names


def after_fork() -> None:
    """In a child process: forget the parent's database connections."""
    for app in _apps.values():
        here: Services = app.extensions["tributary"]
        here.db.after_fork()
