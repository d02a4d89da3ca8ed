"""Medicines in the order people look for them: A to Z, or by what they are for; what may be the same together."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from flask import url_for

from portal.domain import entry as e
from portal.domain.entry import Status
from portal.domain.sections import Section
from portal.store import Tx
from portal.store.records.primary_entries import primary_entries
from portal.store.records.rows import RecordRow
from portal.web.guards import current_sight
from portal.web.health.models import Allergies, AllergyLine, Chip, Group, Item
from portal.web.health.original import safe_line
from portal.web.phrases import gettext as _

AT_ONCE = 40
"""So many current medicines are one page, which can be in the order of the alphabet; more are paged by date."""

BY_REASON = "reason"
_MOST = 8  # allergies above the list


def alphabetical(listed: Sequence[RecordRow]) -> list[RecordRow]:
    """Return current medicines A to Z, those that name each other together; the others as they came."""
    current = [row for row in listed if row.status is Status.ACTIVE]
    leader = _leaders(current)
    titles = {row.id: row.primary.entry.title.casefold() for row in current}
    ordered = sorted(current, key=lambda row: (titles[leader[row.id]], leader[row.id], titles[row.id]))
    at = iter(ordered)
    return [next(at) if row.status is Status.ACTIVE else row for row in listed]


def _leaders(current: Sequence[RecordRow]) -> dict[str, str]:
    """Return for each row the first, by title, of the rows that it names or that name it."""
    by_entry = {sourced.id: row.id for row in current for sourced in row.entries}
    titles = {row.id: row.primary.entry.title.casefold() for row in current}
    together: dict[str, set[str]] = {row.id: {row.id} for row in current}
    for row in current:
        for mark in row.marks:
            other = by_entry.get(mark.entry_id)
            if other is not None and together[other] is not together[row.id]:
                joined = together[row.id] | together[other]
                together.update(dict.fromkeys(joined, joined))
    return {row_id: min(joined, key=lambda each: (titles[each], each)) for row_id, joined in together.items()}


def by_reason(groups: Sequence[Group]) -> tuple[Group, ...]:
    """Return the current medicines under what they are for, without a reason last."""
    listed: list[Group] = []
    for group in groups:
        if not group.items or group.items[0].past or group.note or not _is_medicine(group.items[0]):
            listed.append(group)
            continue
        reasons: dict[str, list[Item]] = defaultdict(list)
        for item in group.items:
            reasons[_reason(item)].append(item)
        names = sorted(reasons, key=lambda reason: (not reason, reason.casefold()))
        listed += [
            replace(group, title=reason[:1].upper() + reason[1:] or _("No reason given"), items=tuple(reasons[reason]))
            for reason in names
        ]
    return tuple(listed)


def _is_medicine(item: Item) -> bool:
    return isinstance(item.entry.detail, e.Medication) and item.entry.status is Status.ACTIVE


def _reason(item: Item) -> str:
    return item.entry.detail.reason if isinstance(item.entry.detail, e.Medication) else ""


def limit(by_status: Mapping[Status, int], usual: int) -> int:
    """Return how many rows a page has: all current medicines, if they are not too many."""
    current = by_status.get(Status.ACTIVE, 0)
    return max(usual, current) if current <= AT_ONCE else usual


def orders(address: Callable[..., str], by: str) -> tuple[Chip, ...]:
    """Return the choice of the order."""
    is_by_reason = by == BY_REASON
    return (
        Chip(_("A to Z"), address(by=None), not is_by_reason),
        Chip(_("What it is for"), address(by=BY_REASON), is_by_reason),
    )


def allergies(tx: Tx, person_id: str) -> Allergies | None:
    """Return the line above the medicines; None where no allergy is known, or may be seen."""
    sight = current_sight()
    if not sight.opens(Section.ALLERGIES):
        return None
    held = primary_entries(
        tx,
        person_id=person_id,
        section=Section.ALLERGIES,
        sight=sight,
        statuses=(Status.ACTIVE, Status.UNKNOWN),
        limit=_MOST + 1,
    )
    drawn = [safe_line(entry) for entry in held if not entry.qualifiers]
    if not drawn:
        return None
    return Allergies(
        listed=tuple(AllergyLine(line.title, line.main) for line in drawn[:_MOST]),
        more=len(held) > _MOST,
        href=url_for("health.section", section=Section.ALLERGIES.value),
    )
