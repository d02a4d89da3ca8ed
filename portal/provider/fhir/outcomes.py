"""OperationOutcome on every error (FHIR R4, http.html#Status-Codes). No part of a request is repeated."""

from typing import Any

from portal.domain.errors import PortalError


class FhirError(PortalError):
    """An error with its HTTP status and FHIR issue type. ``text`` is for the developer of the client."""

    code = "fhir"

    def __init__(self, status: int, issue: str, text: str, *, challenge: str = "") -> None:
        super().__init__(f"fhir-{status}")
        self.status = status
        self.issue = issue
        self.text = text
        self.challenge = challenge  # the value of WWW-Authenticate


def outcome(issue: str, text: str, *, severity: str = "error") -> dict[str, Any]:
    return {
        "resourceType": "OperationOutcome",
        "issue": [{"severity": severity, "code": issue, "diagnostics": text}],
    }


def not_found() -> FhirError:
    """Return the same for what does not exist and for what is another person's."""
    return FhirError(404, "not-found", "There is no such resource")


def bad_token() -> FhirError:
    return FhirError(
        401, "login", "The access token is unknown, expired or ended", challenge='Bearer error="invalid_token"'
    )


def no_token() -> FhirError:
    """Return the 401 of a request that does not try to authenticate: it names no error (RFC 6750, 3.1)."""
    return FhirError(401, "login", "An access token is needed", challenge="Bearer")


def forbidden(text: str) -> FhirError:
    return FhirError(403, "forbidden", text, challenge='Bearer error="insufficient_scope"')


def invalid(text: str, issue: str = "invalid") -> FhirError:
    return FhirError(400, issue, text)
