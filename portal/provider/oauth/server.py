"""Authlib's authorization server with its lenient defaults closed: one per application.

What Authlib does: the parameters, client authentication, PKCE, and errors of the right form. What it would leave open
and is closed here: PKCE only for public clients and with ``plain``; a used code or refresh token that leaves its family
alive; tokens in plain text; error texts that repeat the request.
"""

import re
from collections.abc import Callable
from typing import Any, cast
from urllib.parse import unquote

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.integrations.flask_oauth2.requests import FlaskOAuth2Payload, FlaskOAuth2Request
from authlib.oauth2.rfc6749 import (
    InvalidClientError,
    InvalidGrantError,
    InvalidRequestError,
    OAuth2Error,
    UnsupportedGrantTypeError,
    UnsupportedResponseTypeError,
)
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant, RefreshTokenGrant
from authlib.oauth2.rfc7636 import CodeChallenge
from flask import Flask, current_app
from flask import request as flask_request

from portal import audit
from portal.extensions import current_services
from portal.provider import credentials
from portal.provider.oauth import grants
from portal.provider.oauth.assertions import PrivateKeyJwt
from portal.provider.oauth.backend import BackendGrant
from portal.provider.oauth.errors import DESCRIPTIONS, WrongAudienceError
from portal.provider.oauth.id_token import id_token
from portal.provider.oauth.introspection import TokenIntrospection
from portal.provider.oauth.models import AuthorizationCode, Client, Token
from portal.provider.oauth.revocation import TokenRevocation
from portal.services import Services
from portal.store import Tx
from portal.store.provider import clients, tokens
from portal.store.provider import grants as stored_grants

_EXTENSION = "tributary.oauth"
_S256 = re.compile(r"[A-Za-z0-9_-]{43}")  # the base64url of 32 bytes (RFC 7636, 4.2)
CLIENT_METHODS = ["none", "client_secret_basic", "client_secret_post", "private_key_jwt"]


class Pkce(CodeChallenge):  # type: ignore[misc]
    """S256 for every client (RFC 9700, 2.1.1; SMART forbids ``plain``)."""

    DEFAULT_CODE_CHALLENGE_METHOD = "S256"
    SUPPORTED_CODE_CHALLENGE_METHOD = ["S256"]  # noqa: RUF012 - Authlib's own form

    def validate_code_challenge(self, grant: Any, redirect_uri: str) -> None:
        data = grant.request.payload.data
        challenge = data.get("code_challenge") or ""
        if not _S256.fullmatch(challenge) or data.get("code_challenge_method") != "S256":
            raise InvalidRequestError("code_challenge with code_challenge_method=S256 is required")
        super().validate_code_challenge(grant, redirect_uri)

    def validate_code_verifier(self, grant: Any, result: Any) -> None:
        """Burn the code when the verifier is wrong: who stole one gets one guess."""
        try:
            super().validate_code_verifier(grant, result)
        except OAuth2Error:
            with current_services().db.transaction() as tx:
                tokens.use_code(tx, code_hash=grant.request.authorization_code.stored.hash)
            raise


