"""One gunicorn process that serves all seven instances, told apart by the port a request came in on."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from gunicorn.app.base import BaseApplication

from portal import logs
from portal.app import create_app
from portal.demo import folders
from portal.demo.network import INSTANCES, PINELANDS, NetworkAddress
from portal.demo.switch import Switch
from portal.instances import read_settings
from portal.serverlog import ServerLogger
from portal.web.serving.turns import Turns

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
_THREADS = 32


class ByPort:
    """The WSGI application of the whole network. ``SERVER_PORT`` is the listening socket's, not the Host header's."""

    def __init__(self, apps: dict[int, Wsgi], hosts: frozenset[str]) -> None:
        self._apps = apps
        self._hosts = hosts

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        port = int(environ["SERVER_PORT"])
        app = self._apps.get(port)
        # A foreign name in the Host header is another site's page that had its name resolved to this computer.
        if app is None or environ.get("HTTP_HOST", "").removesuffix(f":{port}") not in self._hosts:
            start_response("421 Misdirected Request", [("Content-Type", "text/plain"), ("Content-Length", "0")])
            return [b""]
        return app(environ, start_response)


def network(data_dir: Path) -> ByPort:
    """Return the applications of all instances, from the settings files that the setting-up wrote."""
    state = folders.read_state(data_dir)
    place = NetworkAddress(state.host, state.port)
    apps: dict[int, Wsgi] = {}
    for instance in INSTANCES:
        app = create_app(read_settings(folders.settings_file(data_dir, instance)))
        turns = Turns(app, app, threads=_THREADS // 2)
        apps[place.port_of(instance)] = turns
        if instance is PINELANDS:
            apps[place.port_of(instance)] = Switch(turns, folders.switch_file(data_dir))
    return ByPort(apps, frozenset({"localhost", "127.0.0.1", "[::1]", state.host}))


class Server(BaseApplication):  # type: ignore[misc]
    """gunicorn with its settings given here instead of in a file."""

    def __init__(self, data_dir: Path, addresses: list[str]) -> None:
        self._data_dir = data_dir
        self._addresses = addresses
        super().__init__()

    def load_config(self) -> None:
        for name, value in {
            "bind": self._addresses,
            "worker_class": "gthread",
            "workers": 1,
            "threads": _THREADS,
            "timeout": 60,
            "graceful_timeout": 3,
            "keepalive": 5,
            "control_socket_disable": True,
            "logger_class": ServerLogger,
            "forwarded_allow_ips": "",
            "proc_name": "tributary-demo",
        }.items():
            self.cfg.set(name, value)

    def load(self) -> ByPort:
        return network(self._data_dir)


def serve(data_dir: Path, addresses: list[str]) -> None:
    """Serve the network on ``addresses`` ("host:port") until SIGTERM."""
    logs.configure()
    Server(data_dir, addresses).run()
