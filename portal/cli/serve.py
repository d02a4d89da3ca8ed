"""``portal serve``: one instance."""

import os
from typing import Any

import click
from flask import Flask
from gunicorn.app.base import BaseApplication

from portal.app import create_app
from portal.config import Settings
from portal.domain.errors import ConfigurationError
from portal.processes import calm_collector
from portal.serverlog import ServerLogger
from portal.store import open_database
from portal.store.engine.upgrade import is_current
from portal.web.proxies import BehindProxies


class _Server(BaseApplication):  # type: ignore[misc]
    def __init__(self, options: dict[str, Any]) -> None:
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        settings = Settings.from_environment(os.environ)
        app = create_app(settings)
        app.wsgi_app = BehindProxies(app.wsgi_app, settings.trusted_proxies)  # type: ignore[method-assign]
        calm_collector(every=20_000)
        return app


@click.command()
@click.option("--bind", default="127.0.0.1:8000", show_default=True, metavar="HOST:PORT", help="Where to listen.")
@click.option("--workers", type=click.IntRange(1), default=2, show_default=True, help="Processes.")
@click.option("--threads", type=click.IntRange(1), default=8, show_default=True, help="Threads of each process.")
def serve(bind: str, workers: int, threads: int) -> None:
    """Serve one instance, set by PORTAL_* variables, behind one proxy that terminates TLS."""
    database = open_database(Settings.from_environment(os.environ))
    current = is_current(database)
    database.close()
    if not current:
        raise ConfigurationError(hint="the database is not at the current schema: run `portal db upgrade`")
    _Server(
        {
            "bind": bind,
            "worker_class": "gthread",
            "workers": workers,
            "threads": threads,
            "timeout": 60,
            "control_socket_disable": True,
            "logger_class": ServerLogger,
        }
    ).run()
