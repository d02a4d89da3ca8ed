"""SMART Backend Services: a partner's own system, without a person (requirement A6)."""

from datetime import timedelta
from typing import Any

from authlib.oauth2.rfc6749 import InvalidScopeError, UnauthorizedClientError
from authlib.oauth2.rfc6749.grants import ClientCredentialsGrant

from portal import audit
from portal.extensions import current_services
from portal.provider.oauth import scopes
from portal.provider.oauth.models import Client
from portal.store.provider import grants, tokens
from portal.store.provider.tokens import BACKEND_LIFE


class BackendGrant(ClientCredentialsGrant):  # type: ignore[misc]
    """``client_credentials`` with a signed assertion, for system/ scopes that the client is registered for.

    Tokens live 300 seconds; there is no refresh token (SMART App Launch 2.2.0, "Backend Services").
    """

    TOKEN_ENDPOINT_AUTH_METHODS = ["private_key_jwt"]  # noqa: RUF012 - Authlib's own form

    def validate_token_request(self) -> None:
        client: Client = self.authenticate_token_endpoint_client()
        if not client.check_grant_type(self.GRANT_TYPE):
            raise UnauthorizedClientError("The client is not registered for client_credentials")
        self.request.client = client
        allowed = scopes.allowed(self.request.payload.scope or "", client.stored.scopes)
        system = [str(scope) for scope in scopes.resource_scopes(allowed) if scope.context == "system"]
        if not client.stored.scopes or not system:
            raise InvalidScopeError
        self.request.scope = " ".join(system)

    def create_token_response(self) -> tuple[int, dict[str, Any], list[tuple[str, str]]]:
        client: Client = self.request.client
        granted = self.request.scope.split()
        with current_services().db.transaction() as tx:
            grant = grants.add_grant(
                tx,
                client_id=client.client_id,
                account_id=None,
                person_id=None,
                scopes=granted,
                lasting=False,
                life=BACKEND_LIFE + timedelta(seconds=1),
            )
            token = tokens.add_token(tx, grant=grant, kind="access", scopes=granted, life=BACKEND_LIFE)
            audit.record(
                tx,
                action=audit.Action.TOKEN_ISSUE,
                actor=audit.Actor("client", client.client_id[:40]),
                grant=grant.id,
            )
        body = {
            "access_token": token,
            "token_type": "Bearer",
            "expires_in": int(BACKEND_LIFE.total_seconds()),
            "scope": " ".join(granted),
        }
        return 200, body, self.TOKEN_RESPONSE_HEADER
