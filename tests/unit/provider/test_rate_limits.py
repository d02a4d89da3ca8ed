"""What fails is counted for all processes; one that counted none of a network's looks at the others' once a second."""

import pytest
from flask import Flask, Response, request
from flask.testing import FlaskClient
from limits import parse

from portal.provider import rate_limits
from portal.provider.rate_limits import _Counting, _is_nobodys, _Limit, _limited, _network


def _process(counting: _Counting) -> FlaskClient:
    """One of the processes that share ``counting``; it answers with the status that is asked for."""
    app = Flask("process")
    limit = _Limit(parse("3 per hour"), ("test", "network"), _network, _is_nobodys, counting)
    view = _limited(lambda: Response(status=int(request.args["status"])), [limit])
    app.add_url_rule("/", "view", view)
    return app.test_client()


def _status(process: FlaskClient, status: int) -> int:
    return process.get(f"/?status={status}").status_code


def test_what_fails_in_one_process_is_counted_at_once() -> None:
    process = _process(_Counting("memory://"))
    assert [_status(process, status) for status in (200, 401, 401, 200, 401, 200)] == [200, 401, 401, 200, 401, 429]


def test_what_failed_elsewhere_holds_after_the_first_failure_of_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_limits, "_ALLOWED_SECONDS", 3600.0)
    counting = _Counting("memory://")
    process, other = _process(counting), _process(counting)
    assert _status(process, 200) == 200
    assert [_status(other, 401) for _ in range(4)] == [401, 401, 401, 429]
    assert [_status(process, status) for status in (200, 401, 200)] == [200, 401, 429]


def test_what_failed_elsewhere_holds_when_the_second_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_limits, "_ALLOWED_SECONDS", 0.0)
    counting = _Counting("memory://")
    process, other = _process(counting), _process(counting)
    assert _status(process, 200) == 200
    assert [_status(other, 401) for _ in range(3)] == [401] * 3
    assert _status(process, 200) == 429


def test_networks_that_are_remembered_have_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_limits, "_REMEMBERED", 2)
    app = Flask("process")
    limit = _Limit(parse("3 per hour"), ("test", "network"), _network, _is_nobodys, _Counting("memory://"))
    for number in range(9):
        with app.test_request_context("/", environ_base={"REMOTE_ADDR": f"192.0.2.{number}"}):
            limit.check()
    assert 1 <= len(limit.allowed_until) <= 2
