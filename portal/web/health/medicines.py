"""Medicines in the order people look for them: A to Z, or by what they are for; what may be the same together."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from flask import url_for

from portal.domain import entry as e
from portal.domain.entry import Entry, Status
from portal.domain.sections import Section
from portal.normalise.phrases import RULED_OUT
from portal.store import Tx
from portal.store.records.rows import RecordRow
from portal.store.records.voices import voices
from portal.web.guards import current_sight
from portal.web.health import headings
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


def by_reason(groups: Sequence[Group], rows: Sequence[RecordRow]) -> tuple[Group, ...]:
    """Return the current medicines under what they are for, without a reason last; look-alikes stay together."""
    leaders = {row.primary_id: lead for row, lead in _led(rows)}
    current = headings.heading(Section.MEDICATIONS, Status.ACTIVE)
    listed: list[Group] = []
    for group in groups:
        if group.title != current:
            listed.append(group)
            continue
        reason_of: dict[str, str] = {}
        for item in group.items:
            lead = leaders.get(item.id, item.id)
            reason_of[lead] = reason_of.get(lead) or _reason(item)
        reasons: dict[str, list[Item]] = defaultdict(list)
        titles: dict[str, str] = {}
        for item in group.items:
            reason = reason_of[leaders.get(item.id, item.id)]
            titles.setdefault(reason.casefold(), reason)
            reasons[reason.casefold()].append(item)
        listed += [
            replace(group, title=titles[key][:1].upper() + titles[key][1:] or _("No reason given"), items=tuple(items))
            for key, items in sorted(reasons.items(), key=lambda each: (not each[0], each[0]))
        ]
    return tuple(listed)


def _led(rows: Sequence[RecordRow]) -> Iterator[tuple[RecordRow, str]]:
    current = [row for row in rows if row.status is Status.ACTIVE]
    leaders = _leaders(current)
    return ((row, leaders[row.id]) for row in current)


def _reason(item: Item) -> str:
    return item.entry.detail.reason if isinstance(item.entry.detail, e.Medication) else ""


def limit(by_status: Mapping[Status, int], usual: int) -> int:
    """Return how many rows a page has: all current medicines and what stands before them, if they are not too many."""
    current = sum(by_status.get(status, 0) for status in (Status.UNSAFE, Status.UPCOMING, Status.ACTIVE))
    return max(usual, current) if current <= AT_ONCE else usual


def is_whole(by_status: Mapping[Status, int], rows: Sequence[RecordRow]) -> bool:
    """Tell whether all current medicines are on this page, so that they can be put in another order."""
    return sum(row.status is Status.ACTIVE for row in rows) == by_status.get(Status.ACTIVE, 0)


def orders(address: Callable[..., str], by: str) -> tuple[Chip, ...]:
    """Return the choice of the order."""
    is_by_reason = by == BY_REASON
    return (
        Chip(_("A to Z"), address(by=None), not is_by_reason),
        Chip(_("What it is for"), address(by=BY_REASON), is_by_reason),
    )


def allergies(tx: Tx, person_id: str) -> Allergies | None:
    """Return the line above the medicines, as the list of allergies says each; None where none is known or to be seen.

    What cannot be shown safely is only counted as more; what was ruled out is no allergy.
    """
    sight = current_sight()
    if not sight.opens(Section.ALLERGIES):
        return None
    rows = voices(tx, person_id=person_id, section=Section.ALLERGIES, sight=sight, statuses=_HOLDS, limit=2 * _MOST)
    drawn = [
        _allergy(entries)
        for status, entries in rows
        if status is not Status.UNSAFE and RULED_OUT not in entries[0].qualifiers
    ]
    unsafe = any(status is Status.UNSAFE for status, _entries in rows)
    if not drawn and not unsafe:
        return None
    return Allergies(
        listed=tuple(drawn[:_MOST]),
        more=unsafe or len(drawn) > _MOST or len(rows) == 2 * _MOST,
        href=url_for("health.section", section=Section.ALLERGIES.value),
    )


def _allergy(entries: Sequence[Entry]) -> AllergyLine:
    """Return one allergy: its title, and of reaction and severity what any source says."""
    drawn = [safe_line(entry) for entry in entries]
    tags = {tag.text: tag for line in drawn for tag in line.tags}
    return AllergyLine(drawn[0].title, next((line.main for line in drawn if line.main), ""), tuple(tags.values()))


_HOLDS = (Status.UNSAFE, Status.ACTIVE, Status.UNKNOWN)
