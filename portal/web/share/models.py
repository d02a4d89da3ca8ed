"""What the pages of sharing show, in a person's words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from flask_babel import get_locale
from flask_babel.speaklater import LazyString
from markupsafe import Markup
from msgspec.structs import replace

from portal.config import Settings
from portal.domain.ids import OWN
from portal.sharing import fitting, narrative
from portal.sharing.gathering import gather
from portal.sharing.making import Opening, scope_of, sight_of
from portal.sharing.summary import SECTIONS, FilledSection, SummaryContent
from portal.store import Tx
from portal.store.records import numbers
from portal.store.shares.shares import Share, ShareEvent, ShareEventKind, ShareTerms
from portal.web.health.lines import Line
from portal.web.health.original import safe_line
from portal.web.phrases import gettext as _
from portal.web.phrases import lazy_gettext, ngettext
from portal.web.words import section_word

CODES = tuple(section.code for section in SECTIONS)
EVERYTHING = ShareTerms("", CODES)
_PAST_PROBLEMS = "11348-0"

_SEPARATELY = lazy_gettext("You give them the link and the passcode separately.")
_OPENINGS: Mapping[Opening, tuple[LazyString, LazyString]] = {
    Opening.DESK: (
        lazy_gettext("15 minutes, at a desk"),
        lazy_gettext("They scan a QR code from your phone. No passcode."),
    ),
    Opening.PRINTED: (
        lazy_gettext("2 days, on paper for a desk"),
        lazy_gettext("You print the QR code and hand it over. No passcode: anyone who has the paper can read it."),
    ),
    Opening.HALF_HOUR: (
        lazy_gettext("30 minutes, with a passcode"),
        lazy_gettext("For a doctor in the room: they scan the QR code, and you tell them the passcode."),
    ),
    Opening.DAY: (lazy_gettext("1 day, with a passcode"), _SEPARATELY),
    Opening.WEEK: (lazy_gettext("7 days, with a passcode"), _SEPARATELY),
    Opening.MONTH: (lazy_gettext("30 days, with a passcode"), _SEPARATELY),
    Opening.CARD: (
        lazy_gettext("1 year, on a wallet card in large print"),
        lazy_gettext("It always shows the record as it is on that day. The passcode is on another paper."),
    ),
}
USES: Mapping[int, LazyString] = {
    0: lazy_gettext("As often as they like"),
    1: lazy_gettext("Once"),
    5: lazy_gettext("5 times"),
}
"""How often a link opens; 0 for no limit."""

_HAPPENED: Mapping[str, LazyString] = {
    ShareEventKind.MADE: lazy_gettext("The link was made"),
    ShareEventKind.OPENED: lazy_gettext("Opened"),
    ShareEventKind.WRONG_PASSCODE: lazy_gettext("Tried with a wrong passcode; nothing was shown"),
    ShareEventKind.REFUSED: lazy_gettext("Tried and refused; nothing was shown"),
    ShareEventKind.PAUSED: lazy_gettext("Paused"),
    ShareEventKind.RESUMED: lazy_gettext("Opened for use again"),
    ShareEventKind.ENDED: lazy_gettext("Ended"),
}


@dataclass(frozen=True, slots=True)
class SectionChoice:
    """A part of the record that can be ticked; ``number`` of items is as many as the person sees."""

    code: str
    name: str
    number: int
    ticked: bool


@dataclass(frozen=True, slots=True)
class PreviewItem:
    """A row that can be left out; ``id`` is of an entry in it."""

    id: str
    title: str
    left_out: bool


@dataclass(frozen=True, slots=True)
class PreviewPart:
    """One section as the other side gets it: its own text, in English.

    ``told`` says the same in another language: of each item its lines, each with who says it.

    ``chosen``: the person shares it; of some sections the other side is told that they are not shared.
    """

    name: str
    text: Markup
    items: tuple[PreviewItem, ...]
    told: tuple[tuple[tuple[Line, str], ...], ...] = ()
    chosen: bool = True


@dataclass(frozen=True, slots=True)
class Preview:
    """``not_in_it``: what of the chosen sections does not go along, in words."""

    parts: tuple[PreviewPart, ...] = ()
    not_in_it: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedLink:
    """A link in words. ``state``: open, paused or over; ``lasting``: it shows the record as it is when it is opened."""

    id: str
    label: str
    state: str
    state_word: str
    sections: str
    confidential: bool
    created_at: datetime
    ends_at: datetime
    uses_left: int | None
    lasting: bool


@dataclass(frozen=True, slots=True)
class Happening:
    at: datetime
    text: str


def name_of(code: str) -> str:
    """Return the name of a section of the summary, as the record calls it."""
    if code == _PAST_PROBLEMS:
        return _("Past health issues")
    return section_word(next(section.section for section in SECTIONS if section.code == code))


def openings() -> tuple[tuple[str, LazyString, LazyString], ...]:
    """Return how long a link may open: its value, its name and what it means."""
    return tuple((opening.value, *texts) for opening, texts in _OPENINGS.items())


def choices(tx: Tx, *, person_id: str, terms: ShareTerms) -> tuple[SectionChoice, ...]:
    """Return the sections that have something in them."""
    counted = numbers.numbers(tx, person_id=person_id, sight=sight_of(terms))
    listed = []
    for section in SECTIONS:
        numbers_by = {
            source: sum(number for status, number in by_status.items() if status in section.statuses)
            for source, by_status in counted.of(section.section).items()
        }
        number = numbers_by.get("", 0)
        if number or section.required:
            number -= numbers_by.get(OWN, 0)  # what the person measured is not in a summary; the preview says so
            listed.append(SectionChoice(section.code, name_of(section.code), number, section.code in terms.sections))
    return tuple(listed)


def content(tx: Tx, *, person_id: str, terms: ShareTerms, settings: Settings, merged: bool = True) -> SummaryContent:
    """Return what a link with these terms would lead to now; of our own record alone where not ``merged``."""
    return gather(
        tx,
        person_id=person_id,
        organization=settings.organization,
        chart_base=settings.chart_base,
        scope=scope_of(terms, merged=merged),
    )


def preview(tx: Tx, *, person_id: str, terms: ShareTerms, settings: Settings) -> Preview:
    """Return exactly what the other side gets to read of the chosen sections, and the same in the reader's language."""
    if not terms.sections:
        return Preview()
    gathered = content(tx, person_id=person_id, terms=terms, settings=settings)
    whole = gathered
    if terms.without:
        whole = content(tx, person_id=person_id, terms=replace(terms, without=()), settings=settings)
    parts = tuple(
        PreviewPart(
            name_of(section.code),
            Markup(narrative.section_div(section, gathered.sections[section.code], gathered)),  # noqa: S704 -- escaped
            tuple(_items(whole.sections[section.code], terms)),
            () if str(get_locale()) == "en" else tuple(_words(gathered.sections[section.code], gathered)),
            section.code in terms.sections,
        )
        for section in gathered.told
    )
    return Preview(parts, tuple(_not_in_it(gathered)))


