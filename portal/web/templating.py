"""What every template can use."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, cast

from flask import Flask, g, url_for
from flask_babel import get_domain, get_locale
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup, escape
from sqlalchemy.exc import SQLAlchemyError

from portal.access import Duty, Permission, can, has_duty
from portal.domain.people import Role
from portal.domain.sections import Section
from portal.endpoints import access_of
from portal.extensions import (
    Phrases,
    babel,
    current_application,
    current_request,
    current_services,
    of_request,
    signed_in,
)
from portal.store.people.accounts import Account
from portal.web import assets, formats, phrases, words
from portal.web.headers import csp_nonce
from portal.web.htmx import is_fragment
from portal.web.phrases import lazy_gettext, put_in
from portal.web.reworded import Reworded
from portal.web.sent import attributes, span
from portal.web.whose import PhrasesOfAnother, open_person, others_name, people_menu

LANGUAGES = {"en": "English", "es": "Español"}
LANGUAGE_COOKIE = "language"
REDUCE_COOKIE = "reduce_data"


def _account() -> Account | None:
    """Who is signed in; nobody while the database is away, so that the page that says so can be made."""
    try:
        user = signed_in()
        return cast(Account, user.account) if user.is_authenticated else None
    except SQLAlchemyError:
        return None


def locale() -> str:
    """Return the person's language, else what this browser chose, else the browser's."""
    account = _account()
    if account and account.locale in LANGUAGES:
        return account.locale
    request = current_request()
    chosen = request.cookies.get(LANGUAGE_COOKIE)
    if chosen in LANGUAGES:
        return str(chosen)
    return request.accept_languages.best_match(list(LANGUAGES)) or "en"


def reduce_data() -> bool:
    """Whether nothing may load by itself: the person's choice, or the browser's Save-Data (requirement F5)."""
    account = _account()
    if account and account.reduce_data:
        return True
    request = current_request()
    return request.cookies.get(REDUCE_COOKIE) == "1" or request.headers.get("Save-Data", "").lower() == "on"


@dataclass(frozen=True, slots=True)
class NavItem:
    label: str
    href: str
    icon: str
    current: bool
    new: int = 0


_Plan = tuple[tuple[str, str, Permission | None], ...]
_MAIN: _Plan = (
    ("/", "home", Permission.VIEW_RECORD),
    ("/health", "record", Permission.VIEW_RECORD),
    ("/messages", "messages", Permission.VIEW_MESSAGES),
    ("/links", "link", Permission.VIEW_LINKS),
    ("/help", "help", None),
)
_OWN: _Plan = (
    ("/family", "family", None),
    ("/activity", "activity", Permission.VIEW_ACTIVITY),
    ("/settings", "settings", None),
)
_BY_ROLE: dict[Role, _Plan] = {
    Role.STAFF: (("/staff", "person", None), ("/staff/log", "activity", None), ("/help", "help", None)),
    Role.CARE_TEAM: (
        ("/care-team", "messages", None),
        ("/care-team/settings", "settings", None),
        ("/help", "help", None),
    ),
    Role.RECORDS: (
        ("/staff/corrections", "person", None),
        ("/staff/merges", "family", None),
        ("/help", "help", None),
    ),
    Role.PRIVACY: (("/admin/audit", "activity", None), ("/help", "help", None)),
    Role.ADMIN: (("/admin/", "settings", None), ("/help", "help", None)),
}


_LABELS = {
    "/": lazy_gettext("Home"),
    "/health": lazy_gettext("Record"),
    "/messages": lazy_gettext("Messages"),
    "/links": lazy_gettext("Accounts"),
    "/help": lazy_gettext("Help"),
    "/family": lazy_gettext("Family and access"),
    "/activity": lazy_gettext("Who has looked at my record"),
    "/settings": lazy_gettext("Settings"),
    "/staff": lazy_gettext("Find a patient"),
    "/staff/log": lazy_gettext("My log"),
    "/staff/corrections": lazy_gettext("Corrections"),
    "/staff/merges": lazy_gettext("Two records of one person"),
    "/care-team": lazy_gettext("Messages"),
    "/care-team/settings": lazy_gettext("Settings"),
    "/admin/": lazy_gettext("Administration"),
    "/admin/audit": lazy_gettext("Who looked at a record?"),
}


def _is_of_staff(endpoint: str) -> bool:
    access = access_of(current_application(), endpoint)
    return access is not None and isinstance(access.permission, Duty)


def may_open(endpoint: str) -> bool:
    """Tell whether a page of staff is there for who is signed in."""
    access, account = access_of(current_application(), endpoint), _account()
    return bool(
        account and access and isinstance(access.permission, Duty) and has_duty(account.role, access.permission)
    )


def endpoint_of(rule: str) -> str:
    """Return the endpoint that serves a rule such as "/links/<link>".

    Raises:
        KeyError: there is no such page: a menu never leaves out in silence what somebody forgot to build.
    """
    return _endpoints()[rule]


def _endpoints() -> dict[str, str]:
    app = current_application()
    endpoints: dict[str, str] = app.extensions.setdefault("tributary-rules", {})
    if not endpoints:
        endpoints.update(
            {route.rule: route.endpoint for route in app.url_map.iter_rules() if "GET" in (route.methods or ())}
        )
    return endpoints


def _area(endpoint: str) -> str:
    return endpoint.partition(".")[0]


def _items(plan: _Plan) -> Iterator[NavItem]:
    open_, actor, news = open_person(), signed_in().actor, _news()
    current = current_request().endpoint or ""
    # The page that says "not for you" is like that of no page.
    refused = current and _is_of_staff(current) and not may_open(current)
    # Of two pages of one area, the first stands for what is below them.
    unseen = set() if refused else {_area(current)}
    endpoints = _endpoints()
    exact = {endpoints[rule] for rule, _icon, _permission in plan}
    for rule, icon, permission in plan:
        endpoint = endpoints[rule]
        if permission and not (open_ and can(actor, permission, open_["id"])):
            continue
        is_current = current == endpoint if current in exact else _area(endpoint) in unseen
        unseen.discard(_area(endpoint))
        yield NavItem(str(_LABELS[rule]), _page_address(endpoint), icon, current=is_current, new=news.get(rule, 0))


def _news() -> dict[str, int]:
    """Return what is new by the page that lists it, while one's own record is open; counted with the sign-in."""
    open_, account = open_person(), _account()
    if account is None or open_ is None or open_["other"]:
        return {}
    stored = signed_in().stored
    return {"/messages": stored.new_messages, "/health": stored.new_items}


