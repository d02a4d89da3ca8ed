"""Error pages: what happened and what to do, and nothing else."""

from datetime import timedelta

import structlog
from flask import Flask, Response, current_app, g, request
from flask_babel import format_timedelta, get_locale
from flask_limiter.errors import RateLimitExceeded
from flask_wtf.csrf import CSRFError
from markupsafe import Markup
from werkzeug.exceptions import HTTPException, MethodNotAllowed, RequestEntityTooLarge, SecurityError

from portal.domain.errors import BusyError, InvalidInputError, NotFoundError
from portal.extensions import login
from portal.provider.refusals import refusal
from portal.store import UNAVAILABLE
from portal.web.htmx import render
from portal.web.phrases import gettext as _

_log = structlog.get_logger()


def error_page(status: int, title: str, text: str) -> Response:
    """Return a whole page that says what happened, and ``text`` what to do; to an app what it understands."""
    if (response := refusal(status)) is not None:
        return response
    try:
        return render("error.html", fragment="main", status=status, title=title, text=text)
    except Exception as error:
        if current_app.testing:
            raise
        _log.error("error_page.failed", endpoint=request.endpoint, error=type(error).__name__)
        _ask_nobody()
        return Response(_without_template(title, text), status)


def _without_template(title: str, text: str) -> Markup:
    """Return the same page when templates, or what they ask the database for, fail too."""
    return Markup(
        '<!doctype html><html lang="{}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><title>{}</title>'
        '<link rel="stylesheet" href="/static/portal.css"></head>'
        '<body><main id="main"><h1>{}</h1><p>{}</p><p><a href="/">{}</a></p></main></body></html>'
    ).format(get_locale() or "en", title, title, text, _("Go to the home page"))


def _ask_nobody() -> None:
    """Let the page, and its headers, not ask the database who is signed in: Flask-Login keeps the answer here."""
    g._login_user = login.anonymous_user()  # noqa: SLF001 - it has no public way to say "nobody"
    g.pop("person_id", None)


def _foreign_host(_error: Exception) -> Response:
    """Answer a Host header that is not ours. No page: its links cannot be made without an address of this portal."""
    return Response(_("This portal has another address."), 400, {"Cache-Control": "no-store"}, "text/plain")


def _database(_error: Exception) -> Response:
    _log.error("database.unreachable", endpoint=request.endpoint)
    _ask_nobody()
    page = error_page(
        503,
        _("This page is not available just now"),
        _("Nothing was changed. Try again in a few minutes."),
    )
    page.headers["Retry-After"] = "60"
    return page


def _busy(error: BusyError) -> Response:
    _log.warning("request.busy", endpoint=request.endpoint)
    page = error_page(
        503,
        _("Too many people are signing in just now"),
        _("Nothing was changed. Wait a few seconds, then go back and send it again."),
    )
    page.headers["Retry-After"] = error.retry_after
    return page


def _too_many(error: RateLimitExceeded) -> Response:
    seconds = error.limit.limit.get_expiry()
    page = error_page(
        429,
        _("Too many attempts"),
        _(
            "This is paused to keep accounts and records safe. Try again in %(time)s.",
            time=format_timedelta(timedelta(seconds=seconds), threshold=1),
        ),
    )
    page.headers["Retry-After"] = str(seconds)
    return page


def _too_large(_error: Exception) -> Response:
    return error_page(
        413,
        _("That is too large to send"),
        _("Nothing was changed. Go back and send less text or a smaller file."),
    )


def bind(app: Flask) -> None:
    app.register_error_handler(SecurityError, _foreign_host)
    app.register_error_handler(BusyError, _busy)
    app.register_error_handler(RateLimitExceeded, _too_many)
    app.register_error_handler(RequestEntityTooLarge, _too_large)

    @app.errorhandler(NotFoundError)
    @app.errorhandler(404)
    def _not_found(_error: Exception) -> Response:
        return error_page(
            404,
            _("Page not found"),
            _("Check the address, or go to the home page and look for it from there."),
        )

    @app.errorhandler(CSRFError)
    def _csrf(_error: CSRFError) -> Response:
        return error_page(
            400,
            _("Please send that again"),
            _(
                "This page was open for too long, or you signed in again in another tab. Nothing was changed. Go "
                "back, load the page again and send it once more."
            ),
        )

    @app.errorhandler(InvalidInputError)
    def _invalid(error: InvalidInputError) -> Response:
        _log.info("request.invalid", code=error.code)
        return error_page(400, _("That did not work"), _("Go back, check what you entered and try again."))

    for kind in UNAVAILABLE:
        app.register_error_handler(kind, _database)

    @app.errorhandler(HTTPException)
    def _http(error: HTTPException) -> Response:
        page = error_page(error.code or 500, _("That did not work"), _("Go to the home page and start from there."))
        if isinstance(error, MethodNotAllowed) and error.valid_methods:
            page.headers["Allow"] = ", ".join(sorted(error.valid_methods))  # RFC 9110, 15.5.6
        return page

    @app.errorhandler(Exception)
    def _unexpected(error: Exception) -> Response:
        if app.testing:
            raise error
        # The type and the place, never the message: it may carry what a person typed.
        frame = error.__traceback__
        while frame is not None and frame.tb_next is not None:
            frame = frame.tb_next
        _log.error(
            "request.failed",
            endpoint=request.endpoint,
            error=type(error).__name__,
            file=frame.tb_frame.f_code.co_filename if frame else None,
            line=frame.tb_lineno if frame else None,
        )
        return error_page(
            500,
            _("Something went wrong on our side"),
            _("Try again in a few minutes. If you were sending something, look first whether it was saved."),
        )
