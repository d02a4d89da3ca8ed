"""What is signed with a time, on machines whose clocks differ by seconds.

itsdangerous refuses what was signed in the future. Behind a balancer the next request comes to another machine, whose
clock may be some seconds behind: the reader would be signed out.
"""

from typing import Any

from flask import Flask, Request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from itsdangerous import SignatureExpired, TimestampSigner, URLSafeTimedSerializer

LEEWAY = 60  # seconds; as for the clocks of other organizations


class NearSigner(TimestampSigner):
    """Takes what was signed up to ``LEEWAY`` ahead of this machine's clock."""

    def unsign(self, signed_value: str | bytes, max_age: int | None = None, return_timestamp: bool = False) -> Any:  # noqa: FBT001, FBT002 -- the signature of the library
        value, moment = super().unsign(signed_value, return_timestamp=True)
        age = self.get_timestamp() - int(moment.timestamp())
        if max_age is not None and not -LEEWAY <= age <= max_age:
            raise SignatureExpired(f"Signature age {age}", payload=value, date_signed=moment)
        return (value, moment) if return_timestamp else value


class Sessions(SecureCookieSessionInterface):
    """Flask's sessions in a signed cookie, which another machine may have signed.

    What apps ask for with a token has none, whatever cookies come along: its answer hangs on nobody's browser.
    """

    def __init__(self) -> None:
        self._serializers: dict[Any, URLSafeTimedSerializer] = {}

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        return self.make_null_session(app) if request.path.startswith("/fhir/") else super().open_session(app, request)

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        cached = self._serializers.get(app.secret_key)
        if cached is not None:
            return cached
        serializer = super().get_signing_serializer(app)
        if serializer is not None:
            serializer.signer = NearSigner
            self._serializers = {app.secret_key: serializer}
        return serializer


def timed_serializer(key: str | bytes, *, salt: str) -> URLSafeTimedSerializer:
    """Return what signs small values that are good for a time, for any machine of the instance."""
    return URLSafeTimedSerializer(key, salt=salt, signer=NearSigner)
