"""Logging: one line of JSON on standard error for each event, and nothing personal in it.

Our own events (structlog) carry codes and ids. What libraries log is reduced to their logger's name, the message's
template and the type of an exception: their messages may hold addresses with queries, values of a statement, or what
somebody typed.
"""

import json
import logging
import os
import sys
from collections.abc import MutableMapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import msgspec
import structlog

if TYPE_CHECKING:
    from flask import Flask  # workers log too, and have no pages

REQUEST_ID = "request_id"
_QUIET = ("httpx2", "httpcore2", "authlib", "rq", "werkzeug", "alembic", "sqlalchemy", "urllib3")
_MARK = "tributary_json"

Event = MutableMapping[str, Any]
_ENCODER = msgspec.json.Encoder(order="sorted")
_PLAIN = frozenset({str, int, bool, type(None)})  # of all else msgspec writes more than Python shows, hidden fields too


def _json(event: Event, **_options: Any) -> str:
    """Return an event as JSON in printable ASCII, its keys in order; what is no value of JSON as Python shows it."""
    line = ""
    if _PLAIN.issuperset(map(type, event.values())):
        with suppress(UnicodeError):  # what is not ASCII, or half a character
            line = _ENCODER.encode(event).decode("ascii")
    return line if line.isprintable() and line else json.dumps(event, sort_keys=True, default=repr)


_JSON = structlog.processors.JSONRenderer(serializer=_json)


def configure(*, level: int = logging.INFO) -> None:
    """Set structlog and the standard library's logging up for this process. Safe to repeat."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _only_types_of_errors,
            _JSON,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=_StandardError,
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    for handler in list(root.handlers):
        if getattr(handler, _MARK, False):
            root.removeHandler(handler)
    root.addHandler(json_handler())
    root.setLevel(logging.WARNING)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


class _StandardError:
    """structlog's output: whatever standard error is at that moment, so that tests and forks see it."""

    def __init__(self, *_names: str) -> None:
        pass

    def msg(self, line: str) -> None:
        sys.stderr.write(f"{line}\n")
        sys.stderr.flush()

    log = debug = info = warning = error = critical = exception = failure = fatal = msg


def _only_types_of_errors(_logger: Any, _method: str, event: Event) -> Event:
    """Reduce an exception to its type and place; its message may hold what a person typed or a server answered."""
    exc_info = event.pop("exc_info", None)
    error = sys.exc_info()[1] if exc_info is True else exc_info[1] if isinstance(exc_info, tuple) else exc_info
    if isinstance(error, BaseException):
        event.update(_described(error))
    return event


def _described(error: BaseException) -> dict[str, Any]:
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    described: dict[str, Any] = {"error": type(error).__name__}
    if frame is not None:
        described |= {"file": frame.tb_frame.f_code.co_filename, "line": frame.tb_lineno}
    return described


class JsonFormatter(logging.Formatter):
    """A library's record as JSON: the template of its message without what was put into it."""

    def format(self, record: logging.LogRecord) -> str:
        event: dict[str, Any] = {
            "event": f"library.{record.name}",
            "level": record.levelname.lower(),
            "timestamp": structlog.processors.TimeStamper(fmt="iso", utc=True)(None, "", {})["timestamp"],
            "file": record.pathname,
            "line": record.lineno,
            **structlog.contextvars.get_contextvars(),
        }
        if record.args:  # without arguments the message may have been put together before
            event["template"] = str(record.msg)[:200]
        if record.exc_info and record.exc_info[1]:
            event.update(_described(record.exc_info[1]))
        return str(_JSON(None, "", event))


class _ToStandardError(logging.StreamHandler[Any]):
    def __init__(self) -> None:
        super().__init__(sys.stderr)
        setattr(self, _MARK, True)

    def emit(self, record: logging.LogRecord) -> None:
        self.stream = sys.stderr
        super().emit(record)


def json_handler() -> logging.Handler:
    """Return a handler for any logger: reduced JSON lines on standard error."""
    handler = _ToStandardError()
    handler.setFormatter(JsonFormatter())
    return handler


def begin_request() -> str:
    """Bind a fresh id of this request, on every line that it logs. Never one that the browser sent."""
    structlog.contextvars.clear_contextvars()
    request_id = os.urandom(8).hex()
    structlog.contextvars.bind_contextvars(**{REQUEST_ID: request_id})
    return request_id


def bind(app: "Flask") -> None:
    """Give every request of this application its id, before anything else of it runs."""

    @app.before_request
    def _begin() -> None:
        begin_request()
