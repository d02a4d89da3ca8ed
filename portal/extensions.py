"""Flask extensions, created once and bound to each application in ``portal.app``; and what an application carries."""

from functools import cached_property
from typing import Any, cast

from flask import current_app, g
from flask_babel import Babel, Domain, get_locale
from flask_compress import Compress
from flask_login import LoginManager
from flask_wtf import CSRFProtect

from portal.services import Services


class _Phrases(Domain):  # type: ignore[misc]
    """The catalogue of the request's language, looked up once a request instead of once a phrase.

    Flask-Babel forgets ``babel_translations`` itself where it changes the language within a request.
    """

    def get_translations(self) -> Any:
        locale = get_locale()
        if locale is None:
            return super().get_translations()
        context = g._flask_babel
        if getattr(context, "babel_translations", None) is None:
            context.babel_translations = super().get_translations()
        return context.babel_translations


class _Babel(Babel):  # type: ignore[misc]
    @cached_property
    def domain_instance(self) -> Domain:
        return _Phrases(domain=self.domain)


babel = _Babel()
compress = Compress()
csrf = CSRFProtect()
login = LoginManager()


def current_services() -> Services:
    return cast(Services, current_app.extensions["tributary"])