class CodeGrant(AuthorizationCodeGrant):  # type: ignore[misc]
    """The authorization code flow; codes are made by ``portal.provider.oauth.consent``."""

    TOKEN_ENDPOINT_AUTH_METHODS = CLIENT_METHODS

    @staticmethod
    def validate_authorization_redirect_uri(request: Any, client: Client) -> str:
        uri = request.payload.redirect_uri or client.get_default_redirect_uri()
        if not uri or not client.check_redirect_uri(uri):
            raise InvalidRequestError("redirect_uri is not one that this client registered")
        return str(uri)

    def validate_requested_scope(self) -> None:
        """Check ``aud`` too: errors raised at this point go back to the client."""
        audience = (self.request.payload.data.get("aud") or "").rstrip("/")
        if audience != current_services().settings.fhir_base:
            raise WrongAudienceError

    def query_authorization_code(self, code: str, client: Client) -> AuthorizationCode | None:
        """Return the code, when it is this client's and still good. A used one ends its tokens (RFC 6749, 4.1.2)."""
        with current_services().db.transaction() as tx:
            stored = tokens.code(tx, code=code)
            if stored is None or stored.grant.client_id != client.client_id:
                return None
            if stored.used:
                grants.end(
                    tx, grant=stored.grant, reason="code-replayed", actor=audit.Actor("client", client.client_id)
                )
                return None
        return None if stored.expired else AuthorizationCode(stored)

    def create_token_response(self) -> tuple[int, dict[str, Any], list[tuple[str, str]]]:
        client: Client = self.request.client
        code: AuthorizationCode = self.request.authorization_code
        services = current_services()
        identity = id_token(services.db, services.settings, client.client_id, code.stored)
        with services.db.transaction() as tx:
            if not tokens.use_code(tx, code_hash=code.stored.hash):
                grants.end(
                    tx, grant=code.stored.grant, reason="code-replayed", actor=audit.Actor("client", client.client_id)
                )
                issued = None
            else:
                issued = grants.tokens_for(
                    tx, client=client.stored, grant=code.stored.grant, scopes=code.stored.grant.scopes
                )
        if issued is None:
            raise InvalidGrantError("The code was used before")
        body = _answer(issued)
        if identity:
            body["id_token"] = identity
        return 200, body, self.TOKEN_RESPONSE_HEADER


class RotatingRefreshGrant(RefreshTokenGrant):  # type: ignore[misc]
    """Each refresh token works once; using an old one ends its family (RFC 9700, 4.14.2)."""

    TOKEN_ENDPOINT_AUTH_METHODS = CLIENT_METHODS
    INCLUDE_NEW_REFRESH_TOKEN = True

    def authenticate_refresh_token(self, refresh_token: str) -> Token | None:
        client: Client = self.request.client
        with current_services().db.transaction() as tx:
            stored = tokens.token(tx, token=refresh_token)
            if stored is None or stored.kind != "refresh" or stored.grant.client_id != client.client_id:
                return None
            if stored.used:
                _end_family(tx, stored.grant, client)
                return None
        return Token(stored) if stored.live else None

    def create_token_response(self) -> tuple[int, dict[str, Any], list[tuple[str, str]]]:
        client: Client = self.request.client
        token: Token = self.request.refresh_token
        requested = (self.request.payload.scope or "").split()
        with current_services().db.transaction() as tx:
            if not tokens.rotate(tx, token_hash=token.stored.hash):
                _end_family(tx, token.stored.grant, client)
                issued = None
            else:
                issued = grants.tokens_for(
                    tx, client=client.stored, grant=token.stored.grant, scopes=requested or token.stored.scopes
                )
        if issued is None:
            raise InvalidGrantError("The refresh token was used before")
        return 200, _answer(issued), self.TOKEN_RESPONSE_HEADER


