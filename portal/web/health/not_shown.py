"""What was received and could not be shown: how many, why, and a list with the original text where there is some."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from flask import url_for
from markupsafe import Markup

from portal.domain.ids import HOME
from portal.domain.sections import Section
from portal.extensions import current_services
from portal.store import Tx
from portal.store.records import left_out, resources
from portal.store.records.left_out import LeftOut, LeftOutItem, UnshownCount
from portal.store.records.resources import StoredResource
from portal.web import formats, words
from portal.web.guards import current_sight
from portal.web.health.models import NotShown
from portal.web.health.original import guarded
from portal.web.health.record_rows import Origins, States
from portal.web.linked import linked
from portal.web.narrative import narratives
from portal.web.phrases import gettext as _
from portal.web.phrases import ngettext

_MOST = 100  # of one organization and section


@dataclass(frozen=True, slots=True)
class NotShownItem:
    """``texts`` are what its source wrote for a reader."""

    kind: str
    name: str
    when: str
    reason: str
    texts: tuple[Markup, ...]


@dataclass(frozen=True, slots=True)
class NotShownGroup:
    anchor: str
    title: str
    items: tuple[NotShownItem, ...]


@dataclass(frozen=True, slots=True)
class NotShownPage:
    summary: NotShown | None
    groups: tuple[NotShownGroup, ...]


def counted(
    tx: Tx, *, person_id: str, states: States | None = None, unshown: Iterable[UnshownCount] | None = None
) -> tuple[LeftOut, ...]:
    """Return what could not be shown, as far as the reader may know of it.

    ``states``, ``unshown``: where they were read already.
    """
    return left_out.counts(tx, person_id=person_id, sight=current_sight(), states=states, unshown=unshown)


def added(counts: Mapping[str, int], groups: Iterable[LeftOut], section: Section) -> Mapping[str, int]:
    """Return how many items each source sent for a section, with those that could not be shown and that wait."""
    total = Counter(counts)
    for group in groups:
        if group.section is section:
            total[group.source] += group.total + group.held
    return total


def notice(
    counts: Iterable[LeftOut], *, section: Section | None = None, source: str = "", everything: bool = False
) -> NotShown | None:
    """Return the sentence for a section, a source or (``everything``) the record; None when all could be shown."""
    chosen = [
        group for group in counts if (everything or group.section is section) and (not source or group.source == source)
    ]
    number = sum(group.total for group in chosen)
    if not number:
        return None
    text = ngettext("%(num)s item could not be shown", "%(num)s items could not be shown", number)
    return NotShown(
        number,
        _("%(items)s: %(reasons)s.", items=text, reasons=", ".join(_reasons(chosen))),
        url_for("health.not_shown", source=source or None, _anchor=section.value if section else None),
    )


def _reasons(groups: Sequence[LeftOut]) -> Iterator[str]:
    unread = sum(group.unreadable for group in groups)
    other = sum(group.not_shown for group in groups)
    elsewhere = sum(group.total for group in groups) - unread - other
    if unread:
        yield ngettext("%(num)s could not be read", "%(num)s could not be read", unread)
    if other:
        yield ngettext(
            "%(num)s is a kind this portal does not show", "%(num)s are kinds this portal does not show", other
        )
    if elsewhere:
        yield ngettext("%(num)s may belong to somebody else", "%(num)s may belong to somebody else", elsewhere)


def page(person_id: str, *, source: str = "") -> NotShownPage:
    """Return everything that could not be shown, by section."""
    with current_services().db.reading() as tx:
        connections = linked(tx, person_id=person_id)
        sources = {HOME, *(connection.link.id for connection in connections)}
        chosen = {source} if source in sources else sources
        groups = [group for group in counted(tx, person_id=person_id) if group.source in chosen and group.total]
        originals = {(group.source, group.section): _items(tx, person_id, group) for group in groups}
    origins = Origins(connections, {}, current_services().settings.organization)
    order: list[Section | None] = [*Section, None]
    return NotShownPage(
        notice(groups, everything=True),
        tuple(
            NotShownGroup(
                section.value if section else "other",
                words.section_word(section) if section else _("Other kinds of information"),
                tuple(
                    entry
                    for group in together
                    for entry in _listed(group, originals[group.source, group.section], origins)
                ),
            )
            for section in order
            if (together := [group for group in groups if group.section is section])
        ),
    )


_Originals = tuple[tuple[LeftOutItem, StoredResource | None], ...]


def _items(tx: Tx, person_id: str, group: LeftOut) -> _Originals:
    listed = left_out.items(
        tx,
        person_id=person_id,
        source=group.source,
        section=group.section,
        sight=current_sight(),
        limit=_MOST,
    )
    return tuple(
        (item, guarded(partial(resources.by_id, tx, resource_id=item.id), lambda: None, place="not-shown"))
        for item in listed
    )


def _listed(group: LeftOut, originals: _Originals, origins: Origins) -> Iterator[NotShownItem]:
    """Yield each kept one with its original text, and how many there are of which nothing was kept."""
    name = origins.of(group.source, group.section or Section.DOCUMENTS).name
    for each, stored in originals:
        yield NotShownItem(
            kind=each.type,
            name=name,
            when=formats.day(each.date[:10] or None),
            reason=reason_text(each.reason),
            texts=guarded(partial(_texts, stored), tuple, place="not-shown"),
        )
    rest = group.total - len(originals)
    if rest > 0:
        more = ngettext("%(num)s item of which nothing was kept", "%(num)s items of which nothing was kept", rest)
        yield NotShownItem(kind="", name=name, when="", reason=more, texts=())


def _texts(stored: StoredResource | None) -> tuple[Markup, ...]:
    return tuple(narratives(stored.body)) if stored else ()


def reason_text(reason: str) -> str:
    """Return why something could not be shown, in words."""
    if reason in left_out.NOT_SHOWN:
        return _("This portal does not show this kind of information.")
    if reason in left_out.ELSEWHERE:
        return _("It may belong to somebody else, so it was kept out.")
    if reason == "no-code":
        return _("It does not say what it is about.")
    return _("It could not be read.")
