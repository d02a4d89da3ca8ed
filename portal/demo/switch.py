"""Pinelands' FHIR side fails until somebody heals it at ``/demo/switch``: only in the demo, around its application."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title></head>
<body><main><h1>{title}</h1><p>{text}</p>
<form method="post" action="/demo/switch"><button name="to" value="{to}">{label}</button></form>
<p>This page is part of the demo only. <a href="/">Pinelands' portal</a></p></main></body></html>"""
_HEADERS = [
    ("Content-Type", "text/html; charset=utf-8"),
    ("Cache-Control", "no-store"),
    ("Content-Security-Policy", "default-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"),
]
_STILL_ANSWERED = ("/fhir/metadata", "/fhir/.well-known/")


class Switch:
    """Around Pinelands' application. ``file`` exists while its FHIR side is out of order."""

    def __init__(self, app: Callable[..., Iterable[bytes]], file: Path) -> None:
        self._app = app
        self._file = file

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path == "/demo/switch":
            return self._switch(environ, start_response)
        if path.startswith("/fhir/") and not path.startswith(_STILL_ANSWERED) and self._file.exists():
            start_response("500 Internal Server Error", [("Content-Type", "text/html"), ("Cache-Control", "no-store")])
            return [b"<html><body><h1>Internal error</h1></body></html>"]
        return self._app(environ, start_response)

    def _switch(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] == "POST":
            origin = urlsplit(environ.get("HTTP_ORIGIN", "")).netloc
            if origin not in ("", environ.get("HTTP_HOST")):
                start_response("403 Forbidden", [("Content-Type", "text/plain")])
                return [b"Not from here."]
            length = int(environ.get("CONTENT_LENGTH") or 0)
            if environ["wsgi.input"].read(min(length, 100)) == b"to=broken":
                self._file.touch()
            else:
                self._file.unlink(missing_ok=True)
            start_response("303 See Other", [("Location", "/demo/switch"), ("Cache-Control", "no-store")])
            return [b""]
        broken = self._file.exists()
        page = _PAGE.format(
            title="Pinelands' records are out of order" if broken else "Pinelands' records answer",
            text=(
                "Every request for records gets an error, as when a server of theirs has failed. What was loaded "
                "before stays visible at MyCooper, with its date."
                if broken
                else "Update Pinelands at MyCooper, and its records are loaded again."
            ),
            to="working" if broken else "broken",
            label="Heal it" if broken else "Break it",
        )
        start_response("200 OK", _HEADERS)
        return [page.encode()]