def _not_in_it(summary: SummaryContent) -> Iterator[str]:
    """Yield what was received of the sections and does not go along: files, words beside the items, what is older."""
    bodies = [each.resource for content in summary.sections.values() for row in content.rows for each in row]
    files = sum(map(fitting.attached_files, bodies))
    texts = sum(isinstance(body.get("text"), dict) for body in bodies)
    further = sum(content.more for content in summary.sections.values())
    if files:
        yield ngettext("%(num)s attached file", "%(num)s attached files", files)
    if texts:
        yield ngettext(
            "The page that its source made of %(num)s item. What the item says itself is in it.",
            "The pages that their sources made of %(num)s items. What the items say themselves is in it.",
            texts,
        )
    if further:
        yield ngettext("%(num)s older or further item", "%(num)s older or further items", further)
    if past := sum(content.past for content in summary.sections.values()):
        yield ngettext("%(num)s past item", "%(num)s past items", past)
    if own := sum(content.own for content in summary.sections.values()):
        yield ngettext("%(num)s reading you added yourself", "%(num)s readings you added yourself", own)
    if summary.left_out:
        yield ngettext(
            "%(num)s item of the record that could not be shown",
            "%(num)s items of the record that could not be shown",
            summary.left_out,
        )
    if summary.held:
        yield ngettext(
            "%(num)s result that you have not opened yet", "%(num)s results that you have not opened yet", summary.held
        )


def _items(section: FilledSection, terms: ShareTerms) -> Iterator[PreviewItem]:
    for row in section.rows:
        ids = [statement.id for statement in row]
        chosen = next((each for each in ids if each in terms.without), "")
        yield PreviewItem(chosen or ids[0], narrative.speaking(row).title, bool(chosen))


def _words(section: FilledSection, summary: SummaryContent) -> Iterator[tuple[tuple[Line, str], ...]]:
    """Yield of each row its statements as the record shows them, with who says them: one where all say the same."""
    for row in narrative.spoken(section, summary):
        yield tuple((safe_line(entry), names) for entry, names in row)


def shared_link(stored: Share, now: datetime) -> SharedLink:
    state, word = _state(stored, now)
    return SharedLink(
        id=stored.id,
        label=stored.terms.label,
        state=state,
        state_word=word,
        sections=", ".join(map(name_of, stored.terms.sections)),
        confidential=stored.terms.confidential,
        created_at=stored.created_at,
        ends_at=stored.ends_at,
        uses_left=stored.uses_left,
        lasting="L" in stored.flags,
    )


def happening(event: ShareEvent) -> Happening:
    text = str(_HAPPENED.get(event.kind, event.kind))
    if event.recipient:
        text = _("%(what)s, by someone who said “%(name)s”", what=text, name=event.recipient)
    return Happening(event.at, text)


def _state(stored: Share, now: datetime) -> tuple[str, str]:
    if stored.ended_at is None and stored.tries_left <= 0:
        return "over", _("Ended after too many wrong passcodes")
    if stored.is_over(now):
        return "over", _("Ended")
    if stored.uses_left == 0:
        return "over", _("Opened as often as you allowed")
    return ("paused", _("Paused")) if stored.paused_at else ("open", _("Open"))
