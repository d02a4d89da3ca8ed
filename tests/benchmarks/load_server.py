"""The servers of the load benchmark, both under the same gunicorn: the portal, and the floor.

The floor is what every signed-in page must do: Flask-Login finds who it is with one SELECT, and Jinja renders a page of
as many bytes.
"""

import secrets
import sys
from pathlib import Path
from typing import Any

from flask import Flask, render_template_string, request
from flask_login import LoginManager, UserMixin, current_user, login_required, login_user
from gunicorn.app.base import BaseApplication
from sqlalchemy import create_engine, text

from portal.app import create_app
from portal.processes import calm_collector, few_arenas, ready_types
from portal.web.serving.turns import WAITING, Turns
from portal.web.serving.worker import Worker
from tests.factories.settings import make_settings

WORKERS, THREADS = 2, 8
_TEMPLATE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Floor</title></head>
<body><h1>{{ current_user.name }}</h1>
<ul>{% for number, name in rows %}
<li class="item"><span class="mark" aria-hidden="true">{{ number }}</span>
<div class="stack"><h3><a href="/rows/{{ number }}">{{ name }}</a></h3>
<p class="muted small">{{ name }}, as of {{ number }}</p></div></li>{% endfor %}
</ul></body></html>"""
_ROW = 208  # bytes of one row of it


class _User(UserMixin):  # type: ignore[misc]
    def __init__(self, user_id: str, name: str) -> None:
        self.id, self.name = user_id, name


def fill_floor(url: str) -> None:
    """Make the floor's table with its one row: once, before there are workers that would both make it."""
    engine = create_engine(url)
    with engine.begin() as conn:
        conn.execute(text("CREATE TABLE IF NOT EXISTS floor_user (id INTEGER PRIMARY KEY, name TEXT)"))
        conn.execute(text("DELETE FROM floor_user"))
        conn.execute(text("INSERT INTO floor_user (id, name) VALUES (1, 'ana')"))
    engine.dispose()


def floor(url: str) -> Flask:
    """Return the floor's application; ``?size=`` of a page are its bytes."""
    app = Flask("floor")
    app.secret_key = "only for measuring"
    engine = create_engine(url)
    login = LoginManager(app)

    @login.user_loader  # type: ignore[untyped-decorator]
    def _load(user_id: str) -> _User | None:
        with engine.connect() as conn:
            row = conn.execute(text("SELECT id, name FROM floor_user WHERE id = :id"), {"id": int(user_id)}).one()
        return _User(str(row.id), row.name)

    @app.get("/sign-in")
    def _sign_in() -> str:
        login_user(_User("1", "ana"))
        return "signed in"

    @app.get("/still")
    def _still() -> str:
        """A page of 14 kB that needs nothing else, and that no coding makes smaller."""
        return f"<!DOCTYPE html><title>Floor</title><h1>Floor</h1><p>{secrets.token_urlsafe(10_400)}"

    @app.get("/")
    @login_required  # type: ignore[untyped-decorator]
    def _page() -> str:
        rows = [(number, f"Organization {number:04}") for number in range(int(request.args["size"]) // _ROW)]
        return render_template_string(_TEMPLATE, rows=rows, current_user=current_user)

    return app


class _Server(BaseApplication):  # type: ignore[misc]
    def __init__(self, kind: str, port: str, folder: str, url: str) -> None:
        self._of = (kind, folder, url)
        self._port = port
        super().__init__()

    def load_config(self) -> None:
        options: dict[str, Any] = {
            "bind": f"127.0.0.1:{self._port}",
            "worker_class": Worker if self._of[0] == "portal" else "gthread",
            "workers": WORKERS,
            "threads": THREADS + WAITING if self._of[0] == "portal" else THREADS,
            "keepalive": 300,
            "timeout": 600,
            "control_socket_disable": True,
        }
        for name, setting in options.items():
            self.cfg.set(name, setting)

    def load(self) -> Flask:
        kind, folder, url = self._of
        app = floor(url) if kind == "floor" else create_app(make_settings(Path(folder), database_url=url))
        if kind == "portal":
            app.wsgi_app = Turns(app.wsgi_app, app, threads=THREADS, late=True)  # type: ignore[method-assign]
        calm_collector(every=20_000)
        return app


if __name__ == "__main__":
    ready_types()
    calm_collector(every=20_000)  # as ``portal serve`` does
    few_arenas()
    if sys.argv[1] == "floor":
        fill_floor(sys.argv[4])
    _Server(*sys.argv[1:5]).run()
