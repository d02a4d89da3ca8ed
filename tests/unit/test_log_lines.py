"""A line of the log is one line, whatever somebody sent, and its time is UTC (ASVS 5.0, 16.2.2 and 16.4.1)."""

import json
import logging
import re

import pytest
import structlog

from portal import logs


@pytest.mark.parametrize(
    "text", ["a\nb", "a\r\nb", "a\u2028b", "\x1b[2Jgone", '","level":"info', "\ud800", "\x7f", "é"]
)
def test_nothing_begins_a_line_of_its_own(capsys: pytest.CaptureFixture[str], text: str) -> None:
    before = structlog.get_config()
    try:
        logs.configure()
        structlog.get_logger().warning("something.happened", code=text)
    finally:
        structlog.configure(**before)
        for handler in list(logging.getLogger().handlers):
            if getattr(handler, logs._MARK, False):
                logging.getLogger().removeHandler(handler)
    [line] = capsys.readouterr().err.splitlines()
    assert line.isascii()
    assert line.isprintable()
    event = json.loads(line)
    assert (event["event"], event["code"], event["level"]) == ("something.happened", text, "warning")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", event["timestamp"])
