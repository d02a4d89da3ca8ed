"""How much a form may bring: little, but for those that carry files."""

from flask import current_app

from portal.endpoints import has_files
from portal.extensions import current_request
from portal.messaging.files import MOST_BYTES

_BYTES = 2 * MOST_BYTES  # more than may be sent, so that a page and not the line's end says so


def allow() -> None:
    """Let a form with files be larger than others."""
    request = current_request()
    if request.method == "POST" and has_files(current_app, request.endpoint or ""):
        request.max_content_length = _BYTES
