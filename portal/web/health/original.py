"""Rows that cannot be shown as usual: what went wrong harms that one row, which then shows its original text.

Source: FHIR R4 extensibility (modifierExtension) for what is not understood; requirement G5 for what cannot be drawn.
"""

from collections.abc import Callable
from typing import TypeVar

import msgspec
import structlog

from portal.domain.entry import Entry
from portal.web.health.lines import Line, line
from portal.web.phrases import gettext as _
from portal.web.sent import Sent, sent, written_texts
from portal.web.words import phrase

T = TypeVar("T")
_log = structlog.get_logger()


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
        sent(phrase(entry.title), entry) or _("Item without a title"),
        _("This item has special notes that this portal cannot read. Ask the organization what it means."),
        original=tuple(sent(text, entry) for text in dict.fromkeys(entry.notes) if text) or original_texts(entry),
    )


def unrendered_line(entry: Entry) -> Line:
    """Return an entry that cannot be drawn: it says so, with its original text."""
    return Line(
        sent(entry.title, entry) or _("Item without a title"),
        _("This item could not be shown as usual. This is its original text."),
        original=original_texts(entry),
    )


def original_texts(entry: msgspec.Struct) -> tuple[str, ...]:
    """Return everything of an entry, or of a part of one, that a person reads, as its source wrote it."""
    language = entry.language if isinstance(entry, Entry) else ""
    return tuple(Sent.of(text, language) for text in dict.fromkeys(written_texts(entry)) if text.strip())
