"""An OpenID provider that does as it is told: honest by default, and with any claim or answer of a test's own."""

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey

from tests.fakes.http import Exchange, FakeServer, Reply


class OpenIdProvider:
    """``claims`` go into each id_token over the honest ones, which are None to be left out; ``calls`` counts paths."""

    def __init__(self) -> None:
        self.key = self.signs_with = ECKey.generate_key("P-256", parameters={"kid": "k", "use": "sig"})
        self.claims: dict[str, Any] = {}
        self.metadata: dict[str, Any] = {}
        self.token: Callable[[dict[str, Any]], Reply] = lambda answer: Reply.of(answer, kind="application/json")
        self.forms: list[dict[str, str]] = []
        self.calls: list[str] = []
        self._asked: dict[str, str] = {}
        self._server = FakeServer(self._route, lambda exchange: exchange.send(exchange.answer()))
        self._server.start()
        self.issuer = self._server.base

    def stop(self) -> None:
        self._server.stop()

    def agree(self, address: str, *, code: str = "a-code") -> dict[str, str]:
        """Return the parameters with which somebody who agreed comes back from this address."""
        self._asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        return {"code": code, "state": self._asked["state"], "iss": self.issuer}

    @property
    def asked(self) -> dict[str, str]:
        """The parameters of the last authorization request."""
        return self._asked

    def _route(self, exchange: Exchange) -> Reply:
        self.calls.append(exchange.path_only)
        if exchange.path_only == "/.well-known/openid-configuration":
            return Reply.of(self._metadata() | self.metadata, kind="application/json")
        if exchange.path_only == "/keys":
            return Reply.of({"keys": [self.key.as_dict(private=False)]}, kind="application/json")
        self.forms.append(exchange.form)
        now = int(time.time())
        honest = {
            "iss": self.issuer,
            "sub": "248289761001",
            "aud": self._asked["client_id"],
            "iat": now,
            "exp": now + 300,
            "auth_time": now,
            "nonce": self._asked["nonce"],
        }
        claims = {name: value for name, value in (honest | self.claims).items() if value is not None}
        id_token = jwt.encode({"alg": "ES256", "kid": "k"}, claims, self.signs_with)
        return self.token({"access_token": "x", "token_type": "Bearer", "expires_in": 60, "id_token": id_token})

    def _metadata(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "authorization_response_iss_parameter_supported": True,
        }
