"""May a link's organization be asked for an update now? The one answer for the page, the sign-in and the night."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from portal.domain.links import WORKING, LinkPolicy
from portal.store.links.links import Link
from portal.store.links.refreshes import DONE, Refresh

ASKED_EVERY = timedelta(seconds=10)
"""After an update that somebody asked for and that worked, the next one may be asked for so much later."""

AGES = {"sign-in": timedelta(hours=1), "nightly": timedelta(hours=12)}
"""How old the last good update must be for one that nobody asked for, by its cause."""


class RefusalReason(StrEnum):
    OFF = "off"  # linking is switched off, or the link does not work
    THROTTLED = "throttled"  # the organization wants to be left alone
    TOO_SOON = "too-soon"
    MANUAL = "manual"  # only with the patient present


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why not now; ``until`` is when it may be possible, where that is known."""

    why: RefusalReason
    until: datetime | None = None


def is_throttled(link: Link, now: datetime) -> bool:
    """Whether the organization of a working link asked to be left alone for longer than ``now``."""
    return link.state in WORKING and link.throttled_until is not None and link.throttled_until > now


def in_background(link: Link, policy: LinkPolicy) -> bool:
    """Whether a working link may be asked for an update with nobody present."""
    return link.state in WORKING and policy is not LinkPolicy.OFF and (link.lasting or link.tier.by_trust)


def refusal(
    link: Link, *, policy: LinkPolicy, cause: str, now: datetime, latest: Refresh | None = None
) -> Refusal | None:
    """Why a refresh is not to be asked for now, or None when it may be.

    Args:
        cause: asked, sign-in or nightly.
        latest: the link's last refresh; needed for "asked" only.
    """
    if link.state not in WORKING or policy is LinkPolicy.OFF:
        return Refusal(RefusalReason.OFF)
    if is_throttled(link, now):
        return Refusal(RefusalReason.THROTTLED, link.throttled_until)
    if cause == "asked":
        ended = latest.ended_at if latest and latest.cause == "asked" and latest.state == DONE else None
        soon = ended is not None and now - ended < ASKED_EVERY
        return Refusal(RefusalReason.TOO_SOON, ended + ASKED_EVERY) if soon and ended is not None else None
    if not in_background(link, policy):
        return Refusal(RefusalReason.MANUAL)
    if link.refreshed_at is not None and now - link.refreshed_at <= AGES[cause]:
        return Refusal(RefusalReason.TOO_SOON, link.refreshed_at + AGES[cause])
    return None
