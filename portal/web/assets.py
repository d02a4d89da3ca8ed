"""Static files: read and compressed once, addressed by their content's hash, kept by browsers for good.

The style sheet is written in parts (``static/portal``) and served as one file: one request, one compression.

The compression extension leaves files alone that are sent as a stream, so the style sheet and scripts would go out
three to four times as large (requirement F1).

A browser that does not hold the style sheet yet gets the part of it that its first paint needs in the page, and the
file after the page's text: it paints without waiting a second round trip (requirement F6). A cookie with the file's
hash says who holds it; it says nothing else.
"""

import gzip
import mimetypes
import os
import re
import sys
from dataclasses import dataclass
from functools import cache, lru_cache
from hashlib import sha256
from pathlib import Path

import brotli
from flask import Flask, Response, abort, make_response, request, url_for
from markupsafe import Markup
from werkzeug.security import safe_join

from portal.extensions import current_application, current_request, of_request
from portal.paths import STATIC

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

STYLE_COOKIE = "style"
_YEAR = 365 * 86400
_STYLE = "portal.css"
_PARTS = (
    *("base", "header", "surfaces", "rows", "forms", "feed", "account", "papers", "reading", "home", "links"),
    *("sections", "media"),
)
"""The files of ``static/portal`` that the style sheet is made of, in this order: a later rule beats an earlier one."""
_TYPES = {".js": "text/javascript", ".svg": "image/svg+xml", ".css": "text/css"}


@dataclass(frozen=True, slots=True)
class _File:
    """A file's content, also as sent to browsers that understand a coding (RFC 9110, 8.4.1), best first."""

    data: bytes
    codings: tuple[tuple[str, bytes], ...]
    kind: str
    digest: str


@lru_cache
def _content(paths: tuple[str, ...], _changed: float) -> _File:
    """Return a file, or one that is put together; it is read again when it changed."""
    path = Path(paths[0])
    data = b"".join(Path(each).read_bytes() for each in paths)
    if path.suffix == ".css":
        data = compact(data.decode()).encode()
    codings = (
        ("br", brotli.compress(data, quality=11)),
        ("zstd", zstd.compress(data, 19)),
        ("gzip", gzip.compress(data, 9, mtime=0)),
    )
    kind = _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    smaller = tuple((coding, body) for coding, body in codings if len(body) < len(data))
    return _File(data, smaller, kind, sha256(data).hexdigest()[:10])


def _file(name: str) -> _File:
    """Return what is served under a name; whether it changed is looked at once a request.

    Raises:
        FileNotFoundError: there is none.
    """
    files: dict[str, _File] = of_request().setdefault("files", {})
    if name not in files:
        paths = _paths(name)
        files[name] = _content(paths, _changed(paths))
    return files[name]


@cache
def style_parts() -> tuple[Path, ...]:
    """Return the files of which the style sheet is made, in their order."""
    return tuple(STATIC / "portal" / f"{name}.css" for name in _PARTS)


@lru_cache
def _paths(name: str) -> tuple[str, ...]:
    """Return as texts where a file is, or its parts: a path is taken apart each time it is looked at."""
    return tuple(map(str, style_parts())) if name == _STYLE else (str(STATIC / name),)


def _changed(paths: tuple[str, ...]) -> float:
    return max(os.stat(path).st_mtime for path in paths)  # noqa: PTH116 - a Path takes as long as the look


_CSS = re.compile(r"""("[^"]*"|'[^']*')|/\*.*?\*/|\s*([{};,])\s*|(?<=[\w-]):\s+|(\s+)""", re.DOTALL)


def compact(css: str) -> str:
    """Return a style sheet without comments and without the blanks that say nothing; strings stay as they are."""
    return _CSS.sub(_compacted, css).replace(";}", "}").strip()


def _compacted(match: re.Match[str]) -> str:
    text, sign, blank = match.groups()
    return text or sign or (" " if blank else ":" if match[0].startswith(":") else "")


_FIRST = re.compile(r"/\* First paint \*/(.*?)/\* Later \*/", re.DOTALL)


@lru_cache
def _first_paint(_changed: float) -> Markup:
    css = "".join(path.read_text() for path in style_parts())
    return Markup(compact("".join(_FIRST.findall(css))))  # noqa: S704 - our own style sheet


def first_paint() -> Markup:
    """Return the part of the style sheet that goes into this page; empty where the browser holds the file."""
    values = of_request()
    if "first_paint" not in values:
        holds = current_request().cookies.get(STYLE_COOKIE) == _file(_STYLE).digest
        values["first_paint"] = Markup() if holds else _first_paint(_changed(_paths(_STYLE)))
    part: Markup = values["first_paint"]
    return part


def _remember(response: Response) -> Response:
    """Note in the browser which style sheet it got with this page."""
    if of_request().get("first_paint"):
        secure = current_application().config["SESSION_COOKIE_SECURE"]
        digest = _file(_STYLE).digest
        response.set_cookie(STYLE_COOKIE, digest, max_age=_YEAR, samesite="Lax", httponly=True, secure=secure)
    return response


def asset(name: str) -> str:
    """Return the address of a static file with its content's hash; looked up once a request, as icons are many."""
    addresses: dict[str, str] = of_request().setdefault("assets", {})
    if name not in addresses:
        before: dict[tuple[str, ...], str] = current_application().extensions.setdefault("tributary-assets", {})
        key = (current_request().script_root, name, _file(name).digest)
        if key not in before:
            before[key] = url_for("static", filename=name, v=key[-1])
        addresses[name] = before[key]
    return addresses[name]


def symbol(name: str, size: str = "") -> Markup:
    """Return one of our symbols as decoration: a page has dozens, of a few kinds."""
    return _drawn(asset("icons.svg"), name, size)


@lru_cache(maxsize=500)
def _drawn(address: str, name: str, size: str) -> Markup:
    return Markup('<svg class="{}" aria-hidden="true" focusable="false"><use href="{}#{}" /></svg>').format(
        f"icon {size}" if size else "icon", address, name
    )


def _serve(filename: str) -> Response:
    safe_name = safe_join(str(STATIC), filename)
    if safe_name is None or (filename != _STYLE and not Path(safe_name).is_file()):
        abort(404)
    file = _file(filename)
    accepted = request.accept_encodings
    coding, body = next(((coding, body) for coding, body in file.codings if accepted[coding] > 0), ("", file.data))
    response = make_response(body)
    response.mimetype = file.kind
    if coding:
        response.headers["Content-Encoding"] = coding
    response.vary.add("Accept-Encoding")
    response.set_etag(f"{file.digest}{f'-{coding}' if coding else ''}")
    response.make_conditional(request)
    return response


def bind(app: Flask) -> None:
    """Serve ``/static/…`` from here; the address and the endpoint stay Flask's."""
    app.view_functions["static"] = _serve
    app.after_request(_remember)
