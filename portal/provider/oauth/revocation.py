"""Ending a token on the client's own wish (RFC 7009)."""

from typing import Any

from authlib.oauth2.rfc6749 import InvalidRequestError
from authlib.oauth2.rfc7009 import RevocationEndpoint

from portal import audit
from portal.extensions import current_services
from portal.provider.oauth import grants
from portal.provider.oauth.models import Client, Token
from portal.store.provider import tokens


class TokenRevocation(RevocationEndpoint):  # type: ignore[misc]
    """A refresh token ends its grant with all that came of it; an access token ends alone.

    An unknown token, or another client's, is answered like one that was revoked (RFC 7009, 2.2).
    """

    CLIENT_AUTH_METHODS = ["none", "client_secret_basic", "client_secret_post", "private_key_jwt"]  # noqa: RUF012

    def authenticate_token(self, request: Any, client: Client) -> Token | None:
        self.check_params(request, client)
        with current_services().db.reading() as tx:
            stored = tokens.token(tx, token=request.form["token"])
        return Token(stored) if stored and stored.grant.client_id == client.client_id else None

    def check_params(self, request: Any, client: Client) -> None:
        """Check the request; an unknown hint is ignored (RFC 7009, 2.1; RFC 7662, 2.1)."""
        del client
        if not request.form.get("token"):
            raise InvalidRequestError("token is missing")

    def revoke_token(self, token: Token, request: Any) -> None:
        del request
        with current_services().db.transaction() as tx:
            if token.stored.kind == "refresh":
                actor = audit.Actor("client", token.stored.grant.client_id)
                grants.end(tx, grant=token.stored.grant, reason="client-revoked", actor=actor)
            else:
                tokens.revoke_token(tx, token_hash=token.stored.hash)
