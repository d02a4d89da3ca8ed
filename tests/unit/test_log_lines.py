"""A line of the log is one line, whatever somebody sent, and its time is UTC (ASVS 5.0, 16.2.2 and 16.4.1)."""

import json
import logging
import re
from dataclasses import dataclass, field

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


@dataclass
class _Key:
    id: str
    secret: str = field(repr=False)


@pytest.mark.parametrize("name", ["ascii", "é"])
@pytest.mark.parametrize("value", [_Key("1", "hush"), b"bytes", {3}, [_Key("1", "hush")]])
def test_what_is_no_value_of_json_is_written_as_python_shows_it(value: object, name: str) -> None:
    """By one rule, whatever else stands in the line: what an object does not show is not logged."""
    line = logs._json({"value": value, "name": name})
    assert "hush" not in line
    assert json.loads(line) == {"name": name, "value": [repr(value[0])] if isinstance(value, list) else repr(value)}
