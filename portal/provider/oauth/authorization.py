"""The request of an app that sends a person here, checked (RFC 6749, 4.1.1; SMART App Launch 2.2.0; OpenID Connect)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from authlib.oauth2.rfc6749 import AccessDeniedError, InvalidRequestError, InvalidScopeError, OAuth2Error
from authlib.oidc.core.errors import (
    ConsentRequiredError,
    LoginRequiredError,
    RegistrationNotSupportedError,
    RequestNotSupportedError,
    RequestURINotSupportedError,
)
from flask import request

from portal.access import Actor
from portal.extensions import current_services
from portal.provider.oauth import consent, scopes
from portal.provider.oauth.server import oauth_server
from portal.store.provider import clients
from portal.store.provider.clients import OAuthClient

_NOT_SUPPORTED: Mapping[str, type[OAuth2Error]] = {
    "request": RequestNotSupportedError,
    "request_uri": RequestURINotSupportedError,
    "registration": RegistrationNotSupportedError,
}
_LONGEST_AGE = 10 * 365 * 24 * 3600  # seconds


class RefusedRequestError(Exception):
    """What the client did wrong, or that the person said no. ``redirect_uri``: only where it is the client's own.

    ``code`` is one of RFC 6749, 4.1.2.1, or OpenID Connect Core, 3.1.2.6. ``client``: who asked, where that is known.
    """

    def __init__(self, error: OAuth2Error) -> None:
        super().__init__(str(error.error))
        self.code = str(error.error)
        self.description = str(error.description or "")
        self.redirect_uri: str | None = error.redirect_uri
        self.client: OAuthClient | None = None
        if self.redirect_uri:
            with current_services().db.reading() as tx:
                self.client = clients.client_by_id(tx, client_id=request.args.get("client_id", ""))

    @property
    def goes_back(self) -> bool:
        """Whether the app is told by a redirect: only what the operator checked, and nobody else before a person agreed
        (RFC 9700, 4.11.2)."""
        return self.redirect_uri is not None and self.client is not None and self.client.trusted


def consent_question(actor: Actor | None, *, signed_in_at: datetime | None) -> consent.Question | None:
    """Check the request in hand and say what to ask; None when somebody has to sign in, perhaps again.

    ``signed_in_at``: when ``actor`` did.

    Raises:
        RefusedRequestError: it cannot be answered.
    """
    try:
        grant = _grant()
        must_sign_in = _must_sign_in(grant, signed_in_at)
        if actor is None or must_sign_in:
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
        grant = _grant()
    except OAuth2Error as error:
        raise RefusedRequestError(error) from error
    return RefusedRequestError(AccessDeniedError(redirect_uri=grant.redirect_uri))


def after_sign_in() -> list[tuple[str, str]]:
    """Return the parameters of the request without its wish for a fresh sign-in, for after there was one."""
    pairs = [(name, value) for name, value in request.args.items(multi=True) if name not in ("prompt", "max_age")]
    prompts = " ".join(prompt for prompt in _prompts() if prompt != "login")
    return [*pairs, *([("prompt", prompts)] if prompts else [])]


def _grant() -> Any:
    """Return Authlib's grant of the request, each of whose parameters is there once (RFC 6749, 3.1).

    Where one is there twice, no redirect URI can be relied on.
    """
    if any(len(values) > 1 for _, values in request.args.lists()):
        raise InvalidRequestError("A parameter is there more than once")
    unsupported = _unsupported()
    try:
        grant = oauth_server().get_consent_grant(end_user=None)
    except OAuth2Error as error:
        if unsupported is None:
            raise
        unsupported.redirect_uri = error.redirect_uri  # of what it says beside; none where that is not the client's own
        raise unsupported from None
    if unsupported is not None:
        unsupported.redirect_uri = grant.redirect_uri
        raise unsupported
    return grant


def _unsupported() -> OAuth2Error | None:
    """Return why a request is refused that says of itself what is not read here.

    A request object would stand above the parameters beside it, and its address would have this server call one (RFC
    9101, 6.3; OpenID Connect Core, 3.1.2.6 and 6). An answer goes back by the address alone, as an app that waits for a
    form or a fragment would not see it (OAuth 2.0 Multiple Response Type Encoding Practices, 2.1).
    """
    for name, error in _NOT_SUPPORTED.items():
        if name in request.args:
            return error(f"This server does not read the parameter {name}")
    if request.args.get("response_mode", "query") != "query":
        return InvalidRequestError("response_mode must be query")
    return None


def _must_sign_in(grant: Any, signed_in_at: datetime | None) -> bool:
    """Tell whether the sign-in of this browser is too old for the app (OpenID Connect Core, 3.1.2.1).

    Raises:
        OAuth2Error: ``max_age`` is no number, or the app wants no page where there must be one.
    """
    prompts, text = _prompts(), request.args.get("max_age", "")
    if ("none" in prompts and len(prompts) > 1) or (text and not (text.isascii() and text.isdecimal())):
        raise InvalidRequestError("prompt or max_age is not valid", redirect_uri=grant.redirect_uri)
    with current_services().db.reading() as tx:
        now = tx.now
    oldest = now - timedelta(seconds=min(int(text), _LONGEST_AGE)) if text else None
    old = signed_in_at is None or "login" in prompts or (oldest is not None and signed_in_at < oldest)
    if "none" in prompts:  # nothing is ever shared without the consent page
        raise (LoginRequiredError if old else ConsentRequiredError)(redirect_uri=grant.redirect_uri)
    return old


def _prompts() -> list[str]:
    return request.args.get("prompt", "").split()