class OAuthServer(AuthorizationServer):  # type: ignore[misc]
    def authenticate_client(self, request: Any, methods: list[str], endpoint: str = "token") -> Client:
        """Authenticate in one way only, by parameters that are each there once (RFC 6749, 2.3 and 3.2)."""
        form, header = flask_request.form, credentials.of_request()
        if header is None and "Authorization" in flask_request.headers:
            raise InvalidClientError(description="The header Authorization is not one of HTTP Basic that can be read")
        if any(len(values) > 1 for _, values in form.lists()):
            raise InvalidRequestError("A parameter is there more than once")
        ways = (header is not None, bool(form.get("client_secret")), bool(form.get("client_assertion")))
        if sum(ways) > 1:
            raise InvalidRequestError("The client authenticates in more than one way")
        if header is not None and form.get("client_id", "") not in ("", unquote(header.username or "")):
            raise InvalidRequestError("client_id is not the client that authenticates")
        return cast(Client, super().authenticate_client(request, methods, endpoint))

    def create_oauth2_request(self, request: Any) -> FlaskOAuth2Request:
        """Create it without Authlib's check of the scheme: ``settings.base_url`` decides whether this runs on http."""
        del request
        oauth_request = FlaskOAuth2Request.__new__(FlaskOAuth2Request)
        super(FlaskOAuth2Request, oauth_request).__init__(
            method=flask_request.method, uri="https://checked-by-the-settings/", headers=flask_request.headers
        )
        oauth_request._request = flask_request  # noqa: SLF001 - as its own constructor does
        oauth_request.payload = FlaskOAuth2Payload(flask_request)
        return oauth_request

    def get_authorization_grant(self, request: Any) -> Any:
        if request.payload.response_type == "code":
            return super().get_authorization_grant(request)
        client = self.query_client(request.payload.client_id or "")
        uri = request.payload.redirect_uri or (client.get_default_redirect_uri() if client else None)
        registered_uri = uri if client and uri and client.check_redirect_uri(uri) else None
        raise UnsupportedResponseTypeError("", "response_type must be code", redirect_uri=registered_uri)

    def get_token_grant(self, request: Any) -> Any:
        if not request.form.get("grant_type"):
            raise UnsupportedGrantTypeError("")
        return super().get_token_grant(request)

    def handle_error_response(self, request: Any, error: OAuth2Error) -> Any:
        if isinstance(error, InvalidClientError):
            error.status_code = 401  # RFC 6749, 5.2; requirement A2
        error.description = error.get_error_description() or DESCRIPTIONS.get(error.error, "")
        return super().handle_error_response(request, error)


def _end_family(tx: Tx, grant: stored_grants.OAuthGrant, client: Client) -> None:
    grants.end(tx, grant=grant, reason="refresh-reused", actor=audit.Actor("client", client.client_id))


def _answer(issued: grants.IssuedTokens) -> dict[str, Any]:
    body: dict[str, Any] = {
        "access_token": issued.access_token,
        "token_type": "Bearer",
        "expires_in": issued.expires_in,
        "scope": " ".join(issued.scopes),
    }
    body["grant_id"] = issued.grant_id
    if issued.refresh_token:
        body["refresh_token"] = issued.refresh_token
        body["refresh_expires_in"] = issued.refresh_expires_in
    if issued.patient:
        body["patient"] = issued.patient
        body["need_patient_banner"] = True
    return body


def _query_client(client_id: str) -> Client | None:
    with current_services().db.reading() as tx:
        stored = clients.client_by_id(tx, client_id=client_id)
    return Client(stored) if stored else None


def _public_client(query_client: Callable[[str], Client | None], request: Any) -> Client | None:
    """Return a public client (``none``) by its id. A refresh may leave it out: its token tells (RFC 6749, 6).

    Authlib then asks whether that client is a public one; what keeps a secret must show it.
    """
    form = request.payload.data
    if form.get("client_secret"):
        return None
    client_id = form.get("client_id") or ""
    if not client_id and form.get("grant_type") == "refresh_token":
        with current_services().db.reading() as tx:
            stored = tokens.token(tx, token=form.get("refresh_token") or "")
        client_id = stored.grant.client_id if stored is not None and stored.kind == "refresh" else ""
    return query_client(client_id) if client_id else None


def bind(app: Flask) -> None:
    """Give this application its authorization server."""
    services: Services = app.extensions["tributary"]
    server = OAuthServer(app, query_client=_query_client, save_token=None)
    server.register_client_auth_method("none", _public_client)
    server.register_client_auth_method("private_key_jwt", PrivateKeyJwt(services))
    server.register_grant(CodeGrant, [Pkce(required=True)])
    server.register_grant(RotatingRefreshGrant)
    server.register_grant(BackendGrant)
    server.register_endpoint(TokenRevocation)
    server.register_endpoint(TokenIntrospection)
    app.extensions[_EXTENSION] = server


def oauth_server() -> OAuthServer:
    return cast(OAuthServer, current_app.extensions[_EXTENSION])
