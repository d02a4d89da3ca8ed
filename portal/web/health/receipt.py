"""The receipt of a link: what was asked for, what came, what could not be shown, what failed, and since when."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from portal import audit
from portal.domain.errors import NotFoundError
from portal.domain.links import Outcome, Tier
from portal.domain.sections import BASIC, Section
from portal.extensions import current_services
from portal.store.links import refreshes
from portal.store.links.refreshes import SectionState
from portal.store.records import left_out, row_entries
from portal.store.records.left_out import LeftOut
from portal.web import words
from portal.web.csv_cells import plain_cell
from portal.web.guards import current_sight
from portal.web.health.not_shown import reason_text
from portal.web.linked import linked
from portal.web.phrases import counted, ngettext
from portal.web.phrases import gettext as _
from portal.web.viewed import viewed


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """One section of one link. ``received`` is what came in all, ``shown`` and ``left_out`` add up to it."""

    section: str
    asked_at: datetime | None
    outcome: str
    complete: bool
    received: int
    shown: int
    left_out: int
    reasons: tuple[str, ...]
    good_at: datetime | None

    @property
    def is_empty(self) -> bool:
        """Whether it came completely, and there was nothing in it."""
        return self.complete and not self.received


@dataclass(frozen=True, slots=True)
class Receipt:
    link_id: str
    name: str
    made_at: datetime
    lines: tuple[ReceiptLine, ...]


def receipt(person_id: str, link_id: str) -> Receipt:
    """Return the receipt of one link.

    Raises:
        NotFoundError: the link is not this person's.
    """
    sight = current_sight()
    with current_services().db.reading() as tx:
        connection = next((each for each in linked(tx, person_id=person_id) if each.link.id == link_id), None)
        if connection is None:
            raise NotFoundError
        states = refreshes.states(tx, link_ids=[link_id])[link_id]
        shown = row_entries.numbers(tx, person_id=person_id, source=link_id, sight=sight)
        groups = {
            group.section: group
            for group in left_out.counts(tx, person_id=person_id, sight=sight)
            if group.source == link_id
        }
        made_at = tx.now
    viewed(person_id, audit.Action.VIEW_SECTION, section="receipt")
    record_only = connection.link.tier is Tier.RECORD_ONLY
    lines = [
        _line(
            section,
            states.get(section),
            shown.get(section, 0),
            groups.get(section),
            excluded=record_only and section not in BASIC,
        )
        for section in Section
        if section in states or section in shown or section in groups
    ]
    if None in groups:
        lines.append(_line(None, None, 0, groups[None]))
    return Receipt(link_id, connection.name, made_at, tuple(lines))


def _line(
    section: Section | None, state: SectionState | None, shown: int, group: LeftOut | None, *, excluded: bool = False
) -> ReceiptLine:
    missing = group.total + group.held if group else 0
    reasons = [
        f"{counted(number)}: {reason_text(reason)}"
        for reason, number in (group.reasons if group else {}).items()
        if number
    ]
    if group and group.held:
        reasons.append(ngettext("%(num)s waits to be shown.", "%(num)s wait to be shown.", group.held))
    return ReceiptLine(
        section=words.section_word(section) if section else _("Other kinds of information"),
        asked_at=state.tried_at if state and not excluded else None,
        outcome=_outcome(state, excluded=excluded),
        complete=bool(state and state.outcome is Outcome.DONE),
        received=shown + missing,
        shown=shown,
        left_out=missing,
        reasons=tuple(reasons),
        good_at=state.good_at if state else None,
    )


def _outcome(state: SectionState | None, *, excluded: bool) -> str:
    if excluded:
        return _("You need an account there to see this.")
    if state is None:
        return _("Not asked for")
    if state.outcome is Outcome.NOT_OFFERED and state.reason == "not-granted":
        return _("You did not allow this")
    texts = {
        Outcome.WAITING: _("Waiting"),
        Outcome.RUNNING: _("Being loaded"),
        Outcome.DONE: _("Complete"),
        Outcome.PARTLY: _("Not complete"),
        Outcome.REFUSED: _("Not released by this organization"),
        Outcome.NOT_OFFERED: _("Not offered by this organization"),
        Outcome.FAILED: _("Failed"),
        Outcome.CANCELLED: _("Stopped"),
    }
    return texts[state.outcome]


def as_csv(of: Receipt) -> bytes:
    """Return the receipt as a table (RFC 4180, UTF-8)."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(
        [
            _("Section"),
            _("Asked on"),
            _("Outcome"),
            _("Received"),
            _("Shown"),
            _("Not shown"),
            _("Why"),
            _("Good as of"),
        ]
    )
    writer.writerows(_cells(of))
    return file.getvalue().encode()


def _cells(of: Receipt) -> Iterator[list[str | int]]:
    for line in of.lines:
        yield [
            line.section,
            line.asked_at.isoformat(timespec="seconds") if line.asked_at else "",
            line.outcome,
            line.received,
            line.shown,
            line.left_out,
            plain_cell("; ".join(line.reasons)),
            line.good_at.isoformat(timespec="seconds") if line.good_at else "",
        ]
