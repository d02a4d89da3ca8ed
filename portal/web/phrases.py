"""Phrases in the language of the request, as Flask-Babel has them; a page has hundreds.

Flask-Babel finds its domain and its catalogue anew for each phrase, through half a dozen proxies.
"""

from typing import Any

from babel import Locale
from flask_babel import get_domain, get_locale
from flask_babel.speaklater import LazyString

from portal.extensions import of_request


def gettext(text: str, /, **variables: Any) -> str:
    """Return a phrase with its variables put in."""
    phrase: str = catalogue().ugettext(text)
    return phrase % variables if variables else phrase


def ngettext(text: str, plural: str, num: int, /, **variables: Any) -> str:
    """Return a phrase in the form for ``num``, which is one of its variables."""
    phrase: str = catalogue().ungettext(text, plural, num)
    return phrase % {"num": num, **variables}


def lazy_gettext(text: str, /, **variables: Any) -> LazyString:
    """Return a phrase that is looked up when it is written."""
    return LazyString(gettext, text, **variables)


def catalogue() -> Any:
    """Return the catalogue of the request: of its language, and worded for whose record is open."""
    values = of_request()
    phrases = getattr(values.get("_flask_babel"), "babel_translations", None)
    if phrases is None or values.get("person_in_address") is not None:
        return get_domain().get_translations()
    return phrases


def current_locale() -> Locale | None:
    """Return the locale of the request; None outside of one."""
    locale: Locale | None = getattr(of_request().get("_flask_babel"), "babel_locale", None)
    return locale if locale is not None else get_locale()
