"""gunicorn's threaded worker, whose main loop waits for no client.

That loop takes connections and hands each request to a thread. gthread also waits in it, up to two seconds, until who
was answered with ``Connection: close`` has closed, too; meanwhile nobody's request is handed on. Here such a connection
is one more that the loop looks at, and so is one that was opened and sends nothing. And who is refused waits for the
answer without a thread, so that whoever asks again as soon as it is answered asks once a second.

gunicorn waits for ever for the rest of a request, and for who does not take its answer: here both end.
"""

import socket
import time
from collections import deque
from contextlib import suppress
from functools import partial
from selectors import EVENT_READ
from typing import Any

from gunicorn.http import get_parser
from gunicorn.http.errors import NoMoreData
from gunicorn.http.unreader import SocketUnreader
from gunicorn.workers.gthread import TConn, ThreadWorker

_LINGER = 2.0  # seconds until a connection is closed whose other end stays open (RFC 9112, 9.6)
_LATE = 1.0  # seconds until a refusal is told
_MOST = 200  # connections that wait for one, and that are being closed; gunicorn takes 1000 altogether
_PATIENCE = 10.0  # seconds that a request waits for its client, headers and body together
_RATE = 16 * 1024  # bytes that give it back a second: a large file comes over a slow line
_SENDING = 60.0  # seconds until a client has taken a part of its answer


class Refused(Exception):  # noqa: N818 -- no error: an answer
    """The answer to a request that shall not be told at once: ``answer`` is all of it, as bytes."""

    def __init__(self, answer: bytes) -> None:
        super().__init__()
        self.answer = answer


class _Unreader(SocketUnreader):  # type: ignore[misc]
    """Reads as long as the client is fast enough."""

    patience = _PATIENCE

    def chunk(self, size_hint: int | None = None) -> bytes:
        if self.patience <= 0:
            raise NoMoreData
        began, before = time.monotonic(), self.sock.gettimeout()
        self.sock.settimeout(self.patience if before is None else min(before, self.patience))
        try:
            data: bytes = super().chunk(size_hint)
        except TimeoutError:
            raise NoMoreData from None
        finally:
            self.sock.settimeout(before)
        self.patience = min(self.patience + len(data) / _RATE, _PATIENCE) - (time.monotonic() - began)
        return data


class Worker(ThreadWorker):  # type: ignore[misc]
    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self._refused: deque[tuple[float, Any, bytes]] = deque()
        self._ending: dict[Any, float] = {}  # connections, and when they are closed

    def handle_request(self, req: Any, conn: Any) -> bool:
        conn.sock.settimeout(_SENDING)
        try:
            return bool(super().handle_request(req, conn))
        except Refused as refused:
            conn.refusal = refused.answer
            return False

    def enqueue_req(self, conn: Any) -> None:
        conn.close = partial(self._close, conn)
        # One that sends nothing yet is looked at by the loop, not by a thread.
        conn.wait_for_data = lambda _seconds: TConn.wait_for_data(conn, 0)
        if conn.parser is None:
            conn.parser = get_parser(self.cfg, conn.sock, conn.client)
            conn.parser.unreader = _Unreader(conn.sock)
        conn.parser.unreader.patience = _PATIENCE
        super().enqueue_req(conn)

    def _close(self, conn: Any, *, graceful: bool = False) -> None:
        """Close a connection now, or when its other end did; until then it counts as one (``worker_connections``)."""
        if not graceful:
            TConn.close(conn)
            return
        self.nr_conns += 1
        refusal = getattr(conn, "refusal", b"")
        if refusal and len(self._refused) < _MOST:
            self._refused.append((time.monotonic() + _LATE, conn, refusal))
        else:
            self._end(conn, refusal)

    def _end(self, conn: Any, answer: bytes = b"") -> None:
        if len(self._ending) >= _MOST:
            self._forget(next(iter(self._ending)))
        self._ending[conn] = time.monotonic() + _LINGER
        try:
            conn.sock.settimeout(0)
            if answer:
                conn.sock.send(answer)
            conn.sock.shutdown(socket.SHUT_WR)
            self.poller.register(conn.sock, EVENT_READ, partial(self._drain, conn))
        except OSError:
            self._forget(conn)

    def _drain(self, conn: Any, _sock: Any) -> None:
        try:
            is_over = not conn.sock.recv(1 << 16)
        except BlockingIOError:
            return
        except OSError:
            is_over = True
        if is_over:
            self._forget(conn)

    def _forget(self, conn: Any) -> None:
        del self._ending[conn]
        with suppress(OSError, ValueError, KeyError):  # where it was not registered yet
            self.poller.unregister(conn.sock)
        TConn.close(conn)
        self.nr_conns -= 1

    def murder_pending(self) -> None:
        super().murder_pending()
        now = time.monotonic()
        while self._refused and self._refused[0][0] <= now:
            _at, conn, answer = self._refused.popleft()
            self._end(conn, answer)
        while self._ending and (first := next(iter(self._ending.items())))[1] <= now:
            self._forget(first[0])
