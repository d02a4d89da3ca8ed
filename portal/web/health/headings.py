"""Headings of a section's list: what is current, what is past, what is still to come."""

from portal.domain.entry import Status
from portal.domain.sections import SECTIONS, Order, Section
from portal.web.phrases import gettext as _
from portal.web.phrases import lazy_gettext, lazy_pgettext

CURRENT = frozenset(section for section, facts in SECTIONS.items() if facts.order is Order.CURRENT)


def heading(section: Section, status: Status) -> str:
    """Return the heading over the items of a status; empty where a section has only one list."""
    if status in (Status.UNSAFE, Status.ABSENT):
        return _("Noted as none") if status is Status.ABSENT else _("Could not be shown safely")
    if section is Section.VISITS:
        return str(_VISITS.get(status, _PAST))
    return str(_LISTED.get(status, _PAST)) if section in CURRENT else ""


def of_one(section: Section, status: Status) -> str:
    """Return ``heading`` as it is said of a single item: "Actual" where the list says "Actuales"."""
    return str(_OF_ONE[status]) if section in CURRENT and status in _OF_ONE else heading(section, status)


_PAST = lazy_pgettext("heading", "Past")
_VISITS = {Status.UPCOMING: lazy_gettext("Upcoming"), Status.ACTIVE: lazy_gettext("Now")}
_LISTED = {
    Status.UPCOMING: lazy_pgettext("heading", "Planned"),
    Status.ACTIVE: lazy_pgettext("heading", "Current"),
    Status.UNKNOWN: lazy_gettext("Status not given"),
}
_OF_ONE = {
    Status.UPCOMING: lazy_gettext("Planned"),
    Status.ACTIVE: lazy_gettext("Current"),
    Status.PAST: lazy_gettext("Past"),
}
