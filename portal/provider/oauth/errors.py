"""OAuth errors that Authlib would answer otherwise: texts that never carry what the caller sent."""

from collections.abc import Mapping

from authlib.oauth2.rfc6749 import InvalidRequestError

DESCRIPTIONS: Mapping[str, str] = {
    "invalid_client": "The client is not known here, or did not show that it is itself",
    "invalid_grant": "The code or token is not good, not good any more, or another client's",
    "invalid_request": "A parameter is missing, or is there twice",
    "invalid_scope": "No scope that was asked for can be given",
    "unauthorized_client": "This client may not use this grant_type",
    "unsupported_grant_type": "grant_type must be authorization_code, refresh_token or client_credentials",
    "unsupported_token_type": "This kind of token cannot be ended here",
}
"""What an error says that has nothing better to say (RFC 6749, 5.2)."""


class WrongAudienceError(InvalidRequestError):  # type: ignore[misc]
    """``aud`` is not our FHIR base: the token might be meant for another server (SMART App Launch 2.2.0)."""

    description = "aud must be the FHIR base URL of this server"
