"""What one organization's own entries of a row replace: the new one is shown, whatever the old one still says of itself
(clinical-truth.md §1 c), unless it was entered in error. Where only a number is shared nothing tells which is later.
"""

from collections.abc import Collection, Mapping, Sequence

from portal.domain.entry import Entry, Status
from portal.merge.facts import Member


def reference_of(written: str) -> str:
    """Return "MedicationRequest/1" of a reference with or without an address."""
    return "/".join(written.split("/")[-2:])


def replaced_members(members: Sequence[Member]) -> frozenset[str]:
    """Return the ids of those that another one of the same organization names as replaced."""
    by: dict[str, set[str]] = {}
    for member in members:
        if member.facts is not None and member.facts.replaces and member.status is not Status.ENTERED_IN_ERROR:
            by.setdefault(member.source, set()).update(member.facts.replaces)
    return frozenset(
        member.id
        for member in members
        if member.facts is not None
        and not by.get(member.source, set()).isdisjoint(set(member.facts.links) - set(member.facts.replaces))
    )


def replaced_entries(entries: Mapping[tuple[str, str], Entry]) -> Collection[tuple[str, str]]:
    """Return likewise those of entries by their organization and id."""
    replaced = {
        (source, reference_of(reference))
        for (source, _id), entry in entries.items()
        if entry.status is not Status.ENTERED_IN_ERROR
        for reference in entry.replaces
    }
    return {key for key, entry in entries.items() if (key[0], entry.reference) in replaced} if replaced else ()
