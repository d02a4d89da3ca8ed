"""The plumbing of the fake: a threaded HTTP server, and one exchange as a value that a misbehaviour may spoil."""

import contextlib
import json
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

FHIR_JSON = "application/fhir+json"


@dataclass
class Reply:
    """An answer before it is sent."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, value: Any, *, status: int = 200, kind: str = FHIR_JSON) -> "Reply":
        return cls(status, json.dumps(value).encode(), {"Content-Type": kind})

    @classmethod
    def outcome(cls, status: int, code: str) -> "Reply":
        issue = {"severity": "error", "code": code, "diagnostics": "invented diagnostics that name a person: Maria"}
        return cls.of({"resourceType": "OperationOutcome", "issue": [issue]}, status=status)

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Exchange(BaseHTTPRequestHandler):
    """One request under way. Misbehaviours use ``answer`` (the honest reply), ``send`` and ``raw``."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: "FakeServer"
    form: dict[str, str]
    path_only: str
    query: dict[str, list[str]]
    request_body: bytes = b""

    def answer(self) -> Reply:
        """The honest reply to this request."""
        return self.server.route(self)

    def send(self, reply: Reply) -> None:
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if "Content-Length" not in reply.headers:
            self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        self.wfile.write(reply.body)

    def raw(self, data: bytes) -> None:
        """Bytes as they are, onto the connection."""
        self.wfile.write(data)
        self.wfile.flush()

    def hang_up(self) -> None:
        """Close the connection at once, without a word."""
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def wait(self, seconds: float) -> bool:
        """Sleep; true when the server is being stopped meanwhile."""
        return self.server.stopping.wait(seconds)

    @property
    def base(self) -> str:
        return self.server.base

    @property
    def token(self) -> str:
        return self.headers.get("Authorization", "").removeprefix("Bearer ")

    def param(self, name: str) -> str:
        return self.query.get(name, [""])[0]

    def _handle(self) -> None:
        parts = urlsplit(self.path)
        self.path_only = parts.path
        self.query = parse_qs(parts.query)
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        self.form = {}
        if "urlencoded" in self.headers.get("Content-Type", ""):
            self.form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        self.request_body = body
        self.server.handle_exchange(self)

    do_GET = do_POST = do_PUT = do_DELETE = _handle  # noqa: N815  the standard library's names

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the standard library's name
        del format, args


class FakeServer(ThreadingHTTPServer):
    """Loopback, a free port, a thread per connection, stopped without waiting for those that hang."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, route: Callable[[Exchange], Reply], hook: Callable[[Exchange], None], port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), Exchange)
        self.base = f"http://127.0.0.1:{self.server_port}"
        self.route = route
        self.handle_exchange = hook
        self.stopping = threading.Event()
        self._thread = threading.Thread(
            target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True, name="fake-organization"
        )

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self.stopping.set()
        self.shutdown()
        self.server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Broken connections are what this server is for."""
