"""A link's own page in one sentence, and what came from there section by section."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import url_for

from portal.domain.links import Outcome, Shown, Tier
from portal.domain.sections import BASIC, Section
from portal.store.directory.organizations import Organization
from portal.store.links.links import Link
from portal.store.links.refreshes import Refresh, SectionState
from portal.web import formats
from portal.web.guards import current_sight
from portal.web.links import words
from portal.web.links.standing import NEEDS_PERSON, sentence
from portal.web.phrases import gettext as _


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """``title`` is how the link stands, in one sentence; ``lines`` say the rest; ``warm``: it needs the person."""

    title: str
    lines: tuple[str, ...]
    good_at: datetime | None
    tried_at: datetime | None
    warm: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionLine:
    """One section: how it stands, what the last update brought. ``items`` None: how many is not told."""

    section: Section
    outcome: Outcome
    words: str
    items: int | None
    new: int
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionGroup:
    """Sections that stand alike. ``reason`` is said once where it is the same for all."""

    kind: str
    title: str
    shown: Shown
    reason: str
    lines: tuple[SectionLine, ...]


def headline(link: Link, shown: Shown, name: str, latest: Refresh | None, *, complete: bool) -> Headline:
    """Return how a link stands. ``complete``: all sections that can come from there came."""
    tried = latest.ended_at if latest is not None else None
    return Headline(
        title=_title(link, shown, name, complete=complete, is_open=latest is not None and tried is None),
        lines=tuple(filter(None, _lines(link, shown, name))),
        good_at=link.refreshed_at if link.live else None,
        tried_at=tried if link.live and tried and tried != link.refreshed_at and not complete else None,
        warm=shown in NEEDS_PERSON,
    )


def _title(link: Link, shown: Shown, name: str, *, complete: bool, is_open: bool) -> str:
    told = sentence(link, shown, name)
    if told:
        return told
    if link.refreshed_at is None:
        return _("%(name)s is linked", name=name)
    if is_open:
        return _("Updating from %(name)s", name=name)
    if complete:
        return _("All that %(name)s shares came on %(date)s", name=name, date=formats.day_of(link.refreshed_at))
    return _("Not everything came from %(name)s", name=name)


def _lines(link: Link, shown: Shown, name: str) -> Iterable[str]:
    if shown is Shown.THROTTLED and link.throttled_until:
        yield _("Next update at %(time)s.", time=formats.moment_text(link.throttled_until))
    else:
        yield words.state_reason(link.state, shown, link.reason, name)
    if shown is Shown.NO_ACCOUNT:
        yield _("You see allergies, health issues, implants and medications. Verify your account to see the rest.")
    if shown in (Shown.ERROR, Shown.NEEDS_VERIFICATION, Shown.UPDATE_DUE) and link.refreshed_at:
        yield _("You are seeing information from %(date)s.", date=formats.moment_text(link.refreshed_at))
    if shown is Shown.ERROR:
        yield _("Try again later. If it keeps happening, call them.")
    if shown in (Shown.ACTIVE, Shown.ACTIVE_NEW):
        yield (
            _("It updates when you sign in and every night.")
            if link.lasting
            else _("You may have to sign in there for each update.")
        )


def groups(
    organization: Organization,
    link: Link,
    latest: Refresh | None,
    states: Mapping[Section, SectionState],
    *,
    counted: bool,
) -> tuple[SectionGroup, ...]:
    """Return the sections by how they stand: what did not come first. ``counted``: whether numbers may be told."""
    parts = {part.section: part for part in latest.sections} if latest is not None else {}
    by_kind: dict[str, list[SectionLine]] = {kind: [] for kind in _KINDS}
    for section in BASIC if link.tier is Tier.RECORD_ONLY else Section:
        part, state = parts.get(section), states.get(section)
        outcome = part.outcome if part else state.outcome if state else None
        if outcome is None:
            continue
        reason = part.reason if part else state.reason if state else None
        kind = "not-allowed" if (outcome, reason) == (Outcome.NOT_OFFERED, "not-granted") else _KIND_OF[outcome]
        by_kind[kind].append(
            SectionLine(
                section=section,
                outcome=outcome,
                words=words.outcome(outcome, reason, organization.name),
                items=part.items if part and counted else None,
                new=part.new_items if part and counted else 0,
                href=part_address(section, link.id),
            )
        )
    return tuple(_group(kind, lines, organization.name) for kind, lines in by_kind.items() if lines)


def part_address(section: Section, link_id: str) -> str:
    """Return where one reads what a linked organization sent for ``section``; "" for who does not see the section.

    Messages have one list for all organizations.
    """
    if not current_sight().opens(section):
        return ""
    if section is Section.MESSAGES:
        return url_for("messages.inbox", source=link_id)
    return url_for("health.part", section=section.value, link=link_id)


def is_complete(sections: Iterable[SectionGroup]) -> bool:
    """Tell whether something came, and all that can come."""
    kinds = {group.kind for group in sections}
    return "done" in kinds and kinds <= {"done", "not-shared", "not-allowed"}


def _group(kind: str, lines: list[SectionLine], name: str) -> SectionGroup:
    reasons = {line.words for line in lines}
    return SectionGroup(
        kind=kind,
        title={
            "failed": _("Couldn’t update"),
            "partly": _("Not everything came"),
            "waiting": _("Still to come"),
            "done": _("Loaded"),
            "not-shared": _("Not shared by %(name)s", name=name),
            "not-allowed": _("Not allowed by you"),
        }[kind],
        shown=_KINDS[kind],
        reason=reasons.pop() if len(reasons) == 1 and kind not in ("done", "waiting") else "",
        lines=tuple(lines),
    )


_KINDS = {
    "failed": Shown.ERROR,
    "partly": Shown.ERROR,
    "waiting": Shown.LINKING,
    "done": Shown.ACTIVE,
    "not-shared": Shown.UNAVAILABLE,
    "not-allowed": Shown.UNAVAILABLE,
}
_KIND_OF = {
    Outcome.WAITING: "waiting",
    Outcome.RUNNING: "waiting",
    Outcome.DONE: "done",
    Outcome.PARTLY: "partly",
    Outcome.FAILED: "failed",
    Outcome.CANCELLED: "failed",
    Outcome.REFUSED: "not-shared",
    Outcome.NOT_OFFERED: "not-shared",
}
