"""Which form an answer has: FHIR JSON, under the name that was asked for, or the bytes of a file.

Source: FHIR R4 http.html#mime-type, binary.html#rest. What a client sends is read liberally; only JSON is given.
"""

import re
from functools import lru_cache
from typing import Any

from flask import Response
from werkzeug.datastructures import Headers, MIMEAccept
from werkzeug.http import parse_accept_header

from portal.extensions import current_request
from portal.provider.fhir import bundles
from portal.provider.fhir.binaries import BinaryFile
from portal.provider.fhir.outcomes import FhirError

_FHIR_JSON = "application/fhir+json"
_FILE = "application/octet-stream"
_MEDIA_TYPE = re.compile(r"[a-z]+/[A-Za-z0-9.+-]{1,100}(;[ ]?[a-z]+=[A-Za-z0-9.\"_-]{1,60}){0,3}", re.ASCII)
_ACCEPTED = {
    "application/json+fhir": _FHIR_JSON,
    "application/json": "application/json",
    "text/json": "application/json",
    "text/html": _FHIR_JSON,
    "application/*": _FHIR_JSON,
    "text/*": "application/json",
    "*/*": _FHIR_JSON,
}
_FORMATS = (
    "json",
    "application/json",
    "application/fhir+json",
    "application/json+fhir",
    "text/json",
    "html",
    "text/html",
)


def check_format() -> None:
    """Raise 406 where the client takes no JSON."""
    request = current_request()
    # What is not there is looked for first: Werkzeug raises, and describes, an error for it before it answers None.
    requested = request.args["_format"] if request.query_string and "_format" in request.args else None
    if requested is None and request.method == "POST":
        requested = request.form.get("_format")
    if requested is not None:
        if requested.replace(" ", "+").partition(";")[0].lower() not in _FORMATS:
            raise FhirError(406, "not-supported", "Only JSON is served")
        return
    if _accepted() is None:
        raise FhirError(406, "not-supported", "Only JSON is served")


def strict() -> bool:
    """Tell whether unknown search parameters are to be refused."""
    return "handling=strict" in current_request().environ.get("HTTP_PREFER", "").replace(" ", "")


def asks_for_fhir() -> bool:
    """Tell whether a resource is wanted, not the bytes of a file (FHIR R4, binary.html#rest)."""
    request = current_request()
    if request.args.get("_format"):
        return True
    best = request.accept_mimetypes.best or "*/*"
    return best.partition(";")[0].endswith(("/json", "+json", "json+fhir"))


def file_bytes(file: BinaryFile) -> Response:
    """Answer the bytes of a file; no browser may run what is in it."""
    response = Response(file.raw(), mimetype=_FILE, headers={"Content-Disposition": "attachment"})
    response.headers["Content-Type"] = file.content_type if _MEDIA_TYPE.fullmatch(file.content_type) else _FILE
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "sandbox"
    return response


def _accepted() -> str | None:
    """Return the media type to answer with, None where no JSON of FHIR R4 is accepted."""
    return _accepted_by(current_request().environ.get("HTTP_ACCEPT", ""))


@lru_cache(maxsize=128)  # an app says the same each time
def _accepted_by(header: str) -> str | None:
    """Return the same of an Accept header. Its parameters are read too."""
    accepted = list(parse_accept_header(header, MIMEAccept))  # best first
    for written, quality in accepted:
        kind, *parameters = (part.strip().lower() for part in written.split(";"))
        versions = [part.partition("=")[2].strip('"') for part in parameters if part.startswith("fhirversion=")]
        if quality <= 0 or any(not version.startswith("4") for version in versions):
            continue
        if kind in _ACCEPTED:
            return _ACCEPTED[kind]
        if kind.endswith("+json"):
            return _FHIR_JSON
    return None if accepted else _FHIR_JSON


class _Json(Response):
    """An answer with its length, of which each header was checked when it was set."""

    def get_wsgi_headers(self, environ: Any) -> Headers:
        """Return the headers; where they are sent as they are they are not set, and checked, once more in a copy."""
        return self.headers if self.status_code == 200 else super().get_wsgi_headers(environ)


def fhir_json(value: Any, status: int = 200) -> Response:
    """Answer a resource."""
    return _Json(bundles.encoded(value), status, content_type=f"{_accepted() or _FHIR_JSON}; charset=utf-8")
