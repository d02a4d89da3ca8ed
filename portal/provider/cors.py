"""Answers that pages of other origins may read: discovery, tokens, FHIR. Never the authorize page, never cookies."""

from flask import Response

_REQUEST = "Authorization, Content-Type, Accept, Prefer, If-None-Match"
_ANSWER = "ETag, Location, Content-Location, Last-Modified, WWW-Authenticate, Retry-After"


def allow_cross_origin(response: Response) -> None:
    """Allow CORS for any origin; credentials are bearer tokens that the page must hold itself."""
    headers = response.headers
    headers["Access-Control-Allow-Origin"] = "*"
    headers["Access-Control-Allow-Methods"] = "GET, POST, OPTIONS"
    headers["Access-Control-Allow-Headers"] = _REQUEST
    headers["Access-Control-Expose-Headers"] = _ANSWER
    headers["Access-Control-Max-Age"] = "600"
