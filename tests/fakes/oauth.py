"""The fake's authorization server: consents at once, rotates refresh tokens, revokes. Just enough SMART 2.2."""

import base64
import hashlib
import json
import secrets
import threading
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from tests.fakes.http import Exchange, Reply

JSON = "application/json"


@dataclass
class Grant:
    """A consent: tokens belong to it and end with it."""

    patient: str
    scopes: str
    client_id: str = "client"
    access_token: str = ""
    refresh_token: str = ""
    challenge: str = ""
    redirect_uri: str = ""
    revoked: bool = False
    refreshes: int = 0


@dataclass
class FakeOAuth:
    """State of the authorization server. ``lifetime`` is ``expires_in`` of access tokens, seconds."""

    clients: dict[str, str] = field(default_factory=dict)
    lifetime: int = 3600
    lasting: bool = True
    granted: str = ""  # scopes granted whatever was asked, when set
    token_patient: str = ""  # the token's ``patient`` whatever was consented, when set
    lock: threading.Lock = field(default_factory=threading.Lock)
    codes: dict[str, Grant] = field(default_factory=dict)
    grants: dict[str, Grant] = field(default_factory=dict)  # by live access or refresh token
    jwks: dict[str, Any] | None = None  # the key set that must have signed a backend's assertion, when set
    assertions: set[str] = field(default_factory=set)  # ``jti`` of those that were used

    def grant(self, patient: str, scopes: str = "patient/*.read launch/patient offline_access") -> Grant:
        """A consent without a browser."""
        return self._fresh(Grant(patient, scopes))

    def expire(self, grant: Grant) -> None:
        """The access token is no longer good; the refresh token still is."""
        self.grants.pop(grant.access_token, None)

    def revoke(self, grant: Grant) -> None:
        grant.revoked = True

    def allowed(self, token: str) -> Grant | None:
        grant = self.grants.get(token)
        return grant if grant and not grant.revoked and grant.access_token == token else None

    def route(self, exchange: Exchange) -> Reply:
        step = exchange.path_only.removeprefix("/oauth/")
        if step == "authorize":
            return self._authorize(exchange)
        if step == "token":
            return self._token(exchange)
        if step == "revoke":
            with self.lock:
                grant = self.grants.get(exchange.form.get("token", ""))
                if grant:
                    grant.revoked = True
            return Reply.of({}, kind=JSON)
        if step == "register":
            return self._register(exchange)
        return Reply.outcome(404, "not-found")

    def _authorize(self, exchange: Exchange) -> Reply:
        ask = exchange.param
        if ask("aud") != f"{exchange.base}/fhir" or ask("code_challenge_method") != "S256":
            return Reply(400, b"bad aud or challenge", {"Content-Type": "text/plain"})
        code = secrets.token_urlsafe(16)
        scopes = self.granted or ask("scope")
        self.codes[code] = Grant(
            patient=ask("login_hint") or "maria",
            scopes=scopes,
            client_id=ask("client_id"),
            challenge=ask("code_challenge"),
            redirect_uri=ask("redirect_uri"),
        )
        answer = urlencode({"code": code, "state": ask("state"), "iss": exchange.base})
        return Reply(302, b"", {"Location": f"{ask('redirect_uri')}?{answer}"})

    def _token(self, exchange: Exchange) -> Reply:
        form = exchange.form
        if not self._client_is_known(exchange):
            return Reply.of({"error": "invalid_client"}, status=401, kind=JSON)
        with self.lock:
            kind = form.get("grant_type")
            if kind == "authorization_code":
                grant = self.codes.pop(form.get("code", ""), None)
                if grant is None or not _matches(form, grant):
                    return Reply.of({"error": "invalid_grant"}, status=400, kind=JSON)
                return self._answer(self._fresh(grant))
            if kind == "refresh_token":
                grant = self.grants.pop(form.get("refresh_token", ""), None)
                if grant is None or grant.revoked or grant.refresh_token != form["refresh_token"]:
                    return Reply.of({"error": "invalid_grant"}, status=400, kind=JSON)
                grant.refreshes += 1
                self.grants.pop(grant.access_token, None)
                return self._answer(self._fresh(grant))
            if kind == "client_credentials":
                if self.jwks is not None and not self._assertion_holds(exchange, self.jwks):
                    return Reply.of({"error": "invalid_client"}, status=401, kind=JSON)
                return self._answer(self._fresh(Grant("", form.get("scope", "system/*.rs"))))
        return Reply.of({"error": "unsupported_grant_type"}, status=400, kind=JSON)

    def _fresh(self, grant: Grant) -> Grant:
        grant.access_token = secrets.token_urlsafe(16)
        self.grants[grant.access_token] = grant
        if self.lasting and "offline_access" in grant.scopes:
            grant.refresh_token = secrets.token_urlsafe(16)
            self.grants[grant.refresh_token] = grant
        return grant

    def _answer(self, grant: Grant) -> Reply:
        value: dict[str, Any] = {
            "access_token": grant.access_token,
            "token_type": "Bearer",
            "expires_in": self.lifetime,
            "scope": grant.scopes,
        }
        patient = self.token_patient or grant.patient
        value |= {"patient": patient} if patient else {}
        value |= {"refresh_token": grant.refresh_token} if grant.refresh_token else {}
        reply = Reply.of(value, kind=JSON)
        reply.headers["Cache-Control"] = "no-store"
        return reply

    def _client_is_known(self, exchange: Exchange) -> bool:
        if not self.clients:
            return True
        client_id, secret = exchange.form.get("client_id", ""), exchange.form.get("client_secret", "")
        scheme, _, value = exchange.headers.get("Authorization", "").partition(" ")
        if scheme == "Basic":
            client_id, _, secret = base64.b64decode(value).decode().partition(":")
        return self.clients.get(client_id) == secret

    def _assertion_holds(self, exchange: Exchange, jwks: dict[str, Any]) -> bool:
        """SMART 2.2.0, "Client Authentication: Asymmetric", checked with joserfc."""
        form = exchange.form
        if form.get("client_assertion_type") != "urn:ietf:params:oauth:client-assertion-type:jwt-bearer":
            return False
        try:
            keys = KeySet.import_key_set(jwks)  # type: ignore[arg-type]
            token = jwt.decode(form.get("client_assertion", ""), keys, algorithms=["ES384", "RS384"])
        except (JoseError, ValueError):
            return False
        said, now = token.claims, time.time()
        fresh = said.get("jti") not in self.assertions and now < said.get("exp", 0) <= now + 300
        self.assertions.add(str(said.get("jti")))
        return fresh and said.get("iss") == said.get("sub") and said.get("aud") == f"{exchange.base}/oauth/token"

    def _register(self, exchange: Exchange) -> Reply:
        asked = json.loads(exchange.request_body or b"{}")
        client_id = f"app-{secrets.token_hex(4)}"
        secret = secrets.token_urlsafe(16) if asked.get("token_endpoint_auth_method") != "none" else ""
        if self.clients:
            self.clients[client_id] = secret
        given = asked | {"client_id": client_id} | ({"client_secret": secret} if secret else {})
        return Reply.of(given, status=201, kind=JSON)


def _matches(form: dict[str, str], grant: Grant) -> bool:
    digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    return challenge == grant.challenge and form.get("redirect_uri") == grant.redirect_uri
