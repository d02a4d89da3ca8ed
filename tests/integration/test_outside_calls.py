"""A server that answers slowly holds few of the threads that answer requests, and none of the jobs'."""

import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from flask import Flask
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from portal.domain.egress import Egress
from portal.domain.errors import UnreachableError
from portal.endpoints import public
from portal.fhir import bulkhead
from portal.fhir.transport import open_client


class Slow:
    """A server that says how many wait for it, and answers when told to."""

    def __init__(self, server: HTTPServer) -> None:
        self.port = server.port
        self.asked, self.go_on = threading.Semaphore(0), threading.Event()
        server.expect_request("/slow").respond_with_handler(self._answer)
        server.expect_request("/quick").respond_with_data("ok")

    def _answer(self, _request: Request) -> Response:
        self.asked.release()
        self.go_on.wait(60)
        return Response("ok")

    def call(self, path: str, host: str) -> int:
        with open_client(egress=Egress(allow_local=True)) as client:
            return client.get(f"http://{host}:{self.port}{path}").status_code


@pytest.fixture
def slow() -> Iterator[Slow]:
    with HTTPServer(threaded=True) as server:
        slow = Slow(server)
        yield slow
        slow.go_on.set()


def outcomes(calls: list[Future[int]]) -> list[str]:
    return sorted("busy" if isinstance(call.exception(10), UnreachableError) else "answered" for call in calls)


def test_one_slow_host_holds_two_threads_and_other_hosts_are_called(
    slow: Slow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulkhead, "_WAIT", 0.1)

    def in_request(path: str, host: str) -> int:
        bulkhead.begin_request()
        try:
            return slow.call(path, host)
        finally:
            bulkhead.end_request()

    with ThreadPoolExecutor(8) as pool:
        calls = [pool.submit(in_request, "/slow", "127.0.0.1") for _ in range(6)]
        for _ in range(2):
            assert slow.asked.acquire(timeout=60)
        assert in_request("/quick", "localhost") == 200
        assert not slow.asked.acquire(timeout=0.3), "a third call to the slow host"
        slow.go_on.set()
        assert outcomes(calls) == ["answered"] * 2 + ["busy"] * 4


def test_jobs_are_not_limited(slow: Slow) -> None:
    with ThreadPoolExecutor(8) as pool:
        calls = [pool.submit(slow.call, "/slow", "127.0.0.1") for _ in range(6)]
        for _ in range(6):
            assert slow.asked.acquire(timeout=60)
        slow.go_on.set()
        assert outcomes(calls) == ["answered"] * 6


def test_a_request_says_that_it_is_one_and_when_it_ends(app: Flask) -> None:
    seen: list[bool] = []

    @public
    def look() -> str:
        seen.append(bulkhead._answering.get())
        return ""

    app.add_url_rule("/look", view_func=look)
    app.test_client().get("/look")
    assert [*seen, bulkhead._answering.get()] == [True, False]
