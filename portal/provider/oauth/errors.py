"""OAuth errors that Authlib would answer otherwise: texts that never carry what the caller sent."""

from authlib.oauth2.rfc6749 import InvalidRequestError


class WrongAudienceError(InvalidRequestError):  # type: ignore[misc]
    """``aud`` is not our FHIR base: the token might be meant for another server (SMART App Launch 2.2.0)."""

    description = "aud must be the FHIR base URL of this server"
