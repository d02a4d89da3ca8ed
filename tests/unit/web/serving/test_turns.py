"""Requests of nobody leave threads and time to whoever is signed in, and find a place again when one is free."""

import json
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import closing
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_login import LoginManager, UserMixin, login_user
from itsdangerous import TimestampSigner
from werkzeug.test import Client, EnvironBuilder, TestResponse

from portal.access import passwords
from portal.extensions import ACCOUNT, KNOWN
from portal.store.people import sign_ins
from portal.web.clocks import Sessions
from portal.web.serving import turns
from portal.web.serving.buckets import Bucket, Slot
from portal.web.serving.turns import SIGNED_IN, Turns
from portal.web.serving.worker import Refused

THREADS = 8


class Door:
    """An application whose requests stand until they are let go on."""

    def __init__(self) -> None:
        self.opened = threading.Event()
        self.inside = threading.Semaphore(0)

    def __call__(self, _environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        self.inside.release()
        assert self.opened.wait(60)
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"done"]


@pytest.fixture
def app() -> Flask:
    app = Flask("turns")
    app.secret_key = "only for tests"
    app.session_interface = Sessions()
    return app


@pytest.fixture
def door() -> Door:
    return Door()


@pytest.fixture
def served(app: Flask, door: Door, monkeypatch: pytest.MonkeyPatch) -> Turns:
    monkeypatch.setattr(turns, "_WAIT", 0.01)
    return Turns(door, app, threads=THREADS)


def cookie(app: Flask, **session: str) -> str:
    serializer = Sessions().get_signing_serializer(app)
    assert serializer
    return f"session={serializer.dumps(session)}"


class App:
    """An application that knows one credential, and answers at once."""

    def __init__(self) -> None:
        self.good = {"Bearer good"}

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        is_good = environ.get("HTTP_AUTHORIZATION") in self.good
        if is_good:
            environ[KNOWN] = True
        start_response("200 OK" if is_good else "401 Unauthorized", [("Content-Type", "text/plain")])
        return [b"done"]


def spend(*buckets: Bucket) -> None:
    """Let requests have taken all time that there is for a second."""
    for bucket in buckets:
        bucket.charge(time.monotonic(), Slot(0, 0), 100)


def begin(served: Turns, path: str, door: Door | None = None, **headers: str) -> "threading.Thread":
    thread = threading.Thread(target=lambda: ask(served, path, **headers), daemon=True)
    thread.start()
    if door is not None:
        assert door.inside.acquire(timeout=60), "it got a place"
    return thread


def eventually(is_so: Callable[[], bool]) -> bool:
    return any(is_so() or time.sleep(0.01) for _each in range(1000))


def ask(served: Turns, path: str, address: str = "192.0.2.1", **headers: str) -> TestResponse:
    place = {"REMOTE_ADDR": address}
    return Client(served, use_cookies=False).post(path, headers=headers, buffered=True, environ_overrides=place)


@pytest.mark.parametrize("path", ["/oauth/token", "/shl/x", "/sign-in", "/fhir/Patient"])
def test_what_nobody_sends_finds_no_place_when_its_kind_has_none(
    served: Turns, door: Door, app: Flask, path: str
) -> None:
    standing = [begin(served, path, door) for _each in range(2)]
    answer = ask(served, path)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "1"
    own = [
        begin(served, "/health/medications", door, Cookie=cookie(app, **{SIGNED_IN: "1"})) for _each in range(THREADS)
    ]
    door.opened.set()
    for thread in (*standing, *own):
        thread.join()
    assert ask(served, path).status_code == 200, "places are given back"


def test_a_person_reads_why_in_both_languages(served: Turns, door: Door) -> None:
    """No page of the portal: making one is what there is no place for."""
    standing = [begin(served, "/sign-in", door) for _each in range(2)]
    answer = ask(served, "/sign-in")
    page = answer.get_data(as_text=True)
    assert answer.content_type == "text/html; charset=utf-8"
    assert len(answer.get_data()) == answer.content_length
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'"
    assert "Try again in a few seconds" in page
    assert '<p lang="es">' in page
    assert "Intente de nuevo" in page
    door.opened.set()
    for thread in standing:
        thread.join()


