"""Answers that pages of other origins may read: discovery, tokens, FHIR. Never the authorize page, never cookies."""

from flask import Response

_HEADERS = (
    ("Access-Control-Allow-Origin", "*"),
    ("Access-Control-Allow-Methods", "GET, POST, OPTIONS"),
    ("Access-Control-Allow-Headers", "Authorization, Content-Type, Accept, Prefer, If-None-Match"),
    (
        "Access-Control-Expose-Headers",
        "ETag, Location, Content-Location, Last-Modified, WWW-Authenticate, Retry-After",
    ),
    ("Access-Control-Max-Age", "600"),
)


def allow_cross_origin(response: Response) -> None:
    """Allow CORS for any origin; credentials are bearer tokens that the page must hold itself."""
    for name, value in _HEADERS:
        response.headers.add(name, value)
