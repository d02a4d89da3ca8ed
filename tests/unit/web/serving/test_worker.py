"""The server's main loop waits for no client: neither for one that stays, nor for one that is refused."""

import os
import selectors
import socket
import threading
from collections.abc import Callable, Iterator

import pytest
from gunicorn.config import Config
from gunicorn.glogging import Logger
from gunicorn.http.errors import NoMoreData
from gunicorn.workers import gthread
from gunicorn.workers.gthread import TConn

from portal.web.serving import worker as serving
from portal.web.serving.worker import Refused, Worker

Ends = tuple[TConn, socket.socket]


class Clock:
    now = 100.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(serving, "time", clock)
    return clock


@pytest.fixture
def worker(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Worker]:
    monkeypatch.setattr(gthread, "DEFAULT_WORKER_DATA_TIMEOUT", 0)  # its threads need not wait for these connections
    config = Config()
    worker = Worker(0, 0, [], None, 60, config, Logger(config))
    worker.method_queue.init()
    with worker.get_thread_pool() as worker.tpool, selectors.DefaultSelector() as worker.poller:
        yield worker
    worker.method_queue.close()
    worker.tmp.close()


@pytest.fixture
def ends(worker: Worker) -> Iterator[Ends]:
    """The server's end of a connection that is being answered, and the client's."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.settimeout(10)
        conn = TConn(worker.cfg, ours, ("", 0), ("", 0))
        worker.enqueue_req(conn)
        worker.tpool.submit(int).result()  # its only thread has looked, and seen that nothing came
        yield conn, theirs


def ask(listener: socket.socket, path: str) -> socket.socket:
    client = socket.create_connection(listener.getsockname(), timeout=20)
    client.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
    return client


def answer_of(client: socket.socket) -> bytes:
    return b"".join(iter(lambda: client.recv(1 << 16), b""))


@pytest.mark.parametrize("path", ["/", "/refused"])
def test_gunicorn_itself_ends_connections_so(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its own main loop: nobody waits for a client that was answered and stays, and a refusal is told."""

    def wsgi(environ: dict[str, str], start_response: Callable[..., None]) -> list[bytes]:
        if environ["PATH_INFO"] == "/refused":
            raise Refused(b"refused")
        start_response("200 OK", [("Content-Length", "0")])
        return []

    monkeypatch.setattr(serving, "_LATE", 0.0)
    monkeypatch.setattr(serving, "_LINGER", 600.0)
    config = Config()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        worker = Worker(0, os.getppid(), [listener], None, 60, config, Logger(config))
        worker.wsgi, worker.tpool, worker.poller = wsgi, worker.get_thread_pool(), selectors.DefaultSelector()
        worker.method_queue.init()
        loop = threading.Thread(target=worker.run)
        loop.start()
        try:
            with ask(listener, path) as stays, ask(listener, "/") as other:
                assert answer_of(stays).startswith(b"refused" if path == "/refused" else b"HTTP/1.1 200")
                assert answer_of(other).startswith(b"HTTP/1.1 200")
                assert worker._ending, "the first stays, and is not waited for"
        finally:
            worker.handle_exit(0, None)
            loop.join(60)
            worker.tmp.close()
    assert not loop.is_alive()
    assert worker.nr_conns == 0


def look(worker: Worker) -> None:
    """Let the main loop look around once, without waiting."""
    worker.wait_for_and_dispatch_events(0)
    worker.murder_pending()


def test_a_connection_that_is_over_is_closed_when_its_other_end_is(worker: Worker, ends: Ends) -> None:
    conn, theirs = ends
    conn.close(graceful=True)
    assert theirs.recv(1) == b"", "nothing more comes"
    look(worker)
    assert conn.sock.fileno() >= 0
    theirs.sendall(b"what was under way")
    look(worker)
    assert conn.sock.fileno() >= 0
    theirs.close()
    look(worker)
    assert conn.sock.fileno() < 0
    assert not worker.poller.get_map()


def test_a_client_that_stays_is_left_after_a_while(worker: Worker, ends: Ends, clock: Clock) -> None:
    conn, _theirs = ends
    conn.close(graceful=True)
    clock.now += 1.9
    look(worker)
    assert conn.sock.fileno() >= 0
    clock.now += 0.2
    look(worker)
    assert conn.sock.fileno() < 0
    assert not worker.poller.get_map()


