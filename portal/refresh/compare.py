"""What merge makes of two resources: the verdict of the same functions that ingest and the store call, without either.

For a hospital's analyst who wants to try a pair, and for labelled sets of pairs (``tests/benchmarks/merge_report.py``).
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from portal.domain.dates import sort_key
from portal.domain.entry import Entry
from portal.domain.errors import NormaliseError
from portal.domain.ids import HOME
from portal.merge import Disagreement, Member, Row, SourcedEntry, changes, disagreements, read, rows, wordings
from portal.merge.allergies.contradictions import contradicts
from portal.merge.statements import statements
from portal.normalise import stamped, to_entry
from portal.normalise.device_uses import USE, is_about, with_uses
from portal.normalise.elements import items
from portal.refresh.compare_words import words_of

_OUTSIDE = "outside"
_COUNTED = frozenset({"status", "stopped", "prescriber", "Why"})
"""What a row of several orders tells on its page with every date (clinical-truth.md §1 d)."""


class Difference(msgspec.Struct, frozen=True):
    """One field in which both sides differ, each in words; empty where a side is silent."""

    field: str
    left: str
    right: str


class PairVerdict(msgspec.Struct, frozen=True, kw_only=True):
    """What becomes of a pair.

    ``refused``: one side gives no entry. ``may_be_same``: two rows that name each other, ``disagreements`` are then the
    fields that keep them apart; "absence" where one documents that there is none of the other, which its section says.
    ``wordings`` are texts that only word a thing in two ways: a row shows both, and calls it no disagreement. A payer's
    words are among ``disagreements`` all the same: the rules name them with what two cards differ in.
    ``hidden`` names what of the two reaches no row, mark or count ("right: dose").
    """

    id: str = ""
    verdict: str
    may_be_same: bool = False
    disagreements: tuple[Difference, ...] = ()
    wordings: tuple[Difference, ...] = ()
    rows: int = 0
    hidden: tuple[str, ...] = ()
    refusals: tuple[str, ...] = ()


def compare(left: object, right: object, *, one_organization: bool = False, pair_id: str = "") -> PairVerdict:
    """Return what merge makes of two FHIR R4 resources, each alone or as a list with what it refers to behind it."""
    entries: dict[str, Entry] = {}
    refusals = []
    for side, written in (("left", left), ("right", right)):
        try:
            entries[side] = _entry(written)
        except NormaliseError as error:
            refusals.append(f"{side}: {error.code}")
    if refusals:
        return PairVerdict(id=pair_id, verdict="refused", rows=len(entries), refusals=tuple(refusals))
    sources = {"left": HOME, "right": HOME if one_organization else _OUTSIDE}
    sourced = [SourcedEntry(side, sources[side], entry) for side, entry in entries.items()]
    if entries["left"].section is not entries["right"].section:
        groups = [row for each in sourced for row in rows([_member(each)])]
        return PairVerdict(id=pair_id, verdict="different", rows=len(groups))
    groups = list(rows(map(_member, sourced)))
    if len(groups) == 1 and len(groups[0].members) == 2:
        worded = wordings(sourced)
        payers = tuple(wording for wording in worded if wording.field == "payer")
        told = (*disagreements(sourced), *payers, *(changes(sourced) if one_organization else ()))
        shown = tuple(_difference(disagreement, sourced) for disagreement in told)
        return PairVerdict(
            id=pair_id,
            verdict="same",
            disagreements=shown,
            wordings=tuple(_difference(wording, sourced) for wording in worded if wording not in payers),
            rows=1,
            hidden=_hidden(sourced, groups[0], shown),
        )
    fields = dict.fromkeys(field for row in groups for mark in row.marks for field in mark.fields)
    shown = tuple(Difference(name, *(words_of(each.entry, name) for each in sourced)) for name in fields)
    left_entry, right_entry = (each.entry for each in sourced)
    if contradicts(left_entry, right_entry) or contradicts(right_entry, left_entry):
        shown = (*shown, Difference("absence", left_entry.title, right_entry.title))
    return PairVerdict(id=pair_id, verdict="different", may_be_same=bool(shown), disagreements=shown, rows=len(groups))


def _entry(written: object) -> Entry:
    parts = [part for part in (written if isinstance(written, list) else [written]) if isinstance(part, Mapping)]
    if not parts:
        raise NormaliseError("malformed")

    def lookup(reference: str, /) -> Mapping[str, Any] | None:
        kind, fhir_id = ["", *reference.replace("urn:uuid:", "/").split("/")][-2:]
        return next(
            (part for part in parts[1:] if part.get("id") == fhir_id and kind in ("", part.get("resourceType"))), None
        )

    resource = _used(_in_a_team(parts[0]), parts[1:])
    parts = parts if resource is parts[0] else [resource, *parts]
    return stamped(to_entry(resource, lookup), resource)


def _used(resource: Mapping[str, Any], others: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """Return a Device with what the others say of its use; of a statement of use the Device that it is about."""
    parts = (resource, *others)
    if resource.get("resourceType") == USE:
        devices = [*others, *items(resource.get("contained"))]
        of_it = (part for part in devices if part.get("resourceType") == "Device" and is_about(resource, part))
        resource = next(of_it, resource)
    if resource.get("resourceType") != "Device":
        return resource
    return with_uses(resource, [part for part in parts if is_about(part, resource)])


def _in_a_team(resource: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a care team of one, of somebody's role or of a practitioner: these are rows as members of a team alone."""
    kind, fhir_id = resource.get("resourceType"), resource.get("id", "1")
    if kind not in ("Practitioner", "PractitionerRole"):
        return resource
    active = resource.get("active")
    return {
        "resourceType": "CareTeam",
        "contained": [{**resource, "id": fhir_id}],
        "participant": [{"member": {"reference": f"#{fhir_id}"}}],
        "period": resource.get("period"),
        **({"status": "active" if active else "inactive"} if isinstance(active, bool) else {}),
    }


def _member(sourced: SourcedEntry) -> Member:
    entry, reading = sourced.entry, read(sourced.entry, source=sourced.source)
    keys, facts = (reading.keys, reading.facts) if reading else ((), None)
    return Member(sourced.id, sourced.source, entry.status, sort_key(entry.when), keys, facts)


def _difference(disagreement: Disagreement, sourced: Sequence[SourcedEntry]) -> Difference:
    """Both sides' words of a field; of one organization's two entries the newest is the first value."""
    if sourced[0].source == sourced[1].source:
        stated = {each.id: statements(each.entry) for each in sourced}
        words = [stated[each.id][disagreement.field].shown for each in sourced]
        return Difference(disagreement.field, *words)
    by_source = {source: opinion.value for opinion in disagreement.values for source in opinion.sources}
    return Difference(disagreement.field, *(by_source.get(each.source, "") for each in sourced))


def _hidden(sourced: Sequence[SourcedEntry], row: Row, shown: Sequence[Difference]) -> tuple[str, ...]:
    """Return the statements of an entry that no voice leads with: other than the lead's, not told as a change."""
    if sourced[0].source != sourced[1].source:
        return ()
    leads = {voice.entry_id for voice in row.voices}
    told = {difference.field for difference in shown} | _COUNTED
    stated = {each.id: statements(each.entry) for each in sourced}
    lead = next((stated[name] for name in stated if name in leads), {})
    return tuple(
        f"{each.id}: {name}"
        for each in sourced
        if each.id not in leads
        for name, statement in stated[each.id].items()
        if name not in told and not (name in lead and lead[name].agrees(statement))
    )
