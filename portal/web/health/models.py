"""What the pages of a record show: plain values, made before a template is rendered."""

import re
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from portal.domain.entry import Entry
from portal.domain.links import Outcome, Shown
from portal.domain.sections import Section
from portal.store.directory.values import Mark
from portal.web.health.facts import LabelledText, Part
from portal.web.health.files import File
from portal.web.health.home_chart import Notice
from portal.web.health.lines import Line
from portal.web.health.narrow import NarrowForm
from portal.web.health.spark import Spark
from portal.web.health.vocabulary import Tag

_LONG_WORD = 11  # letters


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an item comes from. ``as_of`` is None for the home organization."""

    name: str
    as_of: datetime | None
    home: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcedLine:
    """What one or several organizations say where a row's organizations disagree. ``title``: where titles differ."""

    title: str
    state: str
    newest: bool
    main: str
    value: str
    value_note: str
    tags: tuple[Tag, ...]
    facts: tuple[str, ...]
    source: str
    date: str


@dataclass(frozen=True, slots=True)
class Repeat:
    """One of the entries that a row stands for. ``name``: whose, where the row has several organizations."""

    when: str
    line: Line
    name: str


@dataclass(frozen=True, slots=True)
class Repeats:
    """How many entries a row stands for, in words; ``more`` are on the item's page only.

    ``several`` with different instructions hold now, so they are shown at once.
    """

    text: str
    current: str
    listed: tuple[Repeat, ...]
    more: int
    several: bool = False


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another row that may be the same thing, in words ("Also at Riverbend: lisinopril 20 mg"), and its page."""

    text: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One line of a list. ``outside``: not documented at home, so it carries the symbol.

    ``asks``: of its ``voices`` only one can be right, so that somebody should be asked which; ``wording``: they only
    say it in their own words. ``labels`` say what the
    row is to the person, whoever speaks in it. ``entry`` is the one whose values ``line`` shows.
    """

    id: str
    href: str
    line: Line
    outside: bool
    origins: tuple[Origin, ...]
    new: bool = False
    past: bool = False
    voices: tuple[SourcedLine, ...] = ()
    asks: bool = False
    wording: bool = False
    repeats: Repeats | None = None
    neighbours: tuple[Neighbour, ...] = ()
    labels: tuple[Tag, ...] = ()
    entry: Entry