def test_one_kind_does_not_take_the_places_of_another(served: Turns, door: Door) -> None:
    standing = [begin(served, "/oauth/token", door) for _each in range(2)]
    standing += [begin(served, "/fhir/Patient", door) for _each in range(2)]
    assert ask(served, "/sign-in").status_code == 503, "but no more than half of all threads, of whatever kind"
    door.opened.set()
    for thread in standing:
        thread.join()


@pytest.mark.parametrize("session", [{"csrf_token": "x"}, {}])
def test_a_cookie_of_nobody_is_nobodys(served: Turns, door: Door, app: Flask, session: dict[str, str]) -> None:
    standing = [begin(served, "/sign-in", door) for _each in range(2)]
    assert ask(served, "/health/medications", Cookie=cookie(app, **session)).status_code == 503
    assert ask(served, "/health/medications", Cookie="session=eyJfdXNlcl9pZCI6IjEifQ.x.y").status_code == 503
    door.opened.set()
    for thread in standing:
        thread.join()


@pytest.mark.parametrize("path", ["/healthzz", "/readyz/x", "/metrics.html", "/static"])
def test_what_only_begins_like_a_page_without_limits_has_them(quick: Turns, path: str) -> None:
    spend(quick._calm)
    assert ask(quick, path).status_code == 503


@pytest.mark.parametrize("path", ["/oauth/token", "/oauth/revoke", "/oauth/introspect", "/oauth/register"])
def test_a_persons_cookie_opens_nothing_where_only_apps_ask(quick: Turns, app: Flask, path: str) -> None:
    """Whoever has or had an account could else ask there beside the part of the time that all others share."""
    signed = cookie(app, **{SIGNED_IN: "1"})
    spend(quick._calm)
    assert ask(quick, path, Cookie=signed).status_code == 503
    assert ask(quick, "/oauth/authorize", Cookie=signed).status_code == 401, "where a person consents a view says"


def test_a_place_is_given_back_when_it_fails(app: Flask) -> None:
    def fails(_environ: dict[str, Any], _start_response: Callable[..., Any]) -> Iterable[bytes]:
        raise ValueError("broken")

    served = Turns(fails, app, threads=2)
    for _each in range(3):
        with pytest.raises(ValueError, match="broken"):
            ask(served, "/sign-in")