def test_a_refusal_is_told_after_a_second(worker: Worker, ends: Ends, clock: Clock) -> None:
    conn, theirs = ends
    conn.refusal = b"HTTP/1.1 503"
    conn.close(graceful=True)
    clock.now += 0.9
    look(worker)
    theirs.setblocking(False)
    with pytest.raises(BlockingIOError):
        theirs.recv(100)
    theirs.settimeout(10)
    clock.now += 0.2
    look(worker)
    assert theirs.recv(100) == b"HTTP/1.1 503"
    assert theirs.recv(100) == b""


def test_who_is_one_too_many_is_told_at_once(
    worker: Worker, ends: Ends, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving, "_MOST", 1)
    conn, theirs = ends
    worker._refused.append((clock.now + 1, conn, b"somebody else's"))
    conn.refusal = b"HTTP/1.1 503"
    conn.close(graceful=True)
    assert theirs.recv(100) == b"HTTP/1.1 503"


def test_what_fails_is_closed_at_once(worker: Worker, ends: Ends) -> None:
    conn, _theirs = ends
    conn.close()
    assert conn.sock.fileno() < 0


def test_a_request_that_is_refused_ends_its_connection(worker: Worker, ends: Ends) -> None:
    conn, theirs = ends

    def refuses(_environ: object, _start_response: object) -> None:
        raise Refused(b"HTTP/1.1 503")

    worker.wsgi = refuses
    theirs.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    conn.sock.setblocking(True)
    conn.init()
    assert worker.handle_request(next(conn.parser), conn) is False
    assert conn.refusal == b"HTTP/1.1 503"


def test_connections_that_are_being_closed_count_and_are_so_many_at_most(
    worker: Worker, ends: Ends, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving, "_MOST", 1)
    conn, _theirs = ends
    conn.close(graceful=True)
    assert worker.nr_conns == 1
    ours, theirs = socket.socketpair()
    with ours, theirs:
        other = TConn(worker.cfg, ours, ("", 0), ("", 0))
        worker.enqueue_req(other)
        other.close(graceful=True)
        assert conn.sock.fileno() < 0, "the oldest is closed at once"
        assert worker.nr_conns == 1
        theirs.close()
        look(worker)
        assert other.sock.fileno() < 0
    assert worker.nr_conns == 0


def test_a_connection_that_broke_is_closed(worker: Worker, ends: Ends) -> None:
    conn, _theirs = ends
    conn.refusal = b"HTTP/1.1 503"
    conn.sock.close()
    worker._end(conn, conn.refusal)
    assert not worker._ending


@pytest.mark.parametrize(
    "sent", [b"", b"GET / HTTP/1.1\r\nHost: local", b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n1234"]
)
def test_a_request_that_is_not_sent_to_its_end_is_over(
    worker: Worker, ends: Ends, monkeypatch: pytest.MonkeyPatch, sent: bytes
) -> None:
    conn, theirs = ends
    monkeypatch.setattr(conn.parser.unreader, "patience", 0.01)
    theirs.sendall(sent)
    conn.sock.setblocking(True)
    conn.init()
    with pytest.raises(NoMoreData):
        next(conn.parser).body.read(9)


def test_one_byte_from_time_to_time_is_not_fast_enough(worker: Worker, ends: Ends, clock: Clock) -> None:
    conn, theirs = ends
    unreader = conn.parser.unreader
    unreader.sock = _Slow(conn.sock, clock)
    theirs.sendall(b"GET /")
    assert [unreader.chunk() for _each in range(4)] == [b"G", b"E", b"T", b" "]
    with pytest.raises(NoMoreData):
        unreader.chunk()


def test_a_large_file_may_come_over_a_slow_line(worker: Worker, ends: Ends, clock: Clock) -> None:
    conn, theirs = ends
    unreader = conn.parser.unreader
    unreader.sock = _Slow(conn.sock, clock, most=64 * 1024)
    for _each in range(20):
        theirs.sendall(b"x" * 64 * 1024)
        assert unreader.chunk(64 * 1024)
    assert unreader.patience > 0


def test_a_connection_on_which_nothing_came_has_no_thread(worker: Worker, ends: Ends) -> None:
    conn, theirs = ends
    assert not conn.wait_for_data(60)
    theirs.sendall(b"G")
    assert conn.wait_for_data(60)


class _Slow:
    """A socket from which each part takes three seconds."""

    def __init__(self, sock: socket.socket, clock: Clock, most: int = 1) -> None:
        self._sock, self._clock, self._most = sock, clock, most
        self.gettimeout, self.settimeout = sock.gettimeout, sock.settimeout

    def recv(self, size: int) -> bytes:
        self._clock.now += 3
        return self._sock.recv(min(size, self._most))
