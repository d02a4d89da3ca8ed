"""What a stranger's Health Link may cost whoever opens it: files, bytes and seconds, all of them together."""

import gc
import json
import time
import zlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from portal.domain.egress import Egress
from portal.domain.errors import LimitReachedError
from portal.fhir import transport
from portal.fhir.public_files import PublicFiles
from portal.sharing import files, receiving, shlink
from portal.sharing.receiving import SharedBundle
from portal.sharing.shlink import LinkRefusedError

NOW = datetime(2026, 3, 1, tzinfo=UTC)
KEY = bytes(range(32))
LINK = shlink.read(
    shlink.write(url="https://a.example/x", key=KEY, expires=NOW + timedelta(minutes=15), flag="", label="")
)
_MOST_FILES = 5


class Weighed(dict[str, Any]):
    """A Bundle of which it is seen whether it is still there."""


def bundle(conditions: int, padding: int = 0) -> bytes:
    resources = [{"resourceType": "Patient"}, *[{"resourceType": "Condition"}] * conditions]
    entries = [{"resource": resource} for resource in resources]
    return json.dumps({"resourceType": "Bundle", "entry": entries, "note": "a" * padding}).encode()


def card(content: bytes) -> bytes:
    """Return a Health Card with a Bundle in it; nobody looks at its signature."""
    claims = {"vc": {"credentialSubject": {"fhirBundle": json.loads(content)}}}
    deflate = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    packed = deflate.compress(json.dumps(claims).encode()) + deflate.flush()
    return json.dumps({"verifiableCredential": [f"e30.{shlink.to_base64url(packed)}.x"]}).encode()


class Manifest:
    """Lists files, each at an address of its own; counts how many were asked for."""

    def __init__(self, *contents: bytes, kind: str = files.FHIR_JSON) -> None:
        self._contents, self._kind, self.asked = contents, kind, 0

    def get(self, url: str, *, accept: str) -> bytes:
        del accept
        self.asked += 1
        return files.encrypt(self._contents[int(url)], KEY, deflate=True)

    def post(self, url: str, body: Mapping[str, Any]) -> tuple[int, Any]:
        del url, body
        others = [{"contentType": "application/smart-api-access", "location": "none"}] * _MOST_FILES
        listed = [{"contentType": self._kind, "location": str(n)} for n in range(len(self._contents))]
        return 200, {"files": others + listed}

    def opened(self) -> SharedBundle:
        return receiving.open_link(LINK, self, recipient="Lakeside", now=NOW)


def test_a_few_files_are_read_and_the_fullest_is_taken() -> None:
    outside = Manifest(*(bundle(number) for number in (1, 3, 2, 0, 1, 9)))
    assert len(outside.opened().bundle["entry"]) == 4
    assert outside.asked == _MOST_FILES


def test_what_is_not_the_fullest_is_let_go_while_the_next_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    alive: list[int] = []
    parsed = receiving.bundle_of

    def weighed(*parts: Any) -> Mapping[str, Any]:
        gc.collect()
        alive.append(sum(isinstance(each, Weighed) for each in gc.get_objects()))
        return Weighed(parsed(*parts))

    monkeypatch.setattr(receiving, "bundle_of", weighed)
    Manifest(*[bundle(1)] * _MOST_FILES).opened()
    assert max(alive) <= 2


@pytest.mark.parametrize(("kind", "wrap"), [(files.FHIR_JSON, bytes), ("application/smart-health-card", card)])
def test_all_files_together_inflate_to_no_more_than_one_may(kind: str, wrap: Any) -> None:
    half = wrap(bundle(1, files.LARGEST // 2))
    assert Manifest(half, wrap(bundle(1)), kind=kind).opened()
    with pytest.raises(LinkRefusedError):
        Manifest(half, half, kind=kind).opened()


def test_what_is_not_deflated_counts_as_well() -> None:
    sealed = files.encrypt(b"a" * 11, KEY, deflate=False)
    assert files.decrypt(sealed, KEY, most=11)
    with pytest.raises(LinkRefusedError, match="too-large"):
        files.decrypt(sealed, KEY, most=10)


def test_redirects_and_files_share_one_deadline(httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = SimpleNamespace(late=0.0)
    clock.monotonic = lambda: time.monotonic() + clock.late
    monkeypatch.setattr(transport, "time", clock)

    def answer(request: Request) -> Response:
        clock.late += 9  # each is well within what one answer may take
        more = request.path == "/again"
        return Response("{}", 302 if more else 200, {"Location": "/file"} if more else {})

    for path in ("/again", "/file"):
        httpserver.expect_request(path).respond_with_handler(answer)
    with PublicFiles(Egress(allow_local=True)) as outside:
        assert outside.get(httpserver.url_for("/again"), accept="*/*") == b"{}"
        with pytest.raises(LimitReachedError, match="answer-too-slow"):
            outside.get(httpserver.url_for("/again"), accept="*/*")
        with pytest.raises(LimitReachedError, match="answer-too-slow"):
            outside.post(httpserver.url_for("/file"), {})
