"""What the pages of a record show: plain values, made before a template is rendered."""

from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from portal.domain.links import Outcome, Shown
from portal.domain.sections import Section
from portal.store.directory.values import Mark
from portal.web.health.facts import Fact, Part
from portal.web.health.files import File
from portal.web.health.home_chart import Notice
from portal.web.health.lines import Line
from portal.web.health.narrow import NarrowForm


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an item comes from. ``as_of`` is None for the home organization."""

    name: str
    as_of: datetime | None
    home: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One line of a list. ``outside``: not documented at home, so it carries the symbol."""

    id: str
    href: str
    line: Line
    outside: bool
    origins: tuple[Origin, ...]
    new: bool = False
    differs: bool = False
    past: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    title: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A linked organization's place in a section page. ``href`` is its part as a page, ``status_href`` its state."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionPage:
    section: Section
    title: str
    groups: tuple[Group, ...]
    total: int
    everything: int
    first: str | None
    next: str | None
    show: tuple[Option, ...]
    chips: tuple[Chip, ...]
    narrow: NarrowForm
    narrowed: bool
    clear: str
    status: str
    more: bool
    places: tuple[Place, ...]
    reasons: tuple[Reason, ...]
    chosen: str
    home_only: bool
    home_chart: Notice | None


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
    facts: tuple[Fact, ...]
    parts: tuple[Part, ...]
    recorded: tuple[Fact, ...]
    codes: tuple[Fact, ...]
    title: str
    address: str = ""
    phone: str = ""
    portal_url: str = ""
    earlier: tuple[Fact, ...] = ()
    belonging: tuple[Belonging, ...] = ()
    documents: tuple[Belonging, ...] = ()
    files: tuple[File, ...] = ()
    texts: tuple[Markup, ...] = ()
    entry: str = ""
    calendar: bool = False
    map_url: str = ""
    card: Card | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    label: str
    values: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryPage:
    id: str
    section: Section
    title: str
    line: Line
    outside: bool
    origins: tuple[Origin, ...]
    differences: tuple[Difference, ...]
    trend: bool
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Tile:
    """One section on the home page."""

    section: Section
    href: str
    count: int
    new: int
