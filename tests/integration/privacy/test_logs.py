"""How logging is set up: JSON lines with a request's id; libraries' messages lose what was put into them."""

import json
import logging
from collections.abc import Iterator

import pytest
import structlog
from flask import Flask
from gunicorn.config import Config

from portal import logs
from portal.endpoints import public
from portal.serverlog import ServerLogger


def _fails(error: Exception) -> None:
    raise error


@pytest.fixture(autouse=True)
def configured() -> Iterator[None]:
    logs.configure()
    logs.configure()  # twice does not log twice
    yield
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()
    for handler in [one for one in logging.getLogger().handlers if getattr(one, "tributary_json", False)]:
        logging.getLogger().removeHandler(handler)


def _lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, str]]:
    written = capsys.readouterr()
    assert not written.out
    return [json.loads(line) for line in written.err.splitlines()]


def test_an_error_is_its_type_and_place(capsys: pytest.CaptureFixture[str]) -> None:
    try:
        _fails(ValueError("Ana Rivera, 1980-03-04"))
    except ValueError:
        structlog.get_logger().exception("it.failed")
    (line,) = _lines(capsys)
    assert line["event"] == "it.failed"
    assert line["error"] == "ValueError"
    assert line["file"].endswith("test_logs.py")
    assert "Rivera" not in str(line)


def test_what_libraries_say_is_reduced(capsys: pytest.CaptureFixture[str]) -> None:
    logging.getLogger("some.library").warning("GET %s failed", "https://x.example/?patient=Rivera")
    logging.getLogger("some.library").warning("already put together: Rivera")
    logging.getLogger("httpx2").info("HTTP Request: GET https://x.example/?name=Rivera")
    try:
        _fails(RuntimeError("Rivera"))
    except RuntimeError:
        logging.getLogger("rq.worker").exception("job %s failed", "Rivera")
    lines = _lines(capsys)
    assert [line["event"] for line in lines] == ["library.some.library"] * 2 + ["library.rq.worker"]
    assert lines[0]["template"] == "GET %s failed"
    assert "Rivera" not in str(lines)


def test_the_web_servers_own_messages_name_no_address(capsys: pytest.CaptureFixture[str]) -> None:
    server = ServerLogger(Config())
    try:
        _fails(ConnectionError("/links/callback?code=secret"))
    except ConnectionError:
        server.exception("Error handling request %s", "/links/callback?code=secret")
    server.access(None, None, {"QUERY_STRING": "code=secret"}, None)
    (line,) = _lines(capsys)
    assert line["template"] == "Error handling request %s"
    assert "secret" not in str(line)


def test_every_line_of_a_request_has_its_id_and_none_of_the_browsers(
    app: Flask, capsys: pytest.CaptureFixture[str]
) -> None:
    @app.get("/test-log")
    @public
    def log_something() -> str:
        structlog.get_logger().info("something")
        return "ok"

    for _ in range(2):
        app.test_client().get("/test-log?name=Rivera", headers={"X-Request-Id": "Rivera"})
    first, second = _lines(capsys)
    assert len(first["request_id"]) == 16
    assert first["request_id"] != second["request_id"]
    assert "Rivera" not in str((first, second))
