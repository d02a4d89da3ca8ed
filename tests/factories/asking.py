"""Questions to the FHIR API where there are thousands: werkzeug's client makes each take a fifth longer."""

import io
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote, urlencode

from flask import Flask, Response
from werkzeug.test import create_environ, run_wsgi_app
from werkzeug.urls import iri_to_uri


def ask(app: Flask, path: str, *, token: str, form: Mapping[str, str] | str | None = None) -> Response:
    """Return the answer to GET ``/fhir/{path}``, or to POST with a form."""
    path, _, query = (path if path.isascii() else iri_to_uri(path)).partition("?")
    address = f"/fhir/{path}?{query}" if query else f"/fhir/{path}"
    environ: dict[str, Any] = _ENVIRON | {
        "PATH_INFO": unquote(f"/fhir/{path}", "latin-1"),
        "QUERY_STRING": query,
        "REQUEST_URI": address,
        "RAW_URI": address,
        "HTTP_AUTHORIZATION": f"Bearer {token}",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": io.StringIO(),
    }
    if form is not None:
        body = (form if isinstance(form, str) else urlencode(form)).encode()
        environ |= {
            "REQUEST_METHOD": "POST",
            "CONTENT_TYPE": "application/x-www-form-urlencoded",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": io.BytesIO(body),
        }
    body_parts, status, headers = run_wsgi_app(app, environ, buffered=True)
    return app.response_class(body_parts, status, headers)


_ENVIRON = create_environ("/")
