"""What an address for apps and other portals answers where nothing of its own does: an error in its form, never a page.

Asked by the application's handlers of errors (``portal.web.errors``), not by handlers of blueprints: those come after
the application's where they are for every HTTP error and the application's for a status, and an address or a method
that nothing serves belongs to no blueprint at all.
"""

from flask import Response, jsonify, request

from portal.provider.cors import allow_cross_origin
from portal.provider.fhir.formats import fhir_json
from portal.provider.fhir.outcomes import outcome
from portal.provider.rate_limits import RETRY_AFTER
from portal.sharing.making import PATH

_ISSUES = {
    404: ("not-found", "There is nothing at this address"),
    405: ("not-supported", "This method is not offered at this address"),
    413: ("too-long", "The body is too large"),
    415: ("not-supported", "The body must not be packed"),
    429: ("throttled", "Too many requests; try again later"),
    500: ("exception", "The server failed to answer; nothing is wrong with the request"),
    503: ("transient", "The server cannot answer just now; try again later"),
}
_OAUTH = {429: "slow_down", 500: "server_error", 503: "temporarily_unavailable"}
_LINKS = {
    404: "This link does not open anything. Ask who gave it to you for a new one.",
    429: "Too many links were opened from this network. Try again later.",
    500: "The link cannot be opened because of an error here. Try again later.",
    503: "The link cannot be opened just now. Try again later.",
}
_BLUEPRINTS = {"fhir": "/fhir", "oauth_api": "/oauth", "health_links": PATH}


def refusal(status: int) -> Response | None:
    """Return the error of the current address: an OperationOutcome below ``/fhir``, what RFC 6749 (5.2) says below
    ``/oauth``, JSON with ``error`` at a SMART Health Link; None where a page answers.
    """
    prefix = _prefix()
    if prefix is None:
        return None
    if prefix == "/fhir":
        response = fhir_json(outcome(*_ISSUES.get(status, ("processing", "The request cannot be answered"))), status)
    elif prefix == "/oauth":
        response = jsonify(error=_OAUTH.get(status, "invalid_request"))
    else:
        response = jsonify(error=_LINKS.get(status, "The request cannot be answered"))
    response.status_code = status
    if status in (429, 503):
        response.headers["Retry-After"] = RETRY_AFTER
    if request.blueprint is None:  # else it adds them itself
        allow_cross_origin(response)
    response.headers["Cache-Control"] = "no-store"
    return response


def _prefix() -> str | None:
    """Return the part of the addresses that the current one belongs to, if it is not for people."""
    if request.blueprint is not None:
        return _BLUEPRINTS.get(request.blueprint)
    return next((each for each in _BLUEPRINTS.values() if f"{request.path}/".startswith(f"{each}/")), None)
