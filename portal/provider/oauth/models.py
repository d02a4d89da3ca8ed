"""Our values in the shape that Authlib's grants expect."""

from dataclasses import dataclass
from typing import Any

from authlib.oauth2.rfc6749 import AuthorizationCodeMixin, ClientMixin, TokenMixin

from portal.access.passwords import verify_password
from portal.provider.oauth import scopes
from portal.provider.types import LINKED_SUMMARY
from portal.store.provider.clients import OAuthClient
from portal.store.provider.tokens import StoredCode, StoredToken

_SECRETS = frozenset({"client_secret_basic", "client_secret_post"})


@dataclass(frozen=True, slots=True)
class Client(ClientMixin):  # type: ignore[misc]
    stored: OAuthClient

    @property
    def client_id(self) -> str:
        return self.stored.client_id

    def get_client_id(self) -> str:
        return self.stored.client_id

    def get_default_redirect_uri(self) -> str | None:
        """Return the only registered redirect URI; None where there are several: which of them is never guessed."""
        return self.stored.redirect_uris[0] if len(self.stored.redirect_uris) == 1 else None

    def get_allowed_scope(self, scope: str | None) -> str | None:
        permitted = scopes.allowed(scope or "", self.stored.scopes)
        return " ".join(text for text in permitted if self._may_have(text)) or None

    def _may_have(self, scope: str) -> bool:
        """Tell whether it may be granted: what linked organizations sent goes to a person's own apps alone."""
        parsed = scopes.parse(scope)
        return parsed is None or parsed.type != LINKED_SUMMARY or not self.stored.is_of_an_organization

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        """Compare as a string, nothing else (RFC 9700, 2.1)."""
        return redirect_uri in self.stored.redirect_uris

    def check_client_secret(self, client_secret: str) -> bool:
        return verify_password(self.stored.secret_hash or None, client_secret)

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        """Return the registered method; a secret may come in the header or in the body."""
        del endpoint
        own = self.stored.auth_method
        return method == own or (method in _SECRETS and own in _SECRETS)

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code" and "authorization_code" in self.stored.grant_types

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type in self.stored.grant_types


@dataclass(frozen=True, slots=True)
class AuthorizationCode(AuthorizationCodeMixin):  # type: ignore[misc]
    stored: StoredCode
    code_challenge_method = "S256"

    @property
    def code_challenge(self) -> str:
        return self.stored.data.challenge

    def get_redirect_uri(self) -> str:
        return self.stored.data.redirect_uri

    def get_scope(self) -> str:
        return self.stored.data.scope


@dataclass(frozen=True, slots=True)
class Token(TokenMixin):  # type: ignore[misc]
    stored: StoredToken

    def check_client(self, client: Any) -> bool:
        return bool(self.stored.grant.client_id == client.get_client_id())

    def get_scope(self) -> str:
        return " ".join(self.stored.scopes)

    def is_expired(self) -> bool:
        return not self.stored.live

    def is_revoked(self) -> bool:
        return not self.stored.live
