"""Raw resources of one source into the store: recognise, normalise, seal, write, group.

How it becomes visible: resources and entries are written in short transactions, but an entry shows on no page before
its section is settled: each in one transaction, which sections that take little time share. A process that dies in
between leaves entries that wait; the next delivery, or ``settle_leftovers``, settles them. A section that cannot be
settled keeps no other one from being seen. Nothing is read from the network here.
"""

import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

import structlog

from portal.domain.ids import HOME
from portal.domain.sections import NOTICED, Section
from portal.refresh import device_uses, naming
from portal.refresh.drafting import Drafting
from portal.refresh.ingest_report import IngestReport, count_changed, count_unchanged
from portal.refresh.own_references import NOWHERE, SourceAddress
from portal.refresh.recognition import BATCH, Item, collect
from portal.store import Database
from portal.store.messages import conversations
from portal.store.records import derived, writing
from portal.store.records import resources as stored_resources
from portal.store.records.members import NOTHING, AtHand
from portal.store.records.writing import Draft, StoredState

_log = structlog.get_logger()
_LEFT_AFTER = timedelta(hours=1)  # longer than any delivery takes
_TOGETHER = 0.05  # seconds after which sections that are settled together give others their turn to write


def ingest(
    database: Database,
    *,
    person_id: str | None,
    source: str,
    resources: Iterable[Mapping[str, Any]],
    complete: frozenset[Section] = frozenset(),
    described: frozenset[str] = frozenset(),
    unchanged: Iterable[str] = (),
    confidential: bool = False,
    server: SourceAddress = NOWHERE,
    read_out_of: Mapping[str, str] | None = None,
    keep: int = 0,
) -> IngestReport:
    """Store what ``source`` delivered about a person (None: what is nobody's, such as organizations).

    The caller has made sure that the resources are this person's. ``complete`` names the sections of which this
    delivery is the whole list: entries of that source that are not in it are removed. ``described``: types of
    ``DESCRIBING_TYPES`` of which it is the whole list, too. ``unchanged`` are references
    ("Observation/1") that count as delivered although they are not in ``resources`` (an incremental answer).
    ``confidential``: all that this source says is. ``server``: where its references lead. ``read_out_of``: by FHIR id
    the id of the document that a resource was read out of; what is kept private, waits or is gone by the time of
    storing gives nothing. ``keep``: as ``collect`` has it. Delivering the same twice writes nothing.
    """
    report = IngestReport()
    items, stored_states = collect(database, person_id, source, resources, report, keep=keep)
    changed: list[Item] = []
    for item in items.values():
        stored = stored_states.get(item.id)
        if stored is not None and stored.person_id != person_id and not stored.deleted:
            report.refused["other-person"] += 1
            report.lost["other-person"] += 1
        elif stored is None or item.packed:
            changed.append(item)
        else:
            count_unchanged(report, stored)
    retracted = device_uses.retracted(database, person_id=person_id, source=source, described=described, items=items)
    work = Drafting(database, person_id, source, items, confidential=confidential, server=server, without=retracted)
    again = Drafting(database, person_id, source, items, confidential=confidential, server=server, without=retracted)
    # Before the statements are stored or removed: a process that ends in between finds them changed again.
    devices = device_uses.to_read_again(
        database, person_id=person_id, source=source, changed=changed, retracted=retracted
    )
    _make_again(database, person_id, source, again, stored_resources.chunks(devices, BATCH))
    relabelled: list[str] = []
    noticed = _noticed(database, person_id, source) if changed else frozenset[Section]()
    for batch in stored_resources.chunks(changed, BATCH):
        drafts = work.drafts(batch)
        for draft in drafts:
            count_changed(report, draft, stored_states.get(draft.id))
        labelled_anew, labelled = _labelled(drafts, stored_states)
        relabelled += labelled
        if labelled_anew and not confidential:  # what names it first: a process that ends here finds it changed again
            _label_anew(database, person_id, source, labelled_anew, items, server=server)
        with database.transaction() as tx:
            if read_out_of is not None and person_id is not None:
                is_open = derived.open_documents(tx, person_id=person_id, ids=set(read_out_of.values()))
                drafts = [draft for draft in drafts if read_out_of[draft.fhir_id] in is_open]
            writing.put(tx, source=source, person_id=person_id, drafts=drafts, noticed=noticed)
    report.unsafe = work.unsafe
    if relabelled and not confidential:
        but = {item.id for item in changed}
        _label_anew(database, person_id, source, relabelled, items, but=but, server=server)
    if person_id is not None:
        delivered = set(items) | {
            stored_resources.resource_id(database.vault, source=source, type=kind, fhir_id=fhir_id)
            for kind, _, fhir_id in (reference.partition("/") for reference in unchanged)
        }
        absent = _absent(database, person_id, source, complete, delivered)
        _settle(database, person_id, source, absent, report, at_hand=work.at_hand)
        device_uses.remove(database, person_id=person_id, source=source, retracted=retracted)
    return report


