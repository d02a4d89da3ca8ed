"""How every endpoint is classified: a decorator on each view says who may call it; one without is never served."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar, cast

from flask import Flask

from portal.access import Duty, Permission

View = TypeVar("View", bound=Callable[..., Any])


class Kind(StrEnum):
    PUBLIC = "public"
    SIGNED_IN = "signed-in"
    PERSON = "person"
    DUTY = "duty"
    OAUTH = "oauth"  # the endpoint checks its own bearer token or client authentication


@dataclass(frozen=True, slots=True)
class Access:
    kind: Kind
    permission: Permission | Duty | None = None


def _tag(view: View, access: Access) -> View:
    view.access = access  # type: ignore[attr-defined]
    return view


def public(view: View) -> View:
    """Open the view to anyone."""
    return _tag(view, Access(Kind.PUBLIC))


def signed_in(view: View) -> View:
    """Open the view to any account; nothing of a record is shown."""
    return _tag(view, Access(Kind.SIGNED_IN))


def for_person(permission: Permission) -> Callable[[View], View]:
    """Open the view to accounts with ``permission`` on the person of the address (own record without ``/for/…``)."""
    return lambda view: _tag(view, Access(Kind.PERSON, permission))


def for_duty(duty: Duty) -> Callable[[View], View]:
    """Open the view to staff who have this duty; for everybody else it is not there."""
    return lambda view: _tag(view, Access(Kind.DUTY, duty))


def without_factor(view: View) -> View:
    """Let in who lacks the second factor that is required: here it is added."""
    view.without_factor = True  # type: ignore[attr-defined]
    return view


def is_without_factor(app: Flask, endpoint: str) -> bool:
    return getattr(app.view_functions[endpoint], "without_factor", False)


def takes_files(view: View) -> View:
    """Take a body of some megabytes: a form with files."""
    view.takes_files = True  # type: ignore[attr-defined]
    return view


def has_files(app: Flask, endpoint: str) -> bool:
    return getattr(app.view_functions.get(endpoint), "takes_files", False)


def confirm_first(back: str) -> Callable[[View], View]:
    """Ask who it is once more before the view runs, unless that was shown in the last ten minutes (requirement C2).

    ``back`` is the endpoint of the page, with the same values in its address, that the person comes back to.
    """

    def tag(view: View) -> View:
        view.confirm_first = back  # type: ignore[attr-defined]
        return view

    return tag


def page_before(app: Flask, endpoint: str) -> str | None:
    """Return the page to come back to, for an endpoint that asks who it is; None for one that does not."""
    return getattr(app.view_functions[endpoint], "confirm_first", None)


def oauth_protected(view: View) -> View:
    return _tag(view, Access(Kind.OAUTH))


def access_of(app: Flask, endpoint: str) -> Access | None:
    """Return how an endpoint is classified; None when nobody did."""
    if endpoint == "static":
        return Access(Kind.PUBLIC)
    return cast("Access | None", getattr(app.view_functions[endpoint], "access", None))
