"""Rows that cannot be shown as usual: what went wrong harms that one row, which then shows its original text.

Source: FHIR R4 extensibility (modifierExtension) for what is not understood; requirement G5 for what cannot be drawn.
"""

from collections.abc import Callable, Iterator
from typing import TypeVar

import msgspec
import structlog

from portal.domain.entry import Entry
from portal.web.health.lines import Line, line
from portal.web.phrases import gettext as _
from portal.web.words import phrase

T = TypeVar("T")
_log = structlog.get_logger()
_NOT_READ = frozenset(
    {"section", "status", "system", "results", "members", "devices", "thread", "url", "unsafe", "absence", "replaces"}
)
"""Members of an entry that hold addresses, references and words of ours rather than what a person reads."""


def guarded(draw: Callable[[], T], instead: Callable[[], T], *, place: str) -> T:
    """Return what ``draw`` makes, or ``instead`` where it fails; the failure is logged by its type only."""
    try:
        return draw()
    except Exception as error:  # noqa: BLE001 -- whatever one item does, the others are shown
        _log.warning("item-not-rendered", place=place, error=type(error).__name__)
        return instead()


def safe_line(entry: Entry) -> Line:
    """Return the entry as a line: of what is not understood, or cannot be drawn, its original text."""
    if entry.unsafe:
        return unsafe_line(entry)
    return guarded(lambda: line(entry), lambda: unrendered_line(entry), place=f"line:{entry.section}")


def unsafe_line(entry: Entry) -> Line:
    """Return an entry that says what is not understood: it is no fact, so it has its original text only."""
    return Line(
        phrase(entry.title) or _("Item without a title"),
        _("This item has special notes that this portal cannot read. Ask the organization what it means."),
        original=tuple(dict.fromkeys(text for text in entry.notes if text)) or original_texts(entry),
    )


def unrendered_line(entry: Entry) -> Line:
    """Return an entry that cannot be drawn: it says so, with its original text."""
    return Line(
        entry.title or _("Item without a title"),
        _("This item could not be shown as usual. This is its original text."),
        original=original_texts(entry),
    )


def original_texts(entry: msgspec.Struct) -> tuple[str, ...]:
    """Return everything of an entry, or of a part of one, that a person reads, as its source wrote it."""
    return tuple(dict.fromkeys(text for text in written_texts(entry) if text.strip()))


def written_texts(value: object) -> Iterator[str]:
    """Yield the texts of an entry in the order of its members."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            if name not in _NOT_READ:
                yield from written_texts(getattr(value, name))
    elif isinstance(value, tuple):
        for element in value:
            yield from written_texts(element)
