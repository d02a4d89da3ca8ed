"""Phrases in the language of the request, as Flask-Babel has them; a page has hundreds.

Flask-Babel finds its domain and its catalogue anew for each phrase, through half a dozen proxies.
"""

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, TypeVar, cast

from babel import Locale
from flask_babel import get_domain, get_locale
from flask_babel.speaklater import LazyString
from markupsafe import Markup, escape

from portal.extensions import of_request

_Phrase = TypeVar("_Phrase", bound=str)


def gettext(text: str, /, **variables: Any) -> str:
    """Return a phrase with its variables put in."""
    phrase: str = catalogue().ugettext(text)
    return put_in(phrase, variables) if variables else phrase


def ngettext(text: str, plural: str, num: int, /, **variables: Any) -> str:
    """Return a phrase in the form for ``num``, which is one of its variables."""
    phrase: str = catalogue().ungettext(text, plural, num)
    return put_in(phrase, {"num": num, **variables})


def put_in(phrase: _Phrase, variables: Mapping[str, Any]) -> _Phrase:
    """Return the phrase with its variables put in. One that ends with a period ("9:05 a. m.", "Acme Inc.") ends the
    sentence, too."""
    if ")s." in phrase or ")s</" in phrase:
        for end in _ENDS.finditer(phrase):
            if _CLOSING.sub("", str(variables.get(end[1], ""))).endswith("."):
                phrase = type(phrase)(str(phrase).replace(end[0], end[0][:-1]))
    values = _with_counts(variables)
    if type(phrase) is not Markup:
        return type(phrase)(phrase % values)
    # As Markup itself does, which makes an object of each value first.
    escaped = {name: value if _is_plain(value) else escape(value) for name, value in values.items()}
    return cast(_Phrase, as_markup(str.__mod__(phrase, escaped)))


def _is_plain(value: object) -> bool:
    """Tell whether a value is the same in HTML."""
    kind = type(value)
    return kind is int or kind is Markup or (kind is str and not _special(cast(str, value)))


_special = re.compile("[&<>\"']").search


as_markup: Callable[[str], Markup] = partial(str.__new__, Markup)
"""Return HTML as markup; ``Markup`` itself looks first whether it is given an object that has HTML of its own."""


_ENDS = re.compile(r"%\((\w+)\)s(?:</\w+>)*\.(?!\.)")
_CLOSING = re.compile(r"(?:</\w+>)+\Z")


def counted(number: int) -> str:
    """Return a count as English and the Spanish of the United States write it: "1,036"."""
    return f"{number:,}"


def _with_counts(variables: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the variables of a phrase with its whole numbers as counts; a year or another number is put in as text."""
    for value in variables.values():
        if type(value) is int and value >= _THOUSAND:
            return {name: counted(each) if type(each) is int else each for name, each in variables.items()}
    return variables


_THOUSAND = 1000


def lazy_gettext(text: str, /, **variables: Any) -> LazyString:
    """Return a phrase that is looked up when it is written."""
    return LazyString(gettext, text, **variables)


def pgettext(context: str, text: str, /) -> str:
    """Return a phrase as it is said in one place: what is one word in English need not be in other languages."""
    phrase: str = catalogue().upgettext(context, text)
    return phrase


def lazy_pgettext(context: str, text: str, /) -> LazyString:
    """Return a phrase of one place that is looked up when it is written."""
    return LazyString(pgettext, context, text)


def lazy_ngettext(text: str, plural: str) -> "partial[str]":
    """Return a phrase that is looked up when it is called with its number and its variables, as ``ngettext`` is."""
    return partial(ngettext, text, plural)


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
