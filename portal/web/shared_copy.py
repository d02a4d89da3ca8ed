"""A shared summary that a code opened, in the language of its reader; as it was sent, it is in English."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask_babel import get_locale
from markupsafe import Markup

from portal.sharing.copies import CopiedSection, CopiedSummary
from portal.sharing.summary import SECTIONS
from portal.web.health.lines import Line
from portal.web.health.original import safe_line
from portal.web.phrases import gettext as _
from portal.web.phrases import ngettext
from portal.web.share.models import name_of


@dataclass(frozen=True, slots=True)
class OpenedPart:
    """A section. ``text`` is as it was sent, in English; ``rows`` and ``notes`` say the same in the reader's language.

    ``rows``: of each its statements, each with who says it. In English both are empty, and the text says it all.
    """

    name: str
    text: Markup
    rows: tuple[tuple[tuple[Line, str], ...], ...] = ()
    notes: tuple[str, ...] = ()


def parts(summary: CopiedSummary) -> Iterator[OpenedPart]:
    """Yield the sections of a summary. A copy that is older has its text alone."""
    is_english = str(get_locale()) == "en"
    for place, (title, html) in enumerate(summary.sections):
        text = Markup(html)  # noqa: S704 -- escaped when it was made
        content = summary.contents[place] if place < len(summary.contents) else None
        if is_english or content is None:
            yield OpenedPart(title if is_english else _name(title), text)
            continue
        rows = tuple(tuple((safe_line(entry), names) for entry, names in row) for row in content.rows)
        yield OpenedPart(name_of(content.code), text, rows, tuple(_notes(content)))


def _name(title: str) -> str:
    """Return the name of a section of which a copy has the title alone."""
    return next((name_of(section.code) for section in SECTIONS if section.title == title), title)


def _notes(section: CopiedSection) -> Iterator[str]:
    """Yield what is not in a section, as ``portal.sharing.narrative`` says it in English."""
    if not section.shared:
        yield _("The patient did not choose to share this section.")
        return
    if not section.rows:
        yield _("No information is available.")
    if missing := "; ".join(_missing(section)):
        yield f"{_('Not in it')}: {missing}"
    if not section.complete:
        yield _("This section may not be complete. A place did not answer, or some of it could not be shown.")


def _missing(section: CopiedSection) -> Iterator[str]:
    if section.more:
        yield ngettext("%(num)s older or further item", "%(num)s older or further items", section.more)
    if section.past:
        yield ngettext("%(num)s past item", "%(num)s past items", section.past)
    if section.own:
        yield ngettext("%(num)s reading of the patient’s own", "%(num)s readings of the patient’s own", section.own)
