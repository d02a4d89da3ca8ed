"""Why something may be missing in a section: the reasons that apply to this person's links. Pure but for the language.

Source: product.md §3 line 17.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial

from flask_babel.speaklater import LazyString

from portal.domain.links import Outcome, Shown, Tier
from portal.domain.sections import BASIC, Section
from portal.web import formats
from portal.web.phrases import lazy_gettext as _
from portal.web.phrases import lazy_ngettext, put_in


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
    MAY_BE_WITHHELD = "may-be-withheld"
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
    by_why: dict[Why, list[LinkedSection]] = {}
    linked = list(links)
    for link in linked:
        for why in _of(section, link):
            by_why.setdefault(why, []).append(link)
    causes_ = [_cause(why, by_why[why]) for why in Why if why in by_why]
    if not linked:
        causes_.insert(0, Cause(Why.NOT_LINKED))
    if shared:
        causes_.append(Cause(Why.SHOWN_HERE))
    return tuple(causes_)


def _of(section: Section, link: LinkedSection) -> Iterable[Why]:
    if link.tier is Tier.RECORD_ONLY and section not in BASIC:
        return [Why.NO_ACCOUNT]
    return [why for why in (_by_state(link), *_by_outcome(link)) if why]


_STATES: Mapping[Shown, Why] = {
    Shown.NEEDS_VERIFICATION: Why.NEEDS_VERIFICATION,
    Shown.CONFIRM: Why.NEEDS_VERIFICATION,
    Shown.UNAVAILABLE: Why.UNAVAILABLE,
    Shown.LINKING: Why.NOT_LOADED,
}
_UNFINISHED = frozenset({None, Outcome.WAITING, Outcome.RUNNING, Outcome.CANCELLED})


def _by_state(link: LinkedSection) -> Why | None:
    if link.shown in _STATES:
        return _STATES[link.shown]
    if link.outcome in _UNFINISHED:
        return Why.NOT_LOADED
    if link.outcome is Outcome.FAILED or link.shown is Shown.ERROR:
        return Why.ERROR
    return Why.STALE if link.shown in (Shown.UPDATE_DUE, Shown.THROTTLED) else None


def _by_outcome(link: LinkedSection) -> tuple[Why, ...]:
    if link.outcome is Outcome.PARTLY:
        return (Why.PARTLY,)
    if link.outcome is Outcome.REFUSED:
        return (Why.NOT_RELEASED,)
    if link.outcome is Outcome.NOT_OFFERED:
        return (Why.NOT_GRANTED if link.reason == "not-granted" else Why.NOT_OFFERED,)
    if link.outcome is not Outcome.DONE:
        return ()
    granted = (Why.NOT_GRANTED,) if link.reason == "partly-granted" else ()
    return (*granted, Why.MAY_BE_WITHHELD if link.items else Why.NOT_DOCUMENTED)


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


_TEXTS: Mapping[Why, LazyString | partial[str]] = {
    Why.NOT_LINKED: _("You have not linked another organization, so you see only what is on record here."),
    Why.NEEDS_VERIFICATION: lazy_ngettext(
        "%(names)s: the account needs to be verified before anything new can come.",
        "%(names)s: the accounts need to be verified before anything new can come.",
    ),
    Why.NO_ACCOUNT: _("You have no active account at %(names)s. Without one, this section does not come here."),
    Why.NOT_LOADED: _("Not everything from %(names)s has been loaded yet."),
    Why.ERROR: _("There was an error while retrieving this section from %(names)s."),
    Why.STALE: lazy_ngettext("%(names)s has to be updated by hand.", "%(names)s have to be updated by hand."),
    Why.PARTLY: lazy_ngettext(
        "%(names)s has more than could be loaded at once.", "%(names)s have more than could be loaded at once."
    ),
    Why.NOT_GRANTED: _("You did not allow all of this when you signed in at %(names)s."),
    Why.NOT_RELEASED: lazy_ngettext(
        "%(names)s does not release this section to patients.", "%(names)s do not release this section to patients."
    ),
    Why.UNAVAILABLE: lazy_ngettext("%(names)s has switched linking off.", "%(names)s have switched linking off."),
    Why.NOT_OFFERED: lazy_ngettext(
        "%(names)s does not give out this kind of information.", "%(names)s do not give out this kind of information."
    ),
    Why.MAY_BE_WITHHELD: lazy_ngettext(
        "%(names)s might not allow patients to see everything.", "%(names)s might not allow patients to see everything."
    ),
    Why.NOT_DOCUMENTED: _("You might not have this documented at %(names)s."),
    Why.SHOWN_HERE: _("Items that are in your record here and elsewhere are shown once, without the symbol."),
}
"""With one phrase for any number of organizations, or with another for several: their verb follows their number."""
_DATED: Mapping[Why, LazyString] = {
    Why.ERROR: _("There was an error with %(names)s. What you see from there is as of %(since)s."),
    Why.STALE: _("%(names)s has not been updated since %(since)s."),
}
"""Only of a single organization (``Cause.since``)."""


def text(cause: Cause) -> str:
    """Return a cause as a sentence."""
    dated = cause.since is not None and cause.why in _DATED
    words = _DATED[cause.why] if dated else _TEXTS[cause.why]
    since = formats.moment_text(cause.since) if cause.since else ""
    values = {"names": formats.listing(cause.names), "since": since}
    if isinstance(words, partial):
        return words(len(cause.names), **values)
    return put_in(str(words), values)