def test_a_place_is_given_back_when_an_answer_fails_at_its_end(app: Flask) -> None:
    class Answer(list[bytes]):
        def close(self) -> None:
            raise ValueError("broken")

    def answers(_environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        start_response("200 OK", [("Content-Type", "text/plain")])
        return Answer([b"done"])

    served = Turns(answers, app, threads=2)
    for _each in range(3):
        with pytest.raises(ValueError, match="broken"):
            ask(served, "/sign-in")


def test_a_cookie_older_than_any_sign_in_is_nobodys(
    served: Turns, door: Door, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        now = int(time.time()) - int(sign_ins.LONGEST.total_seconds()) - 60
        patch.setattr(TimestampSigner, "get_timestamp", lambda _self: now)
        old = cookie(app, **{SIGNED_IN: "1"})
    standing = [begin(served, "/sign-in", door) for _each in range(2)]
    assert ask(served, "/health/medications", Cookie=old).status_code == 503
    door.opened.set()
    for thread in standing:
        thread.join()


def test_one_sign_in_does_not_take_the_threads_of_all_others(
    served: Turns, door: Door, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "_MOST_OF_ONE", THREADS + 1)
    theirs, other = (cookie(app, **{SIGNED_IN: name}) for name in ("1", "2"))
    pages = [begin(served, "/health/medications", door, Cookie=theirs) for _each in range(THREADS)]
    pages.append(begin(served, "/health/medications", Cookie=theirs))
    assert eventually(lambda: served._of_one["1"] == THREADS + 1)
    assert ask(served, "/health/medications", Cookie=theirs).status_code == 503
    pages.append(begin(served, "/health/medications", Cookie=other))
    assert eventually(lambda: served._of_one["2"] == 1), "whoever else waits as ever"
    door.opened.set()
    for thread in pages:
        thread.join()
    assert ask(served, "/health/medications", Cookie=theirs).status_code == 200
    assert not served._of_one


def test_an_account_has_no_more_places_with_many_sign_ins(
    served: Turns, door: Door, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "_MOST_OF_ONE", 3)
    theirs = [cookie(app, **{SIGNED_IN: secret, ACCOUNT: "a"}) for secret in ("1", "2", "3", "4")]
    pages = [begin(served, "/health/medications", door, Cookie=each) for each in theirs[:3]]
    assert ask(served, "/health/medications", Cookie=theirs[3]).status_code == 503
    pages.append(begin(served, "/health/medications", door, Cookie=cookie(app, **{SIGNED_IN: "5", ACCOUNT: "b"})))
    door.opened.set()
    for thread in pages:
        thread.join()


def test_the_cookie_is_that_of_the_application(app: Flask) -> None:
    """Flask-Login's own name for who is signed in, in a session that the application wrote."""

    class User(UserMixin):  # type: ignore[misc]
        id = "1"

    LoginManager(app)
    app.add_url_rule("/in", view_func=lambda: str(login_user(User())))
    client: FlaskClient = app.test_client()
    client.get("/in")
    with client.session_transaction() as session:
        assert SIGNED_IN in session


def test_no_more_wait_than_there_are_threads_for(
    served: Turns, door: Door, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "_WAIT", 20)
    monkeypatch.setattr(turns, "WAITING", 3)
    standing = [begin(served, "/oauth/token", door) for _each in range(2)]
    waiting = [begin(served, "/oauth/token") for _each in range(3)]
    assert eventually(lambda: served._waiting == 3)
    assert ask(served, "/oauth/token").status_code == 503
    person = begin(served, "/health/medications", door, Cookie=cookie(app, **{SIGNED_IN: "1"}))
    door.opened.set()
    for thread in (*standing, *waiting, person):
        thread.join()
    assert not served._waiting
    assert not served._of_one


def test_a_place_that_is_free_is_found_while_all_of_another_kind_wait(
    served: Turns, door: Door, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A flood of one kind takes the waiting threads, not the places of another kind while people's pages are made."""
    monkeypatch.setattr(turns, "_WAIT", 20)
    monkeypatch.setattr(turns, "WAITING", 3)
    begun = [begin(served, "/sign-in", door) for _each in range(2)]
    begun += [begin(served, "/sign-in") for _each in range(3)]
    assert eventually(lambda: served._waiting == 3)
    begun.append(begin(served, "/health/medications", door, Cookie=cookie(app, **{SIGNED_IN: "1"})))
    begun.append(begin(served, "/fhir/Patient", door))
    door.opened.set()
    for thread in begun:
        thread.join()


def test_people_wait_for_a_place_and_get_it(served: Turns, door: Door, app: Flask) -> None:
    signed = cookie(app, **{SIGNED_IN: "1"})
    pages = [begin(served, "/health/medications", door, Cookie=signed) for _each in range(THREADS)]
    last = begin(served, "/health/medications", Cookie=signed)
    assert eventually(lambda: served._of_one["1"] == THREADS + 1)
    assert not door.inside.acquire(timeout=0.05), "no more at once than work"
    door.opened.set()
    assert door.inside.acquire(timeout=60)
    for thread in (*pages, last):
        thread.join()


@pytest.fixture
def quick(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Turns:
    monkeypatch.setattr(turns, "_WAIT", 0.01)
    return Turns(App(), app, threads=THREADS)


@pytest.mark.parametrize("path", ["/oauth/token", "/shl/x", "/sign-in", "/fhir/Patient"])
def test_when_their_time_is_spent_nobodys_requests_are_refused_and_people_are_not(
    quick: Turns, app: Flask, path: str
) -> None:
    assert ask(quick, path).status_code == 401
    spend(quick._calm)
    assert ask(quick, path).status_code == 503
    assert ask(quick, "/health/medications", Cookie=cookie(app, **{SIGNED_IN: "1"})).status_code == 401, "a view says"
    assert not quick._of_one


def test_what_a_request_took_counts(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(range(0, 100, 5))
    monkeypatch.setattr("portal.web.serving.turns.time.thread_time", lambda: float(next(clock)))
    monkeypatch.setattr(turns, "_WAIT", 0.01)
    served = Turns(App(), app, threads=THREADS)
    assert ask(served, "/oauth/token").status_code == 401
    assert ask(served, "/oauth/token").status_code == 503


def test_what_was_hashed_for_a_request_counts(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another thread does it, and the one that waits takes no time of its own."""
    monkeypatch.setattr(turns, "_WAIT", 0.01)
    monkeypatch.setattr("portal.access.passwords.time.perf_counter", iter(range(0, 100, 5)).__next__)

    def hashes(_environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        passwords.one_at_a_time(str)
        start_response("422 Unprocessable Content", [("Content-Type", "text/plain")])
        return [b"no"]

    served = Turns(hashes, app, threads=THREADS)
    assert ask(served, "/sign-in").status_code == 422
    assert ask(served, "/sign-in").status_code == 503
    assert passwords.take_seconds() == 0


def test_an_app_whose_token_was_good_does_not_stand_behind_strangers(quick: Turns) -> None:
    assert ask(quick, "/fhir/Patient", Authorization="Bearer good").status_code == 200
    spend(quick._calm, quick._busy)
    assert ask(quick, "/fhir/Patient", Authorization="Bearer good").status_code == 200
    assert ask(quick, "/fhir/Patient", Authorization="Bearer other").status_code == 503
    assert ask(quick, "/fhir/Patient").status_code == 503
    assert ask(quick, "/sign-in", Authorization="Bearer good").status_code == 503, "where no app shows it"


def test_a_token_that_has_ended_is_a_strangers(quick: Turns) -> None:
    assert ask(quick, "/fhir/Patient", Authorization="Bearer good").status_code == 200
    quick._wsgi.good.clear()  # type: ignore[attr-defined]
    spend(quick._calm, quick._busy)
    assert ask(quick, "/fhir/Patient", Authorization="Bearer good").status_code == 401
    assert ask(quick, "/fhir/Patient", Authorization="Bearer good").status_code == 503


def test_a_client_without_a_secret_makes_nobody_known(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """A refresh token is in the body: what is known of it is no credential that others show, too."""

    def exchanges(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        environ[KNOWN] = True
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"done"]

    monkeypatch.setattr(turns, "_WAIT", 0.01)
    served = Turns(exchanges, app, threads=THREADS)
    assert ask(served, "/oauth/token").status_code == 200
    spend(served._calm)
    assert ask(served, "/oauth/token").status_code == 503


def test_a_network_that_asks_often_does_not_take_the_time_of_who_asks_seldom(quick: Turns) -> None:
    spend(quick._busy)
    assert [ask(quick, "/sign-in", "2001:db8::1").status_code for _each in range(12)] == [401] * 12
    assert ask(quick, "/sign-in", "2001:db8:0:ff::9").status_code == 503, "of the same site"
    assert ask(quick, "/sign-in", "2001:db8:0:100::9").status_code == 401
    assert ask(quick, "/fhir/Patient", "2001:db8::1", Authorization="Bearer good").status_code == 503


def test_a_network_whose_apps_show_good_tokens_is_no_stranger(quick: Turns) -> None:
    for _each in range(12):
        ask(quick, "/fhir/Patient")
    assert ask(quick, "/fhir/Patient", Authorization="Bearer good").status_code == 200
    spend(quick._busy)
    assert ask(quick, "/fhir/Patient").status_code == 401


def test_a_network_where_people_sign_in_well_is_no_stranger_and_pays_for_it(quick: Turns) -> None:
    """A hospital's own: but nobody signs in again and again for nothing."""
    for _each in range(12):
        ask(quick, "/sign-in")
    assert ask(quick, "/sign-in", Authorization="Bearer good").status_code == 200
    spend(quick._busy)
    assert ask(quick, "/sign-in").status_code == 401
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("portal.web.serving.turns.time.thread_time", iter(range(0, 100, 5)).__next__)
        assert ask(quick, "/sign-in", Authorization="Bearer good").status_code == 200
    assert ask(quick, "/sign-in").status_code == 503


def test_one_network_does_not_take_all_threads_that_wait(
    served: Turns, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "_WAIT", 20)
    monkeypatch.setattr(turns, "_MOST_OF_ONE", 3)
    begun = [begin(served, "/sign-in", door) for _each in range(2)]
    begun.append(begin(served, "/sign-in"))
    assert eventually(lambda: served._waiting == 1)
    assert ask(served, "/sign-in").status_code == 503
    other = threading.Thread(target=lambda: ask(served, "/sign-in", "192.0.2.2"), daemon=True)
    other.start()
    assert eventually(lambda: served._waiting == 2)
    door.opened.set()
    for thread in (*begun, other):
        thread.join()


@pytest.mark.parametrize(
    ("path", "media", "tells"),
    [
        ("/fhir/Patient", "application/fhir+json", lambda body: body["issue"][0]["code"] == "transient"),
        ("/oauth/token", "application/json", lambda body: body == {"error": "temporarily_unavailable"}),
        ("/shl/x", "application/json", lambda body: "Try again" in body["error"]),
    ],
)
def test_an_app_reads_a_refusal_in_the_form_of_its_address(
    quick: Turns, path: str, media: str, tells: Callable[[Any], bool]
) -> None:
    spend(quick._calm)
    answer = ask(quick, path)
    assert (answer.status_code, answer.mimetype) == (503, media)
    assert tells(json.loads(answer.data))


def test_who_is_asked_to_let_an_app_in_reads_a_page(quick: Turns) -> None:
    spend(quick._calm)
    assert "Intente de nuevo" in ask(quick, "/oauth/authorize").text


def test_where_the_server_can_a_refusal_is_told_later(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "_WAIT", 0.01)
    served = Turns(App(), app, threads=THREADS, late=True)
    spend(served._calm)
    with pytest.raises(Refused) as refused:
        ask(served, "/sign-in")
    head, _, body = refused.value.answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 503 Service Unavailable\r\n")
    assert f"Content-Length: {len(body)}".encode() in head.split(b"\r\n")
    assert "Intente de nuevo" in body.decode()
    environ = EnvironBuilder("/sign-in", method="HEAD").get_environ()
    with pytest.raises(Refused) as refused:
        served(environ, lambda _status, _headers: None)
    assert refused.value.answer.endswith(b"\r\n\r\n"), "no body after a HEAD"


class SlowBody:
    """A body of which the rest comes when it is let."""

    def __init__(self) -> None:
        self.waited_for = threading.Event()
        self.comes = threading.Event()

    def read(self, size: int) -> bytes:
        self.waited_for.set()
        assert self.comes.wait(60)
        return b"x" * size


def reads(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))]


def send(served: Turns, body: Any, length: int, **headers: str) -> bytes:
    environ = EnvironBuilder("/sign-in", method="POST", headers=headers).get_environ()
    environ |= {"wsgi.input": body, "CONTENT_LENGTH": str(length), "REMOTE_ADDR": "192.0.2.1"}
    answer: Any = served(environ, lambda _status, _headers: None)
    with closing(answer):
        return b"".join(answer)


@pytest.mark.parametrize("signed_in", [False, True])
def test_who_sends_slowly_takes_no_place(app: Flask, *, signed_in: bool) -> None:
    served = Turns(reads, app, threads=THREADS)
    headers = {"Cookie": cookie(app, **{SIGNED_IN: "1"})} if signed_in else {}
    bodies = [SlowBody() for _each in range(THREADS + 1)]
    answers: list[bytes] = []
    threads = [
        threading.Thread(target=lambda body=body: answers.append(send(served, body, 9, **headers)), daemon=True)
        for body in bodies
    ]
    for thread, body in zip(threads, bodies, strict=True):
        thread.start()
        assert body.waited_for.wait(60)
    assert ask(served, "/sign-in", **headers).status_code == 200
    for thread, body in zip(threads, bodies, strict=True):
        body.comes.set()
        thread.join()
    assert set(answers) == {b"x" * 9}
    assert not served._of_one
    assert not served._waiting


def test_a_body_that_does_not_come_leaves_nothing(app: Flask) -> None:
    class Gone:
        def read(self, _size: int) -> bytes:
            raise ConnectionResetError

    served = Turns(reads, app, threads=THREADS)
    with pytest.raises(ConnectionResetError):
        send(served, Gone(), 9)
    assert not served._of_one
    assert not served._waiting


@pytest.mark.parametrize("length", [0, 1, 64 * 1024 - 1, 64 * 1024, 64 * 1024 + 1, 200_000])
def test_a_body_is_handed_on_whole(app: Flask, length: int) -> None:
    body = bytes(number % 251 for number in range(length))
    assert send(Turns(reads, app, threads=THREADS), BytesIO(body), length) == body
