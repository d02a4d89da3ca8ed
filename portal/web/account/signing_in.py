"""Going on when it is known whose account it is."""

from flask import make_response, redirect, url_for
from werkzeug.wrappers import Response

from portal.authentication import factors
from portal.extensions import current_services
from portal.store.people.accounts import Account
from portal.web.account import users
from portal.web.account.browsers import browser_token, remember


def go_on(account: Account, following: str) -> Response:
    """Sign in, or ask for the second factor first."""
    if factors.is_due(current_services(), account, browser_token()):
        users.ask_for_factor(account)
        return redirect(url_for("account.code", next=following), 303)
    # Where this browser is known, nobody showed the second factor just now: before a big step it is asked for.
    users.begin_session(account, confirmed=not factors.summary(current_services(), account).is_any)
    return remember(make_response(redirect(users.after_sign_in(following), 303)), account)
