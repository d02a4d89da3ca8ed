"""A request's body, read before the request takes a place: who sends slowly keeps nobody else from one."""

from collections.abc import MutableMapping
from io import BufferedReader, BytesIO, RawIOBase
from typing import Any

_AHEAD = 64 * 1024  # of a body: every form is whole then, but for those that carry files


class _Continued(RawIOBase):
    """What was read, and then the rest as it comes."""

    def __init__(self, head: bytes, rest: Any) -> None:
        super().__init__()
        self._head, self._rest = BytesIO(head), rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._head.read(len(buffer)) or self._rest.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


def read_ahead(environ: MutableMapping[str, Any]) -> None:
    """Wait for the body, or the first 64 KiB of it.

    Raises:
        OSError: the client went away, or was too slow for the server (``portal.web.serving.worker``).
    """
    length = environ.get("CONTENT_LENGTH") or ""
    is_chunked = "HTTP_TRANSFER_ENCODING" in environ and environ.get("wsgi.input_terminated")
    most = _AHEAD if is_chunked else min(_AHEAD, int(length)) if length.isdecimal() else 0
    if not most:
        return
    source = environ["wsgi.input"]
    head = source.read(most)
    environ["wsgi.input"] = BytesIO(head) if len(head) < _AHEAD else BufferedReader(_Continued(head, source))