def news_title() -> str:
    """Return what stands before a page's title: "(3) ", or nothing."""
    number = sum(_news().values())
    return f"({phrases.counted(number)}) " if number else ""


def navigation() -> list[NavItem]:
    """Return the main navigation: what this sign-in may open for the open person."""
    account = _account()
    if account is None:
        return []
    listed = list(_items(_BY_ROLE.get(account.role, _MAIN)))
    endpoint = current_request().endpoint
    is_opened = endpoint is not None and may_open(endpoint)
    if account.role is Role.ADMIN and is_opened and not any(item.current for item in listed):
        listed[0] = replace(listed[0], current=True)  # apps, merges: pages of other areas, in the administrator's menu
    return listed


def home_address() -> str:
    """Return where the logo leads: to the first page of the record that is open, as far as it may be seen."""
    account = _account()
    first = next(_items(_BY_ROLE.get(account.role, _MAIN)), None) if account else None
    return first.href if first else "/"


def own_menu() -> list[NavItem]:
    """Return the menu behind the person's name."""
    account = _account()
    if account is None:
        return []
    return list(_items(_OWN if account.role is Role.PATIENT else _OWN[-1:]))


def _gettext(text: str, /, **variables: Any) -> Markup:
    """Return a template's phrase: what is put into it is escaped, the phrase itself is ours.

    Jinja's own does the same through three calls and always formats; a page has hundreds of phrases.
    """
    values = of_request()
    spoken = getattr(values.get("_flask_babel"), "babel_translations", None)  # as in ``phrases.catalogue``
    if spoken is None or values.get("person_in_address") is not None:
        spoken = _phrases()
    phrase = Markup(spoken.ugettext(text)) if type(spoken) is Reworded else _marked(spoken, text)  # noqa: S704 - ours
    return put_in(phrase, variables) if variables or "%" in phrase else phrase


@lru_cache(maxsize=8000)
def _marked(catalogue: Any, text: str) -> Markup:
    """Return a phrase of a template, which is nobody's, from a catalogue, which says the same to everybody."""
    return Markup(catalogue.ugettext(text))  # noqa: S704 - a phrase of our templates or catalogues


def _ngettext(text: str, plural: str, number: int, /, **variables: Any) -> Markup:
    variables.setdefault("num", number)
    phrase = _phrases().ungettext(text, plural, number)
    return put_in(Markup(phrase), variables)  # noqa: S704 - as above


def _url_for(endpoint: str, **values: Any) -> str:
    """Return an address, made once a request: many rows of a page lead to the same help or section."""
    if not values:
        return _page_address(endpoint)
    if values.keys() == {"section"}:
        return section_address(endpoint, values["section"])
    key = (endpoint, *sorted(values.items()))
    addresses: dict[Any, str] = of_request().setdefault("addresses", {})
    if key not in addresses:
        addresses[key] = url_for(endpoint, **values)
    return addresses[key]


