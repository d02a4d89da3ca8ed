"""What matters today, before everything else: what needs the person, what is new, the next visit."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from flask import url_for

from portal.domain import entry as e
from portal.domain.dates import local
from portal.domain.entry import Status
from portal.domain.links import Shown
from portal.domain.sections import Section
from portal.linking import endings
from portal.store.records.rows import RecordRow
from portal.web import formats
from portal.web.health import calendar, lines, record_rows
from portal.web.health.models import Item
from portal.web.health.record_rows import Origins, asks
from portal.web.health.vocabulary import Tag
from portal.web.linked import Linked, entry_address
from portal.web.links.standing import NEEDS_PERSON, sentence
from portal.web.phrases import gettext as _
from portal.web.words import phrase, section_word

_MOST_NEEDS = 3
_SHORT = 140


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """One thing that needs the person. ``icon`` is a symbol's name; ``action`` is what the button says."""

    icon: str
    title: str
    text: str
    href: str
    action: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewItem:
    """Something from outside that was not read yet: by its title and value."""

    icon: str
    title: str
    href: str
    value: str
    tags: tuple[Tag, ...]
    text: str
    small: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NextVisit:
    """``day`` is written large; ``calendar_href`` is empty where the time is not known."""

    day: str
    when: str
    stamp: str
    title: str
    href: str
    people: str
    place: str
    address: str
    organization: str
    calendar_href: str
    following: str
    following_href: str


def needs(
    medications: Iterable[RecordRow], connections: Iterable[Linked], origins: Origins, *, now: datetime
) -> tuple[Need, ...]:
    """Return all that needs the person, most harmful first: medicines said differently, then links."""
    of_links = (_of_link(connection) or _ends(connection, now) for connection in connections)
    return (*_differing(medications, origins), *filter(None, of_links))


def _differing(medications: Iterable[RecordRow], origins: Origins) -> Iterable[Need]:
    paired: set[str] = set()
    for row in medications:
        entry = row.primary.entry
        href = entry_address(row.section, row.primary_id)
        strengths = [mark for mark in row.marks if "strength" in mark.fields and not mark.withdrawn]
        if strengths and paired.isdisjoint({row.primary_id, *(mark.entry_id for mark in strengths)}):
            paired |= {row.primary_id, *(mark.entry_id for mark in strengths)}
            texts = [_at(entry.title, row.sources, origins)]
            texts += [_at(mark.entry.title, (mark.source,), origins) for mark in strengths[:2]]
            yield Need(
                icon="differs",
                title=_("One medicine, two strengths"),
                text=_("%(both)s. Ask your doctor which one is right.", both="; ".join(texts)),
                href=href,
                action=_("See both"),
            )
        elif len(row.sources) > 1 and asks(row.disagreements):
            yield Need(
                icon="differs",
                title=_("%(medicine)s is not the same everywhere", medicine=phrase(entry.title)),
                text=_(
                    "%(names)s say different things. Ask your doctor which one is right.",
                    names=origins.names(row.sources, row.section),
                ),
                href=href,
                action=_("See both"),
            )


def desk_asks() -> Need:
    """Return what is to be done while the front desk asks whether it may help."""
    return Need(
        icon="person",
        title=_("The front desk asks to help you"),
        text=_("Say yes or no. They see no health information."),
        href=url_for("desk.consent"),
        action=_("Answer them"),
    )


def _at(title: str, sources: Iterable[str], origins: Origins) -> str:
    return _("%(title)s at %(name)s", title=phrase(title), name=origins.names(sources, Section.MEDICATIONS))


def _of_link(connection: Linked) -> Need | None:
    name, shown = connection.name, connection.shown
    if shown not in NEEDS_PERSON or connection.link.hidden:
        return None
    actions = {Shown.CONFIRM: _("Compare"), Shown.NEEDS_VERIFICATION: _("Sign in"), Shown.ERROR: _("Try again")}
    loaded = connection.link.refreshed_at
    return Need(
        icon=f"s-{shown.value}",
        title=sentence(connection.link, shown, name),
        text=_("You are seeing information from %(date)s.", date=formats.day_of(loaded))
        if loaded
        else _("Nothing is shown from there yet."),
        href=connection.href,
        action=actions.get(shown, _("Update")),
    )


def _ends(connection: Linked, now: datetime) -> Need | None:
    until = endings.ending(connection.link, now)
    if until is None or connection.link.hidden:
        return None
    return Need(
        icon=f"s-{Shown.NEEDS_VERIFICATION.value}",
        title=_("Your link to %(name)s ends soon", name=connection.name),
        text=_("It works until %(day)s. Sign in there again before, and it goes on.", day=formats.day_of(until)),
        href=connection.href,
        action=_("Sign in"),
    )


def new_item(row: RecordRow, origins: Origins) -> NewItem:
    item: Item = record_rows.item(row, origins)
    line, entry = item.line, row.primary.entry
    names = origins.names(row.sources, row.section)
    sender = entry.detail.sender if isinstance(entry.detail, e.Message) else ""
    kind = _("Message from %(name)s", name=sender) if sender else section_word(row.section)
    return NewItem(
        icon=row.section.value,
        title=line.title,
        href=item.href,
        value=line.value,
        tags=line.tags,
        text=line.main if len(line.main) <= _SHORT else line.main[: _SHORT - 2].rstrip() + " …",
        small=" · ".join(filter(None, (kind, names, formats.day(entry.when)))),
    )


def next_visit(coming: tuple[RecordRow, ...], origins: Origins, *, now: datetime) -> NextVisit | None:
    """Return the first of the visits to come, and which one follows."""
    if not coming:
        return None
    row = coming[0]
    entry, detail = row.primary.entry, row.primary.entry.detail
    if not isinstance(detail, e.Visit) or entry.start is None:
        return None
    organization = origins.of(row.primary.source, row.section).name
    told = local(entry.start, record_rows.zone())
    following = coming[1] if len(coming) > 1 else None
    later = following.primary.entry if following else None
    fits = calendar.fits(entry, now, record_rows.zone()) and entry.status is Status.UPCOMING
    return NextVisit(
        day=formats.short_day(told),
        when=formats.weekday_and_time(told),
        stamp=told.day.isoformat(),
        title=lines.line(entry).title,
        href=entry_address(row.section, row.primary_id),
        people=", ".join(detail.people),
        place=detail.place or organization,
        address=detail.address,
        organization="" if not detail.place or organization in detail.place else organization,
        calendar_href=url_for("health.visit_calendar", entry=row.primary_id) if fits else "",
        following=f"{formats.day(later.start)}, {lines.line(later).title}" if later and following else "",
        following_href=entry_address(Section.VISITS, following.primary_id) if following else "",
    )
