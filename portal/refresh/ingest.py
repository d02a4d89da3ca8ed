"""Raw resources of one source into the store: recognise, normalise, seal, write, group.

How it becomes visible: resources and entries are written in short transactions, but an entry shows on no page before
its section is settled, in one transaction per section. A process that dies in between leaves entries that wait; the
next delivery, or ``resume``, settles them. Nothing is read from the network here.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from portal.domain.dates import sort_key
from portal.domain.entry import Entry, Status
from portal.domain.errors import NormaliseError
from portal.domain.fhir_ids import is_fhir_id
from portal.domain.ids import HOME
from portal.domain.sections import SUPPORTING_TYPES, Section
from portal.merge import marks
from portal.normalise import carries_entry, clinical_date, to_entry
from portal.normalise.confidential import is_confidential
from portal.normalise.search_tokens import codes, tokens
from portal.store import Database, Tx
from portal.store.engine.crypto import Vault
from portal.store.records import packing, writing
from portal.store.records import resources as stored_resources

_WRITE = 400  # resources per write transaction: well below 300 ms on either database
_NOTICED = frozenset({Section.MESSAGES, Section.TEST_RESULTS, Section.VISITS})
"""Sections whose new items a reader is told about (product.md §2: messages, results, appointments)."""


@dataclass(slots=True)
class SectionCount:
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0


@dataclass(slots=True)
class IngestReport:
    """What a delivery brought. ``refused`` counts reasons (``portal.normalise.REASONS`` and the ones below).

    ``malformed``: not a resource with a type and a valid id. ``unsupported-type``: a type that is kept nowhere.
    ``other-person``: stored already, for somebody else. ``repeated`` counts resources that the same delivery had again,
    later: the last one is kept.
    """

    sections: dict[Section, SectionCount] = field(default_factory=lambda: defaultdict(SectionCount))
    refused: Counter[str] = field(default_factory=Counter)
    supporting: SectionCount = field(default_factory=SectionCount)
    repeated: int = 0

    def add(self, other: "IngestReport") -> None:
        """Count another delivery into this one."""
        for section, count in other.sections.items():
            mine = self.sections[section]
            _add(mine, count)
        self.refused.update(other.refused)
        self.repeated += other.repeated
        _add(self.supporting, other.supporting)

    @property
    def wrote(self) -> bool:
        counts = (*self.sections.values(), self.supporting)
        return any(count.new or count.changed or count.removed for count in counts)


def _add(mine: SectionCount, other: SectionCount) -> None:
    mine.new += other.new
    mine.changed += other.changed
    mine.unchanged += other.unchanged
    mine.removed += other.removed


class Item(msgspec.Struct):
    """A resource on its way: compressed, so that a large delivery is held once and small."""

    id: str
    type: str
    fhir_id: str
    content_hash: str
    packed: bytes


def ingest(
    database: Database,
    *,
    person_id: str | None,
    source: str,
    resources: Iterable[Mapping[str, Any]],
    complete: frozenset[Section] = frozenset(),
    kept: Iterable[str] = (),
    confidential: bool = False,
) -> IngestReport:
    """Store what ``source`` delivered about a person (None: what is nobody's, such as organizations).

    The caller has made sure that the resources are this person's. ``complete`` names the sections of which this
    delivery is the whole list: entries of that source that are not in it are removed. ``kept`` are references
    ("Observation/1") that count as delivered although they are not in ``resources`` (an incremental answer).
    ``confidential``: all that this source says is. Delivering the same twice writes nothing.
    """
    report = IngestReport()
    items = _collect(database.vault, source, resources, report)
    with database.reading() as tx:
        known = writing.stored_states(tx, ids=list(items))
        first = _first_sections(tx, person_id, source)
    changed: list[Item] = []
    for item in items.values():
        stored = known.get(item.id)
        if stored is not None and stored.person_id != person_id and not stored.deleted:
            report.refused["other-person"] += 1
        elif stored is None or stored.deleted or stored.content_hash != item.content_hash:
            changed.append(item)
        else:
            _count_unchanged(report, stored)
    work = Drafting(database, person_id, source, items, confidential=confidential)
    for some in stored_resources.chunks(changed, _WRITE):
        drafts = [work.draft(item) for item in some]
        for draft in drafts:
            _count_changed(report, draft, known.get(draft.id))
        noticed = frozenset(section for section in _NOTICED if section not in first)
        with database.transaction() as tx:
            writing.put(tx, source=source, person_id=person_id, drafts=drafts, noticed=noticed)
    if person_id is not None:
        delivered = set(items) | {
            stored_resources.resource_id(database.vault, source=source, type=kind, fhir_id=fhir_id)
            for kind, _, fhir_id in (reference.partition("/") for reference in kept)
        }
        gone = _absent(database, person_id, source, complete, delivered)
        _settle(database, person_id, source, gone, report)
    return report


def resume(database: Database, *, person_id: str) -> frozenset[Section]:
    """Settle what a stopped process left waiting; gives the sections that had any."""
    with database.reading() as tx:
        waiting = writing.waiting_sections(tx, person_id=person_id)
    for section in sorted(waiting):
        with database.transaction() as tx:
            writing.settle(tx, person_id=person_id, source="", section=section, removed=())
    return waiting


def _collect(
    vault: Vault, source: str, resources: Iterable[Mapping[str, Any]], report: IngestReport
) -> dict[str, Item]:
    """The delivered resources by id; of several with one identity the last counts."""
    items: dict[str, Item] = {}
    for resource in resources:
        kind = resource.get("resourceType") if isinstance(resource, Mapping) else None
        fhir_id = resource.get("id") if isinstance(resource, Mapping) else None
        if not isinstance(kind, str) or not is_fhir_id(fhir_id):
            report.refused["malformed"] += 1
            continue
        if not (carries_entry(kind) or kind in SUPPORTING_TYPES or kind == "Patient"):
            report.refused["unsupported-type"] += 1
            continue
        resource_id = stored_resources.resource_id(vault, source=source, type=kind, fhir_id=fhir_id)
        data = packing.encode(resource)
        report.repeated += resource_id in items
        items[resource_id] = Item(resource_id, kind, fhir_id, _content_hash(vault, resource, data), packing.pack(data))
    return items


def _content_hash(vault: Vault, resource: Mapping[str, Any], data: bytes) -> str:
    """What a resource says, without the stamps that a server renews although nothing changed."""
    meta = resource.get("meta")
    if isinstance(meta, Mapping) and ("lastUpdated" in meta or "versionId" in meta):
        lasting = {key: value for key, value in meta.items() if key not in ("lastUpdated", "versionId")}
        data = packing.encode({**resource, "meta": lasting})
    return vault.hash("content", data.decode())


class Drafting:
    """Turns items into drafts, resolving references among the delivery first, then in the store."""

    def __init__(
        self,
        database: Database,
        person_id: str | None,
        source: str,
        items: Mapping[str, Item],
        *,
        confidential: bool = False,
    ) -> None:
        self._database, self._person_id, self._source, self._items = database, person_id, source, items
        self._confidential = confidential
        self._resolved: dict[str, Mapping[str, Any] | None] = {}
        self._hashes: dict[tuple[str, str], str] = {}

    def draft(self, item: Item) -> writing.Draft:
        vault = self._database.vault
        data = packing.unpack(item.packed)
        resource = packing.decode(data)
        made, refusal = None, None
        if carries_entry(item.type) and self._person_id is not None:
            try:
                made = entry_draft(
                    vault,
                    self._person_id,
                    item.id,
                    to_entry(resource, self._lookup),
                    confidential=self._confidential or is_confidential(resource),
                )
            except NormaliseError as error:
                refusal = error.code
        return writing.Draft(
            id=item.id,
            type=item.type,
            fhir_id=item.fhir_id,
            content_hash=item.content_hash,
            date=clinical_date(resource)[:20],
            body=vault.seal(item.packed, row=f"resource.body:{item.id}"),
            tokens=sorted({(param, self._token(param, value)) for param, value in self._found_by(resource)}),
            refusal=refusal,
            entry=made,
        )

    def _found_by(self, resource: Mapping[str, Any]) -> frozenset[tuple[str, str]]:
        """The FHIR API searches the home chart alone; a trend finds everybody's results by their code."""
        return tokens(resource) if self._source == HOME else codes(resource)

    def _token(self, param: str, value: str) -> str:
        # Categories and statuses repeat a thousand times in a delivery.
        known = self._hashes.get((param, value))
        if known is None:
            known = self._hashes[param, value] = stored_resources.token_hash(
                self._database.vault, param=param, value=value
            )
        return known

    def _lookup(self, reference: str, /) -> Mapping[str, Any] | None:
        if reference not in self._resolved:
            if len(self._resolved) > 2000:
                self._resolved.clear()
            self._resolved[reference] = self._find(reference)
        return self._resolved[reference]

    def _find(self, reference: str) -> Mapping[str, Any] | None:
        parts = reference.split("/")
        if len(parts) < 2 or reference.startswith("urn:"):
            return None
        kind, fhir_id = parts[-2:]
        if not kind.isalpha() or (len(parts) > 2 and "://" not in reference):
            return None
        resource_id = stored_resources.resource_id(
            self._database.vault, source=self._source, type=kind, fhir_id=fhir_id
        )
        item = self._items.get(resource_id)
        if item is not None:
            found: Mapping[str, Any] = packing.decode(packing.unpack(item.packed))
            return found
        with self._database.reading() as tx:
            stored = stored_resources.by_id(tx, resource_id=resource_id)
        return stored.body if stored is not None and not stored.deleted else None


def entry_draft(vault: Vault, person_id: str, entry_id: str, made: Entry, *, confidential: bool) -> writing.EntryDraft:
    """An entry sealed and its keys hashed, ready to be stored.

    What is confidential shares no key with what is not: a row is one or the other as a whole, so that leaving out
    confidential rows leaves no trace of them in others.
    """
    whose = f"{person_id}|confidential" if confidential else person_id
    found = marks(made)
    return writing.EntryDraft(
        section=made.section,
        status=made.status.value,
        sort_at=sort_key(made.when)[:20],
        confidential=confidential,
        traits={
            trait: [vault.hash("trait", f"{trait}|{value}")[:16] for value in values]
            for trait, values in found.traits.items()
        },
        keys=[(bond.value, vault.hash("same", f"{whose}|{key}")) for bond, key in found.keys],
        body=vault.seal(msgspec.json.encode(made), row=f"entry.body:{entry_id}"),
    )


def _first_sections(tx: Tx, person_id: str | None, source: str) -> frozenset[Section]:
    """Sections in which the source has nothing yet: what it brings first is not news, however much it is."""
    if person_id is None:
        return frozenset()
    return frozenset(
        section
        for section in _NOTICED
        if not writing.has_entries(tx, person_id=person_id, source=source, section=section)
    )


def _count_unchanged(report: IngestReport, stored: writing.StoredState) -> None:
    if stored.section is not None:
        report.sections[stored.section].unchanged += 1
    elif stored.refusal is not None:
        report.refused[stored.refusal] += 1
    else:
        report.supporting.unchanged += 1


def _count_changed(report: IngestReport, draft: writing.Draft, stored: writing.StoredState | None) -> None:
    if draft.refusal is not None:
        report.refused[draft.refusal] += 1
        return
    if draft.entry is None:
        count = report.supporting
    else:
        count = report.sections[draft.entry.section]
        if draft.entry.status == Status.ENTERED_IN_ERROR.value:
            report.refused["entered-in-error"] += 1
    if stored is None or stored.deleted:
        count.new += 1
    else:
        count.changed += 1


def _absent(
    database: Database, person_id: str, source: str, complete: frozenset[Section], delivered: set[str]
) -> dict[Section, list[str]]:
    """Entries of complete sections that were not delivered."""
    gone: dict[Section, list[str]] = {}
    with database.reading() as tx:
        for section in complete:
            stored = writing.entry_ids(tx, person_id=person_id, source=source, section=section)
            gone[section] = sorted(stored - delivered)
    return {section: ids for section, ids in gone.items() if ids}


def _settle(
    database: Database, person_id: str, source: str, gone: Mapping[Section, list[str]], report: IngestReport
) -> None:
    with database.reading() as tx:
        waiting = writing.waiting_sections(tx, person_id=person_id)
    for section in sorted({*waiting, *gone}):
        removed = gone.get(section, [])
        with database.transaction() as tx:
            writing.settle(tx, person_id=person_id, source=source, section=section, removed=removed)
        report.sections[section].removed += len(removed)
