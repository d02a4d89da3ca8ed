"""What one organization's own entries of a row replace: the new one is shown, whatever the old one still says of itself
(clinical-truth.md §1 c), unless it was entered in error. Of orders that only share a number the one of a later day is
the new one; of one day nothing tells which is later (``undecided``).
"""

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence

from portal.domain.dates import sort_key
from portal.domain.entry import Entry, Medication, Status
from portal.merge.facts import Facts, Member
from portal.merge.words.codes import identifier_parts
from portal.merge.words.text import word_set

_NO_BUSINESS = word_set("""
MR PI PT SS AN PGN PLAC MB SN MC JHN NH SB VN
""")
"""Identifier types (HL7 v2 table 0203) that number a person, an account, a group or an order, not this resource."""


def business_numbers(entry: Entry) -> Iterable[str]:
    """Yield the identifiers of the resource itself: "type|system|value"."""
    for identifier in entry.identifiers:
        kind, _system, value = identifier_parts(identifier)
        if kind not in _NO_BUSINESS and value not in ("0", ""):
            yield identifier


def reference_of(written: str) -> str:
    """Return "MedicationRequest/1" of a reference with or without an address."""
    return "/".join(written.split("/")[-2:])


def replaced_members(members: Sequence[Member]) -> frozenset[str]:
    """Return the ids of those that another one of the same organization names as replaced."""
    by: dict[str, set[str]] = {}
    for member in members:
        if member.facts is not None and member.facts.replaces and member.status is not Status.ENTERED_IN_ERROR:
            by.setdefault(member.source, set()).update(member.facts.replaces)
    older = _older(
        ((member.id, member.source), link, member.sort_at[:_DAY])
        for member in members
        if member.facts is not None and _is_order(member.facts) and member.status in _HELD
        for link in member.facts.links
        if link.startswith("identifier|")
    )
    return frozenset(
        member.id
        for member in members
        if member.facts is not None
        and (
            (member.id, member.source) in older
            or not by.get(member.source, set()).isdisjoint(set(member.facts.links) - set(member.facts.replaces))
        )
    )


def _is_order(facts: Facts) -> bool:
    return facts.kind == "medication" and "stage" not in facts.says  # what was handed out has one


def replaced_entries(entries: Mapping[tuple[str, str], Entry]) -> Collection[tuple[str, str]]:
    """Return likewise those of entries by their organization and id."""
    replaced = {
        (source, reference_of(reference))
        for (source, _id), entry in entries.items()
        if entry.status is not Status.ENTERED_IN_ERROR
        for reference in entry.replaces
    }
    older = _older(
        ((key[1], key[0]), number, sort_key(entry.when)[:_DAY])
        for key, entry in entries.items()
        if isinstance(entry.detail, Medication) and entry.status in _HELD
        for number in business_numbers(entry)
    )
    if not replaced and not older:
        return ()
    return {key for key, entry in entries.items() if (key[0], entry.reference) in replaced or (key[1], key[0]) in older}


def undecided(entries: Iterable[tuple[str, Entry]]) -> bool:
    """Tell whether orders of one organization and one number, none of a later day, are both current and over.

    ``entries``: of one row, each with its source.
    """
    states: dict[tuple[str, str, str], set[Status]] = defaultdict(set)
    for source, entry in entries:
        if isinstance(entry.detail, Medication) and entry.status in _HELD:
            for number in business_numbers(entry):
                states[source, number, sort_key(entry.when)[:_DAY]].add(entry.status)
    return any({Status.ACTIVE, Status.PAST} <= stated for stated in states.values())


def ended_since(entries: Iterable[tuple[str, Entry]]) -> Entry | None:
    """Return an organization's newest order where that is over and one of an earlier day still counts as current.

    ``entries``: of one row, each with its source. What is replaced counts as nothing, whatever it says of itself: no
    number and no reference says that the one order replaces the other.
    """
    orders = {(source, str(place)): entry for place, (source, entry) in enumerate(entries)}
    replaced = replaced_entries(orders)
    days: dict[str, dict[Status, tuple[str, Entry]]] = defaultdict(dict)
    for (source, place), entry in orders.items():
        day = sort_key(entry.when)[:_DAY]
        if (source, place) in replaced or not isinstance(entry.detail, Medication) or entry.status not in _HELD:
            continue
        if len(day) == _DAY and day > days[source].get(entry.status, ("", entry))[0]:
            days[source][entry.status] = day, entry
    for newest in days.values():
        over = newest.pop(Status.PAST, None)
        if over and Status.ACTIVE in newest and over[0] > max(day for day, _entry in newest.values()):
            return over[1]
    return None


_HELD = frozenset({Status.ACTIVE, Status.UPCOMING, Status.PAST})
_DAY = len("2026-01-01")


def _older(numbered: Iterable[tuple[tuple[str, str], str, str]]) -> frozenset[Hashable]:
    """Return whose day is before that of another one of its number: (id, source), number and day of each."""
    days: dict[tuple[str, str], dict[tuple[str, str], str]] = defaultdict(dict)
    for who, number, day in numbered:
        if len(day) == _DAY:
            days[who[1], number][who] = day
    return frozenset(who for together in days.values() for who, day in together.items() if day < max(together.values()))