@dataclass(frozen=True, slots=True)
class Group:
    """Rows under a heading. ``note`` is a warning that stands before them."""

    title: str
    items: tuple[Item, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class AllergyLine:
    """One allergy in a few words. ``tags``: how sure and how severe it is."""

    title: str
    reaction: str
    tags: tuple[Tag, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Allergies:
    """What stands above the medicines."""

    listed: tuple[AllergyLine, ...]
    more: bool
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Test:
    """One test: ``out``: it is not normal; ``spark`` its course, None with too few values.

    ``symbol``: it carries the mark of what is from outside itself, its card does not.
    """

    item: Item
    out: bool
    facts: tuple[str, ...]
    spark: Spark | None
    trend: str
    symbol: bool

    @property
    def value(self) -> str:
        """The value with blanks at which a line may end: it stands in a column of its own."""
        return self.item.line.value.replace("\u00a0", " ")

    @property
    def wide(self) -> bool:
        """Whether a word or a number of it is too long to stand whole beside the rest on a phone."""
        line = self.item.line
        words = re.split(r"[\s-]", f"{line.title} {line.main} {line.value}")
        return bool(self.item.voices) or max(map(len, words)) > _LONG_WORD


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """A card. ``report`` is None for single tests; ``out`` names what is not normal; ``more`` are not on this page.

    ``of`` is how many were looked at for what is not normal; 0 where not all of the panel were.
    """

    report: Item | None
    tests: tuple[Test, ...]
    out: tuple[str, ...]
    of: int
    more: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultDay:
    """What was found out on one day at one place."""

    title: str
    places: str
    new: bool
    panels: tuple[Panel, ...]

    @property
    def sparks(self) -> tuple[Spark, ...]:
        """The courses of its tests."""
        return tuple([test.spark for panel in self.panels for test in panel.tests if test.spark])


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A linked organization's place in a section page. ``href`` is its part as a page, ``status_href`` its state.

    ``also``: links whose places come in the answer for this one; they have no ``status_href`` of their own.
    """

    link_id: str
    name: str
    mark: Mark
    shown: Shown
    count: int
    href: str
    status_href: str
    link_href: str
    as_of: datetime | None = None
    outcome: Outcome | None = None
    reason: str | None = None
    busy: bool = False
    fresh: int = 0
    poll_after: int = 0
    failed: str = ""
    also: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        """Tell whether it answered this section completely, so that having nothing means something."""
        return self.outcome is Outcome.DONE


@dataclass(frozen=True, slots=True)
class Strip:
    """Of how many places that can have a section it is complete and up to date, and of which something is wrong.

    ``wrong``: by name. ``stale``: names of places that are out of date, with the day as of which they are shown.
    ``partly``: names of the others that are not complete, such as those that do not release the section.
    """

    complete: int
    total: int
    wrong: tuple[str, ...]
    stale: tuple[tuple[str, str], ...] = ()
    partly: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reason:
    text: str
    anchor: str
    href: str = ""
    action: str = ""


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    text: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Chip:
    text: str
    href: str
    current: bool


@dataclass(frozen=True, slots=True)
class NotShown:
    """How many items could not be shown, in a sentence, and where they are listed."""

    number: int
    text: str
    href: str


@dataclass(frozen=True, slots=True)
class Waits:
    """How many results wait, in a sentence. ``href`` is where they can be shown; empty for who may not choose that."""

    number: int
    text: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionPage:
    section: Section
    title: str
    groups: tuple[Group, ...]
    days: tuple[ResultDay, ...]
    allergies: Allergies | None
    orders: tuple[Chip, ...]
    total: int
    everything: int
    not_shown: NotShown | None
    waits: Waits | None
    first: str | None
    next: str | None
    show: tuple[Option, ...]
    chips: tuple[Chip, ...]
    narrow: NarrowForm
    narrowed: bool
    clear: str
    status: str
    more: bool
    strip: Strip | None
    places: tuple[Place, ...]
    reasons: tuple[Reason, ...]
    chosen: str
    is_moving: bool
    home_chart: Notice | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PartPage:
    """One organization's part of a section."""

    place: Place
    groups: tuple[Group, ...]
    following: str | None
    not_shown: NotShown | None
    waits: Waits | None


@dataclass(frozen=True, slots=True)
class Belonging:
    """A result that belongs to a report or a panel, with its own page."""

    href: str
    line: Line


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """An insurance card as one shows it at a desk; empty texts are left out. ``numbers`` are (label, number)."""

    payer: str
    plan: str
    member: str
    numbers: tuple[tuple[str, str], ...]
    phone: str
    valid: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One organization's word on an item."""

    name: str
    home: bool
    as_of: datetime | None
    facts: tuple[LabelledText, ...]
    parts: tuple[Part, ...]
    recorded: tuple[LabelledText, ...]
    codes: tuple[LabelledText, ...]
    title: str
    address: str = ""
    phone: str = ""
    portal_url: str = ""
    earlier: tuple[LabelledText, ...] = ()
    orders: bool = False
    belonging: tuple[Belonging, ...] = ()
    documents: tuple[Belonging, ...] = ()
    findings: tuple[Belonging, ...] = ()
    handed_out: tuple[Belonging, ...] = ()
    files: tuple[File, ...] = ()
    texts: tuple[Markup, ...] = ()
    entry: str = ""
    calendar: bool = False
    map_url: str = ""
    booking: str = ""
    card: Card | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryPage:
    id: str
    section: Section
    title: str
    line: Line
    outside: bool
    origins: tuple[Origin, ...]
    item: Item
    trend: bool
    sources: tuple[Source, ...]
    private: bool | None
    """Whether the person keeps it private; None for whoever cannot change that."""
    may_write: bool = False  # to a clinician, about this
    own: bool = False  # the person added it, and nobody else says it
    change: str = ""  # where who is signed in may change what was added


@dataclass(frozen=True, slots=True)
class Tile:
    """One section on the record's first page."""

    section: Section
    href: str
    text: str
    new: int
