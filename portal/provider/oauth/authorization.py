"""The request of an app that sends a person here, checked (RFC 6749, 4.1.1; SMART App Launch 2.2.0)."""

from authlib.oauth2.rfc6749 import AccessDeniedError, InvalidScopeError, OAuth2Error
from flask import request

from portal.access import Actor
from portal.extensions import current_services
from portal.provider.oauth import consent, scopes
from portal.provider.oauth.server import oauth_server


class RefusedRequestError(Exception):
    """What the client did wrong, or that the person said no. ``redirect_uri``: only where it is the client's own.

    ``code`` is one of RFC 6749, 4.1.2.1.
    """

    def __init__(self, error: OAuth2Error) -> None:
        super().__init__(str(error.error))
        self.code = str(error.error)
        self.description = str(error.description or "")
        self.redirect_uri: str | None = error.redirect_uri


def consent_question(actor: Actor | None) -> consent.Question | None:
    """Check the request in hand and say what to ask; None when nobody is signed in.

    Raises:
        RefusedRequestError: it cannot be answered.
    """
    try:
        grant = oauth_server().get_consent_grant(end_user=None)
        if actor is None:
            return None
        services = current_services()
        with services.db.reading() as tx:
            question = consent.question(
                tx,
                services.settings,
                client=grant.client,
                actor=actor,
                scope=grant.request.scope,
                redirect_uri=grant.redirect_uri,
                request=request.args,
            )
        if any(scope.context == "system" for scope in scopes.resource_scopes(question.requested)):
            raise InvalidScopeError(redirect_uri=grant.redirect_uri)
    except OAuth2Error as error:
        raise RefusedRequestError(error) from error
    return question


def denied() -> RefusedRequestError:
    """Return what the app is told when the person says no.

    Raises:
        RefusedRequestError: the request itself cannot be answered.
    """
    try:
        grant = oauth_server().get_consent_grant(end_user=None)
    except OAuth2Error as error:
        raise RefusedRequestError(error) from error
    return RefusedRequestError(AccessDeniedError(redirect_uri=grant.redirect_uri))
