"""The cookie by which a browser is known in which somebody signed in before."""

from flask import Response, request

from portal.authentication import factors
from portal.extensions import current_services
from portal.store.people.accounts import Account


def browser_token() -> str | None:
    return request.cookies.get(_cookie())


def remember(response: Response, account: Account, *, skips_code: bool = False) -> Response:
    """Know this browser from now on; with ``skips_code`` the second factor is not asked for in it."""
    services = current_services()
    token = factors.know_browser(services, account, browser_token(), skips_code=skips_code)
    if token:
        response.set_cookie(
            _cookie(),
            token,
            max_age=factors.KNOWN_FOR,
            secure=services.settings.secure,
            httponly=True,
            samesite="Lax",
        )
    return response


def _cookie() -> str:
    settings = current_services().settings
    return f"{'__Host-' if settings.secure else ''}{settings.slug}-browser"
