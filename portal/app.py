"""Wiring: the only place where the parts of one instance are put together. No state outside the application object."""

from collections.abc import Callable
from typing import Any

from flask import Flask
from jinja2 import StrictUndefined

from portal import logs
from portal.access import passwords
from portal.config import Settings
from portal.domain.forgetting import forget
from portal.extensions import babel, compress, csrf, current_request, keys_of_request, login
from portal.fhir import bulkhead
from portal.paths import STATIC, TEMPLATES
from portal.processes import ready_types
from portal.provider import brands, health_cards, health_links, rate_limits
from portal.provider.fhir import views as fhir
from portal.provider.oauth import api as oauth
from portal.services import open_services
from portal.web import blueprints, environment, errors, guards, headers, metrics, templating, throttle, uploads
from portal.web.clocks import Sessions


class _Portal(Flask):
    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function: none of ours is ``async``, and Flask would look at twenty of them for each request."""
        return func


def create_app(settings: Settings) -> Flask:
    """Return the WSGI application of one instance.

    The database must be at the current schema (``portal db upgrade``); nothing is created or called here.
    """
    app = _Portal("portal", template_folder=TEMPLATES, static_folder=STATIC)
    app.config.update(
        SECRET_KEY=settings.secret_key,
        TRUSTED_HOSTS=settings.hosts,
        SESSION_COOKIE_NAME=f"{'__Host-' if settings.secure else ''}{settings.slug}",
        SESSION_COOKIE_SECURE=settings.secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session, which the server ends
        MAX_CONTENT_LENGTH=1024 * 1024,
        COMPRESS_ALGORITHM=["br", "zstd", "gzip"],
        COMPRESS_MIMETYPES=[
            "text/html",
            "text/css",
            "text/javascript",
            "image/svg+xml",
            "application/json",
            "application/fhir+json",
            "application/manifest+json",
        ],
        BABEL_DEFAULT_TIMEZONE=settings.time_zone,
        TESTING=settings.testing,
    )
    app.session_interface = Sessions()
    app.before_request(_begin_request)
    app.teardown_request(_end_request)
    app.before_request(uploads.allow)  # before the form is read, which checking its token does
    app.jinja_environment = environment.Environment
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.lstrip_blocks = True
    app.extensions["tributary"] = services = open_services(settings)
    services.db.share_keys(keys_of_request)
    logs.bind(app)
    csrf.init_app(app)
    login.init_app(app)
    babel.init_app(app, locale_selector=templating.locale)
    compress.init_app(app)
    headers.bind(app)
    guards.bind(app)
    templating.bind(app)
    errors.bind(app)
    blueprints.register(app)
    for area in (oauth, fhir, brands, health_links, health_cards):
        app.register_blueprint(area.blueprint)
    throttle.bind(app, settings)
    rate_limits.bind(app)
    metrics.bind(app)
    ready_types()
    return app


def _begin_request() -> None:
    """Say that this thread answers a request, and from where it comes."""
    bulkhead.begin_request()
    passwords.begin_request(rate_limits.network_of(current_request().remote_addr or ""))


def _end_request(_error: BaseException | None) -> None:
    bulkhead.end_request()
    passwords.end_request()
    forget()
