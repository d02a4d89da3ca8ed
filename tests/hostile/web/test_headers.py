"""Requirements C3 and C4: what every HTML answer carries, and what no page or fragment contains."""

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.endpoints import Kind, access_of
from portal.web.headers import allow_form_to
from tests.hostile.web.stage import Stage, addresses, ask

_OURS = re.compile(r"/static/[\w.-]+\.js\?v=[0-9a-f]+")
_HX = {
    *("hx-get", "hx-post", "hx-include", "hx-trigger", "hx-target", "hx-swap", "hx-sync", "hx-headers:inherited"),
    *("hx-indicator", "hx-push-url"),
}
_SCHEMES = {"", "http", "https", "tel", "mailto", "otpauth"}  # the last opens an authenticator app
_ADDRESSES = {"href", "src", "action", "formaction", "hx-get", "hx-post", "poster", "data", "srcset", "ping"}


class Page(HTMLParser):
    """Collects what could run or load something."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))


def problems(html: str, *, fragment: bool) -> Iterator[str]:
    """What a page or a fragment must not contain, whatever data are in it."""
    for tag, attributes in Page(html).tags:
        if tag == "script" and (fragment or not _OURS.fullmatch(attributes.get("src", ""))):
            yield f"script {attributes}"
        if tag == "style" and (fragment or not attributes.get("nonce")):
            yield "style without a nonce"
        if tag in ("iframe", "object", "embed", "base", "frame", "applet", "video", "audio", "template"):
            yield f"<{tag}>"
        if tag == "img" and urlsplit(attributes.get("src", "")).netloc:
            yield f"picture from outside: {attributes['src']}"
        if tag == "meta" and attributes.get("http-equiv"):
            yield f"meta {attributes}"
        yield from _attributes(tag, attributes)


def _attributes(tag: str, attributes: dict[str, str]) -> Iterator[str]:
    for name, value in attributes.items():
        if name.startswith("on") or name in ("style", "srcdoc", "formaction", "ping"):
            yield f"<{tag} {name}>"
        if name.startswith(("hx-on", "data-hx", "hx-vals", "hx-vars", "hx-ext")):
            yield f"<{tag} {name}>"
        if name.startswith("hx-") and name not in _HX:
            yield f"<{tag} {name}>: not one that our templates use"
        if name == "hx-trigger" and "[" in value:
            yield f"hx-trigger with a condition to evaluate: {value}"
        if name in ("hx-get", "hx-post") and not value.startswith("/"):
            yield f"{name} to {value}"
        if name in _ADDRESSES and urlsplit(value.strip()).scheme not in _SCHEMES:
            yield f"{name} to {value}"
        outside = urlsplit(value).netloc and urlsplit(value).scheme != "otpauth"
        if name == "href" and outside and tag == "a" and "noreferrer" not in attributes.get("rel", ""):
            yield f"a link outside that tells where it was: {value}"


def check(answer: TestResponse, where: str, *, fragment: bool, signed_in: bool = True) -> None:
    head = answer.headers
    assert head["X-Content-Type-Options"] == "nosniff", where
    assert head["Referrer-Policy"] in ("same-origin", "no-referrer", "strict-origin"), where
    assert head["Cross-Origin-Opener-Policy"] == "same-origin", where
    policy = {part.split()[0]: part.split()[1:] for part in head["Content-Security-Policy"].split(";") if part.strip()}
    assert policy["default-src"] == ["'none'"], where
    assert policy["script-src"] == ["'self'"], where
    assert policy["frame-ancestors"] == policy["base-uri"] == ["'none'"], where
    assert "unsafe" not in head["Content-Security-Policy"], where
    assert not [source for sources in policy.values() for source in sources if source in ("*", "https:", "http:")], (
        where
    )
    if answer.data:
        assert answer.mimetype, where
        assert not answer.mimetype.startswith("text/") or "charset=utf-8" in answer.content_type, where
    if answer.mimetype != "text/html":
        return
    assert {"Cookie", "HX-Request"} <= {part.strip() for part in head["Vary"].split(",")}, where
    if signed_in:
        assert head["Cache-Control"] == "no-store", where
        is_page = answer.status_code < 300 and not fragment
        assert not is_page or 'action="/sign-out"' in answer.get_data(as_text=True), f"{where}: no way to sign out"
    found = list(problems(answer.get_data(as_text=True), fragment=fragment))
    assert not found, f"{where}: {found}"


def public_addresses(stage: Stage) -> Iterator[str]:
    """Every GET address of the map that needs no arguments and is not for clients."""
    for rule in stage.app.url_map.iter_rules():
        access = access_of(stage.app, rule.endpoint)
        if access and access.kind is not Kind.OAUTH and "GET" in (rule.methods or ()) and not rule.arguments:
            yield rule.rule


@pytest.fixture(scope="module")
def victim(stage: Stage) -> FlaskClient:
    return stage.visitor(stage.victim)


@pytest.mark.parametrize("fragment", [False, True], ids=["page", "fragment"])
def test_every_answer_to_the_person(stage: Stage, victim: FlaskClient, fragment: bool) -> None:
    paths = {one.path for one in addresses(stage) if one.method == "GET" and "person" not in one.about}
    for path in sorted(paths | set(public_addresses(stage))):
        answer = ask(victim, "GET", path, fragment=fragment)
        part = fragment and "<html" not in answer.get_data(as_text=True)
        check(answer, path, fragment=part)
        if path in paths and answer.status_code == 200:  # a file, too, which any cache on the way may keep else
            assert "no-store" in answer.headers.get("Cache-Control", ""), path


def test_every_answer_to_nobody(stage: Stage) -> None:
    client = stage.visitor(None)
    for path in public_addresses(stage):
        check(client.get(path), path, fragment=False, signed_in=False)


def test_error_pages(stage: Stage, victim: FlaskClient) -> None:
    asked = [
        (404, victim.get("/nothing/here")),
        (404, victim.get("/links/00000000000000000000")),
        (405, victim.get("/sign-out")),
        (400, victim.post("/sign-out")),
        (404, victim.get("/admin/")),
        (400, victim.get("/health/medications?after=x")),
        (200, victim.get("/links/callback?state=x&code=y", follow_redirects=True)),
        (400, victim.get("/oauth/authorize")),
    ]
    for status, answer in asked:
        assert answer.status_code == status, answer.status
        check(answer, str(status), fragment=False)


def test_fragments_are_parts_and_say_that_they_differ(stage: Stage, victim: FlaskClient) -> None:
    """One address, two answers: a cache or the Back button must not take one for the other."""
    for path in ("/health/medications", "/messages", f"/links/{stage.links['active']}/tile"):
        page, part = ask(victim, "GET", path), ask(victim, "GET", path, fragment=True)
        assert "<html" in page.get_data(as_text=True)
        assert "<html" not in part.get_data(as_text=True)
        restored = victim.get(path, headers={"HX-Request": "true", "HX-History-Restore-Request": "true"})
        assert "<html" in restored.get_data(as_text=True)


@pytest.mark.parametrize(
    "origin",
    [
        "https://a.example; frame-ancestors *",
        "https://a.example;script-src-elem *",
        "https://a.example 'unsafe-inline'",
        "https://a.example, default-src *",
        "https://a.example\r\nSet-Cookie: x=y",
        "*",
        "https:",
        "data:",
        "javascript:",
    ],
)
def test_an_address_from_outside_cannot_widen_the_policy(stage: Stage, origin: str) -> None:
    with stage.app.test_request_context("/help"):
        allow_form_to("https://fine.example:8443")
        allow_form_to("com.example.app:")
        allow_form_to(origin)
        policy = stage.app.process_response(stage.app.make_response("x")).headers["Content-Security-Policy"]
    forms = next(part for part in policy.split("; ") if part.startswith("form-action"))
    assert forms == "form-action 'self' com.example.app: https://fine.example:8443"


def test_the_client_side_is_told_to_be_strict(stage: Stage, victim: FlaskClient) -> None:
    html = victim.get("/help").get_data(as_text=True)
    (meta,) = (found for tag, found in Page(html).tags if tag == "meta" and found.get("name") == "htmx-config")
    config = json.loads(meta["content"])
    assert config["history"] is False
    assert config["mode"] == "same-origin"
    assert config["includeIndicatorCSS"] is False
    script = victim.get("/static/portal.js").get_data(as_text=True)
    assert not re.search(
        r"localStorage|sessionStorage|innerHTML|insertAdjacentHTML|document\.write|eval\(|[\"']paste", script + html
    )


def test_cookies_are_for_the_server_only(stage: Stage) -> None:
    client = stage.app.test_client()
    for cookie in client.get("/sign-in").headers.getlist("Set-Cookie"):
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