def settle_leftovers(database: Database) -> int:
    """Settle what a stopped process left waiting for an hour; return the number of sections that had any.

    What cannot be settled is logged, and waits.
    """
    with database.reading() as tx:
        leftovers = writing.left_waiting(tx, before=tx.now - _LEFT_AFTER)
    for person_id, section in leftovers:
        try:
            with database.transaction() as tx:
                writing.settle(tx, person_id=person_id, source="", section=section, removed=())
        except Exception as error:  # noqa: BLE001 - whatever one section does, the others are settled
            _log.error("refresh.settling_failed", section=section.value, error=type(error).__name__)
    return len(leftovers)


def _labelled(drafts: Iterable[Draft], stored_states: Mapping[str, StoredState]) -> tuple[list[str], list[str]]:
    """Return the references of what is labelled otherwise than it is stored, and of what is new and labelled."""
    anew: list[str] = []
    new: list[str] = []
    for draft in drafts:
        stored = stored_states.get(draft.id)
        if draft.confidential != (stored is not None and stored.confidential):
            (new if stored is None else anew).append(f"{draft.type}/{draft.fhir_id}")
    return anew, new


def _label_anew(
    database: Database,
    person_id: str | None,
    source: str,
    references: list[str],
    items: Mapping[str, Item],
    *,
    but: Collection[str] = (),
    server: SourceAddress,
) -> None:
    """Make entries again that name what is labelled otherwise now than when they were made: they are labelled like it.

    ``items`` is the delivery, which counts before what is stored; those with ids ``but`` were made with it at hand.
    What is nobody's may be named in every record.
    """
    for owner in naming.owners(database, source=source) if person_id is None else [person_id]:
        work = Drafting(database, owner, source, items, server=server)
        named = naming.naming(database, person_id=owner, source=source, references=references, but=but)
        stored = ([Item(r.id, r.type, r.fhir_id, r.content_hash, r.packed) for r in batch] for batch in named)
        _make_again(database, owner, source, work, stored)
        if person_id is None:
            _settle(database, owner, source, {}, IngestReport())


def _make_again(
    database: Database, person_id: str | None, source: str, work: Drafting, batches: Iterable[Sequence[Item]]
) -> None:
    """Make entries again of what is stored and did not change itself."""
    for batch in batches:
        drafts = work.drafts(batch)
        with database.transaction() as tx:
            writing.put(tx, source=source, person_id=person_id, drafts=drafts, noticed=frozenset(), renewed=True)


def _noticed(database: Database, person_id: str | None, source: str) -> frozenset[Section]:
    """Return the sections whose news are told: what a source brings first is none, however much it is."""
    if person_id is None:
        return frozenset(NOTICED)
    with database.reading() as tx:
        return writing.sections_with_entries(tx, person_id=person_id, source=source, sections=NOTICED)


def _absent(
    database: Database, person_id: str, source: str, complete: frozenset[Section], delivered: set[str]
) -> dict[Section, list[str]]:
    """Entries of complete sections that were not delivered; what was made from documents is not delivered at all."""
    if not complete:
        return {}
    with database.reading() as tx:
        stored = writing.ids_by_section(tx, person_id=person_id, source=source, sections=complete)
        absent = {section: ids for section, all_ids in stored.items() if (ids := all_ids - delivered)}
        if not absent:
            return {}
        stays = derived.ids_of(tx, person_id=person_id, source=source, sections=complete)
        if source == HOME and Section.MESSAGES in absent:  # the chart's own server does not have what came here
            stays |= {
                stored_resources.resource_id(database.vault, source=HOME, type="Communication", fhir_id=fhir_id)
                for fhir_id in conversations.messages_of(tx, person_id=person_id)
            }
    return {section: sorted(left) for section, ids in absent.items() if (left := ids - stays)}


def _settle(
    database: Database,
    person_id: str,
    source: str,
    absent: Mapping[Section, list[str]],
    report: IngestReport,
    *,
    at_hand: AtHand = NOTHING,
) -> None:
    with database.reading() as tx:
        sections = sorted({*writing.waiting_sections(tx, person_id=person_id), *absent})

    def settle(listed: Sequence[Section]) -> int:
        """Settle the first of these in one transaction, as many as it has time for; return how many."""
        with database.transaction() as tx:
            ends = time.monotonic() + _TOGETHER
            settled = 0
            while settled < len(listed) and (settled == 0 or time.monotonic() < ends):
                section = listed[settled]
                removed = absent.get(section, [])
                writing.settle(
                    tx, person_id=person_id, source=source, section=section, removed=removed, at_hand=at_hand
                )
                settled += 1
        for section in listed[:settled]:
            report.sections[section].removed += len(absent.get(section, ()))
        return settled

    failures: list[Exception] = []
    most = len(sections)
    while sections:
        try:
            settled = settle(sections[:most])
        except Exception as error:  # noqa: BLE001 - raised when all that can be settled is
            failures += [error] if most == 1 else []
            settled, most = int(most == 1), 1
        sections = sections[settled:]
    if failures:
        raise failures[0]
