"""What a section without items may be called: "nothing" only where everybody answered it completely.

Source: clinical-truth.md §4, requirement G4.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import reduce

from portal.domain.ids import HOME
from portal.domain.links import Outcome
from portal.domain.sections import Section
from portal.store import Tx
from portal.store.records.left_out import UnshownCount
from portal.web.health import not_shown
from portal.web.health.record_rows import States
from portal.web.linked import Places
from portal.web.phrases import gettext as _
from portal.web.phrases import ngettext


@dataclass(frozen=True, slots=True)
class Gaps:
    """``complete`` are the sections that everybody answered completely; ``left_out`` counts what could not be shown,
    ``held`` what waits until the person wants to see it."""

    complete: frozenset[Section]
    left_out: Mapping[Section, int]
    held: Mapping[Section, int]

    def of(self, section: Section, text: str = "") -> str:
        """Return a section's content in words: ``text``, or that there is nothing, and what could not be shown."""
        parts = [text] if text else []
        if held := self.held.get(section, 0):
            parts.append(ngettext("%(num)s result waits", "%(num)s results wait", held))
        if number := self.left_out.get(section, 0):
            parts.append(ngettext("%(num)s item could not be shown", "%(num)s items could not be shown", number))
        if parts:
            return reduce(lambda before, more: _("%(text)s. %(more)s", text=before, more=more), parts)
        return _("Nothing to show") if section in self.complete else _("Nothing shown; not everything came")


def gaps(
    tx: Tx, *, person_id: str, places: Places, states: States, unshown: Iterable[UnshownCount] | None = None
) -> Gaps:
    """Return what is missing of a person's sections. ``states``: of all live links (``refreshes.of_person``);
    ``unshown`` as of ``not_shown.counted``."""
    sources = [connection.link.id for connection in places.linked] + ([HOME] if places.home else [])
    answers = [states.get(source, {}) for source in sources]
    left_out: Counter[Section] = Counter()
    held: Counter[Section] = Counter()
    for group in not_shown.counted(tx, person_id=person_id, states=states, unshown=unshown):
        if group.section:
            left_out[group.section] += group.total
            held[group.section] += group.held if not group.source else 0
    return Gaps(
        frozenset(
            section
            for section in Section
            if all(section in answer and answer[section].outcome is Outcome.DONE for answer in answers)
        ),
        left_out,
        held,
    )
