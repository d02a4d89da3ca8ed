"""Why something may be missing in a section: the reasons that apply to this person's links. Pure but for the language.

Source: product.md §3 line 17.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from flask_babel import gettext as _

from portal.domain.links import Outcome, Shown, Tier
from portal.domain.sections import BASIC, Section
from portal.web import formats


class Why(StrEnum):
    """One cause. The order is that of the page: what the person can do something about comes first."""

    NOT_LINKED = "not-linked"
    NEEDS_VERIFICATION = "needs-verification"
    NO_ACCOUNT = "no-account"
    NOT_LOADED = "not-loaded"
    ERROR = "error"
    STALE = "stale"
    PARTLY = "partly"
    NOT_GRANTED = "not-granted"
    NOT_RELEASED = "not-released"
    UNAVAILABLE = "unavailable"
    NOT_OFFERED = "not-offered"
    NOT_DOCUMENTED = "not-documented"
    SHOWN_HERE = "shown-here"


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedSection:
    """What is known of one section of one link."""

    link_id: str
    name: str
    shown: Shown
    tier: Tier = Tier.ACCOUNT
    outcome: Outcome | None = None
    reason: str | None = None
    good_at: datetime | None = None
    items: int = 0


@dataclass(frozen=True, slots=True)
class Cause:
    """A cause with the organizations it applies to, by name. ``link_id`` is set when it is one only."""

    why: Why
    names: tuple[str, ...] = ()
    link_id: str | None = None
    since: datetime | None = None


def causes(section: Section, links: Iterable[LinkedSection], *, shared: int = 0) -> tuple[Cause, ...]:
    """All causes that apply, each once, with the organizations it applies to.

    ``shared`` is how many items of the section are documented here and elsewhere, and so have no symbol.
    """
    found: dict[Why, list[LinkedSection]] = {}
    known = list(links)
    for one in known:
        for why in _of(section, one):
            found.setdefault(why, []).append(one)
    made = [_cause(why, found[why]) for why in Why if why in found]
    if not known:
        made.insert(0, Cause(Why.NOT_LINKED))
    if shared:
        made.append(Cause(Why.SHOWN_HERE))
    return tuple(made)


def _of(section: Section, link: LinkedSection) -> Iterable[Why]:
    if link.tier is Tier.RECORD_ONLY and section not in BASIC:
        yield Why.NO_ACCOUNT
        return
    if link.shown in (Shown.NEEDS_VERIFICATION, Shown.CONFIRM):
        yield Why.NEEDS_VERIFICATION
    elif link.shown is Shown.UNAVAILABLE:
        yield Why.UNAVAILABLE
    elif link.shown is Shown.LINKING or link.outcome in (None, Outcome.WAITING, Outcome.RUNNING, Outcome.CANCELLED):
        yield Why.NOT_LOADED
    elif link.outcome is Outcome.FAILED or link.shown is Shown.ERROR:
        yield Why.ERROR
    elif link.shown in (Shown.UPDATE_DUE, Shown.THROTTLED):
        yield Why.STALE
    if link.outcome is Outcome.PARTLY:
        yield Why.PARTLY
    elif link.outcome is Outcome.REFUSED:
        yield Why.NOT_RELEASED
    elif link.outcome is Outcome.NOT_OFFERED:
        yield Why.NOT_GRANTED if link.reason == "not-granted" else Why.NOT_OFFERED
    elif link.outcome is Outcome.DONE:
        if link.reason == "partly-granted":
            yield Why.NOT_GRANTED
        if not link.items:
            yield Why.NOT_DOCUMENTED
        else:
            yield Why.NOT_RELEASED


def _cause(why: Why, links: Sequence[LinkedSection]) -> Cause:
    oldest = min((link.good_at for link in links if link.good_at), default=None)
    return Cause(
        why,
        tuple(link.name for link in links),
        links[0].link_id if len(links) == 1 else None,
        oldest if len(links) == 1 else None,
    )


_ANCHORS: Mapping[Why, str] = {
    Why.NOT_LINKED: "after-link",
    Why.NO_ACCOUNT: "state-no-account",
    Why.NEEDS_VERIFICATION: "verify",
    Why.NOT_LOADED: "state-linking",
    Why.ERROR: "state-error",
    Why.STALE: "manual-update",
    Why.UNAVAILABLE: "state-unavailable",
    Why.SHOWN_HERE: "symbol",
}


def anchor(why: Why) -> str:
    """Where the help page explains it."""
    return _ANCHORS.get(why, "missing")


def text(cause: Cause) -> str:
    """A cause as a sentence."""
    names = formats.listing(cause.names)
    since = formats.moment_text(cause.since) if cause.since else ""
    match cause.why:
        case Why.NOT_LINKED:
            return _("You have not linked another organization, so only what is documented here is shown.")
        case Why.NO_ACCOUNT:
            return _(
                "You have no active account at %(names)s. Without one, this section does not come here.", names=names
            )
        case Why.NEEDS_VERIFICATION:
            return _("%(names)s: your account needs to be verified before anything new can come.", names=names)
        case Why.NOT_LOADED:
            return _("Not everything from %(names)s has been loaded yet.", names=names)
        case Why.ERROR if since:
            return _(
                "There was an error with %(names)s. What you see from there is as of %(since)s.", names=names, since=since
            )
        case Why.ERROR:
            return _("There was an error while retrieving this section from %(names)s.", names=names)
        case Why.STALE if since:
            return _("%(names)s has not been updated since %(since)s.", names=names, since=since)
        case Why.STALE:
            return _("%(names)s has to be updated by hand.", names=names)
        case Why.PARTLY:
            return _("%(names)s has more than could be loaded at once.", names=names)
        case Why.NOT_GRANTED:
            return _("You did not allow all of this when you signed in at %(names)s.", names=names)
        case Why.NOT_RELEASED:
            return _("%(names)s may not release everything to patients.", names=names)
        case Why.UNAVAILABLE:
            return _("%(names)s has switched linking off.", names=names)
        case Why.NOT_OFFERED:
            return _("%(names)s does not give out this kind of information.", names=names)
        case Why.NOT_DOCUMENTED:
            return _("You might not have this documented at %(names)s.", names=names)
        case Why.SHOWN_HERE:
            return _("Items that are in your record here and elsewhere are shown once, without the symbol.")
