"""What a client proves itself with in the header (HTTP Basic, RFC 7617)."""

from flask import request
from werkzeug.datastructures import Authorization


def of_request() -> Authorization | None:
    """Return a client's name and secret; None without, or where nobody can read them.

    Werkzeug and Authlib take what they read for good: letters beyond ASCII, or nothing after the scheme, are errors.
    """
    if not request.headers.get("Authorization", "").isascii():
        return None
    header = request.authorization
    return header if header and header.type == "basic" and (header.username or header.password) else None
