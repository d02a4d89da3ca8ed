"""Whose turn it is: whoever is signed in does not stand behind the requests of nobody.

A server hands requests to its threads in the order in which they came. Two hundred requests without a sign-in, to the
token endpoint or to pages that ask who it is, would stand before each page of everybody, and each that is answered
comes back at once. Here what comes without a sign-in has places of its own, by the kind of endpoint, and a small part
of the process's time (``portal.web.serving.buckets``). Networks that ask more often than a person who signs in have
another, smaller part, so that nobody else stands behind them. Apps whose token was good a moment ago have places, and
no part that they share with strangers. What has no turn within a second is answered 503 before anything is read or
computed, and where the server can do it a second later (``portal.web.serving.worker``).
"""

import json
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from threading import BoundedSemaphore, Lock
from typing import Any

import structlog
from flask import Flask
from itsdangerous import BadSignature
from werkzeug.http import parse_cookie
from werkzeug.wsgi import ClosingIterator

from portal.access import passwords
from portal.extensions import ACCOUNT, KNOWN
from portal.provider.rate_limits import network_of
from portal.store.people import sign_ins
from portal.web.clocks import Sessions
from portal.web.serving.buckets import Bucket, Lately, Slot
from portal.web.serving.read_ahead import read_ahead
from portal.web.serving.worker import Refused

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
SIGNED_IN = "_user_id"
"""In the session of who is signed in (Flask-Login)."""
_PERSON, _APP, _PAGE = "person", "app", "page"  # kinds: of who is signed in; of an app that is known; pages of nobody
_BY_PREFIX: Mapping[str, str] = {"/oauth/": "oauth", "/fhir": "fhir", "/shl/": "shl"}
_OF_APPS = ("/oauth/token", "/oauth/revoke", "/oauth/introspect", "/oauth/register")  # whose sign-in says nothing there
_STATIC = "/static/"
_NOT_LIMITED = frozenset({"/healthz", "/readyz", "/metrics"})  # cheap, and somebody decides by them
_STATUS = "503 Service Unavailable"
_WHY = "Too many at once. Try again in a second."
_ANSWERS: Mapping[str, tuple[str, dict[str, Any]]] = {  # as ``portal.provider.refusals`` answers there
    "/fhir": (
        "application/fhir+json",
        {
            "resourceType": "OperationOutcome",
            "issue": [
                {"severity": "error", "code": "transient", "diagnostics": "Too many at once. Try again in a second."}
            ],
        },
    ),
    "/oauth/": ("application/json", {"error": "temporarily_unavailable"}),
    "/shl/": ("application/json", {"error": _WHY}),
}
_JSON = {prefix: (json.dumps(answer).encode(), media) for prefix, (media, answer) in _ANSWERS.items()}
_CONSENT = "/oauth/authorize"  # a page for a person
_HTML = (  # in both languages: whose it is, is not known yet, and nothing of the portal is asked for it
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    '<meta name="color-scheme" content="light dark">'
    "<title>Too many people at once / Demasiadas personas a la vez</title></head><body><h1>Too many people at once</h1>"
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
_MOST_OF_ONE = WAITING // 4  # that one account, app or network has under way or waiting: others find places, too
_LONGEST = int(sign_ins.LONGEST.total_seconds())  # since a cookie was signed: what is older is nobody's any more
_WAIT = 1.0  # seconds until what finds no place is refused
_PATIENCE = 30.0  # likewise of who is signed in
_PART, _PART_OF_BUSY = 1 / 4, 1 / 8  # of one thread's time
_FEW = 12  # requests of one network within a minute: somebody who signs in, and once more after a mistake
_TELL = 10.0  # seconds between two lines of the log about it

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Request:
    """Whose places it takes, and who sends it: an account, an app's credential (as a hash), or a network."""

    kind: str
    who: str
    network: str
    credential: str = ""
    bucket: Bucket | None = None


class Turns:
    """Let at most ``threads`` requests through at once, and of those without a sign-in so few that places are left.

    Half of the places are for requests without a sign-in, of which one kind takes no more than half; apps that are
    known take all of that half. The server has ``threads`` and ``WAITING`` more.
    """

    def __init__(self, wsgi: Wsgi, app: Flask, *, threads: int, late: bool = False) -> None:
        self._wsgi, self._app, self._late = wsgi, app, late
        half = max(1, threads // 2)
        self._places = {kind: BoundedSemaphore(max(1, half // 2)) for kind in (_PAGE, *_BY_PREFIX.values())}
        self._places |= {_PERSON: BoundedSemaphore(threads), _APP: BoundedSemaphore(half)}
        self._of_nobody = BoundedSemaphore(half)
        self._lock = Lock()  # for all below
        self._calm, self._busy = Bucket(_PART), Bucket(_PART_OF_BUSY)
        self._networks = Lately(seconds=60, most=10_000)
        self._credentials = Lately(seconds=600, most=10_000)
        self._waiting = 0
        self._of_one: Counter[str] = Counter()  # waiting or under way
        self._refused, self._told_at = 0, 0.0

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path in _NOT_LIMITED or path.startswith(_STATIC):
            return self._wsgi(environ, start_response)
        request = self._request(environ)
        slot = self._take(request, environ)
        if slot is None:
            return self._refuse(environ, start_response)
        began = time.thread_time()

        def end() -> None:
            seconds = time.thread_time() - began + passwords.take_seconds()
            self._give(request, slot, seconds, is_known=KNOWN in environ)

        try:
            answer = self._wsgi(environ, start_response)
        except BaseException:
            end()
            raise
        return ClosingIterator(iter(answer), lambda: _close(answer, end))

    def _refuse(self, environ: Mapping[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        prefix = "" if path.startswith(_CONSENT) else next((each for each in _JSON if path.startswith(each)), "")
        body, media = _JSON.get(prefix, (_HTML, "text/html; charset=utf-8"))
        headers = [("Content-Type", media), ("Content-Length", str(len(body))), *_HEADERS]
        if environ["REQUEST_METHOD"] == "HEAD":
            body = b""
        if self._late:
            lines = "".join(f"{name}: {text}\r\n" for name, text in headers)
            raise Refused(f"HTTP/1.1 {_STATUS}\r\n{lines}\r\n".encode() + body)
        start_response(_STATUS, headers)
        return [body]

    def _request(self, environ: Mapping[str, Any]) -> _Request:
        sign_in = self._sign_in(environ)
        network = network_of(environ.get("REMOTE_ADDR") or "")
        path = environ.get("PATH_INFO", "")
        kind = next((kind for prefix, kind in _BY_PREFIX.items() if path.startswith(prefix)), _PAGE)
        if sign_in and kind in (_PAGE, "oauth") and not path.startswith(_OF_APPS):
            return _Request(_PERSON, sign_in, network)
        shown = environ.get("HTTP_AUTHORIZATION", "") if kind in ("fhir", "oauth") else ""
        credential = sha256(shown.encode()).hexdigest() if shown else ""
        now = time.monotonic()
        with self._lock:
            if self._credentials.times(now, credential):
                return _Request(_APP, credential, network, credential)
            self._networks.note(now, network)
            bucket = self._busy if self._networks.times(now, network) > _FEW else self._calm
        return _Request(kind, network, network, credential, bucket)

    def _take(self, request: _Request, environ: dict[str, Any]) -> Slot | None:
        """Wait for a turn, the body and a place; None where there is none.

        Raises:
            OSError: the body does not come.
        """
        slot: Slot | None = Slot(0, 0)
        with self._lock:
            wait = _PATIENCE if request.kind == _PERSON else _WAIT if self._waiting < WAITING else 0
            if self._of_one[request.who] >= _MOST_OF_ONE:
                slot = None
            elif request.bucket:
                slot = request.bucket.reserve(time.monotonic(), patience=wait)
            if slot is None:
                self._tell(request.kind)
                return None
            self._of_one[request.who] += 1
            self._waiting += request.kind != _PERSON
        has_place = False
        try:
            if slot.wait:
                time.sleep(slot.wait)
            if wait:  # else all threads that may wait do
                read_ahead(environ)
            has_place = self._find_place(request.kind, wait)
        finally:
            with self._lock:
                self._waiting -= request.kind != _PERSON
                if not has_place:
                    self._leave(request)
                    self._tell(request.kind)
        return slot if has_place else None

    def _find_place(self, kind: str, wait: float) -> bool:
        if not self._places[kind].acquire(timeout=wait):
            return False
        if kind == _PERSON or self._of_nobody.acquire(timeout=wait):
            return True
        self._places[kind].release()
        return False

    def _give(self, request: _Request, slot: Slot, seconds: float, *, is_known: bool) -> None:
        self._places[request.kind].release()
        if request.kind != _PERSON:
            self._of_nobody.release()
        now = time.monotonic()
        with self._lock:
            self._leave(request)
            if request.bucket:
                is_free = is_known and request.kind != _PAGE  # nobody signs in again and again for nothing
                request.bucket.charge(now, slot, 0 if is_free else seconds)
            self._credentials.forget(request.credential)
            if is_known:
                self._networks.forget(request.network)
                if request.credential:
                    self._credentials.note(now, request.credential)

    def _leave(self, request: _Request) -> None:
        self._of_one[request.who] -= 1
        if not self._of_one[request.who]:
            del self._of_one[request.who]

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
            session = serializer.loads(text, max_age=_LONGEST)
        except BadSignature:
            return ""
        return str(session.get(ACCOUNT, session[SIGNED_IN])) if SIGNED_IN in session else ""

    def _tell(self, kind: str) -> None:
        self._refused += 1
        if time.monotonic() - self._told_at >= _TELL:
            _log.warning("turns.refused", kind=kind, number=self._refused)
            self._refused, self._told_at = 0, time.monotonic()


def _close(answer: Iterable[bytes], end: Callable[[], None]) -> None:
    try:
        if close := getattr(answer, "close", None):
            close()
    finally:  # whatever fails at the end of an answer
        end()
