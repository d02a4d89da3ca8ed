"""``portal serve``: one instance."""

import os
import shutil
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import click
from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter

from portal.app import create_app
from portal.config import Settings
from portal.domain.errors import ConfigurationError
from portal.processes import calm_collector, drain, few_arenas, ready_types
from portal.serverlog import ServerLogger
from portal.store import open_database
from portal.store.engine import condition
from portal.web import metrics
from portal.web.proxies import BehindProxies
from portal.web.serving.turns import WAITING, Turns
from portal.web.serving.worker import Worker


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
        turns = Turns(app.wsgi_app, app, threads=self._options["threads"] - WAITING, late=True)
        app.wsgi_app = BehindProxies(turns, settings.trusted_proxies)  # type: ignore[method-assign]
        calm_collector(every=20_000)
        return app


def _draining(seconds: int) -> Callable[[Arbiter], None]:
    """Return what makes gunicorn's main process tell at SIGTERM that it ends, and wait before it does."""

    def prepare(arbiter: Arbiter) -> None:
        end = arbiter.handle_term

        def handle_term() -> None:
            drain()
            time.sleep(seconds)
            end()

        arbiter.handle_term = handle_term

    return prepare


@click.command()
@click.option("--bind", default="127.0.0.1:8000", show_default=True, metavar="HOST:PORT", help="Where to listen.")
@click.option("--workers", type=click.IntRange(1), default=2, show_default=True, help="Processes.")
@click.option("--threads", type=click.IntRange(1), default=8, show_default=True, help="Threads of each process.")
@click.option(
    "--drain",
    "drain_seconds",
    type=click.IntRange(0, 300),
    default=0,
    show_default=True,
    help="Seconds between SIGTERM and the end in which it goes on serving, and /readyz says 503.",
)
def serve(bind: str, workers: int, threads: int, drain_seconds: int) -> None:
    """Serve one instance, set by PORTAL_* variables, behind one proxy that terminates TLS.

    At SIGTERM it takes no more connections, finishes the requests under way within a minute, and ends. Where something
    else looks at /readyz to decide where requests go, let --drain be longer than it takes to notice.
    """
    with closing(open_database(Settings.from_environment(os.environ))) as database:
        state = condition.serves(database)
    if state is None:
        raise ConfigurationError(
            hint="the database is not at a schema that this version serves: run `portal db upgrade`, or install the"
            " version that it is of"
        )
    folder = Path(tempfile.mkdtemp(prefix="tributary-metrics-"))
    metrics.share(folder)
    _run(bind, workers, threads, drain_seconds, folder)


def _run(bind: str, workers: int, threads: int, drain_seconds: int, counted: Path) -> None:
    ready_types()  # before there are workers, too: learning in each would copy what they share
    calm_collector(every=20_000)  # of what is imported: a worker that collected it would copy all of it
    few_arenas()
    _Server(
        {
            "bind": bind,
            "worker_class": Worker,
            "workers": workers,
            "threads": threads + WAITING,
            "timeout": 60,
            "graceful_timeout": 60,
            "when_ready": _draining(drain_seconds),
            "on_exit": lambda _arbiter: shutil.rmtree(counted, ignore_errors=True),
            "control_socket_disable": True,
            "logger_class": ServerLogger,
        }
    ).run()
