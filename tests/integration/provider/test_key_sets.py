"""Keys that clients publish by address: whoever answers slowly or wrongly costs nobody else anything."""

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from authlib.oauth2.rfc6749 import InvalidClientError
from flask import Flask
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from portal.domain.egress import Egress
from portal.provider.oauth import key_sets
from portal.provider.oauth.key_sets import KeySets
from portal.services import Services
from tests.integration.provider.test_clients import Key, ask, backend


class SlowServer:
    """Answers one request after another only when told to."""

    def __init__(self, server: HTTPServer, key: Key) -> None:
        self.server, self._key = server, key
        self.asked, self.go_on = threading.Semaphore(0), threading.Event()
        server.expect_request("/slow").respond_with_handler(self._answer)
        server.expect_request("/jwks").respond_with_json(key.jwks)

    def _answer(self, _request: Request) -> Response:
        self.asked.release()
        self.go_on.wait(60)
        return Response(json.dumps(self._key.jwks), content_type="application/json")


@pytest.fixture
def key() -> Key:
    return Key()


@pytest.fixture
def slow(key: Key) -> Iterator[SlowServer]:
    with HTTPServer(threaded=True) as server:
        slow = SlowServer(server, key)
        yield slow
        slow.go_on.set()


def test_what_fails_is_not_fetched_again_at_once(
    app: Flask, services: Services, httpserver: HTTPServer, key: Key
) -> None:
    httpserver.expect_request("/jwks").respond_with_data("down", status=500)
    backend(services, key, jwks=None, jwks_uri=httpserver.url_for("/jwks"))
    assert [ask(app, key).status_code for _ in range(5)] == [401] * 5
    assert len(httpserver.log) == 1


def test_unknown_key_ids_do_not_fetch_each_time(
    app: Flask, services: Services, httpserver: HTTPServer, key: Key
) -> None:
    httpserver.expect_request("/jwks").respond_with_json(key.jwks)
    backend(services, key, jwks=None, jwks_uri=httpserver.url_for("/jwks"))
    assert [ask(app, Key()).status_code for _ in range(5)] == [401] * 5
    assert len(httpserver.log) == 1
    assert ask(app, key).status_code == 200


def test_keys_that_were_read_serve_while_the_server_is_away(httpserver: HTTPServer, key: Key) -> None:
    httpserver.expect_oneshot_request("/jwks").respond_with_json(key.jwks)
    sets = KeySets(egress=Egress(allow_local=True), fresh=0.0, again=0.0)
    uri = httpserver.url_for("/jwks")
    assert sets.keys(uri, key.key.kid, checked=True)
    assert sets.keys(uri, key.key.kid, checked=True)
    assert len(httpserver.log) == 2


@pytest.mark.parametrize("control", ["max-age=0", "no-store", "no-cache, max-age=600"])
def test_keys_are_kept_no_longer_than_their_client_says(
    httpserver: HTTPServer, key: Key, control: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1000.0
    monkeypatch.setattr(key_sets, "time", SimpleNamespace(monotonic=lambda: now))
    headers = {"Cache-Control": control}
    httpserver.expect_oneshot_request("/jwks").respond_with_json(key.jwks, headers=headers)
    sets = KeySets(egress=Egress(allow_local=True), again=1.0)
    uri = httpserver.url_for("/jwks")
    assert sets.keys(uri, key.key.kid, checked=True)
    now += 1.1
    with pytest.raises(InvalidClientError):
        sets.keys(uri, key.key.kid, checked=True)
    assert len(httpserver.log) == 2, "asked again, and the answer of before is not used"


def test_keys_that_may_be_kept_for_years_do_not_outlive_a_day_without_their_server(
    httpserver: HTTPServer, key: Key, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1000.0
    monkeypatch.setattr(key_sets, "time", SimpleNamespace(monotonic=lambda: now))
    headers = {"Cache-Control": "max-age=315360000"}
    httpserver.expect_oneshot_request("/jwks").respond_with_json(key.jwks, headers=headers)
    sets = KeySets(egress=Egress(allow_local=True))
    uri = httpserver.url_for("/jwks")
    assert sets.keys(uri, key.key.kid, checked=True)
    now += 23 * 3600
    assert sets.keys(uri, key.key.kid, checked=True)
    now += 2 * 3600
    with pytest.raises(InvalidClientError):
        sets.keys(uri, key.key.kid, checked=True)


def test_many_at_once_fetch_once(slow: SlowServer, key: Key) -> None:
    sets, uri = KeySets(egress=Egress(allow_local=True)), slow.server.url_for("/slow")
    with ThreadPoolExecutor(3) as pool:
        answers = [pool.submit(sets.keys, uri, key.key.kid, checked=True) for _ in range(3)]
        slow.asked.acquire(timeout=60)
        slow.go_on.set()
        assert [len(answer.result(10)) for answer in answers] == [1, 1, 1]
    assert len(slow.server.log) == 1


def test_a_slow_server_of_unchecked_clients_holds_few_threads_and_no_checked_client(slow: SlowServer, key: Key) -> None:
    sets, uri = KeySets(egress=Egress(allow_local=True)), f"http://127.0.0.1:{slow.server.port}/slow"
    elsewhere = f"http://localhost:{slow.server.port}/jwks"
    refused = []

    def attempt() -> None:
        try:
            sets.keys(uri, key.key.kid, checked=False)
        except InvalidClientError:
            refused.append(not slow.go_on.is_set())

    with ThreadPoolExecutor(8) as pool:
        attempts = [pool.submit(attempt) for _ in range(8)]
        slow.asked.acquire(timeout=60)
        while len(refused) < 5:  # the others are turned away while the first still waits for its answer
            assert not all(one.done() for one in attempts)
        assert sets.keys(elsewhere, key.key.kid, checked=True)
        slow.go_on.set()
        for one in attempts:
            one.result(10)
    assert refused.count(True) == 5
