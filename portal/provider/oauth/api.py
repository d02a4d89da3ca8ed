"""The endpoints of OAuth that clients call: token, revoke, introspect, register, keys, discovery."""

from typing import cast

from flask import Blueprint, Flask, Response, jsonify, make_response, request

from portal.endpoints import oauth_protected, public
from portal.extensions import KNOWN, csrf, current_services
from portal.provider import bodies
from portal.provider.cors import allow_cross_origin
from portal.provider.oauth import metadata, registration
from portal.provider.oauth.id_token import make_signing_key, public_keys
from portal.provider.oauth.registration import RegistrationError
from portal.provider.oauth.server import bind, oauth_server

blueprint = Blueprint("oauth_api", __name__)
blueprint.record_once(lambda state: bind(cast(Flask, state.app)))
csrf.exempt(blueprint)
_PUBLIC = frozenset({"oauth_api.keys", "oauth_api.metadata_oauth", "oauth_api.metadata_openid"})


blueprint.before_request(bodies.check)


@blueprint.before_request
def _preflight() -> Response | None:
    return make_response("", 204) if request.method == "OPTIONS" else None


@blueprint.after_request
def _headers(response: Response) -> Response:
    allow_cross_origin(response)
    if request.endpoint in _PUBLIC and response.status_code == 200:
        response.headers["Cache-Control"] = "public, max-age=300"
    else:
        response.headers["Cache-Control"] = "no-store"
        response.headers["Pragma"] = "no-cache"
    return response


@blueprint.route("/oauth/token", methods=["POST", "OPTIONS"], provide_automatic_options=False)
@oauth_protected
def token() -> Response:
    """Exchange codes, refresh tokens and signed assertions for access tokens (RFC 6749, 3.2)."""
    response = cast(Response, oauth_server().create_token_response())
    if response.status_code == 200:
        request.environ[KNOWN] = True
    return response


@blueprint.route("/oauth/revoke", methods=["POST", "OPTIONS"], provide_automatic_options=False)
@oauth_protected
def revoke() -> Response:
    """End a token (RFC 7009): a refresh token ends its whole grant, an access token itself."""
    return cast(Response, oauth_server().create_endpoint_response("revocation"))


@blueprint.route("/oauth/introspect", methods=["POST", "OPTIONS"], provide_automatic_options=False)
@oauth_protected
def introspect() -> Response:
    """Introspect a token (RFC 7662)."""
    return cast(Response, oauth_server().create_endpoint_response("introspection"))


@blueprint.route("/oauth/register", methods=["POST", "OPTIONS"], provide_automatic_options=False)
@oauth_protected
def register() -> tuple[Response, int]:
    """Register an app that registers itself (RFC 7591)."""
    try:
        registered = registration.register(
            current_services(), body=request.get_data(), address=request.remote_addr or ""
        )
    except RegistrationError as error:
        return jsonify(error=error.error, error_description=error.text), error.status
    with current_services().db.reading() as tx:
        now = int(tx.now.timestamp())
    return jsonify(registered.answer(now)), 201


@blueprint.get("/oauth/jwks")
@public
def keys() -> Response:
    """Return the keys that verify our id_tokens."""
    with current_services().db.reading() as tx:
        key_set = public_keys(tx)
    if not key_set["keys"]:
        make_signing_key(current_services().db)
        return keys()
    return jsonify(key_set)


@blueprint.get("/.well-known/oauth-authorization-server", endpoint="metadata_oauth")
@blueprint.get("/.well-known/openid-configuration", endpoint="metadata_openid")
@public
def well_known() -> Response:
    """Answer RFC 8414 and OpenID Connect discovery."""
    return jsonify(metadata.openid_configuration(current_services().settings))
