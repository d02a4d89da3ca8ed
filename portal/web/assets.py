"""Static files: read and compressed once, addressed by their content's hash, kept by browsers for good.

The compression extension leaves files alone that are sent as a stream, so the style sheet and scripts would go out
three to four times as large (requirement F1).
"""

import gzip
import mimetypes
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from flask import Flask, Response, abort, g, make_response, request, url_for
from werkzeug.security import safe_join

from portal.paths import STATIC

_TYPES = {".js": "text/javascript", ".svg": "image/svg+xml", ".css": "text/css"}


@lru_cache
def _content(path: Path, _changed: float) -> tuple[bytes, bytes, str, str]:
    """Bytes, gzipped bytes, media type and hash of a file; read again when it changed."""
    data = path.read_bytes()
    kind = _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return data, gzip.compress(data, 9, mtime=0), kind, sha256(data).hexdigest()[:10]


def asset(name: str) -> str:
    """Return the address of a static file with its content's hash; looked up once a request, as icons are many."""
    addresses: dict[str, str] = g.setdefault("assets", {})
    if name not in addresses:
        path = STATIC / name
        addresses[name] = url_for("static", filename=name, v=_content(path, path.stat().st_mtime)[3])
    return addresses[name]


def _serve(filename: str) -> Response:
    safe_name = safe_join(str(STATIC), filename)
    path = Path(safe_name) if safe_name else None
    if path is None or not path.is_file():
        abort(404)
    data, zipped, kind, digest = _content(path, path.stat().st_mtime)
    accepts = request.accept_encodings["gzip"] > 0
    small = accepts and len(zipped) < len(data)
    response = make_response(zipped if small else data)
    response.mimetype = kind
    if small:
        response.headers["Content-Encoding"] = "gzip"
    response.vary.add("Accept-Encoding")
    response.set_etag(f"{digest}{'-gzip' if small else ''}")
    response.make_conditional(request)
    return response


def bind(app: Flask) -> None:
    """Serve ``/static/…`` from here; the address and the endpoint stay Flask's."""
    app.view_functions["static"] = _serve
