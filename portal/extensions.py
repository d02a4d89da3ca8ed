"""Flask extensions, created once and bound to each application in ``portal.app``; and what an application carries."""

from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, cast

from flask import Flask, Request, Response, current_app, g
from flask.ctx import AppContext, RequestContext
from flask.globals import app_ctx, request_ctx
from flask_babel import Babel, Domain, get_locale
from flask_compress import Compress
from flask_limiter import Limiter
from flask_login import LoginManager, current_user
from flask_wtf import CSRFProtect

from portal.services import Services
from portal.store.engine.database import Keys


class Phrases(Domain):
    """The catalogue of the request's language, looked up once a request instead of once a phrase.

    Flask-Babel forgets ``babel_translations`` itself where it changes the language within a request.
    """

    def get_translations(self) -> Any:
        context = getattr(g, "_flask_babel", None)  # where Flask-Babel keeps what is a request's own
        phrases = getattr(context, "babel_translations", None)
        if phrases is None:
            phrases = super().get_translations()  # type: ignore[no-untyped-call]
            if get_locale() is not None:
                g._flask_babel.babel_translations = phrases  # noqa: SLF001 - as above
        return phrases


class ViewLimiter(Limiter):
    """Limits the views that are bound to it, and looks at no request of other areas: nothing else has limits."""

    def init_app(self, app: Flask) -> None:
        super().init_app(app)
        app.before_request_funcs[None].remove(self._check_request_limit)
        self._count, self._end = app.after_request_funcs[None].pop(), app.teardown_request_funcs[None].pop()
        self._areas: set[str] = set()

    def bind(self, app: Flask, endpoint: str, limit: Callable[[Any], Any]) -> None:
        """Limit a view; what its area (a blueprint) answers is looked at from now on, for limits of what fails."""
        app.view_functions[endpoint] = limit(app.view_functions[endpoint])
        area = endpoint.partition(".")[0]
        if area not in self._areas:
            self._areas.add(area)
            app.after_request_funcs[area].append(self._count)
            app.teardown_request_funcs[area].append(self._end)


class SignIns(LoginManager):  # type: ignore[misc]
    """Loads who is signed in. It looks at no answer: no sign-in here asks to be remembered by a cookie of its own."""

    def init_app(self, app: Flask, add_context_processor: bool = True) -> None:  # noqa: FBT001, FBT002 - the library's
        super().init_app(app, add_context_processor)
        app.after_request_funcs[None].remove(self._update_remember_cookie)


class _Compress(Compress):
    """Compresses refusals, too: the library leaves what is not 2xx as it is, and a form that comes back with what is to
    be corrected is as heavy on a slow line as it was before."""

    def after_request(self, response: Response | None) -> Response:
        if response is None or response.status_code < 400:
            return super().after_request(response)
        status, response.status_code = response.status, 200
        try:
            return super().after_request(response)
        finally:
            response.status = status


KNOWN = "tributary.known"
"""In the WSGI environment: that the request showed a token or a password, and it was good."""

ACCOUNT = "account"
"""In the session of who is signed in: whose sign-in it is, as a keyed hash; the same in each browser."""

babel = Babel()
babel.domain_instance = Phrases()  # type: ignore[no-untyped-call]
compress = _Compress()
csrf = CSRFProtect()
login = SignIns()


def of_request() -> dict[str, Any]:
    """Return what is kept for this request (the values of ``flask.g``); outside of one nothing is.

    One look behind the proxy, which looks anew for each value: a page asks hundreds of times.
    """
    context = _contexts.get(None)
    return context.g.__dict__ if context is not None else {}


def current_request() -> Request:
    """Return Flask's ``request`` itself: its proxy fails to find each attribute in itself first, and says so in words,
    which takes as long as twenty attributes."""
    return _requests.get().request


def current_application() -> Flask:
    """Return Flask's ``current_app`` itself, behind its proxy."""
    return _contexts.get().app


_contexts: ContextVar[AppContext] = cast(Any, app_ctx).__wrapped__  # what the proxies look into
_requests: ContextVar[RequestContext] = cast(Any, request_ctx).__wrapped__


def signed_in() -> Any:
    """Return Flask-Login's ``current_user`` itself: behind the proxy, as above."""
    user = of_request().get("_login_user")
    return current_user._get_current_object() if user is None else user  # noqa: SLF001 - as above


def current_services() -> Services:
    """Return what this instance works with; in a preview (``portal.web.see_as``) nothing of it is kept."""
    context = _contexts.get(None)
    if context is None:
        return cast(Services, current_app.extensions["tributary"])  # which says that there is none
    services: Services = context.g.__dict__.get("services") or context.app.extensions["tributary"]
    return services


def keys_of_request() -> Keys:
    """Return people's keys that this request has unwrapped; they end with it."""
    keys: Keys = of_request().setdefault("person_keys", {})
    return keys