def _page_address(endpoint: str) -> str:
    """Return the address of a page that needs no values; where nobody's record is named in it, it is made once."""
    addresses = _addresses()
    address = addresses.get(endpoint)
    if address is None:
        address = addresses[endpoint] = url_for(endpoint)
    return address


def section_address(endpoint: str, section: str, **others: str) -> str:
    """Return the address of a section's page, with ``others`` (which are nobody's) likewise made once."""
    addresses = _addresses()
    key = (endpoint, section, *others.values())
    address = addresses.get(key)
    if address is None:
        values: dict[str, Any] = {"section": str(Section(section)), **others}
        address = addresses[key] = url_for(endpoint, **values)
    return address


def _addresses() -> dict[Any, str]:
    """Return where addresses are kept: for good what names nobody's record, below no prefix; else for this request."""
    values = of_request()
    if values.get("person_in_address") is not None:
        return values.setdefault("addresses_of_another", {})  # type: ignore[no-any-return]
    addresses: dict[Any, str] | None = values.get("page_addresses")
    if addresses is None:
        shared: dict[Any, str] = current_application().extensions.setdefault("tributary-addresses", {})
        addresses = values["page_addresses"] = {} if current_request().script_root else shared
    return addresses


def _csrf_token() -> str:
    """Return the token of this page's forms, which Flask-WTF keeps for the request: a page may have dozens of forms."""
    token: str = of_request().get("csrf_token") or generate_csrf()
    return token


def _phrases() -> Any:
    """Return the catalogue of the request's language; a page has hundreds of phrases."""
    spoken = phrases.catalogue()
    if not isinstance(spoken, Reworded):
        return spoken
    catalogue, name = Phrases.get_translations(cast(Phrases, get_domain())), others_name()
    if g.get("reworded_from") is not catalogue:
        # A template takes a phrase for markup, so that what comes from outside is escaped before it is in one.
        g.reworded_from, g.reworded = catalogue, Reworded(catalogue, str(escape(name)))
    return g.reworded


def _once(macro: Callable[[tuple[Any, ...]], Markup], values: Sequence[Any]) -> Markup:
    """Return what a macro makes of these values, made once a request: many rows come from the same organizations."""
    rendered: dict[Any, Markup] = of_request().setdefault("rendered", {})
    key = (macro, *values)
    if key not in rendered:
        rendered[key] = macro(tuple(values))
    return rendered[key]


def _blank(macro: Callable[[Any], Markup], form: Any) -> Markup:
    """Return the fields of a form; where nobody filled in one they are nobody's, and made once for each language."""
    spoken = _phrases()
    if type(spoken) is Reworded or any(field.raw_data or field.data or field.errors for field in form):
        return macro(form)
    rendered: dict[Any, Markup] = current_application().extensions.setdefault("tributary-blank", {})
    key = (type(form), spoken)
    if key not in rendered:
        rendered[key] = macro(form)
    return rendered[key]


def bind(app: Flask) -> None:
    assets.bind(app)
    babel.domain_instance = PhrasesOfAnother()  # type: ignore[no-untyped-call]
    app.jinja_env.globals.update(
        {"_": _gettext},
        gettext=_gettext,
        ngettext=_ngettext,
        once=_once,
        blank=_blank,
        url_for=_url_for,
        asset=assets.asset,
        symbol=assets.symbol,
        csp_nonce=csp_nonce,
        first_paint=assets.first_paint,
        csrf_token=_csrf_token,
        is_fragment=is_fragment,
        languages=LANGUAGES,
        may_open=may_open,
        saves_data=reduce_data,
        section_word=words.section_word,
        state_word=words.state_word,
        state_help=words.state_help,
    )
    app.jinja_env.filters.update(
        sent=attributes,
        sent_span=span,
        fhir_date=formats.fhir_date,
        moment=formats.moment,
        ago=formats.ago,
        clock=formats.clock,
        dialled=formats.dialled,
        phones=formats.with_phones,
        quantity=formats.quantity,
        counted=phrases.counted,
        decimal=formats.number,
    )

    @app.context_processor
    def _common() -> dict[str, Any]:
        return {
            "csrf_token": _csrf_token,
            "settings": current_services().settings,
            "open_person": open_person,
            "navigation": navigation,
            "news_title": news_title,
            "people_menu": people_menu,
            "home_address": home_address,
            "own_menu": own_menu,
            "account": _account(),
            "ends_at": lambda: signed_in().stored.ends_at,
            "seconds_left": lambda: signed_in().stored.seconds_left,
            "reduce_data": reduce_data(),
            "locale": get_locale(),
        }
