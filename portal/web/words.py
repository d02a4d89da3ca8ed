"""The words for sections and states, in one place, so that every page says them alike."""

from flask_babel.speaklater import LazyString

from portal.domain.links import Shown
from portal.domain.people import Role
from portal.domain.sections import SECTIONS, Section
from portal.web.phrases import gettext as _
from portal.web.phrases import lazy_gettext

_STATES: dict[Shown, LazyString] = {
    Shown.SUGGESTED: lazy_gettext("Suggested"),
    Shown.LINKING: lazy_gettext("Getting your records"),
    Shown.CONFIRM: lazy_gettext("Please confirm that this is you"),
    Shown.ACTIVE: lazy_gettext("Active"),
    Shown.ACTIVE_NEW: lazy_gettext("Active, with something new"),
    Shown.NO_ACCOUNT: lazy_gettext("No active account"),
    Shown.NEEDS_VERIFICATION: lazy_gettext("Sign in again"),
    Shown.UPDATE_DUE: lazy_gettext("Needs an update"),
    Shown.THROTTLED: lazy_gettext("Update later"),
    Shown.ERROR: lazy_gettext("Couldn’t update"),
    Shown.UNAVAILABLE: lazy_gettext("Unavailable"),
    Shown.HIDDEN: lazy_gettext("Hidden"),
    Shown.UNLINKED: lazy_gettext("Unlinked"),
}

STATE_HELP: dict[Shown, str] = {
    Shown.SUGGESTED: "where-seen",
    Shown.LINKING: "state-linking",
    Shown.CONFIRM: "verify",
    Shown.ACTIVE: "bubbles",
    Shown.ACTIVE_NEW: "bubbles",
    Shown.NO_ACCOUNT: "state-no-account",
    Shown.NEEDS_VERIFICATION: "verify",
    Shown.UPDATE_DUE: "manual-update",
    Shown.THROTTLED: "manual-update",
    Shown.ERROR: "state-error",
    Shown.UNAVAILABLE: "state-unavailable",
    Shown.HIDDEN: "hide-or-unlink",
    Shown.UNLINKED: "unlink",
}
"""The anchor of the help page that explains a state."""


ROLES: dict[Role, LazyString] = {
    Role.PATIENT: lazy_gettext("patient"),
    Role.STAFF: lazy_gettext("front desk"),
    Role.CARE_TEAM: lazy_gettext("care team"),
    Role.RECORDS: lazy_gettext("records office"),
    Role.PRIVACY: lazy_gettext("privacy office"),
    Role.ADMIN: lazy_gettext("administrator"),
}


def role_word(role: Role) -> str:
    """Return what somebody with this role is called, within a sentence."""
    return str(ROLES[role])


def section_word(section: str) -> str:
    """Return a section's name, as a heading."""
    return _(SECTIONS[Section(section)].heading)


def state_word(shown: str, n: int = 0) -> str:
    """Return a link's state in words; ``n`` is the number of new items where the state has one."""
    if Shown(shown) is Shown.ACTIVE_NEW and n:
        return _("Active, %(n)s new", n=n)
    return str(_STATES[Shown(shown)])


def state_help(shown: str) -> str:
    """Return the help page's anchor for a state, without '#'."""
    return STATE_HELP[Shown(shown)]


def phrase(text: str) -> str:
    """Return a phrase of ``portal.normalise`` (a title, a disease, a test) in the page's language.

    An organization's own words have no translation and stay as they are.
    """
    return _(text) if text else ""


_RELATIONSHIPS: dict[str, LazyString] = {
    "self": lazy_gettext("the insured person"),
    "child": lazy_gettext("child"),
    "son": lazy_gettext("son"),
    "daughter": lazy_gettext("daughter"),
    "mother": lazy_gettext("mother"),
    "father": lazy_gettext("father"),
    "parent": lazy_gettext("parent"),
    "spouse": lazy_gettext("spouse"),
    "wife": lazy_gettext("wife"),
    "husband": lazy_gettext("husband"),
    "partner": lazy_gettext("partner"),
    "sister": lazy_gettext("sister"),
    "brother": lazy_gettext("brother"),
    "grandmother": lazy_gettext("grandmother"),
    "grandfather": lazy_gettext("grandfather"),
    "grandchild": lazy_gettext("grandchild"),
}


def relationship(word: str) -> str:
    """Who somebody is to the reader ("your son"), as the staff or an insurer wrote it; usual words are translated."""
    return str(_RELATIONSHIPS.get(word.strip().lower(), word))


def sex(value: str) -> str:
    """Administrative gender (FHIR R4 ``AdministrativeGender``) in a word."""
    return {"male": _("male"), "female": _("female"), "other": _("other")}.get(value, _("not known"))
