"""What a request of an app or another portal may bring: refused before it costs anything."""

from typing import Any

from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType

from portal.domain import surrogates
from portal.domain.errors import BadAnswerError, InvalidInputError, LimitReachedError
from portal.extensions import current_request
from portal.fhir.answers import decode

_BYTES = 64 * 1024  # the largest that is useful here is a client's metadata with its keys and a statement
_MESSAGE_BYTES = 8 * 1024 * 1024  # a message with a file of 5 MB, as base64
_DEPTH = 24  # of JSON; a Patient in Parameters stays below 12


def check() -> None:
    """Refuse a body that is too large (413) or packed (415)."""
    request = current_request()
    most = _MESSAGE_BYTES if request.endpoint == "fhir.create_message" else _BYTES
    request.max_content_length = most
    if "CONTENT_LENGTH" in request.environ and (request.content_length or 0) > most:
        raise RequestEntityTooLarge
    if request.environ.get("HTTP_CONTENT_ENCODING", "identity").strip().lower() not in ("", "identity"):
        raise UnsupportedMediaType


def json_of(body: bytes) -> Any:
    """Return a JSON body as plain values.

    Raises:
        InvalidInputError: it is not JSON, or nested too deep.
    """
    if surrogates.replaced_in_json(body) != body:  # what is signed is read by others, too, and not as changed here
        raise InvalidInputError("not-json")
    try:
        return decode(body, depth=_DEPTH)
    except (BadAnswerError, LimitReachedError) as error:
        raise InvalidInputError(error.code) from None
