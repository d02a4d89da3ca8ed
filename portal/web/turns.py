"""Whose turn it is: whoever is signed in does not stand behind the requests of nobody.

A server hands requests to its threads in the order in which they came. Two hundred requests without a sign-in, to the
token endpoint or to pages that ask who it is, would stand before each page of everybody. Here what comes without a
sign-in has places of its own, by the kind of endpoint, and fewer than there are threads; what finds none is answered
503 before anything is read or computed.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import structlog
from flask import Flask
from itsdangerous import BadSignature
from werkzeug.http import parse_cookie
from werkzeug.wsgi import ClosingIterator

from portal.web.clocks import Sessions

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
SIGNED_IN = "_user_id"
"""In the session of who is signed in (Flask-Login)."""
_BY_PREFIX: Mapping[str, str] = {"/oauth/": "oauth", "/fhir": "fhir", "/shl/": "shl"}
_NOT_LIMITED = ("/static/", "/healthz", "/readyz", "/metrics")  # cheap, and somebody decides by them
_REFUSAL = b"Too many at once. Try again in a second.\n"
_HEADERS = (
    ("Content-Type", "text/plain"),
    ("Content-Length", str(len(_REFUSAL))),
    ("Retry-After", "1"),
    ("Cache-Control", "no-store"),
    ("Connection", "close"),  # its body was not read
)
_WAIT = 0.5  # seconds until what finds no place is refused
_TELL = 10.0  # seconds between two lines of the log about it

_log = structlog.get_logger()


class Turns:
    """Lets so many requests without a sign-in through at once that threads are left.

    ``threads`` are those of this process. Half of them are places, of which one kind takes no more than half; apps,
    which show their tokens with each request, take all. Two more of a kind may wait for a moment, if two threads
    are left over.
    """

    def __init__(self, wsgi: Wsgi, app: Flask, *, threads: int) -> None:
        self._wsgi, self._app = wsgi, app
        self._places = max(1, threads // 2)
        self._most = max(self._places, threads - 2)
        self._changed = threading.Condition()
        self._under_way: Counter[str] = Counter()
        self._waiting: Counter[str] = Counter()
        self._refused, self._told_at = 0, 0.0

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        kind = self._kind(environ)
        if kind is None:
            return self._wsgi(environ, start_response)
        if not self._take(kind):
            headers = [("Content-Type", "text/plain"), ("Content-Length", str(len(_REFUSAL))), ("Retry-After", "1")]
            start_response(
                "503 Service Unavailable", [*headers, ("Cache-Control", "no-store"), ("Connection", "close")]
            )
            return [_REFUSAL]
        try:
            return ClosingIterator(self._wsgi(environ, start_response), lambda: self._give(kind))
        except BaseException:
            self._give(kind)
            raise

    def _kind(self, environ: Mapping[str, Any]) -> str | None:
        """Return the kind of endpoint that somebody without a sign-in asks for; None where there is no limit."""
        path = environ.get("PATH_INFO", "")
        for prefix, kind in _BY_PREFIX.items():
            if path.startswith(prefix) and (kind != "oauth" or not self._is_signed_in(environ)):
                return kind
        return None if path.startswith(_NOT_LIMITED) or self._is_signed_in(environ) else "page"

    def _is_signed_in(self, environ: Mapping[str, Any]) -> bool:
        """Tell whether the session's cookie, which only we sign, is somebody's; a view sees whether it still counts."""
        text = parse_cookie(dict(environ)).get(self._app.config["SESSION_COOKIE_NAME"])
        sessions = self._app.session_interface
        if not text or not isinstance(sessions, Sessions):
            return False
        serializer = sessions.get_signing_serializer(self._app)
        if serializer is None:
            return False
        try:
            return SIGNED_IN in serializer.loads(text)
        except BadSignature:
            return False

    def _take(self, kind: str) -> bool:
        with self._changed:
            if self._is_free(kind):
                self._under_way[kind] += 1
                return True
            standing = self._under_way.total() + self._waiting.total()
            if self._waiting[kind] < 2 and standing < self._most:
                self._waiting[kind] += 1
                is_free = self._changed.wait_for(lambda: self._is_free(kind), _WAIT)
                self._waiting[kind] -= 1
                if is_free:
                    self._under_way[kind] += 1
                    return True
            self._tell(kind)
            return False

    def _is_free(self, kind: str) -> bool:
        of_kind = self._places if kind == "fhir" else max(1, self._places // 2)
        return self._under_way[kind] < of_kind and self._under_way.total() < self._places

    def _give(self, kind: str) -> None:
        with self._changed:
            self._under_way[kind] -= 1
            self._changed.notify_all()

    def _tell(self, kind: str) -> None:
        self._refused += 1
        if time.monotonic() - self._told_at >= _TELL:
            _log.warning("turns.refused", kind=kind, number=self._refused)
            self._refused, self._told_at = 0, time.monotonic()
