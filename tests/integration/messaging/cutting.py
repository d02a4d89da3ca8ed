"""A line that is cut: a TCP proxy before a server, which ends a connection within one request or its answer."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

_CHUNK = 65_536


@dataclass
class CutLine:
    """``begins`` is how the request begins that is counted; ``sent`` and ``answered`` are the bytes of the last one.

    ``cut_up``: after how many of its bytes the line is cut, once; ``cut_down``: of its answer's. ``cuts`` counts them.
    """

    begins: bytes
    port: int = 0
    target: int = 0
    cut_up: int | None = None
    cut_down: int | None = None
    cuts: int = 0
    sent: int = 0
    answered: int = 0
    _open: list[socket.socket] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def serve(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _address = listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self.target))
            self._open += [client, server]
            counted = threading.Event()
            for pump, source, sink in ((self._up, client, server), (self._down, server, client)):
                threading.Thread(target=self._pump, args=(pump, source, sink, counted), daemon=True).start()

    def close(self) -> None:
        for each in self._open:
            each.close()

    def _pump(self, forward, source: socket.socket, sink: socket.socket, counted: threading.Event) -> None:  # type: ignore[no-untyped-def]
        with suppress(OSError):
            while data := source.recv(_CHUNK):
                if forward(data, sink, counted):
                    break
        for end in (source, sink):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def _up(self, data: bytes, sink: socket.socket, counted: threading.Event) -> bool:
        """Forward a part of a request; true when the line is to be cut."""
        if self.begins in data:
            counted.set()
            self.sent = self.answered = 0
            before, data = data[: data.index(self.begins)], data[data.index(self.begins) :]
            sink.sendall(before)
        elif self.answered:
            counted.clear()  # the next request on this connection
        if not counted.is_set():
            sink.sendall(data)
            return False
        left = None if self.cut_up is None else self.cut_up - self.sent
        self.sent += len(data)
        sink.sendall(data if left is None else data[: max(left, 0)])
        if left is None or left > len(data):
            return False
        self.cut_up = None
        self.cuts += 1
        return True

    def _down(self, data: bytes, sink: socket.socket, counted: threading.Event) -> bool:
        if not counted.is_set():
            sink.sendall(data)
            return False
        left = None if self.cut_down is None else self.cut_down - self.answered
        self.answered += len(data)
        if left is None or left > len(data):
            sink.sendall(data)
            return False
        sink.sendall(data[: max(left, 0)])
        self.cut_down = None
        self.cuts += 1
        return True


@contextmanager
def cut_line(begins: bytes) -> Iterator[CutLine]:
    """Listen on a free port; ``target`` is set by who knows it."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        line = CutLine(begins, port=listener.getsockname()[1])
        thread = threading.Thread(target=line.serve, args=(listener,), daemon=True)
        thread.start()
        try:
            yield line
        finally:
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            line.close()
            thread.join(60)
