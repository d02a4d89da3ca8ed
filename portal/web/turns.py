"""Whose turn it is: whoever is signed in does not stand behind the requests of nobody.

A server hands requests to its threads in the order in which they came. Two hundred requests without a sign-in, to the
token endpoint or to pages that ask who it is, would stand before each page of everybody. Here what comes without a
sign-in has places of its own, by the kind of endpoint, lets pages that are under way end first, and waits its turn on
threads that the server has for nothing else (``WAITING``). What finds no place in time is answered 503 before anything
is read or computed.
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

from portal.store.people import sign_ins
from portal.web.clocks import Sessions

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
SIGNED_IN = "_user_id"
"""In the session of who is signed in (Flask-Login)."""
_PERSON, _PAGE = "person", "page"  # kinds: all of who is signed in; pages of who is not
_BY_PREFIX: Mapping[str, str] = {"/oauth/": "oauth", "/fhir": "fhir", "/shl/": "shl"}
_NOT_LIMITED = ("/static/", "/healthz", "/readyz", "/metrics")  # cheap, and somebody decides by them
_TEXT = b"Too many at once. Try again in a second.\n"
_HTML = (  # in both languages: whose it is, is not known yet, and nothing of the portal is asked for it
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    "<title>Too many people at once</title></head><body><h1>Too many people at once</h1>"
    "<p>Nothing was changed. Try again in a few seconds.</p>"
    '<h1 lang="es">Demasiadas personas a la vez</h1>'
    '<p lang="es">No se cambió nada. Intente de nuevo en unos segundos.</p></body></html>\n'
).encode()
_HEADERS = (
    ("Retry-After", "1"),
    ("Cache-Control", "no-store"),
    ("Content-Security-Policy", "default-src 'none'"),
    ("X-Content-Type-Options", "nosniff"),
    ("Connection", "close"),  # its body was not read
)
WAITING = 96
"""How many requests of nobody one process lets wait: the threads that a server has beyond those that work."""
_MOST_OF_ONE = WAITING // 4  # that one sign-in has under way or waiting: who sends more does not stop all others
_LONGEST = int(sign_ins.LONGEST.total_seconds())  # since a cookie was signed: what is older is nobody's any more
_WAIT = 1.0  # seconds until what finds no place is refused
_PATIENCE = 30.0  # likewise of who is signed in
_COURTESY = 0.05  # seconds for which nobody's request stands back while pages of people are under way
_TELL = 10.0  # seconds between two lines of the log about it

_log = structlog.get_logger()


class Turns:
    """Let at most ``threads`` requests through at once, and of those without a sign-in so few that places are left.

    Half of the places are for requests without a sign-in, of which one kind takes no more than half; apps, which show
    their tokens with each request, take all of that half. The server has ``threads`` and ``WAITING`` more.
    """

    def __init__(self, wsgi: Wsgi, app: Flask, *, threads: int) -> None:
        self._wsgi, self._app = wsgi, app
        self._threads, self._places = threads, max(1, threads // 2)
        lock = threading.Lock()
        self._changed = {kind: threading.Condition(lock) for kind in (_PERSON, _PAGE, *_BY_PREFIX.values())}
        self._under_way: Counter[str] = Counter()
        self._waiting: Counter[str] = Counter()
        self._of_one: Counter[str] = Counter()  # of a sign-in, waiting or under way; of nobody under ""
        self._refused, self._told_at = 0, 0.0

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        sign_in = self._sign_in(environ)
        kind = self._kind(environ, sign_in)
        if kind is None:
            return self._wsgi(environ, start_response)
        if not self._take(kind, sign_in):
            body, media = (_HTML, "text/html; charset=utf-8") if kind in (_PERSON, _PAGE) else (_TEXT, "text/plain")
            headers = [("Content-Type", media), ("Content-Length", str(len(body))), *_HEADERS]
            start_response("503 Service Unavailable", headers)
            return [body]
        try:
            answer = self._wsgi(environ, start_response)
            return ClosingIterator(iter(answer), lambda: self._end(answer, kind, sign_in))
        except BaseException:
            self._give(kind, sign_in)
            raise

    def _kind(self, environ: Mapping[str, Any], sign_in: str) -> str | None:
        """Return whose places a request takes: of who is signed in, or of its kind of endpoint; None: of nobody."""
        path = environ.get("PATH_INFO", "")
        for prefix, kind in _BY_PREFIX.items():
            if path.startswith(prefix) and (kind != "oauth" or not sign_in):
                return kind
        if path.startswith(_NOT_LIMITED):
            return None
        return _PERSON if sign_in else _PAGE

    def _sign_in(self, environ: Mapping[str, Any]) -> str:
        """Return whose the session's cookie is, which only we sign; "" for nobody's. A view sees whether it counts."""
        text = parse_cookie(dict(environ)).get(self._app.config["SESSION_COOKIE_NAME"])
        sessions = self._app.session_interface
        if not text or not isinstance(sessions, Sessions):
            return ""
        serializer = sessions.get_signing_serializer(self._app)
        if serializer is None:
            return ""
        try:
            return str(serializer.loads(text, max_age=_LONGEST).get(SIGNED_IN, ""))
        except BadSignature:
            return ""

    def _take(self, kind: str, sign_in: str) -> bool:
        with self._changed[kind]:
            if kind == _PERSON and self._of_one[sign_in] >= _MOST_OF_ONE:
                self._tell(kind)
                return False
            has_thread = kind == _PERSON or self._waiting.total() - self._waiting[_PERSON] < WAITING
            if self._waiting[kind] or not (self._is_quiet if has_thread else self._is_free)(kind):
                if not has_thread:
                    self._tell(kind)
                    return False
                self._waiting[kind] += 1
                self._of_one[sign_in] += 1
                is_free = self._wait(kind)
                self._leave(sign_in)
                self._waiting[kind] -= 1
                if not is_free:
                    self._tell(kind)
                    return False
            self._under_way[kind] += 1
            self._of_one[sign_in] += 1
            return True

    def _wait(self, kind: str) -> bool:
        changed = self._changed[kind]
        if kind == _PERSON:
            return changed.wait_for(lambda: self._is_free(kind), _PATIENCE)
        if changed.wait_for(lambda: self._is_quiet(kind), _COURTESY):
            return True
        return changed.wait_for(lambda: self._is_free(kind), _WAIT)

    def _is_quiet(self, kind: str) -> bool:
        return self._is_free(kind) and (kind == _PERSON or not self._under_way[_PERSON])

    def _is_free(self, kind: str) -> bool:
        if kind == _PERSON:
            return self._under_way[kind] < self._threads
        of_kind = self._places if kind == "fhir" else max(1, self._places // 2)
        of_nobody = self._under_way.total() - self._under_way[_PERSON]
        return self._under_way[kind] < of_kind and of_nobody < self._places

    def _end(self, answer: Iterable[bytes], kind: str, sign_in: str) -> None:
        try:
            if close := getattr(answer, "close", None):
                close()
        finally:  # whatever fails at the end of an answer
            self._give(kind, sign_in)

    def _leave(self, sign_in: str) -> None:
        self._of_one[sign_in] -= 1
        if not self._of_one[sign_in]:
            del self._of_one[sign_in]

    def _give(self, kind: str, sign_in: str) -> None:
        with self._changed[kind]:
            self._under_way[kind] -= 1
            self._leave(sign_in)
            for waiting, changed in self._changed.items():
                if self._waiting[waiting]:
                    changed.notify()

    def _tell(self, kind: str) -> None:
        self._refused += 1
        if time.monotonic() - self._told_at >= _TELL:
            _log.warning("turns.refused", kind=kind, number=self._refused)
            self._refused, self._told_at = 0, time.monotonic()
