"""What a sign-in sets off: links that are older than an hour are refreshed (product.md §3.19)."""

from typing import Any

import structlog
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from portal.linking.nightly import at_sign_in
from portal.services import Services
from portal.web.account.users import SignedIn

_log = structlog.get_logger()


def refresh_at_sign_in(sender: Flask, *, user: SignedIn, **_rest: Any) -> None:
    """Ask for what is due for oneself and the people one acts for; nothing of it may keep somebody from signing in."""
    services: Services = sender.extensions["tributary"]
    own = [user.account.person_id] if user.account.person_id else []
    for person_id in dict.fromkeys([*own, *(grant.person_id for grant in user.grants)]):
        try:
            at_sign_in(services, person_id)
        except SQLAlchemyError as error:
            _log.warning("links.sign-in-refresh", error=type(error).__name__)
