"""What a token is (RFC 7662), for callers that authenticate: their own tokens, or all when so registered."""

from typing import Any

from authlib.oauth2.rfc6749 import InvalidRequestError
from authlib.oauth2.rfc7662 import IntrospectionEndpoint

from portal.extensions import current_services
from portal.provider.fhir.access import may_act
from portal.provider.oauth.id_token import fhir_user
from portal.provider.oauth.models import Client, Token
from portal.store.people import people
from portal.store.provider import tokens


class TokenIntrospection(IntrospectionEndpoint):  # type: ignore[misc]
    """A token that is not good, not known or not theirs is only ``active: false``."""

    CLIENT_AUTH_METHODS = ["client_secret_basic", "client_secret_post", "private_key_jwt"]  # noqa: RUF012

    def authenticate_token(self, request: Any, client: Client) -> Token | None:
        self.check_params(request, client)
        with current_services().db.reading() as tx:
            stored = tokens.token(tx, token=request.form["token"])
        if stored is None or not (client.stored.introspects or stored.grant.client_id == client.client_id):
            return None
        return Token(stored)

    def check_params(self, request: Any, client: Client) -> None:
        """Check the request; an unknown hint is ignored (RFC 7009, 2.1; RFC 7662, 2.1)."""
        del client
        if not request.form.get("token"):
            raise InvalidRequestError("token is missing")

    def create_introspection_payload(self, token: Token | None) -> dict[str, Any]:
        return self.introspect_token(token) if token is not None and _is_good(token) else {"active": False}

    def introspect_token(self, token: Token) -> dict[str, Any]:
        services, stored = current_services(), token.stored
        grant = stored.grant
        body: dict[str, Any] = {
            "active": True,
            "client_id": grant.client_id,
            "scope": " ".join(stored.scopes),
            "exp": int(stored.expires_at.timestamp()),
            "iat": int(stored.issued_at.timestamp()),
            "iss": services.settings.base_url,
            "token_type": "Bearer" if stored.kind == "access" else "refresh_token",
        }
        with services.db.reading() as tx:
            person = people.by_id(tx, person_id=grant.person_id) if grant.person_id else None
            user = fhir_user(tx, services.settings, grant.account_id) if grant.account_id else ""
        if person is not None and person.fhir_id:
            body["patient"] = person.fhir_id
        if grant.account_id and "openid" in grant.scopes:
            body["sub"] = grant.account_id
            if user and "fhirUser" in grant.scopes:
                body["fhirUser"] = user
        return body


def _is_good(token: Token) -> bool:
    """Tell whether the FHIR API would take a token, or the one that a refresh token gives."""
    services, stored = current_services(), token.stored
    if not stored.live:
        return False
    with services.db.reading() as tx:
        return may_act(tx, services.settings, stored.grant)
